import {
  describeValue,
  formatInstant,
  type Instant,
  type Issue,
  inferFrequency,
  parseFrequency,
  periodIndex,
  periodStarts,
  TwinError,
  toInstant,
} from "@sage-twin/kernel";
import { type Panel, readIds } from "./panel.js";

/** One value of one series of a long table. */
export interface PanelRow {
  readonly id: string;
  readonly date: Instant;
  readonly value: number;
}

/** One series of a panel, ready to be fitted, or what is wrong with it. */
export interface PanelSeries {
  readonly id: string;
  readonly values: ArrayLike<number>;
  /** The start of each value's period; absent where the panel has no dates. */
  readonly timestamps?: Float64Array;
  readonly frequency?: string;
  readonly problem?: TwinError;
}

const longestGap = 1_000_000;

/**
 * The series of a panel by columns, or of a long table, whose rows stand in any order: a series' values take their places on its calendar, and periods without a
 * row are missing values.
 */
export function panelSeries(panel: Panel | readonly PanelRow[], frequency: string | undefined): PanelSeries[] {
  if (frequency !== undefined) parseFrequency(frequency);
  if (!Array.isArray(panel)) return readIds(panel as Panel).map((id) => ({ id, values: (panel as Panel)[id] }));
  const byId = new Map<string, { dates: number[]; values: number[] }>();
  const issues: Issue[] = [];
  panel.forEach((row: Partial<PanelRow> | null, index) => {
    if (typeof row !== "object" || row === null || typeof row.id !== "string") {
      issues.push({
        code: "invalid-data",
        path: ["panel", index],
        message: `${describeValue(row)} has no id`,
        fix: "a row is { id, date, value } with text as its id",
      });
      return;
    }
    const series = byId.get(row.id) ?? { dates: [], values: [] };
    byId.set(row.id, series);
    try {
      series.dates.push(toInstant(row.date as Instant, ["panel", index, "date"]));
      series.values.push(row.value as number);
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      issues.push(...error.issues);
    }
  });
  if (panel.length === 0)
    issues.push({ code: "invalid-data", path: ["panel"], message: "there are no rows", fix: "give at least one" });
  if (issues.length > 0) throw new TwinError(issues);
  return Array.from(byId, ([id, { dates, values }]) => {
    try {
      return { id, ...onCalendar(id, dates, values, frequency) };
    } catch (problem) {
      if (!TwinError.isInstance(problem)) throw problem;
      return { id, values: [], problem };
    }
  });
}

function onCalendar(
  id: string,
  dates: readonly number[],
  values: readonly number[],
  given: string | undefined,
): Omit<PanelSeries, "id"> {
  const refuse = (message: string, fix: string): never => {
    throw new TwinError({ code: "invalid-time", path: ["panel", id], message, fix });
  };
  const order = dates.map((_, index) => index).sort((a, b) => dates[a] - dates[b]);
  const sorted = order.map((index) => dates[index]);
  const twice = sorted.findIndex((date, index) => index > 0 && date === sorted[index - 1]);
  if (twice > 0) refuse(`two rows are of ${formatInstant(sorted[twice], "h")}`, "add them up, or keep one");
  const frequency =
    given ?? inferFrequency(sorted) ?? refuse("the dates are not equally spaced", 'give the frequency, such as "M"');
  const indices = sorted.map((date) => periodIndex(date, frequency));
  const [first, last] = [indices[0], indices[indices.length - 1]];
  if (last - first >= longestGap)
    refuse(`its dates span ${last - first + 1} periods of ${frequency}`, "give a longer frequency");
  const same = indices.findIndex((period, index) => index > 0 && period === indices[index - 1]);
  if (same > 0)
    refuse(`two rows lie in the period ${frequency} of ${formatInstant(sorted[same], "h")}`, "add them up first");
  const gridded: number[] = new Array(last - first + 1).fill(Number.NaN);
  indices.forEach((period, index) => {
    gridded[period - first] = values[order[index]];
  });
  return { values: gridded, frequency, timestamps: periodStarts(sorted[0], frequency, gridded.length) };
}
