import { addDuration, describeValue, type Instant, type Path, stepsIn, toInstant } from "@sage-twin/kernel";
import { invalidArgument, requireChoice, requireWhole } from "../numbers.js";

/** Which ends belong to a window: of the times `t - window` and `t`, or for counted windows one row more or less. */
export type Closed = "right" | "left" | "both" | "neither";

/** A window of rows or of time behind (or, centred, around) each row. */
export interface WindowOptions {
  /** Rows, or a duration such as `"30D"`, `"12h"` or `"3M"`, which needs `times`. */
  readonly window: number | string;
  /** How many values a window must hold to give a result. Default: all of `window` for rows, 1 for a duration. */
  readonly minPeriods?: number;
  /** Whether the window lies around its row instead of ending there. Default false. */
  readonly center?: boolean;
  /** Default `"right"`. */
  readonly closed?: Closed;
  /** The instant of each row, ascending: milliseconds since 1970, `Date`s or ISO texts. */
  readonly times?: ArrayLike<number> | readonly Instant[];
}

/** The windows of a block of rows: that of row `offset + i` goes from row `offset + starts[i]` to before `offset + ends[i]`; both ascend. */
export interface Bounds {
  readonly offset: number;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Writes the windows of rows `first .. last - 1`, less `first`, to the beginning of two arrays: always the same two, one block after the other. */
export type FillBounds = (first: number, last: number, starts: Int32Array, ends: Int32Array) => void;

/** How far back a window reaches. */
export interface WindowSpan {
  readonly minPeriods: number;
  readonly leftClosed: boolean;
  readonly rightClosed: boolean;
  readonly center: boolean;
  /** Rows, when counted. */
  readonly rows: number | undefined;
  /** The start of the window that ends at an instant. */
  readonly before: (instant: number) => number;
  /** Half the duration in milliseconds, of centred windows. */
  readonly half: number;
}

/** Checks the options of a window and says what they mean; a `TwinError` names what is wrong. */
export function windowSpan(options: WindowOptions, path: Path = []): WindowSpan {
  const { window, closed = "right", center = false } = options;
  requireChoice(closed, [...path, "closed"], ["right", "left", "both", "neither"]);
  requireChoice(center, [...path, "center"], [true, false]);
  const timed = typeof window === "string";
  if (!timed) requireWhole(window, [...path, "window"], 1, 2 ** 30);
  const { minPeriods = timed ? 1 : (window as number) } = options;
  requireWhole(minPeriods, [...path, "minPeriods"], 0, timed ? undefined : (window as number));
  const milliseconds = timed ? (stepsIn(`${window}`, "h") ?? Number.NaN) * 3_600_000 || hours(window) : Number.NaN;
  if (timed && center && Number.isNaN(milliseconds))
    throw invalidArgument([...path, "window"], `'${window}' has no fixed half`, 'centre hours, days or weeks: "30D"');
  return {
    minPeriods,
    leftClosed: closed === "left" || closed === "both",
    rightClosed: closed === "right" || closed === "both",
    center,
    rows: timed ? undefined : window,
    before: Number.isNaN(milliseconds)
      ? (instant) => addDuration(instant, window as string, -1)
      : (instant) => instant - milliseconds,
    half: milliseconds / 2,
  };
}

/** Milliseconds of a duration of hours, days or weeks; NaN for those whose length varies. */
function hours(duration: string): number {
  return /[MQY]$/.test(duration) ? Number.NaN : addDuration(0, duration);
}

/** The windows of `rows` rows; `times` for a duration. */
export function windowBounds(rows: number, span: WindowSpan, times?: Float64Array): FillBounds {
  return span.rows === undefined ? timeBounds(span, times as Float64Array) : countBounds(rows, span.rows, span);
}

function countBounds(rows: number, window: number, { leftClosed, rightClosed, center }: WindowSpan): FillBounds {
  const ahead = (center ? (window - 1) >> 1 : 0) + 1;
  const endOffset = rightClosed ? ahead : ahead - 1;
  const startOffset = leftClosed ? ahead - window - 1 : ahead - window;
  let repeats = false; // blocks within the table all have the same windows, counted from their first row
  return (first, last, starts, ends) => {
    const within = first + startOffset >= 0 && last + endOffset <= rows;
    if (within && repeats) return;
    repeats = within;
    for (let index = 0; index < last - first; index++) {
      starts[index] = Math.max(index + startOffset, -first);
      ends[index] = Math.min(index + endOffset, rows - first);
    }
  };
}

function timeBounds({ leftClosed, rightClosed, center, before, half }: WindowSpan, times: Float64Array): FillBounds {
  const rows = times.length;
  let start = 0;
  let end = 0;
  return (first, last, starts, ends) => {
    for (let row = first; row < last; row++) {
      const from = center ? times[row] - half : before(times[row]);
      while (start < row && (leftClosed ? times[start] < from : times[start] <= from)) start++;
      if (!center) end = rightClosed ? row + 1 : row;
      else {
        const to = times[row] + half;
        while (end < rows && (rightClosed ? times[end] <= to : times[end] < to)) end++;
      }
      starts[row - first] = start - first;
      ends[row - first] = end - first;
    }
  };
}

/** The windows of all rows up to each row. */
export const growingBounds: FillBounds = (first, last, starts, ends) => {
  for (let index = 0; index < last - first; index++) {
    starts[index] = -first;
    ends[index] = index + 1;
  }
};

/** The instants of the rows as milliseconds; a `TwinError` where they do not ascend or are not as many as the rows. */
export function instantsOf(times: ArrayLike<number> | readonly Instant[] | undefined, rows: number): Float64Array {
  if (times === undefined || times.length !== rows)
    throw invalidArgument(
      ["times"],
      times === undefined ? "a window of time needs the times of the rows" : `${times.length} times for ${rows} values`,
      "give times: one ascending instant per value",
    );
  const instants =
    times instanceof Float64Array
      ? times
      : Float64Array.from(times as readonly Instant[], (time, row) => toInstant(time, ["times", row]));
  for (let row = 0; row < rows; row++)
    if (!(instants[row] >= (row === 0 ? -8.64e15 : instants[row - 1])))
      throw invalidArgument(
        ["times", row],
        `${describeValue(times[row])} ${row === 0 ? "is not an instant" : "is before the time of the row above"}`,
        "sort the rows by time",
      );
  return instants;
}
