import { exp, expInto, log, log1p } from "@sage-twin/kernel";

/** The scale on which a metric's causes and errors add up. */
export type Link =
  | { readonly kind: "linear" }
  /** For positive metrics: effects multiply. */
  | { readonly kind: "log" }
  /** For rates and scores strictly between two bounds. */
  | { readonly kind: "logit"; readonly low: number; readonly high: number }
  /** For signed metrics of a wide range: linear near zero, logarithmic beyond `scale`. */
  | { readonly kind: "asinh"; readonly scale: number };

/** Rates this near to a bound, as a share of the range, are moved off it. */
const edge = 1e-6;

/** A level on the link's scale; a rate at or beyond its bounds is clamped just inside. */
export function toLink(link: Link, level: number): number {
  switch (link.kind) {
    case "linear":
      return level;
    case "log":
      return log(level);
    case "logit": {
      const share = clampShare((level - link.low) / (link.high - link.low));
      return log(share / (1 - share));
    }
    case "asinh": {
      const size = Math.abs(level / link.scale);
      const value = log1p(size + (size * size) / (1 + Math.sqrt(size * size + 1)));
      return level < 0 ? -value : value;
    }
  }
}

/** Whether a level lies where the link is defined without clamping. */
export function inDomain(link: Link, level: number): boolean {
  if (link.kind === "log") return level > 0;
  if (link.kind === "logit") {
    const share = (level - link.low) / (link.high - link.low);
    return share >= edge && share <= 1 - edge;
  }
  return Number.isFinite(level);
}

function clampShare(share: number): number {
  return Math.min(1 - edge, Math.max(edge, share));
}

/** The levels of values on the link's scale. */
export function fromLinkInto(link: Link, output: Float64Array, values: Float64Array, count: number): void {
  switch (link.kind) {
    case "linear":
      for (let i = 0; i < count; i++) output[i] = values[i];
      return;
    case "log":
      expInto(output, values, 0, count);
      return;
    case "logit": {
      const { low, high } = link;
      for (let i = 0; i < count; i++) output[i] = low + (high - low) / (1 + exp(-values[i]));
      return;
    }
    case "asinh": {
      const { scale } = link;
      for (let i = 0; i < count; i++) {
        const power = exp(values[i]);
        output[i] = (scale * (power - 1 / power)) / 2;
      }
    }
  }
}

/** One level from its value on the link's scale. */
export function fromLink(link: Link, value: number): number {
  const cell = Float64Array.of(value);
  fromLinkInto(link, cell, cell, 1);
  return cell[0];
}

/**
 * Moves levels by deviations on the link's scale, from the levels themselves and never through their logarithms, so that a deviation of 0
 * leaves the level as it is, bit for bit. `deviations` is used as scratch and holds no meaning after.
 */
export function moveInto(
  link: Link,
  output: Float64Array,
  levels: Float64Array,
  deviations: Float64Array,
  count: number,
): void {
  switch (link.kind) {
    case "linear":
      for (let i = 0; i < count; i++) output[i] = deviations[i] === 0 ? levels[i] : levels[i] + deviations[i];
      return;
    case "log":
      expInto(deviations, deviations, 0, count);
      for (let i = 0; i < count; i++) output[i] = levels[i] * deviations[i];
      return;
    case "logit": {
      const { low, high } = link;
      const range = high - low;
      for (let i = 0; i < count; i++) {
        if (deviations[i] === 0) {
          output[i] = levels[i];
          continue;
        }
        const power = exp(deviations[i]);
        const share = (levels[i] - low) / range;
        output[i] = low + (range * (share * power)) / (1 + share * (power - 1));
      }
      return;
    }
    case "asinh": {
      const { scale } = link;
      for (let i = 0; i < count; i++) {
        if (deviations[i] === 0) {
          output[i] = levels[i];
          continue;
        }
        const power = exp(deviations[i]);
        const size = levels[i] / scale;
        output[i] = (scale * (size * (power + 1 / power) + Math.sqrt(size * size + 1) * (power - 1 / power))) / 2;
      }
    }
  }
}
