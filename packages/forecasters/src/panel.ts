import { describeValue, type Issue, TwinError } from "@sage-twin/kernel";
import { refuse } from "./checks.js";
import { readSeries, type Series } from "./series.js";
import type { FitOptions } from "./types.js";

/** Series by name, each the oldest value first. */
export type Panel = Readonly<Record<string, ArrayLike<number>>>;

/** The names of a panel's series. */
export function readIds(panel: Panel): string[] {
  const ids = typeof panel === "object" && panel !== null && !Array.isArray(panel) ? Object.keys(panel) : [];
  if (ids.length === 0)
    refuse(["panel"], `${describeValue(panel)} has no series`, "give an object of series by name", "invalid-data");
  return ids;
}

/** The checked series of a panel; a `TwinError` lists every one that no model can take. */
export function readPanel(panel: Panel, ids: readonly string[], timestamps?: Panel): Series[] {
  const issues: Issue[] = [];
  const series = ids.flatMap((id) => {
    try {
      return [readSeries(panel[id], timestamps && ({ timestamps: timestamps[id] } satisfies FitOptions))];
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      issues.push(...error.issues.map((issue) => ({ ...issue, path: ["panel", id, ...issue.path] })));
      return [];
    }
  });
  if (issues.length > 0) throw new TwinError(issues);
  return series;
}
