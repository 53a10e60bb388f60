import { seasonLengths } from "@sage-twin/kernel";
import { featureHistory, type View } from "../features.js";
import { trendAndSeason } from "../fit-effects.js";
import type { Edge } from "../graph-state.js";
import type { PreparedGraph } from "../prepare.js";
import type { MechanismForm } from "./additive-fit.js";

/** One cause of an outcome. */
export interface ChildPart {
  readonly edge: Edge;
  /** Its place among the edges. */
  readonly index: number;
  /** The forms that it may take; undefined where it stays as it is. */
  readonly forms: readonly MechanismForm[] | undefined;
  /** What the edge sees of the cause's level, on the complete rows. */
  readonly levels: Float64Array;
}

/** An outcome with its causes, on the rows in which all are known. */
export interface ChildData {
  readonly child: string;
  readonly outcome: Float64Array;
  readonly parts: readonly ChildPart[];
  /** Regressors for level, trend and season. */
  readonly nuisance: readonly Float64Array[];
  /** Whether rows are independent of each other. */
  readonly independent: boolean;
}

const fewestRows = 40;

/** Gathers an outcome's rows; undefined where nothing can be chosen, and `keep` was told why. */
export function childData(
  child: string,
  { history, edges, lags, views }: PreparedGraph,
  asked: readonly (readonly MechanismForm[] | undefined)[],
  frequency: string,
  mode: "forecast" | "structural",
  keep: (index: number, why: string) => void,
): ChildData | undefined {
  const values = history.get(child) as Float64Array;
  const seen = edges.flatMap((edge, index) =>
    edge.to === child
      ? [{ edge, index, forms: asked[index], all: seenLevels(edge, views[index], lags[index], history) }]
      : [],
  );
  // A cause that never varies says nothing, and is left out.
  const varied = seen.filter(({ edge, index, forms, all }) => {
    const known = all.filter(Number.isFinite);
    if (known.some((value) => value !== known[0])) return true;
    if (forms !== undefined) keep(index, `'${edge.from}' never varies`);
    return false;
  });
  const open = varied.filter(({ forms }) => forms !== undefined);
  if (open.length === 0) return undefined;
  const complete = (row: number): boolean =>
    Number.isFinite(values[row]) && varied.every(({ all }) => Number.isFinite(all[row]));
  const rows = [...values.keys()].filter(complete);
  if (rows.length < fewestRows) {
    for (const { index } of open) keep(index, `${rows.length} rows are complete, and ${fewestRows} are needed`);
    return undefined;
  }
  const at = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]);
  const season = seasonLengths(frequency).find((count) => values.length >= 2 * count) ?? 1;
  const masked = values.map((value, row) => (complete(row) ? value : Number.NaN));
  return {
    child,
    outcome: at(values),
    parts: varied.map(({ edge, index, forms, all }) => ({ edge, index, forms, levels: at(all) })),
    nuisance:
      mode === "structural"
        ? [new Float64Array(rows.length).fill(1)]
        : trendAndSeason(masked, varied.length, season).map(at),
    independent: mode === "structural",
  };
}

/** What an edge sees of its cause before its curve: the level, carried over or smoothed, its lag ago. */
function seenLevels(edge: Edge, view: View, lag: number, history: ReadonlyMap<string, Float64Array>): Float64Array {
  const { values } = featureHistory(edge.from, history.get(edge.from) as Float64Array, {
    ...view,
    curve: { kind: "level" },
  });
  return values.map((_, row) => (row >= lag ? values[row - lag] : Number.NaN));
}
