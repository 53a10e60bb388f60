import type { CausalGraph } from "@sage-twin/causal";
import type { Levers } from "@sage-twin/scenarios";
import type { CatalogueEntry } from "./definition.js";

/** What a user interface needs to offer a lever. */
export interface LeverControl {
  readonly lever: string;
  readonly label: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The level now: the last known one, or the baseline where there are no data. */
  readonly now: number;
  /** Every metric that moving it can move. */
  readonly linked: readonly string[];
  /** Who may move it; empty for anybody. */
  readonly movedBy: readonly string[];
}

const stepsPerRange = 100;

/** One control per lever; without bounds of its own a lever ranges from half to twice its level now. */
export function leverControls(
  levers: Levers,
  columns: ReadonlyMap<string, Float64Array>,
  catalogue: Readonly<Record<string, CatalogueEntry>>,
  graph: CausalGraph,
): readonly LeverControl[] {
  return Object.entries(levers).map(([lever, { label = lever, unit, min, max, step, baseline, movedBy = [] }]) => {
    const now = columns.get(lever)?.findLast(Number.isFinite) ?? baseline ?? 0;
    const low = min ?? Math.min(now / 2, now * 2);
    const high = max ?? Math.max(now / 2, now * 2);
    return {
      lever,
      label,
      unit: unit ?? catalogue[lever]?.unit ?? "",
      min: low,
      max: high,
      step: step ?? (high - low) / stepsPerRange,
      now,
      linked: descendantsOf(graph, lever),
      movedBy,
    };
  });
}

function descendantsOf(graph: CausalGraph, name: string): readonly string[] {
  const found = new Set([name]);
  for (const cause of found) {
    for (const { from, to } of graph.edges) if (from === cause) found.add(to);
    for (const metric of [...graph.identities, ...graph.stocks])
      if (graph.partsOf(metric.name).includes(cause)) found.add(metric.name);
  }
  found.delete(name);
  return [...found];
}
