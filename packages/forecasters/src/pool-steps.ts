/** Squared errors of a backtest by step ahead: what they were, what the model said they would be, and how many. */
export interface StepErrors {
  readonly squares: Float64Array;
  readonly stated: Float64Array;
  readonly counts: Float64Array;
}

/** The errors of a step with those of its neighbours: a step as far away as it is ahead weighs nothing; errors k steps ahead overlap and count 1 / k. */
export function poolSteps({ squares, stated, counts }: StepErrors, step: number) {
  const pooled = { square: 0, stated: 0, count: 0 };
  for (let other = 0; other < squares.length; other++) {
    const weight = Math.max(0, 1 - Math.abs(other - step) / (1 + step)) / (1 + other);
    pooled.square += weight * squares[other];
    pooled.stated += weight * stated[other];
    pooled.count += weight * counts[other];
  }
  return pooled;
}
