import type { Frequency } from "@sage-twin/kernel";
import {
  type Figure,
  figure,
  type IntervalPath,
  type MetricOutcome,
  type SimulationResult,
} from "@sage-twin/scenarios";

/** The forecast over one span from now. */
export interface HorizonOutlook {
  /** As asked for: `"3M"`. */
  readonly horizon: Frequency;
  readonly steps: number;
  /** The start of its last period. */
  readonly until: string;
  /** The span as one figure: flows summed, stocks at its end, prices, rates and scores averaged. */
  readonly total: Figure;
  /** The last period of the span. */
  readonly end: Figure;
}

/** What will happen to one metric: the simulation without edits, read for that metric. */
export interface Outlook {
  readonly metric: string;
  readonly unit: string;
  /** The model behind it; for an identity or a stock, what it follows from. */
  readonly model: string;
  readonly dates: readonly string[];
  readonly mean: Float64Array;
  readonly levels: readonly number[];
  quantile(probability: number): Float64Array;
  interval(level: number): IntervalPath;
  at: MetricOutcome["at"];
  readonly horizons: readonly HorizonOutlook[];
  /** The version of the twin's state that it was made from. */
  readonly version: number;
  /** Whether the twin has observed more since. */
  readonly stale: boolean;
  readonly notes: readonly string[];
  toJSON(): unknown;
}

/** Reads a metric's forecast from an unedited simulation. */
export function readOutlook(
  result: SimulationResult,
  metric: string,
  about: { readonly model: string; readonly version: number; readonly current: () => number },
  levels: readonly number[],
  spans: readonly Pick<HorizonOutlook, "horizon" | "steps">[],
): Outlook {
  const outcome = result.baseline(metric);
  const horizons = spans.map(({ horizon, steps }): HorizonOutlook => {
    const until = result.dates[steps - 1];
    return { horizon, steps, until, total: outcome.over(steps), end: figure(outcome.at(until)) };
  });
  const { model, version } = about;
  const { mean } = outcome;
  return {
    metric,
    unit: outcome.unit,
    model,
    dates: result.dates,
    mean,
    levels,
    quantile: (probability) => outcome.quantile(probability),
    interval: (level) => outcome.interval(level),
    at: (date) => outcome.at(date),
    horizons,
    version,
    get stale() {
      return about.current() !== version;
    },
    notes: result.notes,
    toJSON: () => ({
      metric,
      unit: outcome.unit,
      model,
      dates: result.dates,
      mean: [...mean],
      median: [...outcome.quantile(0.5)],
      intervals: levels.map((level) => toPlain(outcome.interval(level))),
      horizons: horizons.map(({ horizon, steps, until, total, end }) => ({
        horizon,
        steps,
        until,
        total: summarise(total, levels),
        end: summarise(end, levels),
      })),
      version,
      runs: result.runs,
      seed: result.seed,
    }),
  };
}

function summarise(figure: Figure, levels: readonly number[]) {
  const intervals = levels.map((level) => figure.interval(level));
  return { mean: figure.mean, median: figure.quantile(0.5), intervals };
}

function toPlain({ level, lower, upper }: IntervalPath) {
  return { level, lower: [...lower], upper: [...upper] };
}
