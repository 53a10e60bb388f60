// The sums of four columns at a time: arrays that never change their place, so that the loops below need no more than an index each.
const sumsA = /* @__PURE__ */ new Float64Array(256);
const sumsB = /* @__PURE__ */ new Float64Array(256);
const sumsC = /* @__PURE__ */ new Float64Array(256);
const sumsD = /* @__PURE__ */ new Float64Array(256);
const pairsA = /* @__PURE__ */ new Float64Array(256);
const pairsB = /* @__PURE__ */ new Float64Array(256);
const pairsC = /* @__PURE__ */ new Float64Array(256);
const pairsD = /* @__PURE__ */ new Float64Array(256);

/** Four columns at a time, so that a row's bins and gradient are read once for all. */
export function addFour(words: Int32Array, base: number, first: Float64Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const word = words[base + i];
    const value = first[from + i];
    sumsA[word & 255] += value;
    sumsB[(word >>> 8) & 255] += value;
    sumsC[(word >>> 16) & 255] += value;
    sumsD[word >>> 24] += value;
  }
}

export function addFourPairs(
  words: Int32Array,
  base: number,
  first: Float64Array,
  second: Float64Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const word = words[base + i];
    const value = first[from + i];
    const other = second[from + i];
    const a = word & 255;
    sumsA[a] += value;
    pairsA[a] += other;
    const b = (word >>> 8) & 255;
    sumsB[b] += value;
    pairsB[b] += other;
    const c = (word >>> 16) & 255;
    sumsC[c] += value;
    pairsC[c] += other;
    const d = word >>> 24;
    sumsD[d] += value;
    pairsD[d] += other;
  }
}

/** Leaves zeros for a column that was added up with others but not taken. */
export function forgetColumns(): void {
  for (const sums of [sumsA, sumsB, sumsC, sumsD, pairsA, pairsB, pairsC, pairsD]) sums.fill(0);
}

/** Adds the sums of one of four columns to `output`, and leaves zeros. */
export function takeColumn(output: Float64Array, start: number, end: number, stride: number, column: number): void {
  const sums = column === 0 ? sumsA : column === 1 ? sumsB : column === 2 ? sumsC : sumsD;
  const pairs = column === 0 ? pairsA : column === 1 ? pairsB : column === 2 ? pairsC : pairsD;
  for (let at = start, bin = 0; at < end; at += stride, bin++) {
    output[at] += sums[bin];
    sums[bin] = 0;
    if (stride === 1) continue;
    output[at + 1] += pairs[bin];
    pairs[bin] = 0;
  }
}

const wholeNumbers = 6755399441055744; // 1.5 * 2^52: adding it and taking it away rounds

/** Values in whole steps times `base`, plus 1 for the row. */
export function roundInto(values: Float64Array, count: number, scale: number, base: number): void {
  for (let i = 0; i < count; i++) values[i] = (values[i] * scale + wholeNumbers - wholeNumbers) * base + 1;
}

/** Writes the values at `places`, from `from` to `to - 1`, in that order. */
export function pickNumbers(
  output: Float64Array,
  values: Float64Array,
  places: Int32Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) output[i] = values[places[i]];
}

/** As `pickNumbers`, for stretches of words that start at `base` and `ownBase`. */
export function pickWords(
  output: Int32Array,
  words: Int32Array,
  places: Int32Array,
  base: number,
  ownBase: number,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) output[(base + i) | 0] = words[(ownBase + places[i]) | 0];
}
