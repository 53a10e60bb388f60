import { formatUnit } from "./format.js";
import { colour } from "./palette.js";
import { axisFormat, type ChartSize, type ChartSpec, chart, series, unitAxis, widthOf } from "./spec.js";
import { textWidth } from "./text-width.js";

/** Values by date, null or NaN where missing. Dates are ISO 8601. */
export interface DatedValues {
  readonly dates: readonly string[];
  readonly values: ArrayLike<number | null>;
}

/** A central interval by step. */
export interface Band {
  /** In percent. */
  readonly level: number;
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
}

/** What a forecast fan shows. */
export interface ForecastFanInput extends ChartSize {
  readonly metric: string;
  readonly unit: string;
  /** What is known. */
  readonly history: DatedValues;
  readonly outlook: {
    readonly dates: readonly string[];
    readonly median: ArrayLike<number>;
    readonly bands: readonly Band[];
  };
  /** What happened after the forecast was made. */
  readonly actual?: DatedValues;
  readonly title?: string;
}

const shades = [colour.band1, colour.band2, colour.band3];

/**
 * A metric's past, and its forecast as a fan of intervals around the median; a missing value breaks the line. The fan starts at the last
 * known value.
 *
 * @example
 * ```ts
 * import { forecastFan } from "@sage-twin/viz";
 *
 * const spec = forecastFan({
 *   metric: "orders",
 *   unit: "orders",
 *   history: { dates: ["2026-01-05", "2026-01-12"], values: [90, 100] },
 *   outlook: { dates: ["2026-01-19"], median: [104], bands: [{ level: 80, lower: [95], upper: [113] }] },
 * });
 * spec.description; // => "orders in orders: known from 2026-01-05 to 2026-01-12; forecast to 2026-01-19 with 80 % intervals."
 * ```
 */
export function forecastFan(input: ForecastFanInput): ChartSpec {
  const { metric, unit, history, outlook, actual, title = `${metric}: forecast` } = input;
  const width = widthOf(input);
  const bands = [...outlook.bands].sort((a, b) => b.level - a.level);
  const known = rowsOf(history);
  const last = known.findLast(({ value }) => value !== null);
  const joint =
    last === undefined ? [] : [{ date: last.date, value: last.value, lower: last.value, upper: last.value }];
  const median = [...joint, ...outlook.dates.map((date, step) => ({ date, value: finite(outlook.median[step]) }))];
  const happened = actual === undefined ? [] : rowsOf(actual);
  const bandName = (level: number) => `${level} % interval`;
  const legend: [string, string][] = [
    ...(known.length > 0 ? [["known", colour.ink] as [string, string]] : []),
    ["median", colour.blue],
    ...bands.map(({ level }, index): [string, string] => [bandName(level), shadeOf(index, bands.length)]).reverse(),
    ...(happened.length > 0 ? [["what happened", colour.orange] as [string, string]] : []),
  ];
  const fits = legend.reduce((sum, [text]) => sum + textWidth(text, 12) + 36, 40) <= width;
  const values = [known, median, happened].flat().map(({ value }) => value);
  const edges = bands.flatMap(({ lower, upper }) => [...Array.from(lower), ...Array.from(upper)]);
  const x = {
    field: "date",
    type: "temporal",
    scale: { type: "utc" },
    title: null,
    axis: { tickCount: width < 450 ? 4 : 7, grid: false },
  };
  const axis = unitAxis(formatUnit(unit), axisFormat([...values, ...edges]));
  const y = (field: string) => ({ field, type: "quantitative", scale: { zero: false, nice: true }, axis });
  const layer = (name: string, rows: readonly unknown[], mark: object, of: object): object[] => {
    const { transform, color } = series(name, legend, fits ? 0 : 2);
    return rows.length === 0 ? [] : [{ data: { values: rows }, transform, mark, encoding: { x, ...of, color } }];
  };
  const line = (name: string, rows: readonly unknown[], mark: object) =>
    layer(name, rows, { type: "line", ...mark }, { y: y("value") });
  return chart(
    {
      title,
      width,
      description: describe(metric, unit, history, outlook.dates, bands, happened.length > 0),
    },
    {
      width,
      height: Math.round(Math.min(240, 120 + width / 6)),
      autosize: { type: "fit-x", contains: "padding" },
      layer: [
        ...bands.flatMap(({ level, lower, upper }) => {
          const steps = outlook.dates.map((date, step) => ({
            date,
            lower: finite(lower[step]),
            upper: finite(upper[step]),
          }));
          return layer(
            bandName(level),
            [...joint, ...steps],
            { type: "area" },
            { y: y("lower"), y2: { field: "upper" } },
          );
        }),
        ...line("known", known, { strokeWidth: 1.6 }),
        ...line("median", median, { strokeWidth: 2, strokeDash: [6, 3] }),
        ...line("what happened", happened, { strokeWidth: 1.6, point: { size: 36, filled: true } }),
      ],
    },
  );
}

function rowsOf({ dates, values }: DatedValues) {
  return dates.map((date, index) => ({ date, value: finite(values[index]) }));
}

function finite(value: number | null | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** The widest band, which is drawn first, is the lightest. */
function shadeOf(index: number, count: number): string {
  return shades[Math.min(shades.length - 1, count - 1 - index)];
}

function describe(
  metric: string,
  unit: string,
  history: DatedValues,
  dates: readonly string[],
  bands: readonly Band[],
  happened: boolean,
): string {
  const known = history.dates.length > 0 ? `known from ${history.dates[0]} to ${history.dates.at(-1)}; ` : "";
  const levels = bands.map(({ level }) => `${level} %`).reverse();
  const intervals = levels.length > 0 ? ` with ${levels.join(" and ")} intervals` : "";
  return `${metric} in ${formatUnit(unit)}: ${known}forecast to ${dates.at(-1)}${intervals}${happened ? ", beside what happened" : ""}.`;
}
