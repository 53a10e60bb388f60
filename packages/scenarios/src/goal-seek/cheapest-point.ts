/** A separable cost of moving, and how far each coordinate may go. */
export interface MoveProblem {
  /** The cost of coordinate `index` at `value`. */
  cost(index: number, value: number): number;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const bisections = 60;
const narrowings = 50;
const golden = (Math.sqrt(5) - 1) / 2;

/**
 * The cheapest point of a box at which a linear function reaches a level: by the multiplier of the constraint, found by bisection; each coordinate then
 * stands alone. Where the box does not reach, the point that comes closest.
 */
export function cheapestPoint(problem: MoveProblem, slope: Float64Array, needed: number): Float64Array {
  const { low, high } = problem;
  const reached = (point: Float64Array): number => point.reduce((sum, value, index) => sum + slope[index] * value, 0);
  const furthest = slope.map((value, index) =>
    value > 0 ? high[index] : value < 0 ? low[index] : bestAt(problem, index, 0, 0),
  );
  if (reached(furthest) <= needed) return furthest;
  const at = (multiplier: number): Float64Array =>
    slope.map((value, index) => bestAt(problem, index, value, multiplier));
  let below = 0;
  if (reached(at(0)) >= needed) return at(0);
  let above = 1;
  while (reached(at(above)) < needed && above < 1e18) above *= 4;
  for (let round = 0; round < bisections; round++) {
    const middle = (below + above) / 2;
    if (reached(at(middle)) < needed) below = middle;
    else above = middle;
  }
  // Between the two the cheapest point may jump (costs that are not strictly convex): the mix of both that just reaches.
  const [less, more] = [at(below), at(above)];
  const [short, enough] = [reached(less), reached(more)];
  const share = enough > short ? (needed - short) / (enough - short) : 1;
  return less.map((value, index) => value + share * (more[index] - value));
}

/** The value that minimises cost less multiplier x slope x value, over the coordinate's own interval. */
function bestAt({ cost, low, high }: MoveProblem, index: number, slope: number, multiplier: number): number {
  const priced = (value: number): number => cost(index, value) - multiplier * slope * value;
  let [from, until] = [low[index], high[index]];
  for (let round = 0; round < narrowings; round++) {
    const left = until - golden * (until - from);
    const right = from + golden * (until - from);
    if (priced(left) <= priced(right)) until = right;
    else from = left;
  }
  const candidates = [(from + until) / 2, low[index], high[index], Math.min(high[index], Math.max(low[index], 0))];
  return candidates.reduce((best, value) => (priced(value) < priced(best) ? value : best));
}
