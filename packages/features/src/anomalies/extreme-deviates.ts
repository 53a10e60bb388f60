import { studentQuantile } from "@sage-twin/numerics";
import { type AnomalyScores, shown } from "./method.js";

/** One step of the test: the most distant value left, its distance in standard deviations, and the critical distance. */
export interface ExtremeDeviate {
  readonly row: number;
  readonly statistic: number;
  readonly critical: number;
  /** Mean and standard deviation of the values left. */
  readonly mean: number;
  readonly deviation: number;
}

/**
 * The steps of the generalised extreme studentised deviate test for up to `most` outliers among normal values (Rosner 1983): each takes
 * out the value farthest from the mean. The outliers are those up to the last step whose statistic exceeds its critical value.
 */
export function extremeDeviates(values: Float64Array, most: number, level: number): readonly ExtremeDeviate[] {
  const left = new Set<number>();
  values.forEach((value, row) => {
    if (!Number.isNaN(value)) left.add(row);
  });
  const count = left.size;
  const steps: ExtremeDeviate[] = [];
  for (let step = 1; step <= Math.min(most, count - 2); step++) {
    let mean = 0;
    for (const row of left) mean += values[row] / left.size;
    let squares = 0;
    let farthest = -1;
    let distance = -1;
    for (const row of left) {
      const size = Math.abs(values[row] - mean);
      squares += size * size;
      if (size > distance) {
        distance = size;
        farthest = row;
      }
    }
    const deviation = Math.sqrt(squares / (left.size - 1));
    if (!(deviation > 0)) break;
    const t = studentQuantile(1 - level / (2 * (count - step + 1)), count - step - 1);
    const critical = ((count - step) * t) / Math.sqrt((count - step - 1 + t * t) * (count - step + 1));
    steps.push({ row: farthest, statistic: distance / deviation, critical, mean, deviation });
    left.delete(farthest);
  }
  return steps;
}

/** The outliers of `extremeDeviates`; scores are statistics over critical values, of the rows that were taken out. */
export function generalisedEsd(values: Float64Array, most: number, level: number): AnomalyScores {
  const steps = extremeDeviates(values, most, level);
  let outliers = 0;
  steps.forEach(({ statistic, critical }, index) => {
    if (statistic > critical) outliers = index + 1;
  });
  const scores = values.map((value) => (Number.isNaN(value) ? value : 0));
  const final = steps[Math.min(outliers, steps.length - 1)] ?? { mean: Number.NaN, deviation: Number.NaN, critical: 0 };
  const stepOf = new Map(steps.map((step) => [step.row, step]));
  for (const { row, statistic, critical } of steps) scores[row] = statistic / critical;
  return {
    scores,
    expected: values.map(() => final.mean),
    lower: values.map(() => final.mean - final.critical * final.deviation),
    upper: values.map(() => final.mean + final.critical * final.deviation),
    flagged: steps
      .slice(0, outliers)
      .map(({ row }) => row)
      .sort((a, b) => a - b),
    reason: (row) => {
      const { statistic, critical, mean } = stepOf.get(row) as ExtremeDeviate;
      return `${shown(values[row])} is ${shown(statistic)} standard deviations from the mean ${shown(mean)} of the values that remain; ${shown(critical)} would be critical`;
    },
  };
}
