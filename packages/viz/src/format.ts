/** A number for people: thousands grouped and whole from 1,000, three significant digits below; a dash for what is missing. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "\u2013";
  const size = Math.abs(value);
  const text =
    size >= 1e15 || (size > 0 && size < 1e-6)
      ? size.toExponential(2)
      : size >= 999.5
        ? size.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ",")
        : withoutZeros(size.toPrecision(3));
  return value < 0 && /[1-9]/.test(text) ? `\u2212${text}` : text;
}

/** A change: with its sign, also when it is positive. */
export function formatChange(value: number | null | undefined): string {
  const text = formatNumber(value);
  return typeof value === "number" && value > 0 ? `+${text}` : text;
}

/** A share 0..1 in percent, to a tenth; no share short of all is shown as all, none above nothing as nothing. */
export function formatPercent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return "\u2013";
  if (share > 0 && share < 0.001) return "< 0.1 %";
  if (share < 1 && share > 0.999) return "> 99.9 %";
  return `${formatNumber(Number((100 * share).toFixed(1)))} %`;
}

/** A unit as it is written on an axis: `"1"` is a share. */
export function formatUnit(unit: string): string {
  return unit === "1" ? "share" : unit;
}

/** `averageOrderValue` as `average order value`: what a name says to a person. */
export function formatName(name: string): string {
  return /^[a-z]+([A-Z0-9][a-z0-9]*)+$/.test(name)
    ? name.replace(/[A-Z]+(?![a-z])|[A-Z]/g, (letters) => ` ${letters.length > 1 ? letters : letters.toLowerCase()}`)
    : name;
}

function withoutZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
