import { formatUnit } from "./format.js";
import { colour } from "./palette.js";
import { axisFormat, type ChartSize, type ChartSpec, chart, series, unitAxis, widthOf } from "./spec.js";

/** A metric's path in one world. */
export interface WorldPath {
  readonly median: ArrayLike<number>;
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
}

/** What a comparison of scenarios shows. */
export interface ScenarioComparisonInput extends ChartSize {
  readonly metric: string;
  readonly unit: string;
  /** The level of the intervals, in percent. */
  readonly level: number;
  readonly dates: readonly string[];
  readonly baseline: WorldPath;
  readonly scenarios: readonly (WorldPath & { readonly name: string })[];
}

/** One small picture per scenario: its median and interval over those of the forecast. */
export function scenarioComparison(input: ScenarioComparisonInput): ChartSpec {
  const { metric, unit, level, dates, baseline, scenarios } = input;
  const width = widthOf(input);
  const columns = Math.max(1, Math.min(scenarios.length, Math.floor(width / 230)));
  const panel = Math.floor((width - 56 - (columns - 1) * 24) / columns);
  const band = `${level} % of the forecast`;
  const worlds = [
    ["forecast", colour.line],
    [band, colour.shade],
    ["scenario", colour.blue],
  ] as const;
  const rows = scenarios.flatMap((scenario) =>
    dates.map((date, step) => ({
      scenario: scenario.name,
      date,
      median: scenario.median[step],
      lower: scenario.lower[step],
      upper: scenario.upper[step],
      forecast: baseline.median[step],
      forecastLower: baseline.lower[step],
      forecastUpper: baseline.upper[step],
    })),
  );
  const format = axisFormat(rows.flatMap(({ lower, upper, forecastUpper }) => [lower, upper, forecastUpper]));
  const x = {
    field: "date",
    type: "temporal",
    scale: { type: "utc" },
    title: null,
    axis: { tickCount: 4, grid: false },
  };
  const y = (field: string) => ({
    field,
    type: "quantitative",
    scale: { zero: false, nice: true },
    axis: { ...unitAxis(formatUnit(unit), format), title: null },
  });
  const layer = (world: string, mark: object, of: object): object => {
    const { transform, color } = series(world, worlds, width < 450 ? 2 : 0);
    return { transform, mark, encoding: { x, ...of, color } };
  };
  const line = (field: string, world: string, mark: object) => layer(world, { type: "line", ...mark }, { y: y(field) });
  return chart(
    {
      title: `${metric}: scenarios against the forecast`,
      subtitle: `${formatUnit(unit)}; thick: medians; thin lines: ${level} % interval of the scenario`,
      width,
      description: `${metric} in ${formatUnit(unit)}, ${dates[0]} to ${dates.at(-1)}, under ${scenarios.map(({ name }) => name).join(", ")}: medians and ${level} % intervals beside those of the forecast.`,
    },
    {
      data: { values: rows },
      facet: {
        field: "scenario",
        type: "nominal",
        title: null,
        sort: scenarios.map(({ name }) => name),
        header: { labelLimit: Math.round(panel * 1.3) },
      },
      columns,
      spacing: { row: 22, column: 24 },
      spec: {
        width: panel,
        height: 150,
        layer: [
          layer(band, { type: "area" }, { y: y("forecastLower"), y2: { field: "forecastUpper" } }),
          line("lower", "scenario", { strokeWidth: 1 }),
          line("upper", "scenario", { strokeWidth: 1 }),
          line("forecast", "forecast", { strokeWidth: 2, strokeDash: [5, 3] }),
          line("median", "scenario", { strokeWidth: 2 }),
        ],
      },
    },
  );
}
