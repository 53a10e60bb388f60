import { dot, fittedBy } from "./robust-regression.js";

const inflated = 10;
const fewClusters = 30;

/** What speaks against a linear fit, in plain words. Columns are without their means, the treatment first; `raw` with them. */
export function designWarnings(
  names: readonly string[],
  columns: readonly Float64Array[],
  raw: readonly Float64Array[],
  instrumented = false,
): string[] {
  const [treatment] = names;
  const warnings: string[] = [];
  const inflation = columns.map((column, at) => {
    const others = columns.filter((_, other) => other !== at);
    const fitted = fittedBy(
      names.filter((_, other) => other !== at),
      others,
      column,
    );
    return dot(column, column) / Math.max(dot(column, column) - dot(fitted, fitted), Number.MIN_VALUE);
  });
  const collinear = names.filter((_, at) => inflation[at] > inflated);
  if (collinear.length > 0)
    warnings.push(
      `${collinear.join(", ")} move${collinear.length === 1 ? "s" : ""} with the other columns (variance inflation ${Math.max(...inflation).toFixed(0)}): their effects are hard to tell apart`,
    );
  const own = columns[0];
  const level = raw[0].reduce((sum, value) => sum + Math.abs(value) / own.length, 0);
  const left = Math.sqrt(dot(own, own) / own.length / inflation[0]);
  if (left < 0.01 * level)
    warnings.push(`${treatment} hardly varies by itself: by ${((100 * left) / level).toPrecision(2)} % of its size`);
  if (names.length === 1 && !instrumented) warnings.push(unadjusted(treatment));
  warnings.push(...outOfRange(names, raw));
  return warnings;
}

export function unadjusted(treatment: string): string {
  const why = /price/i.test(treatment)
    ? "prices follow demand, so that the effect is likely too near 0"
    : "what moves both is taken for its effect";
  return `${treatment} is fitted without an instrument or confounders: ${why}`;
}

export function clusterWarning(count: number): string[] {
  return count < fewClusters ? [`${count} clusters are few: the standard error is rough`] : [];
}

/** Confounders whose values among the treated lie beyond those of the untreated. */
function outOfRange(names: readonly string[], raw: readonly Float64Array[]): string[] {
  const [treatment] = raw;
  if (treatment.some((value) => value !== 0 && value !== 1)) return [];
  return names.slice(1).flatMap((name, at) => {
    const column = raw[at + 1];
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    let treated = 0;
    column.forEach((value, row) => {
      if (treatment[row] === 1) treated++;
      else [low, high] = [Math.min(low, value), Math.max(high, value)];
    });
    const beyond = column.filter((value, row) => treatment[row] === 1 && (value < low || value > high)).length;
    return beyond > 0.05 * treated
      ? [
          `${((100 * beyond) / treated).toFixed(0)} % of treated rows lie outside the untreated rows' range of ${name}: the effect there is extrapolated`,
        ]
      : [];
  });
}
