/** What a model sees from one origin: a level, a seasonal pattern (element i is i steps ahead) and the size of usual changes. */
export interface OriginView {
  readonly level: number;
  readonly season: Float64Array;
  readonly swing: number;
  /** Looks at the origin whose last known value is `values[to - 1]`. */
  look(values: Float64Array, to: number): void;
}

const farthest = 20;

/**
 * Writes forecasts to `values[to]`, `values[to + 1]`, ..., `block` steps from one origin, then further ones from the forecasts; returns the swing at the first origin. `answer` gives
 * the steps after `done` as changes of the level in swings.
 */
export function predictInBlocks(
  view: OriginView,
  memory: number,
  block: number,
  values: Float64Array,
  to: number,
  steps: number,
  answer: (done: number, count: number) => ArrayLike<number>,
): number {
  let swing = 0;
  let [low, high] = [0, 0];
  for (let done = 0; done < steps; done += block) {
    view.look(values, to + done);
    if (done === 0) {
      swing = view.swing;
      const seen = values.subarray(Math.max(0, to - memory), to);
      [low, high] = [seen.reduce((a, b) => Math.min(a, b)), seen.reduce((a, b) => Math.max(a, b))];
    }
    // No forecast leaves the range of the values by more than that range and a few swings: what feeds on itself cannot run off.
    const room = high - low + farthest * swing;
    const count = Math.min(block, steps - done);
    const found = answer(done, count);
    for (let step = 1; step <= count; step++) {
      const value = view.level + view.season[step % view.season.length] + view.swing * found[step - 1];
      values[to + done + step - 1] = Math.min(high + room, Math.max(low - room, value));
    }
  }
  return swing;
}
