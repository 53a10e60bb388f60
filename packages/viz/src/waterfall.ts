import { type BarRow, barRows } from "./bar-rows.js";
import { formatChange, formatNumber, formatUnit } from "./format.js";
import { colour } from "./palette.js";
import { type ChartSize, type ChartSpec, chart, widthOf } from "./spec.js";

/** What one cause brings to a change. */
export interface WaterfallStep {
  readonly label: string;
  readonly value: number;
}

/** What a waterfall shows. */
export interface WaterfallInput extends ChartSize {
  readonly title: string;
  readonly unit: string;
  readonly start: { readonly label: string; readonly value: number };
  readonly end: { readonly label: string; readonly value: number };
  /** In the order in which they are drawn; their values sum to the change. */
  readonly steps: readonly WaterfallStep[];
}

const most = 12;

/** A change from a first figure to a last one, cause by cause; of more than twelve causes the smallest are taken together. */
export function waterfall(input: WaterfallInput): ChartSpec {
  const { title, unit, start, end } = input;
  const steps = together(input.steps);
  let level = start.value;
  const bars = steps.map(({ label, value }): BarRow => {
    const from = level;
    level += value;
    return { label, figure: formatChange(value), from, to: level, tone: value < 0 ? colour.orange : colour.blue };
  });
  const whole = ({ label, value }: { readonly label: string; readonly value: number }): BarRow => ({
    label,
    figure: formatNumber(value),
    from: 0,
    to: value,
    tone: colour.line,
  });
  const width = widthOf(input);
  const described = steps.map(({ label, value }) => `${label} ${formatChange(value)}`).join(", ");
  return chart(
    {
      title,
      subtitle: "what each did beyond what its causes explain; blue: more, orange: less",
      width,
      description: `${title}, in ${formatUnit(unit)}: ${start.label} ${formatNumber(start.value)}, ${described}, ${end.label} ${formatNumber(end.value)}.`,
    },
    barRows([whole(start), ...bars, whole(end)], { width, unit, zero: true }),
  );
}

function together(steps: readonly WaterfallStep[]): readonly WaterfallStep[] {
  if (steps.length <= most) return steps;
  const bySize = [...steps].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const small = new Set(bySize.slice(most - 1));
  const rest = [...small].reduce((sum, { value }) => sum + value, 0);
  return [...steps.filter((step) => !small.has(step)), { label: `${small.size} others`, value: rest }];
}
