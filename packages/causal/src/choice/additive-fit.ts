import { exp } from "@sage-twin/kernel";
import { cholesky, quantiles, solveCholesky } from "@sage-twin/numerics";
import { type Curve, compileCurve } from "../curve.js";
import { boostCurve } from "./boosted-curve.js";

/** A form that an edge's mechanism may take. */
export type MechanismForm = "boosted" | "elasticity" | "linear" | "logistic" | "lookup" | "saturation";

/** What an edge is in a fit: a form to be learnt, or a curve that is given. */
export type Part = MechanismForm | Curve;

/** The outcome and its causes on the rows at hand, in order of time and without gaps. */
export interface AdditiveData {
  /** On the link scale, less `offset`. */
  readonly response: Float64Array;
  /** What is known of it without a fit. */
  readonly offset: Float64Array;
  readonly causes: readonly Float64Array[];
  /** Level, trend and season. */
  readonly nuisance: readonly Float64Array[];
}

/** A fit: one curve for each cause, and what multiplies it. */
export interface AdditiveFit {
  readonly curves: readonly Curve[];
  readonly factors: Float64Array;
  /** The mean of the exponentials of what was left over: what a logarithm's prediction is multiplied by (Duan 1983). */
  readonly smearing: number;
  readonly nuisance: Float64Array;
}

const knots = 5;
const backfits = 3;
const halves = [0.25, 0.5, 0.75, 0.9];
const slopes = [1, 2];
const steepest = 4;
const longestWalk = 12;

/** Fits link(y) = level, trend and season + the sum of g(x) on `count` rows by least squares; what is boosted or nonlinear turn by turn. */
export function fitAdditive(data: AdditiveData, parts: readonly Part[], count: number): AdditiveFit {
  const response = data.response.subarray(0, count);
  const causes = data.causes.map((cause) => cause.subarray(0, count));
  const nuisance = data.nuisance.map((column) => column.subarray(0, count));
  const curves: Curve[] = parts.map((part, index) => startOf(part, causes[index]));
  const hats = parts.map((part, index) => (part === "lookup" ? hatsOf(causes[index]) : []));
  const boosted = parts.map((part) => (part === "boosted" ? new Float64Array(count) : undefined));
  const left = response.slice();
  const solve = () => {
    left.set(response);
    for (const values of boosted)
      if (values !== undefined) for (let row = 0; row < count; row++) left[row] -= values[row];
    const owners: number[] = [];
    const columns = parts.flatMap((part, index) => {
      const own =
        part === "boosted"
          ? []
          : part === "lookup"
            ? hats[index].map(({ values }) => values)
            : [over(curves[index], causes[index])];
      owners.push(...own.map(() => index));
      return own;
    });
    const all = [...nuisance, ...columns];
    const coefficients = leastSquares(all, left);
    let squares = 0;
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < all.length; column++) left[row] -= coefficients[column] * all[column][row];
      squares += left[row] * left[row];
    }
    return { coefficients, owners, squares };
  };
  // A saturation's shape: the best of a small grid, then nearer and nearer around it, others as they are.
  parts.forEach((part, index) => {
    if (part !== "saturation") return;
    let best = Number.POSITIVE_INFINITY;
    let shape = startOf(part, causes[index]) as Hill;
    const consider = (curve: Hill): void => {
      curves[index] = curve;
      const { squares } = solve();
      if (squares >= best) return;
      best = squares;
      shape = curve;
    };
    for (const curve of saturations(causes[index])) consider(curve);
    for (let step = 1.4, walked = 0; step > 1.02; walked++) {
      const before = shape;
      const { half, slope } = shape;
      for (const wider of [step, 1, 1 / step])
        for (const steeper of [step, 1, 1 / step])
          consider({ kind: "hill", half: half * wider, slope: Math.min(steepest, slope * steeper) });
      if (shape === before || walked > longestWalk) step = Math.sqrt(step);
    }
    curves[index] = shape;
  });
  let solved = solve();
  if (boosted.some((values) => values !== undefined)) {
    for (let round = 0; round < backfits; round++) {
      boosted.forEach((values, index) => {
        if (values === undefined) return;
        for (let row = 0; row < count; row++) left[row] += values[row];
        curves[index] = { kind: "lookup", ...boostCurve(causes[index], left) };
        values.set(over(curves[index], causes[index]));
        for (let row = 0; row < count; row++) left[row] -= values[row];
      });
      solved = solve();
    }
  }
  const { coefficients, owners } = solved;
  const factors = Float64Array.from(parts, () => 1);
  parts.forEach((part, index) => {
    const own = owners.flatMap((owner, column) => (owner === index ? [coefficients[nuisance.length + column]] : []));
    if (part === "lookup") curves[index] = { kind: "lookup", x: hats[index].map(({ at }) => at), y: own };
    else if (part !== "boosted") factors[index] = own[0];
  });
  parts.forEach((part, index) => {
    if (part !== "lookup") return;
    const { x, y } = curves[index] as Extract<Curve, { kind: "lookup" }>;
    // The first knot is part of the level.
    const first = quantiles(causes[index], [0])[0];
    curves[index] =
      x.length === 0
        ? { kind: "lookup", x: [first, first + 1], y: [0, 0] }
        : { kind: "lookup", x: [first, ...x], y: [0, ...y] };
  });
  let smearing = 0;
  for (const value of left) smearing += exp(value) / count;
  return { curves, factors, smearing, nuisance: coefficients.slice(0, nuisance.length) };
}

