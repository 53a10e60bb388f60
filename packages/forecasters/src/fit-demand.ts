import { variationOf } from "./classify-demand.js";
import { type Bucket, type DemandName, type DemandState, demandProcess, demandShape } from "./demand-process.js";
import { type FittedKind, fittedKind } from "./fitted.js";
import { fitNaive } from "./naive.js";
import { padded, type Series } from "./series.js";
import type { FittedForecaster } from "./types.js";

export const demandKind: FittedKind<DemandState> = /* @__PURE__ */ fittedKind(
  "forecaster/demand",
  demandShape,
  demandProcess,
);

/** Fits one of the models of intermittent demand. */
export function fitDemand(
  series: Series,
  name: DemandName,
  { alphaSize = 0.1, alphaRate = 0.1, why = "" } = {},
): FittedForecaster {
  const { values, leading, notes } = series;
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.some((value) => value < 0))
    return fitNaive(series, `negative values are no demand: naive instead of ${name}`);
  const sizes = known.filter((value) => value > 0);
  // The interval of croston, between demands: what comes after the last is not one yet.
  const interval =
    sizes.length === 0 ? 1 : roundHalfToEven((known.findLastIndex((value) => value > 0) + 1) / sizes.length);
  const lengths =
    name === "adida" ? [interval] : name === "imapa" ? Array.from({ length: interval }, (_, i) => i + 1) : [];
  const start: DemandState = {
    name,
    why,
    alphaSize,
    alphaRate,
    size: 0,
    rate: 0,
    gap: 0,
    demands: 0,
    steps: 0,
    variation: sizes.length === 0 ? 0 : variationOf(sizes),
    whole: true,
    buckets: lengths.map((length) => bucketOf(known, length)),
  };
  const { state, residuals } = demandProcess(start).filter(values);
  return demandKind.publish(state, padded(residuals, leading), notes);
}

/** An empty bucket that ends with the series; the first steps, that fill none, count as already taken out. */
function bucketOf(values: Float64Array, length: number): Bucket {
  const skipped = values.length % length;
  let before = 0;
  for (let t = 0; t < skipped; t++) before += values[t];
  const sums = Float64Array.from({ length: Math.floor(values.length / length) }, (_, chunk) => {
    let sum = 0;
    for (let t = 0; t < length; t++) sum += values[skipped + chunk * length + t];
    return sum;
  });
  const alpha = sums.length < 2 ? 0.1 : smoothingOf(sums);
  return { length, alpha, level: 0, seen: 0, filled: -skipped, sum: -before };
}

const golden = 1.618033988749895;

/** The smoothing between 0.1 and 0.3 with the smallest one-step errors, by golden section. */
function smoothingOf(sums: Float64Array): number {
  const squares = (alpha: number): number => {
    let level = sums[0];
    let total = 0;
    for (let i = 1; i < sums.length; i++) {
      level = alpha * sums[i - 1] + (1 - alpha) * level;
      total += (sums[i] - level) * (sums[i] - level);
    }
    return total;
  };
  let low = 0.1;
  let high = 0.3;
  let inner = high - (high - low) / golden;
  let outer = low + (high - low) / golden;
  let atInner = squares(inner);
  let atOuter = squares(outer);
  while (high - low >= 1e-12 && atInner !== atOuter) {
    if (atInner < atOuter) {
      high = outer;
      outer = inner;
      atOuter = atInner;
      inner = high - (high - low) / golden;
      atInner = squares(inner);
    } else {
      low = inner;
      inner = outer;
      atInner = atOuter;
      outer = low + (high - low) / golden;
      atOuter = squares(outer);
    }
  }
  return (low + high) / 2;
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}
