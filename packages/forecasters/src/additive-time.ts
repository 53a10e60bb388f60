import {
  addDuration,
  booleanShape,
  type Frequency,
  inferFrequency,
  numberShape,
  objectShape,
  type Shape,
  textShape,
} from "@sage-twin/kernel";
import { medianOf } from "@sage-twin/numerics";
import { refuse } from "./checks.js";

/** Where a fitted series ends and how its steps go on. */
export interface TimeAxis {
  /** Whether instants are milliseconds since 1970; else they count steps. */
  readonly calendar: boolean;
  /** The instant of the last fitted value. */
  readonly end: number;
  /** The calendar step; empty where steps are `step` long. */
  readonly frequency: string;
  readonly step: number;
}

export const timeAxisShape: Shape<TimeAxis> = /* @__PURE__ */ objectShape({
  calendar: booleanShape,
  end: numberShape,
  frequency: textShape,
  step: numberShape,
});

export const day = 86_400_000;

/** The instant `steps` steps after another, the end of the fitted series by default. */
export function instantAfter({ frequency, step, end }: TimeAxis, steps: number, from = end): number {
  return frequency === "" ? from + step * steps : addDuration(from, frequency, steps);
}

/** The instants of `count` values, the first `skipped` of which are left out, and how they go on. */
export function readTime(
  count: number,
  skipped: number,
  timestamps: Float64Array | undefined,
  declared: { readonly frequency?: Frequency; readonly start?: number },
): { readonly axis: TimeAxis; readonly instants: Float64Array; readonly notes: readonly string[] } {
  const { start, frequency = "" } = declared;
  if (timestamps === undefined && start === undefined && frequency !== "")
    refuse(
      ["timestamps"],
      "a frequency alone says not when the series is",
      "give timestamps to fit, or a start",
      "invalid-time",
    );
  if (timestamps === undefined) {
    const calendar = start !== undefined;
    const axis: TimeAxis = { calendar, end: start ?? 0, frequency, step: 1 };
    const instants = Float64Array.from({ length: count }, (_, t) => instantAfter(axis, skipped + t));
    return { axis: { ...axis, end: instants[count - 1] }, instants, notes: [] };
  }
  const end = timestamps[count - 1];
  const known = frequency || (inferFrequency(timestamps) ?? "");
  const differences = Array.from({ length: count - 1 }, (_, t) => timestamps[t + 1] - timestamps[t]);
  const step = medianOf(differences) || 1;
  const notes =
    known === "" && differences.some((difference) => difference !== step)
      ? [`the timestamps fit no calendar frequency: the steps ahead are the median one, ${step} ms`]
      : [];
  return { axis: { calendar: true, end, frequency: known, step }, instants: timestamps, notes };
}
