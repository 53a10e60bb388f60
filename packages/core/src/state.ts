import type { HistoryTable } from "@sage-twin/causal";
import { formatInstant, periodIndex, periodStart, TwinError } from "@sage-twin/kernel";
import type { CatalogueEntry } from "./definition.js";
import { assessHealth, type Health } from "./health.js";

/** A metric as it stands. */
export interface Indicator {
  readonly metric: string;
  readonly department: string;
  readonly unit: string;
  /** The last known value. */
  readonly value: number;
  /** The start of the period that the value is of. */
  readonly date: string;
  /** The known value before; `undefined` where there is none. */
  readonly previous: number | undefined;
  /** (value - previous) / |previous|. */
  readonly change: number | undefined;
  /** Whether the change is for the better; `undefined` where no way is good or nothing changed. */
  readonly better: boolean | undefined;
}

/** The mirror of a business at a moment. */
export interface TwinState {
  /** Counts observations: 1 as built. */
  readonly version: number;
  /** The start of the last period that is known. */
  readonly date: string;
  readonly indicators: readonly Indicator[];
  readonly health: Health;
}

/** The state at the end of the period that contains `at`; at the end of the data when absent. */
export function readState(
  { frequency, start, length }: Pick<HistoryTable, "frequency" | "length" | "start">,
  columns: ReadonlyMap<string, Float64Array>,
  catalogue: readonly CatalogueEntry[],
  version: number,
  at?: number,
): TwinState {
  const first = periodIndex(start, frequency);
  const rows = at === undefined ? length : Math.min(length, periodIndex(at, frequency) - first + 1);
  if (rows < 1) {
    throw new TwinError({
      code: "out-of-range",
      path: ["at"],
      message: `there are no data at ${formatInstant(at as number, frequency)}`,
      fix: `the data start at ${formatInstant(start, frequency)}`,
    });
  }
  const dateOf = (row: number): string => formatInstant(periodStart(first + row, frequency), frequency);
  const known = new Map([...columns].map(([metric, values]) => [metric, values.subarray(0, rows)]));
  const indicators = catalogue.flatMap(({ metric, department, unit, good }): Indicator[] => {
    const values = known.get(metric);
    const row = values === undefined ? -1 : lastKnown(values, rows - 1);
    if (values === undefined || row < 0) return [];
    const before = lastKnown(values, row - 1);
    const previous = before < 0 ? undefined : values[before];
    const difference = previous === undefined ? 0 : values[row] - previous;
    return [
      {
        metric,
        department,
        unit,
        value: values[row],
        date: dateOf(row),
        previous,
        change: previous === undefined || previous === 0 ? undefined : difference / Math.abs(previous),
        better: good === undefined || difference === 0 ? undefined : difference > 0 === (good === "up"),
      },
    ];
  });
  return { version, date: dateOf(rows - 1), indicators, health: assessHealth(catalogue, known) };
}

function lastKnown(values: Float64Array, from: number): number {
  let row = from;
  while (row >= 0 && !Number.isFinite(values[row])) row--;
  return row;
}
