import { formatNumber, formatPercent } from "./format.js";
import { colour } from "./palette.js";
import { atPixels, type ChartSize, type ChartSpec, chart, widthOf } from "./spec.js";
import { fitText } from "./text-width.js";

/** The quality of one metric's data. Shares are 0..1, the score 0..100. */
export interface MetricQualityRow {
  readonly label: string;
  readonly completeness: number;
  readonly validity: number;
  readonly score: number;
  readonly missing: number;
  readonly outliers: number;
}

/** What the picture of the data's quality shows. */
export interface DataQualityInput extends ChartSize {
  readonly score: number;
  readonly metrics: readonly MetricQualityRow[];
  /** Runs of periods without any data. */
  readonly gaps?: readonly { readonly from: string; readonly to: string; readonly periods: number }[];
}

const [rowHeight, head] = [22, 24];

/** A row per metric: how complete its data are (bar) and how valid (mark), its score, and how many values are missing or far out. */
export function dataQuality(input: DataQualityInput): ChartSpec {
  const { score, metrics, gaps = [] } = input;
  const width = widthOf(input) - 4;
  const labels = Math.min(170, width * 0.37);
  const numbers = [
    { name: "score", right: width - 106 },
    { name: "missing", right: width - 54 },
    { name: "outliers", right: width },
  ] as const;
  const bar = { left: labels, width: width - 106 - 46 - labels };
  const rows = metrics.map(({ label, completeness, validity, score, missing, outliers }, index) => {
    const y = head + index * rowHeight;
    return {
      label: fitText(label, labels - 8, 12),
      left: 0,
      middle: y + rowHeight / 2,
      x: bar.left,
      x2: bar.left + bar.width * completeness,
      end: bar.left + bar.width,
      y: y + 5,
      y2: y + rowHeight - 5,
      valid: bar.left + bar.width * validity,
      score: formatNumber(score),
      missing: formatNumber(missing),
      outliers: formatNumber(outliers),
      completeness,
      validity,
    };
  });
  const pixel = (field: string) => ({ field, type: "quantitative", scale: null, axis: null });
  const text = (field: string, x: object, y: object, mark: object) => ({
    mark: { type: "text", baseline: "middle", ...mark },
    encoding: { x, y, text: { field } },
  });
  const heads = numbers.map(({ name, right }) => ({ text: name, at: right, align: "right" }));
  const gapText = gaps
    .map(({ from, to, periods }) => (periods === 1 ? from : `${from} to ${to} (${periods} periods)`))
    .join(", ");
  return chart(
    {
      title: `Data quality ${formatNumber(score)} of 100`,
      subtitle: `bar: complete; mark: valid, where not all is; ${gaps.length === 0 ? "no gaps" : `${gaps.length === 1 ? "one gap" : `${gaps.length} gaps`}: ${gapText}`}`,
      width,
      description: `Data quality ${formatNumber(score)} of 100: ${metrics
        .map(
          ({ label, completeness, missing }) => `${label} ${formatPercent(completeness)} complete, ${missing} missing`,
        )
        .join("; ")}.`,
    },
    {
      width,
      height: head + rows.length * rowHeight,
      data: { values: rows },
      layer: [
        {
          mark: { type: "rect", color: colour.grid, opacity: 1 },
          encoding: { ...atPixels("x", "y", "y2"), x2: { field: "end" } },
        },
        { mark: { type: "rect", color: colour.blue, opacity: 1 }, encoding: atPixels("x", "x2", "y", "y2") },
        {
          data: { values: rows.filter(({ validity }) => validity < 1) },
          mark: {
            type: "tick",
            orient: "vertical",
            color: colour.orange,
            size: rowHeight - 4,
            thickness: 3,
            opacity: 1,
          },
          encoding: { x: pixel("valid"), y: pixel("middle") },
        },
        text("label", pixel("left"), pixel("middle"), { align: "left" }),
        ...numbers.map(({ name, right }) => text(name, { value: right }, pixel("middle"), { align: "right" })),
        ...heads.map(({ text, at, align }) => ({
          data: { values: [{ text }] },
          mark: { type: "text", align, baseline: "middle", color: colour.muted },
          encoding: { x: { value: at }, y: { value: 10 }, text: { field: "text" } },
        })),
      ],
    },
  );
}
