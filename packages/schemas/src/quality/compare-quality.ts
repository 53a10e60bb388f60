import { TwinError } from "@sage-twin/kernel";
import type { Dimensions, QualityDimension, TableQuality } from "./data-quality.js";

/** A figure of two versions; `change` is null where one of them was not judged. */
export interface QualityChange {
  readonly before: number | null;
  readonly after: number | null;
  readonly change: number | null;
}

/** What changed between two qualities of one part. */
export interface QualityDifference {
  readonly score: QualityChange;
  readonly dimensions: Readonly<Record<QualityDimension, QualityChange>>;
}

/** What changed between the qualities of two versions of a table. */
export interface QualityComparison extends QualityDifference {
  /** The columns that both have. */
  readonly columns: Readonly<Record<string, QualityDifference>>;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * What changed from one version of a department's table to another. Throws a `TwinError` "conflict" where they are of different
 * departments or were judged with different weights.
 *
 * @example
 * ```ts
 * import { compareQuality, department, tableQuality, TimeTable } from "@sage-twin/schemas";
 *
 * const shop = department("shop", { visits: { unit: "visits", kind: "flow" } });
 * const of = (visits: number[]) => tableQuality(shop, TimeTable.of({ frequency: "M", start: "2026-01", columns: { visits } }));
 * compareQuality(of([1, NaN, NaN, 4]), of([1, NaN, 3, 4])).columns.visits.score; // => { before: 50, after: 75, change: 25 }
 * ```
 */
export function compareQuality(before: TableQuality, after: TableQuality): QualityComparison {
  for (const part of ["department", "weights"] as const) {
    const [old, recent] = [JSON.stringify(before[part]), JSON.stringify(after[part])];
    if (old === recent) continue;
    throw new TwinError({
      code: "conflict",
      path: [part],
      message: `${old} before, ${recent} after: the two cannot be compared`,
      fix: `judge both with one ${part === "weights" ? "set of weights" : part}`,
    });
  }
  const both = Object.keys(before.columns).filter((name) => Object.hasOwn(after.columns, name));
  return {
    ...difference(before, after),
    columns: Object.fromEntries(both.map((name) => [name, difference(before.columns[name], after.columns[name])])),
    added: Object.keys(after.columns).filter((name) => !Object.hasOwn(before.columns, name)),
    removed: Object.keys(before.columns).filter((name) => !Object.hasOwn(after.columns, name)),
  };
}

interface Judged {
  readonly dimensions: Dimensions;
  readonly score: number;
}

function difference(before: Judged, after: Judged): QualityDifference {
  const names = Object.keys(before.dimensions) as QualityDimension[];
  const dimensions = names.map((name) => [name, change(before.dimensions[name].value, after.dimensions[name].value)]);
  return {
    score: change(before.score, after.score),
    dimensions: Object.fromEntries(dimensions) as QualityDifference["dimensions"],
  };
}

function change(before: number | null, after: number | null): QualityChange {
  return { before, after, change: before === null || after === null ? null : after - before };
}
