import type { Persistence } from "./program.js";

const most = 256;
const accumulated = [new Float64Array(most), new Float64Array(most), new Float64Array(most), new Float64Array(most)];

/**
 * Turns independent draws into one step of correlated error paths, in place: rows of up to 256 numbers times a lower-triangular factor, four
 * rows at a time from the last, then what each metric's errors carry from step to step.
 */
export function correlate(
  rows: readonly Float64Array[],
  factor: Float64Array,
  memories: readonly Float64Array[],
  persistence: readonly Persistence[],
  runs: number,
): void {
  const size = rows.length;
  let end = size;
  for (; end >= 4; end -= 4) {
    multiplyFour(rows, factor, end - 4, runs);
    for (let row = 0; row < 4; row++) {
      const index = end - 4 + row;
      carryOver(rows[index], accumulated[row], memories[index], persistence[index], runs);
    }
  }
  const [sum] = accumulated;
  for (let index = end - 1; index >= 0; index--) {
    sum.fill(0);
    for (let column = 0; column <= index; column++) {
      const weight = factor[index * size + column];
      const draws = rows[column];
      for (let run = 0; run < runs; run++) sum[run] += weight * draws[run];
    }
    carryOver(rows[index], sum, memories[index], persistence[index], runs);
  }
}

/** The products of rows `base` to `base + 3` of the factor, in `accumulated`. */
function multiplyFour(rows: readonly Float64Array[], factor: Float64Array, base: number, runs: number): void {
  const size = rows.length;
  const [a, b, c, d] = accumulated;
  const w = base * size;
  const x = w + size;
  const y = x + size;
  const z = y + size;
  {
    const first = rows[base];
    const second = rows[base + 1];
    const third = rows[base + 2];
    const fourth = rows[base + 3];
    const a0 = factor[w + base];
    const b0 = factor[x + base];
    const b1 = factor[x + base + 1];
    const c0 = factor[y + base];
    const c1 = factor[y + base + 1];
    const c2 = factor[y + base + 2];
    const d0 = factor[z + base];
    const d1 = factor[z + base + 1];
    const d2 = factor[z + base + 2];
    const d3 = factor[z + base + 3];
    for (let run = 0; run < runs; run++) {
      const p = first[run];
      const q = second[run];
      const r = third[run];
      a[run] = a0 * p;
      b[run] = b0 * p + b1 * q;
      c[run] = c0 * p + c1 * q + c2 * r;
      d[run] = d0 * p + d1 * q + d2 * r + d3 * fourth[run];
    }
  }
  let column = 0;
  for (; column + 3 <= base; column += 3) {
    const first = rows[column];
    const second = rows[column + 1];
    const third = rows[column + 2];
    const a0 = factor[w + column];
    const a1 = factor[w + column + 1];
    const a2 = factor[w + column + 2];
    const b0 = factor[x + column];
    const b1 = factor[x + column + 1];
    const b2 = factor[x + column + 2];
    const c0 = factor[y + column];
    const c1 = factor[y + column + 1];
    const c2 = factor[y + column + 2];
    const d0 = factor[z + column];
    const d1 = factor[z + column + 1];
    const d2 = factor[z + column + 2];
    for (let run = 0; run < runs; run++) {
      const p = first[run];
      const q = second[run];
      const r = third[run];
      a[run] += a0 * p + a1 * q + a2 * r;
      b[run] += b0 * p + b1 * q + b2 * r;
      c[run] += c0 * p + c1 * q + c2 * r;
      d[run] += d0 * p + d1 * q + d2 * r;
    }
  }
  for (; column < base; column++) {
    const draws = rows[column];
    const a0 = factor[w + column];
    const b0 = factor[x + column];
    const c0 = factor[y + column];
    const d0 = factor[z + column];
    for (let run = 0; run < runs; run++) {
      const draw = draws[run];
      a[run] += a0 * draw;
      b[run] += b0 * draw;
      c[run] += c0 * draw;
      d[run] += d0 * draw;
    }
  }
}

/** error = memory + draw; memory = decay x memory + carry x draw. */
function carryOver(
  errors: Float64Array,
  draws: Float64Array,
  memory: Float64Array,
  { decay, carry }: Persistence,
  runs: number,
): void {
  for (let run = 0; run < runs; run++) {
    const carried = memory[run];
    const draw = draws[run];
    errors[run] = carried + draw;
    memory[run] = decay * carried + carry * draw;
  }
}
