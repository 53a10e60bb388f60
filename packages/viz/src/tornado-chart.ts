import { type BarRow, barRows } from "./bar-rows.js";
import { formatNumber, formatPercent, formatUnit } from "./format.js";
import { colour } from "./palette.js";
import { type ChartSize, type ChartSpec, chart, widthOf } from "./spec.js";

/** How far one input takes the answer. */
export interface TornadoRow {
  readonly label: string;
  readonly low: { readonly at: number; readonly answer: number };
  readonly high: { readonly at: number; readonly answer: number };
}

/** What a tornado shows. */
export interface TornadoChartInput extends ChartSize {
  readonly title: string;
  readonly unit: string;
  /** The answer with every input in its middle. */
  readonly base: number;
  readonly rows: readonly TornadoRow[];
  /** Between which probabilities each input was moved. */
  readonly between: readonly [number, number];
}

const most = 12;

/** How far each input takes an answer by itself, the widest first, about the answer with all in their middle; at most twelve. */
export function tornadoChart(input: TornadoChartInput): ChartSpec {
  const { title, unit, base, between } = input;
  const rows = [...input.rows]
    .sort((a, b) => Math.abs(b.high.answer - b.low.answer) - Math.abs(a.high.answer - a.low.answer))
    .slice(0, most);
  const width = widthOf(input);
  const bars = rows.map(({ label, low, high }): BarRow => {
    const [least, largest] = [low, high].map(({ answer }) => answer).sort((a, b) => a - b);
    return {
      label,
      figure: `${formatNumber(least)} to ${formatNumber(largest)}`,
      from: least,
      to: largest,
      tone: colour.band1,
    };
  });
  const described = rows.map(
    ({ label, low, high }) => `${label} from ${formatNumber(low.answer)} to ${formatNumber(high.answer)}`,
  );
  const body = barRows(bars, { width, unit, zero: true }) as {
    readonly layer: readonly object[];
    readonly height: number;
  };
  return chart(
    {
      title,
      subtitle: `each input from its ${formatPercent(between[0])} to its ${formatPercent(between[1])} quantile, the others in their middle, where the answer is ${formatNumber(base)} (line)`,
      width,
      description: `${title}, in ${formatUnit(unit)}: ${formatNumber(base)} with every input in its middle; ${described.join(", ")}.`,
    },
    {
      ...body,
      layer: [
        ...body.layer,
        {
          data: { values: [{ base }] },
          mark: { type: "rule", color: colour.orange, strokeWidth: 1.5 },
          encoding: { x: { field: "base", type: "quantitative" } },
        },
      ],
    },
  );
}
