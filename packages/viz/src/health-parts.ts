import { formatNumber } from "./format.js";
import { colour } from "./palette.js";
import { atPixels, type ChartSize, type ChartSpec, chart, widthOf } from "./spec.js";
import { fitText } from "./text-width.js";

/** What the picture of the health index shows. */
export interface HealthPartsInput extends ChartSize {
  /** 0..100: 50 is as usual; absent where nothing is scored. */
  readonly index?: number | null;
  readonly parts: readonly { readonly label: string; readonly score: number; readonly weight: number }[];
}

const [rowHeight, head] = [24, 22];

/** The health index and each part of it: its score as a distance from the usual, 50, its dot the larger the more it weighs. */
export function healthParts(input: HealthPartsInput): ChartSpec {
  const { index, parts } = input;
  const width = widthOf(input) - 4;
  const left = Math.min(180, width * 0.4);
  const span = width - left - 54;
  const at = (score: number): number => left + 10 + (span * score) / 100;
  const rows = parts.map(({ label, score, weight }, row) => ({
    label: fitText(label, left - 6, 12),
    score,
    weight,
    shown: formatNumber(score),
    start: 0,
    x: at(score),
    x2: at(50),
    end: width,
    y: head + row * rowHeight + rowHeight / 2,
    side: score >= 50 ? "better" : "worse",
  }));
  const bottom = head + rows.length * rowHeight;
  const color = {
    field: "side",
    type: "nominal",
    legend: null,
    scale: { domain: ["better", "worse"], range: [colour.green, colour.orange] },
  };
  const size = {
    field: "weight",
    type: "quantitative",
    legend: null,
    scale: { domain: [0, 0.5], range: [30, 240], clamp: true },
  };
  const text = (field: string, x: string, align: string) => ({
    mark: { type: "text", align, baseline: "middle" },
    encoding: { ...atPixels("y"), x: { field: x, type: "quantitative", scale: null, axis: null }, text: { field } },
  });
  const heads = [
    { text: "0", x: at(0), y: 10 },
    { text: "50, as usual", x: at(50), y: 10 },
    { text: "100", x: at(100), y: 10 },
  ];
  return chart(
    {
      title: `Health index ${formatNumber(index)} of 100`,
      subtitle: "each part's score; the larger the dot, the more it weighs",
      width,
      description: `Health index ${formatNumber(index)} of 100, 50 being as usual, made of ${parts
        .map(({ label, score }) => `${label} ${formatNumber(score)}`)
        .join(", ")}.`,
    },
    {
      width,
      height: bottom,
      data: { values: rows },
      layer: [
        {
          data: { values: heads.map(({ x }) => ({ x, y: head, y2: bottom })) },
          mark: { type: "rule", color: colour.grid },
          encoding: atPixels("x", "y", "y2"),
        },
        {
          data: { values: heads },
          mark: { type: "text", color: colour.muted, baseline: "middle" },
          encoding: { ...atPixels("x", "y"), text: { field: "text" } },
        },
        { mark: { type: "rule", strokeWidth: 3 }, encoding: { ...atPixels("x", "x2", "y"), color } },
        { mark: { type: "point", filled: true, opacity: 1 }, encoding: { ...atPixels("x", "y"), color, size } },
        text("label", "start", "left"),
        text("shown", "end", "right"),
      ],
    },
  );
}
