import { periodIndex } from "@sage-twin/kernel";

/** How many of the days lie in each of `count` periods from `first`. */
export function holidayCounts(days: readonly number[], frequency: string, first: number, count: number): Float64Array {
  const counts = new Float64Array(count);
  for (const day of days) {
    const period = periodIndex(day, frequency) - first;
    if (period >= 0 && period < count) counts[period]++;
  }
  return counts;
}
