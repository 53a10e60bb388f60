import { formatChange, formatPercent, formatUnit } from "./format.js";
import { colour } from "./palette.js";
import { axisFormat, type ChartSize, type ChartSpec, chart, plainZero, widthOf } from "./spec.js";
import { fitText, textWidth } from "./text-width.js";

/** One scenario's total difference from the forecast. */
export interface ScenarioDifference {
  readonly name: string;
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
  /** 0..1; absent where no way is good. */
  readonly probabilityBetter?: number | null;
}

/** What a picture of differences shows. */
export interface ScenarioDifferencesInput extends ChartSize {
  readonly metric: string;
  readonly unit: string;
  /** The level of the intervals, in percent. */
  readonly level: number;
  readonly differences: readonly ScenarioDifference[];
}

/** By scenario: the mean difference from the forecast over the whole horizon as a dot, its interval as a bar, and how likely it is better. */
export function scenarioDifferences(input: ScenarioDifferencesInput): ChartSpec {
  const { metric, unit, level, differences } = input;
  const width = widthOf(input);
  const stacked = width < 450;
  const rowHeight = stacked ? 60 : 46;
  const rows = differences.map(({ name, mean, lower, upper, probabilityBetter }, index) => {
    const moved = lower !== 0 || upper !== 0 || mean !== 0;
    const chance =
      moved && typeof probabilityBetter === "number" ? `better in ${formatPercent(probabilityBetter)} of runs` : "";
    return {
      text: fitText(
        `${name}: ${moved ? formatChange(mean) : "unchanged"}`,
        width - (stacked ? 0 : textWidth(chance, 12)) - 24,
        12,
      ),
      chance,
      mean,
      lower,
      upper,
      label: index * rowHeight + 14,
      chanceAt: index * rowHeight + (stacked ? 30 : 14),
      row: (index + 1) * rowHeight - 15,
      top: (index + 1) * rowHeight - 25,
      bottom: (index + 1) * rowHeight - 5,
      zero: 0,
    };
  });
  const format = axisFormat(differences.flatMap(({ lower, upper }) => [lower, upper]));
  const x = (field: string) => ({
    field,
    type: "quantitative",
    scale: { zero: true, nice: true },
    axis: { title: formatUnit(unit), format, labelExpr: plainZero, tickCount: stacked ? 4 : 7, grid: false },
  });
  const pixel = (field: string) => ({ field, type: "quantitative", scale: null, axis: null });
  const text = (field: string, y: string, align: string, value: unknown, color: string) => ({
    mark: { type: "text", align, baseline: "alphabetic", color },
    encoding: { x: { value }, y: pixel(y), text: { field } },
  });
  return chart(
    {
      title: `${metric}: scenario less forecast`,
      subtitle: `whole horizon; dot: mean; bar: ${level} % interval`,
      width,
      description: `${metric} in ${formatUnit(unit)}, each scenario less the forecast over the whole horizon with its ${level} % interval: ${differences
        .map(({ name, mean }) => `${name} ${formatChange(mean)}`)
        .join(", ")}.`,
    },
    {
      width,
      height: rows.length * rowHeight,
      autosize: { type: "fit-x", contains: "padding" },
      data: { values: rows },
      layer: [
        {
          mark: { type: "rule", color: colour.line, strokeWidth: 1.5 },
          encoding: { x: x("zero"), y: pixel("top"), y2: { field: "bottom" } },
        },
        {
          mark: { type: "rule", color: colour.blue, strokeWidth: 5, opacity: 0.45, strokeCap: "round" },
          encoding: { x: x("lower"), x2: { field: "upper" }, y: pixel("row") },
        },
        {
          mark: { type: "point", filled: true, color: colour.blue, size: 70, opacity: 1 },
          encoding: { x: x("mean"), y: pixel("row") },
        },
        text("text", "label", "left", 0, colour.ink),
        text("chance", "chanceAt", stacked ? "left" : "right", stacked ? 0 : "width", colour.muted),
      ],
    },
  );
}
