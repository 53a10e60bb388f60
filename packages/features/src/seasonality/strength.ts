import { fTail, type StlDecomposition } from "@sage-twin/numerics";

/** How much of what is left after the trend (or the season) is season (or trend): 0 none, 1 all of it. */
function strengthOf(part: Float64Array, remainder: Float64Array): number {
  const total = varianceOf(remainder.map((value, row) => value + part[row]));
  return total > 0 ? Math.max(0, 1 - varianceOf(remainder) / total) : 0;
}

/** Strengths of trend and season in a decomposition (Wang, Smith and Hyndman 2006). */
export function strengths({ trend, seasonal, remainder }: StlDecomposition): { trend: number; seasonal: number } {
  return { trend: strengthOf(trend, remainder), seasonal: strengthOf(seasonal, remainder) };
}

function varianceOf(values: Float64Array): number {
  let count = 0;
  let sum = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    sum += value;
  }
  const mean = sum / count;
  let squares = 0;
  for (const value of values) if (!Number.isNaN(value)) squares += (value - mean) * (value - mean);
  return squares / count;
}

/**
 * The mean strength of the season that STL with a seasonal span of 7 finds in white noise, by seasons in the series: 300 series of
 * each length with a period of 12. That of other periods, of random walks and of autoregressions of order 1 is nearly the same.
 */
const noiseStrengths: readonly (readonly [seasons: number, strength: number])[] = [
  [2, 1],
  [2.25, 0.918],
  [2.5, 0.843],
  [2.75, 0.778],
  [3, 0.725],
  [3.25, 0.687],
  [3.5, 0.653],
  [4, 0.609],
  [4.5, 0.553],
  [5, 0.502],
  [6, 0.479],
  [7, 0.413],
  [8, 0.396],
  [10, 0.388],
  [14, 0.382],
  [20, 0.37],
  [40, 0.357],
];

/**
 * The probability that noise shows a season of at least this strength: remainder and season share the degrees of freedom as
 * `noiseStrengths` says, and their ratio is an F variable.
 */
export function strengthTail(strength: number, count: number, period: number): number {
  const seasons = count / period;
  const after = noiseStrengths.findIndex(([more]) => more > seasons);
  if (after === 0) return 1;
  let share = 0.357;
  if (after > 0) {
    const [[low, from], [high, to]] = [noiseStrengths[after - 1], noiseStrengths[after]];
    share = from + ((to - from) * (seasons - low)) / (high - low);
  }
  if (share > 0.97) return 1;
  return fTail(strength / share / ((1 - strength) / (1 - share)), count * share, count * (1 - share));
}
