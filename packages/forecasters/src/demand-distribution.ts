import { exp, log, log1p, normalQuantile } from "@sage-twin/kernel";

/** The demand of one step: none, or a size with the probability of one. */
export interface Demand {
  readonly probability: number;
  /** The mean size of a demand. */
  readonly size: number;
  /** The squared coefficient of variation of the sizes. */
  readonly variation: number;
  /** Whether sizes are whole numbers. */
  readonly whole: boolean;
}

const largestTable = 500;
const mostEntries = 50_000;
const negligible = 1e-13;

/**
 * The quantile function of a step's demand: a hurdle, then 1 + a negative binomial for whole sizes (Snyder, Ord and Beaumont 2012; a Poisson where they vary less)
 * and a lognormal size for others and for means above 500. Never negative.
 */
export function demandQuantile({ probability, size, variation, whole }: Demand): (probability: number) => number {
  const total = probability * size;
  if (!(total > 0)) return () => 0;
  // Whole sizes are at least 1: a smaller mean is that of rarer demands.
  const counted = whole && size <= largestTable;
  const mean = counted ? Math.max(1, size) : size;
  const none = 1 - total / mean;
  const sizeAt = counted ? wholeSize(mean, variation) : continuousSize(mean, variation);
  return (p) => (p <= none ? 0 : sizeAt((p - none) / (1 - none)));
}

function continuousSize(mean: number, variation: number): (p: number) => number {
  const variance = log1p(variation);
  const deviation = Math.sqrt(variance);
  return (p) => mean * exp(deviation * normalQuantile(Math.min(p, 1 - negligible)) - variance / 2);
}

function wholeSize(size: number, variation: number): (p: number) => number {
  const mean = size - 1;
  const variance = variation * size * size;
  const dispersed = variance > mean * (1 + 1e-9);
  const share = dispersed ? 1 - mean / variance : 0;
  const shape = dispersed ? (mean * mean) / (variance - mean) : 0;
  let mass = exp(dispersed ? shape * log(1 - share) : -mean);
  const table = [mass];
  for (let count = 0; 1 - table[count] > negligible && count < mostEntries; count++) {
    mass *= dispersed ? (share * (count + shape)) / (count + 1) : mean / (count + 1);
    table.push(table[count] + mass);
  }
  return (p) => {
    let low = 0;
    let high = table.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (table[middle] >= p) high = middle;
      else low = middle + 1;
    }
    return 1 + low;
  };
}
