import type { Issue, Path } from "@sage-twin/kernel";
import type { Program } from "./program.js";

/** A part of the business in which an edit of a metric holds. The levels of the parts, each times its share, make the metric's. */
export interface Segment {
  readonly name: string;
  /** Its share of the metric, 0..1: a number, or the name of a metric without formula that says so by step, in the baseline. */
  readonly share: number | string;
}

/** One part of a metric under edits: level -> factor x level + shift, by step. */
export interface Part {
  share: Float64Array;
  readonly factor: Float64Array;
  readonly shift: Float64Array;
}

/** The certain edits of one metric by segment; the rest of it, at first all, under "". */
export type Parts = Map<string, Part>;

export function makeParts(steps: number): Parts {
  const ones = () => new Float64Array(steps).fill(1);
  return new Map([["", { share: ones(), factor: ones(), shift: new Float64Array(steps) }]]);
}

/** Takes a segment out of the rest, as the rest is now; an issue where its share is none, differs from before, or is more than the rest. */
export function openPart(
  parts: Parts,
  { name, share }: Segment,
  { nodes, steps }: Program,
  path: Path,
): Issue | undefined {
  const node = nodes.find((candidate) => candidate.name === share);
  const own =
    node?.kind === "metric" ? node.level : new Float64Array(steps).fill(typeof share === "number" ? share : Number.NaN);
  const rest = parts.get("") as Part;
  const known = parts.get(name);
  if (known === undefined) {
    parts.set(name, { share: own, factor: rest.factor.slice(), shift: rest.shift.slice() });
    rest.share = rest.share.map((left, step) => (Math.abs(left - own[step]) < 1e-12 ? 0 : left - own[step]));
  }
  if (rest.share.every((left, step) => left >= 0 && own[step] >= 0 && own[step] === (known?.share ?? own)[step]))
    return;
  return {
    code: "invalid-argument",
    path: [...path, "segment"],
    message: `segment '${name}' with a share of ${share}`,
    fix: "give each segment one share, a number or a metric in 0..1; all sum to at most 1",
  };
}

/** Composes an edit of one step onto a segment, or onto all parts. */
export function editParts(
  parts: Parts,
  segment: Segment | undefined,
  step: number,
  factor: number,
  shift: number,
): void {
  for (const [name, part] of parts) {
    if (segment && name !== segment.name) continue;
    part.factor[step] *= factor;
    part.shift[step] = factor * part.shift[step] + shift;
  }
}

/** The edits of the metric as a whole. */
export function joinParts(parts: Parts): Pick<Part, "factor" | "shift"> {
  const sum = (what: "factor" | "shift"): Float64Array =>
    [...parts.values()].reduce(
      (total, part) => total.map((value, step) => value + part.share[step] * part[what][step]),
      new Float64Array((parts.get("") as Part).factor.length),
    );
  return { factor: sum("factor"), shift: sum("shift") };
}
