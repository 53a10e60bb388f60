import { inlineExecutor, periodIndex, periodStart, type RunOptions, TwinError } from "@sage-twin/kernel";
import { checkHorizon, checkLevels, checkOptions } from "./checks.js";
import { type ManyChunk, type ManyOutcome, manyTask, registerMany } from "./many-task.js";
import { type ModelDescription, modelByName } from "./model-by-name.js";
import type { Panel } from "./panel.js";
import { type PanelRow, type PanelSeries, panelSeries } from "./panel-series.js";
import type { Interval } from "./types.js";

/** How many series are forecast. */
export interface ForecastManyOptions extends Omit<RunOptions, "seed"> {
  /** In percent. Default: 80 and 95. */
  readonly levels?: readonly number[];
  /** The period of a long table's rows, such as `"M"`. Default: what the dates of each series show. */
  readonly frequency?: string;
}

/** The forecast of one series of many. */
export interface SeriesForecast {
  /** The fitted model's name, such as `"ets(A,N,A)"`. */
  readonly model: string;
  /** Every fallback and every imputation, in plain words. */
  readonly notes: readonly string[];
  readonly mean: Float64Array;
  /** One for each of the levels. */
  readonly intervals: readonly Interval[];
  /** The start of each period ahead, in milliseconds since 1970; absent where the panel has no dates. */
  readonly timestamps?: Float64Array;
}

/** The forecasts of a panel: each series stands in one of the two maps, in the order of the panel. */
export interface ManyForecasts {
  readonly forecasts: ReadonlyMap<string, SeriesForecast>;
  readonly errors: ReadonlyMap<string, TwinError>;
}

const seriesPerChunk = 8;

/**
 * Forecasts every series of a panel with one model: columns `{ id: values }`, or rows `{ id, date, value }` in any order. A series that fails stands in `errors` and stops no
 * other. The executor's workers share the series; the result is the same bytes on any number of them. Progress counts series.
 *
 * @throws TwinError for an unknown model, options that it refuses, a panel without series and rows without an id or a date.
 *
 * @example
 * ```ts
 * import { forecastMany } from "@sage-twin/forecasters";
 *
 * const panel = { north: [3, 5, 4, 6], south: [] };
 * const { forecasts, errors } = await forecastMany(panel, { name: "naive" }, 2);
 * [...(forecasts.get("north")?.mean ?? [])]; // => [6, 6]
 * errors.get("south")?.message; // => "panel.south.values: the series is empty; give at least one number"
 * ```
 */
export async function forecastMany(
  panel: Panel | readonly PanelRow[],
  model: ModelDescription,
  horizon: number,
  options: ForecastManyOptions = {},
): Promise<ManyForecasts> {
  const { executor, signal, onProgress, frequency } = checkOptions(options);
  checkHorizon(horizon);
  const levels = checkLevels(options.levels);
  modelByName(model); // what is wrong with the model is said once, not once for each series
  signal?.throwIfAborted();
  const all = panelSeries(panel, frequency);
  const series = all.filter(({ problem }) => problem === undefined);
  const chunks: ManyChunk[] = [];
  for (let from = 0; from < series.length; from += seriesPerChunk) {
    const some = series.slice(from, from + seriesPerChunk);
    chunks.push({
      model,
      horizon,
      levels,
      series: some.map(({ id, values, timestamps }) => ({ id, values: alone(values), timestamps })),
    });
  }
  registerMany();
  const outcomes = new Map<string, ManyOutcome>();
  const results = (executor ?? inlineExecutor()).map<ManyChunk, ManyOutcome[]>(manyTask, chunks, {
    signal,
    onProgress:
      onProgress &&
      (({ done }) =>
        onProgress({
          stage: "forecast",
          done: Math.min(series.length, Math.round(done * seriesPerChunk)),
          total: series.length,
        })),
  });
  for await (const { index, value } of results)
    value.forEach((outcome, at) => {
      outcomes.set(chunks[index].series[at].id, outcome);
    });

  const forecasts = new Map<string, SeriesForecast>();
  const errors = new Map<string, TwinError>();
  for (const item of all) {
    const outcome = outcomes.get(item.id);
    if (outcome === undefined) errors.set(item.id, item.problem as TwinError);
    else if ("issues" in outcome) errors.set(item.id, new TwinError(outcome.issues));
    else forecasts.set(item.id, unpack(outcome, item, horizon, levels));
  }
  return { forecasts, errors };
}

/** A part of a larger buffer would travel with all of it. */
function alone(values: ArrayLike<number>): ArrayLike<number> {
  const part = ArrayBuffer.isView(values) && values.byteLength < values.buffer.byteLength;
  return part ? Float64Array.from(values) : values;
}

function unpack(
  { name, notes, numbers }: Extract<ManyOutcome, { readonly name: string }>,
  { frequency, timestamps }: PanelSeries,
  horizon: number,
  levels: readonly number[],
): SeriesForecast {
  const part = (index: number): Float64Array => numbers.slice(index * horizon, (index + 1) * horizon);
  const forecast = {
    model: name,
    notes,
    mean: part(0),
    intervals: levels.map((level, at) => ({ level, lower: part(1 + 2 * at), upper: part(2 + 2 * at) })),
  };
  if (frequency === undefined || timestamps === undefined) return forecast;
  const next = periodIndex(timestamps[timestamps.length - 1], frequency) + 1;
  return {
    ...forecast,
    timestamps: Float64Array.from({ length: horizon }, (_, step) => periodStart(next + step, frequency)),
  };
}