/** What a fit brings by one cause, row by row. */
export function partOf({ curves, factors }: AdditiveFit, cause: number, values: Float64Array): Float64Array {
  return over(curves[cause], values).map((value) => factors[cause] * value);
}

/** A curve over values. */
export function over(curve: Curve, values: Float64Array): Float64Array {
  const output = new Float64Array(values.length);
  compileCurve(curve, "x")([values], output, values.length);
  return output;
}

function startOf(part: Part, cause: Float64Array): Curve {
  if (typeof part === "object") return part;
  if (part === "elasticity") return { kind: "log" };
  if (part === "saturation") return saturations(cause)[0];
  if (part === "boosted" || part === "lookup") return { kind: "lookup", x: [0, 1], y: [0, 0] };
  return { kind: "level" };
}

type Hill = Extract<Curve, { kind: "hill" }>;

function saturations(cause: Float64Array): Hill[] {
  const above = cause.filter((value) => value > 0);
  if (above.length === 0) return [{ kind: "hill", half: 1, slope: 1 }];
  return halves.flatMap((share) =>
    slopes.map((slope): Hill => ({ kind: "hill", half: quantiles(above, [share])[0], slope })),
  );
}

/** The knots of straight lines at quantiles of the cause, but for the first, and how near each row is to each: 1 at it, 0 at its neighbours. */
function hatsOf(cause: Float64Array): { readonly at: number; readonly values: Float64Array }[] {
  const probabilities = Array.from({ length: knots }, (_, index) => index / (knots - 1));
  const places = [...new Set(quantiles(cause, probabilities))];
  return places.slice(1).map((at, index) => ({
    at,
    values: over({ kind: "lookup", x: places, y: places.map((_, place) => (place === index + 1 ? 1 : 0)) }, cause),
  }));
}

/** Coefficients by least squares; columns that others determine share theirs. */
function leastSquares(columns: readonly Float64Array[], response: Float64Array): Float64Array {
  const size = columns.length;
  const products = new Float64Array(size * size);
  const right = new Float64Array(size);
  const scale = columns.map((column) => {
    let sum = 0;
    for (const value of column) sum += value * value;
    return sum > 0 ? 1 / Math.sqrt(sum) : 1;
  });
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let row = 0; row < response.length; row++) sum += columns[i][row] * columns[j][row];
      products[i * size + j] = sum * scale[i] * scale[j];
      products[j * size + i] = products[i * size + j];
    }
    for (let row = 0; row < response.length; row++) right[i] += columns[i][row] * response[row];
    right[i] *= scale[i];
    products[i * (size + 1)] += 1e-9;
  }
  return solveCholesky(cholesky(products, size), right).map((value, index) => value * scale[index]);
}
