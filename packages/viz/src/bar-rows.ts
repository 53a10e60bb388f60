import { formatUnit } from "./format.js";
import { colour } from "./palette.js";
import { axisFormat, plainZero } from "./spec.js";
import { fitText, textWidth } from "./text-width.js";

/** One bar with a line of text above it. */
export interface BarRow {
  readonly label: string;
  /** At the right end of the line. */
  readonly figure: string;
  readonly from: number;
  readonly to: number;
  readonly tone: string;
}

const rowHeight = 40;

/** Bars below each other on one axis, each under a line of text: the body of a Vega-Lite spec. */
export function barRows(
  rows: readonly BarRow[],
  { width, unit, zero }: { readonly width: number; readonly unit: string; readonly zero: boolean },
): Readonly<Record<string, unknown>> {
  const values = rows.map(({ label, figure, ...row }, index) => ({
    ...row,
    text: fitText(label, width - textWidth(figure, 12) - 24, 12),
    figure,
    label: index * rowHeight + 14,
    row: (index + 1) * rowHeight - 13,
  }));
  const format = axisFormat(rows.flatMap(({ from, to }) => [from, to]));
  const x = (field: string) => ({
    field,
    type: "quantitative",
    scale: { zero, nice: true },
    axis: { title: formatUnit(unit), format, labelExpr: plainZero, tickCount: width < 450 ? 4 : 7, grid: true },
  });
  const pixel = (field: string) => ({ field, type: "quantitative", scale: null, axis: null });
  const text = (field: string, align: string, value: unknown, color: string) => ({
    mark: { type: "text", align, baseline: "alphabetic", color },
    encoding: { x: { value }, y: pixel("label"), text: { field } },
  });
  return {
    width,
    height: rows.length * rowHeight,
    autosize: { type: "fit-x", contains: "padding" },
    data: { values },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 12, opacity: 1 },
        encoding: {
          x: x("from"),
          x2: { field: "to" },
          y: pixel("row"),
          color: { field: "tone", type: "nominal", scale: null },
        },
      },
      text("text", "left", 0, colour.ink),
      text("figure", "right", "width", colour.muted),
    ],
  };
}
