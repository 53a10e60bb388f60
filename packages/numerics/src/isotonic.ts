/** A rising step function with straight lines between its knots. */
export interface IsotonicFit {
  /** Ascending. */
  readonly at: readonly number[];
  readonly values: readonly number[];
}

/**
 * The rising values nearest to `y` in squares, at each different x the same, by pooling adjacent violators (Ayer et al. 1955): the knots at which each level starts and ends.
 *
 * @example
 * ```ts
 * import { isotonicFit } from "@sage-twin/numerics";
 *
 * isotonicFit([1, 2, 3, 4], [1, 3, 2, 4]); // => { at: [1, 2, 3, 4], values: [1, 2.5, 2.5, 4] }
 * ```
 */
export function isotonicFit(x: ArrayLike<number>, y: ArrayLike<number>): IsotonicFit {
  const order = Int32Array.from({ length: x.length }, (_, row) => row).sort((a, b) => x[a] - x[b] || a - b);
  const blocks: { from: number; to: number; sum: number; weight: number }[] = [];
  for (const row of order) {
    const last = blocks.at(-1);
    if (last !== undefined && last.to === x[row] && last.from === x[row]) {
      last.sum += y[row];
      last.weight++;
    } else blocks.push({ from: x[row], to: x[row], sum: y[row], weight: 1 });
  }
  const pooled: typeof blocks = [];
  for (const block of blocks) {
    pooled.push(block);
    while (pooled.length > 1) {
      const [before, own] = pooled.slice(-2);
      if (before.sum / before.weight < own.sum / own.weight) break;
      pooled.splice(-2, 2, {
        from: before.from,
        to: own.to,
        sum: before.sum + own.sum,
        weight: before.weight + own.weight,
      });
    }
  }
  const knots = pooled.flatMap(({ from, to, sum, weight }) =>
    (from === to ? [from] : [from, to]).map((at) => [at, sum / weight] as const),
  );
  return { at: knots.map(([at]) => at), values: knots.map(([, value]) => value) };
}

/** The value at x: straight between knots, level beyond them. */
export function isotonicAt({ at, values }: IsotonicFit, x: number): number {
  let low = 0;
  let high = at.length - 1;
  if (x <= at[low]) return values[low];
  if (x >= at[high]) return values[high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle] <= x) low = middle;
    else high = middle;
  }
  return values[low] + ((x - at[low]) / (at[high] - at[low])) * (values[high] - values[low]);
}
