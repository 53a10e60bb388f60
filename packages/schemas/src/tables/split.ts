const view = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8));

/**
 * Splits a total into `parts` that are as equal as they can be while their sum, from the first to the last, is the total
 * exactly. All parts but the last are the share cut off to so few binary digits that adding them up does not round; the last is
 * what remains.
 */
export function splitEvenly(total: number, parts: number, output: Float64Array, at: number): void {
  const spare = 33 - Math.clz32(parts);
  view.setFloat64(0, total / parts);
  // parts of a time series are far fewer than the 2^31 that the lower half of the digits allows for
  view.setUint32(4, spare > 31 ? 0 : (view.getUint32(4) >>> spare) << spare);
  const share = view.getFloat64(0);
  output.fill(share, at, at + parts - 1);
  output[at + parts - 1] = total - share * (parts - 1);
}
