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
}

const stepsPerRange = 100;

/** One control per lever; without bounds of its own a lever ranges from half to twice its level now. */
export function leverControls(
  levers: Levers,
  columns: ReadonlyMap<string, Float64Array>,
  catalogue: Readonly<Record<string, CatalogueEntry>>,
): readonly LeverControl[] {
  return Object.entries(levers).map(([lever, { label = lever, unit, min, max, step, baseline }]) => {
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
    };
  });
}
