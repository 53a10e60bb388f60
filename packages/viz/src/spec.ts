import { colour } from "./palette.js";
import { wrapText } from "./text-width.js";

/** A picture as plain Vega-Lite v5 JSON with its data inside. */
export interface ChartSpec {
  readonly $schema: string;
  readonly description: string;
  readonly [property: string]: unknown;
}

/** What every chart can be told. */
export interface ChartSize {
  /** Of the whole picture, in pixels, at least 280. */
  readonly width?: number;
}

const defaultWidth = 640;
const leastWidth = 280;
const titleSize = 14;

/** The width that a chart is drawn at. */
export function widthOf({ width = defaultWidth }: ChartSize): number {
  return Math.max(leastWidth, width);
}

/** Completes a spec: schema, title in lines, description for those who do not see it, and the common look. */
export function chart(
  about: { readonly title: string; readonly subtitle?: string; readonly description: string; readonly width: number },
  body: Readonly<Record<string, unknown>>,
): ChartSpec {
  const { title, subtitle, description, width } = about;
  const lines = (text: string, size: number) => wrapText(text, width - 8, size);
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    description,
    title: {
      text: lines(title, titleSize * 1.06),
      ...(subtitle === undefined ? {} : { subtitle: lines(subtitle, 12) }),
    },
    background: "transparent",
    padding: 2,
    ...body,
    config: look,
  };
}

/** Encodings of a mark that stands at pixels of the picture, which the data hold. */
export function atPixels(...channels: readonly ("x" | "x2" | "y" | "y2")[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    channels.map((channel) => [
      channel,
      channel.endsWith("2")
        ? { field: channel }
        : { field: channel, type: "quantitative", scale: null, axis: null, title: null },
    ]),
  );
}

/** What a layer is called in the legend: the transform that names it, and the colour encoding that all layers share. */
export function series(
  name: string,
  legend: readonly (readonly [name: string, tone: string])[],
  columns: number,
): { readonly transform: readonly object[]; readonly color: object } {
  return {
    transform: [{ calculate: JSON.stringify(name), as: "series" }],
    color: {
      field: "series",
      type: "nominal",
      scale: { domain: legend.map(([name]) => name), range: legend.map(([, tone]) => tone) },
      legend: { title: null, orient: "bottom", symbolType: "square", columns },
    },
  };
}

/** The number format of an axis whose values reach `largest`. */
export function axisFormat(values: Iterable<number | null | undefined>): string {
  let largest = 0;
  for (const value of values) if (typeof value === "number") largest = Math.max(largest, Math.abs(value));
  return largest >= 10_000 ? "~s" : ",~r";
}

/** Nought without the prefix of the other labels. */
export const plainZero = "datum.value === 0 ? '0' : datum.label";

/** A vertical axis with its unit written level above it. */
export function unitAxis(unit: string, format: string): Readonly<Record<string, unknown>> {
  return {
    title: unit,
    titleAngle: 0,
    titleAlign: "left",
    titleAnchor: "end",
    titleBaseline: "bottom",
    titleX: 0,
    titleY: -7,
    format,
    labelExpr: plainZero,
    tickCount: 5,
    domain: false,
    ticks: false,
  };
}

const look = {
  aria: false,
  font: "system-ui, sans-serif",
  view: { stroke: null },
  title: {
    anchor: "start",
    frame: "bounds",
    color: colour.ink,
    fontSize: titleSize,
    fontWeight: "bold",
    subtitleColor: colour.muted,
    subtitleFontSize: 12,
    subtitleLineHeight: 15,
    offset: 10,
  },
  axis: {
    labelColor: colour.muted,
    labelFontSize: 12,
    labelLimit: 0,
    labelOverlap: "greedy",
    labelSeparation: 6,
    titleColor: colour.muted,
    titleFontSize: 12,
    titleFontWeight: "normal",
    gridColor: colour.grid,
    domainColor: colour.line,
    tickColor: colour.line,
  },
  legend: {
    labelColor: colour.ink,
    labelFontSize: 12,
    labelLimit: 0,
    symbolSize: 110,
    symbolStrokeWidth: 0,
    offset: 8,
    columnPadding: 14,
  },
  header: { labelColor: colour.ink, labelFontSize: 13, labelFontWeight: "bold", labelAnchor: "start", labelLimit: 0 },
  text: { color: colour.ink, fontSize: 12 },
};
