/**
 * c = a b' (or c += a b'), row-major: `a` is rows x inner from `aStart` on, `b` is columns x inner from `bStart`, `c` is rows x columns. Blocks of
 * 2 x 4 sums stay in registers; each sum runs over `inner` in order, so that the result does not depend on the blocking.
 */
export function multiply(
  a: Float64Array,
  aStart: number,
  b: Float64Array,
  bStart: number,
  c: Float64Array,
  rows: number,
  columns: number,
  inner: number,
  add: boolean,
): void {
  if (!add) c.fill(0, 0, rows * columns);
  const evenRows = rows & ~1;
  const fourColumns = columns & ~3;
  for (let row = 0; row < evenRows; row += 2) {
    const a0 = aStart + row * inner;
    const a1 = a0 + inner;
    for (let column = 0; column < fourColumns; column += 4) {
      const b0 = bStart + column * inner;
      const b1 = b0 + inner;
      const b2 = b1 + inner;
      const b3 = b2 + inner;
      let s00 = 0;
      let s01 = 0;
      let s02 = 0;
      let s03 = 0;
      let s10 = 0;
      let s11 = 0;
      let s12 = 0;
      let s13 = 0;
      for (let p = 0; p < inner; p++) {
        const x = a[a0 + p];
        const y = a[a1 + p];
        const w0 = b[b0 + p];
        const w1 = b[b1 + p];
        const w2 = b[b2 + p];
        const w3 = b[b3 + p];
        s00 += x * w0;
        s01 += x * w1;
        s02 += x * w2;
        s03 += x * w3;
        s10 += y * w0;
        s11 += y * w1;
        s12 += y * w2;
        s13 += y * w3;
      }
      const c0 = row * columns + column;
      const c1 = c0 + columns;
      c[c0] += s00;
      c[c0 + 1] += s01;
      c[c0 + 2] += s02;
      c[c0 + 3] += s03;
      c[c1] += s10;
      c[c1 + 1] += s11;
      c[c1 + 2] += s12;
      c[c1 + 3] += s13;
    }
  }
  for (let row = 0; row < rows; row++) {
    const from = row < evenRows ? fourColumns : 0;
    for (let column = from; column < columns; column++) {
      let sum = 0;
      const a0 = aStart + row * inner;
      const b0 = bStart + column * inner;
      for (let p = 0; p < inner; p++) sum += a[a0 + p] * b[b0 + p];
      c[row * columns + column] += sum;
    }
  }
}

/** Writes the transpose of `from` (rows x columns, from `start` on) to `to`. */
export function transpose(from: Float64Array, start: number, to: Float64Array, rows: number, columns: number): void {
  for (let row = 0; row < rows; row++) {
    const at = start + row * columns;
    for (let column = 0; column < columns; column++) to[column * rows + row] = from[at + column];
  }
}

/** `values` where it has the room, else a larger array: called once a batch, never in a loop. */
export function withRoom(values: Float64Array, length: number): Float64Array {
  return values.length >= length ? values : new Float64Array(length);
}
