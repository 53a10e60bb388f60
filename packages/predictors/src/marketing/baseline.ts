import { cos, sin } from "@sage-twin/kernel";

/** What the baseline of revenue is made of. */
export interface BaselineShape {
  readonly rows: number;
  readonly seasonLength: number;
  readonly harmonics: number;
  readonly controls: readonly string[];
  /** Of each control, as seen in training. */
  readonly centres: readonly number[];
  readonly spreads: readonly number[];
}

const turn = 2 * Math.PI;

/** One row of the baseline's design: 1, the trend, the season's waves, the controls in standard units. */
export function baselineRow(shape: BaselineShape, t: number, controls: (name: string) => number): number[] {
  const { rows, seasonLength, harmonics } = shape;
  const row = [1, t / rows - 0.5];
  for (let wave = 1; seasonLength > 0 && wave <= harmonics; wave++)
    row.push(sin((turn * wave * t) / seasonLength), cos((turn * wave * t) / seasonLength));
  shape.controls.forEach((name, index) => {
    row.push((controls(name) - shape.centres[index]) / shape.spreads[index]);
  });
  return row;
}

/** Orthonormal columns that span those of a design, and the triangle that gives them back: design = q r. */
export interface Orthonormal {
  /** By column. */
  readonly q: readonly Float64Array[];
  readonly r: readonly Float64Array[];
  /** Which columns of the design others determine. */
  readonly dropped: readonly number[];
}

/** Modified Gram-Schmidt; a column that the ones before determine gets a coefficient of 0. */
export function orthonormalise(columns: readonly Float64Array[]): Orthonormal {
  const q: Float64Array[] = [];
  const r: Float64Array[] = [];
  const dropped: number[] = [];
  columns.forEach((column, index) => {
    const rest = column.slice();
    const weights = new Float64Array(columns.length);
    const size = Math.sqrt(dot(column, column));
    for (let pass = 0; pass < 2; pass++)
      q.forEach((own, other) => {
        const share = dot(own, rest);
        weights[other] += share;
        for (let t = 0; t < rest.length; t++) rest[t] -= share * own[t];
      });
    const left = Math.sqrt(dot(rest, rest));
    const known = !(left > 1e-9 * Math.max(size, 1e-300));
    if (known) dropped.push(index);
    weights[index] = known ? 1 : left;
    r.push(weights);
    q.push(known ? new Float64Array(rest.length) : rest.map((value) => value / left));
  });
  return { q, r, dropped };
}

/** The coefficients of the design whose orthonormal coefficients are `parts`. */
export function solveTriangle({ r }: Pick<Orthonormal, "r">, parts: Float64Array): Float64Array {
  const solution = parts.slice();
  for (let index = solution.length - 1; index >= 0; index--) {
    for (let later = index + 1; later < solution.length; later++) solution[index] -= r[later][index] * solution[later];
    solution[index] /= r[index][index];
  }
  return solution;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += a[t] * b[t];
  return sum;
}
