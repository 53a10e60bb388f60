const most = 256;
const accumulated = [new Float64Array(most), new Float64Array(most)];

/** Multiplies rows of up to 256 numbers by a lower-triangular factor, in place, two rows and four columns at a time. */
export function correlate(rows: readonly Float64Array[], factor: Float64Array, runs: number): void {
  const size = rows.length;
  const [first, second] = accumulated;
  for (let top = size - 1; top >= 0; top -= 2) {
    const low = Math.max(0, top - 1);
    const a = top * size;
    const b = low * size;
    const paired = low !== top;
    const topRow = rows[top];
    const lowRow = rows[low];
    const topScale = factor[a + top];
    if (paired) {
      const cross = factor[a + low];
      const lowScale = factor[b + low];
      for (let run = 0; run < runs; run++) {
        first[run] = topScale * topRow[run] + cross * lowRow[run];
        second[run] = lowScale * lowRow[run];
      }
    } else {
      for (let run = 0; run < runs; run++) first[run] = topScale * topRow[run];
    }
    let column = 0;
    for (; paired && column + 4 <= low; column += 4) {
      const a0 = factor[a + column];
      const a1 = factor[a + column + 1];
      const a2 = factor[a + column + 2];
      const a3 = factor[a + column + 3];
      const b0 = factor[b + column];
      const b1 = factor[b + column + 1];
      const b2 = factor[b + column + 2];
      const b3 = factor[b + column + 3];
      if (a0 === 0 && a1 === 0 && a2 === 0 && a3 === 0 && b0 === 0 && b1 === 0 && b2 === 0 && b3 === 0) continue;
      const z0 = rows[column];
      const z1 = rows[column + 1];
      const z2 = rows[column + 2];
      const z3 = rows[column + 3];
      for (let run = 0; run < runs; run++) {
        const x0 = z0[run];
        const x1 = z1[run];
        const x2 = z2[run];
        const x3 = z3[run];
        first[run] += a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3;
        second[run] += b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3;
      }
    }
    for (; column < low; column++) {
      const weightA = factor[a + column];
      const weightB = paired ? factor[b + column] : 0;
      const row = rows[column];
      for (let run = 0; run < runs; run++) {
        first[run] += weightA * row[run];
        second[run] += weightB * row[run];
      }
    }
    topRow.set(first);
    if (paired) lowRow.set(second);
  }
}
