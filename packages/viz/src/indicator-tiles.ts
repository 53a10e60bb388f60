import { formatChange, formatNumber, formatPercent, formatUnit } from "./format.js";
import { colour } from "./palette.js";
import { atPixels, type ChartSize, type ChartSpec, chart, widthOf } from "./spec.js";
import { fitText, textWidth } from "./text-width.js";

/** One indicator as a tile shows it. */
export interface IndicatorTile {
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  /** (value - previous) / |previous|. */
  readonly change?: number | null;
  /** Whether the change is for the better; absent where no way is good. */
  readonly better?: boolean | null;
  /** The recent past, the last value last; null where missing. */
  readonly history?: ArrayLike<number | null>;
}

/** What the tiles show. */
export interface IndicatorTilesInput extends ChartSize {
  readonly title?: string;
  readonly indicators: readonly IndicatorTile[];
}

const [leastTile, tileHeight, gap, inset] = [152, 104, 10, 10];
const spark = { top: 76, height: 20 };

/** A tile per indicator: value and unit, the change and whether it is for the better, and a sparkline of the recent past. */
export function indicatorTiles(input: IndicatorTilesInput): ChartSpec {
  const { title = "Indicators", indicators } = input;
  const width = widthOf(input);
  const columns = Math.max(1, Math.floor((width + gap) / (leastTile + gap)));
  const tile = (width - 4 - (columns - 1) * gap) / columns;
  const room = tile - 2 * inset;
  const tiles = indicators.map(({ label, unit, value, change, better }, index) => {
    const x = (index % columns) * (tile + gap);
    const y = Math.floor(index / columns) * (tileHeight + gap);
    const number = formatNumber(value);
    return {
      x,
      x2: x + tile,
      y,
      y2: y + tileHeight,
      left: x + inset,
      labelAt: y + 20,
      label: fitText(label, room, 12),
      valueAt: y + 46,
      number,
      right: x + tile - inset,
      unit: fitText(formatUnit(unit), room - textWidth(number, 20 * 1.15), 12),
      changeAt: y + 65,
      change: changeText(change, better),
      tone: better === true ? "better" : better === false ? "worse" : "neither",
      value,
    };
  });
  const sparks = indicators.flatMap(({ history = [] }, index) => sparkline(history, index, tiles[index], room));
  const ends = indicators.flatMap((_, index) => sparks.findLast((point) => point.tile === index) ?? []);
  const text = (field: string, x: string, y: string, mark: object, encoding: object = {}) => ({
    mark: { type: "text", align: "left", baseline: "alphabetic", ...mark },
    encoding: {
      x: { field: x, type: "quantitative", scale: null, axis: null },
      y: { field: y, type: "quantitative", scale: null, axis: null },
      text: { field },
      ...encoding,
    },
  });
  const tone = {
    color: {
      field: "tone",
      type: "nominal",
      legend: null,
      scale: { domain: ["better", "worse", "neither"], range: [colour.green, colour.orange, colour.muted] },
    },
  };
  return chart(
    {
      title,
      width,
      description: `${title}: ${indicators.map(({ label, unit, value }) => `${label} ${formatNumber(value)} ${formatUnit(unit)}`).join(", ")}.`,
    },
    {
      width: width - 4,
      height: Math.ceil(indicators.length / columns) * (tileHeight + gap) - gap,
      data: { values: tiles },
      layer: [
        {
          mark: { type: "rect", cornerRadius: 8, color: colour.panel, opacity: 1 },
          encoding: atPixels("x", "x2", "y", "y2"),
        },
        text("label", "left", "labelAt", { color: colour.muted }),
        text("number", "left", "valueAt", { fontSize: 20, fontWeight: "bold" }),
        text("unit", "right", "valueAt", { align: "right", color: colour.muted }),
        text("change", "left", "changeAt", {}, tone),
        {
          data: { values: sparks },
          mark: { type: "line", color: colour.blue, strokeWidth: 1.5 },
          encoding: { ...atPixels("x", "y"), detail: { field: "run" }, order: { field: "step" } },
        },
        {
          data: { values: ends },
          mark: { type: "point", filled: true, size: 24, color: colour.blue, opacity: 1 },
          encoding: atPixels("x", "y"),
        },
      ],
    },
  );
}

function changeText(change: number | null | undefined, better: boolean | null | undefined): string {
  if (typeof change !== "number") return "";
  const arrow = change > 0 ? "\u25b2" : change < 0 ? "\u25bc" : "=";
  const verdict = better === true ? " better" : better === false ? " worse" : "";
  return `${arrow} ${change > 0 ? formatChange(change).slice(0, 1) : ""}${formatPercent(change)}${verdict}`;
}

interface SparkPoint {
  readonly tile: number;
  /** Points between two missing values are one run. */
  readonly run: string;
  readonly step: number;
  readonly value: number;
  readonly x: number;
  readonly y: number;
}

function sparkline(
  history: ArrayLike<number | null>,
  tile: number,
  at: { readonly left: number; readonly y: number },
  room: number,
): SparkPoint[] {
  const values = Array.from(history, (value) => (typeof value === "number" && Number.isFinite(value) ? value : null));
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  let run = 0;
  return values.flatMap((value, step) => {
    if (value === null) {
      run++;
      return [];
    }
    const x = at.left + (room * step) / Math.max(1, values.length - 1);
    const y = at.y + spark.top + spark.height * (1 - (span > 0 ? (value - low) / span : 0.5));
    return [{ tile, run: `${tile}.${run}`, step, value, x, y }];
  });
}
