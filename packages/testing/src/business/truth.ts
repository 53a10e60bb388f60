import { formatInstant, periodStart, TwinError, unknownName } from "@sage-twin/kernel";
import { aggregationRule, type MetricDefinition } from "@sage-twin/schemas";
import type { BusinessCalendar } from "./calendar.js";
import { type BusinessMetric, businessDepartments, businessMetrics } from "./departments.js";
import { type BusinessEdit, resolveEdits } from "./edits.js";
import { type Generator, runHistory, tableSpan } from "./generator.js";
import type { Columns } from "./processes.js";

/** The true distribution of a figure over possible futures. */
export interface TruePath {
  /** The mean over runs by step. */
  readonly mean: Float64Array;
  /** `runs x horizon`, a run after the other. */
  readonly samples: Float64Array;
  /** The whole horizon as one figure: flows summed, stocks at the end, others averaged; `samples` one per run. */
  readonly total: { readonly mean: number; readonly samples: Float64Array };
}

/** What really comes of edits, with the same shocks in both worlds. */
export interface TrueIntervention {
  readonly dates: readonly string[];
  readonly horizon: number;
  readonly runs: number;
  /** With the edits. */
  metric(name: BusinessMetric): TruePath;
  /** Without them. */
  baseline(name: BusinessMetric): TruePath;
  /** With less without, run by run: exactly 0 for what the edits cannot reach. */
  difference(name: BusinessMetric): TruePath;
}

/** What would have happened. */
export interface TrueCounterfactual {
  readonly dates: readonly string[];
  /** With the edits, one value per period of the tables. */
  metric(name: BusinessMetric): Float64Array;
  /** What did happen, without missing values. */
  baseline(name: BusinessMetric): Float64Array;
  difference(name: BusinessMetric): Float64Array;
}

const mostValues = 2 ** 26;

/** Runs the generator into `runs` futures with the edits and without. */
export function interveneOn(
  generator: Generator,
  edits: readonly BusinessEdit[],
  horizon: number,
  runs: number,
): TrueIntervention {
  const { calendar } = generator;
  const [, end] = tableSpan(calendar);
  if (runs * horizon * businessMetrics.length > mostValues) {
    throw new TwinError({
      code: "too-large",
      path: ["runs"],
      message: `${runs} runs of ${horizon} steps do not fit in memory`,
      fix: "use fewer runs or a shorter horizon",
    });
  }
  const resolved = resolveEdits(edits, calendar, end, end + horizon);
  const worlds = [undefined, resolved].map((edits) => ({
    edits,
    columns: runHistory(generator),
    samples: new Map(businessMetrics.map((name) => [name, new Float64Array(runs * horizon)])),
  }));
  for (let run = 0; run < runs; run++) {
    generator.drawFuture(run);
    for (const { edits, columns, samples } of worlds) {
      generator.run(columns, end, end + horizon, edits);
      for (const [name, values] of samples) values.set(columns[name].subarray(end, end + horizon), run * horizon);
    }
  }
  const [without, withEdits] = worlds.map(({ samples }) => (name: BusinessMetric): Float64Array => {
    const values = samples.get(name);
    if (values === undefined) throw unknownName("metric", name, businessMetrics, ["metric"]);
    return values.slice();
  });
  return {
    dates: datesOf(calendar, end, end + horizon),
    horizon,
    runs,
    metric: (name) => pathOf(name, withEdits(name), horizon),
    baseline: (name) => pathOf(name, without(name), horizon),
    difference: (name) => pathOf(name, subtract(withEdits(name), without(name)), horizon),
  };
}

/** Runs the history again with the edits and the shocks that it had. */
export function counterfactualOf(generator: Generator, edits: readonly BusinessEdit[]): TrueCounterfactual {
  const [from, until] = tableSpan(generator.calendar);
  const [actual, other] = [undefined, resolveEdits(edits, generator.calendar, from, until)].map((edits) =>
    runHistory(generator, edits),
  );
  const read = (columns: Columns, name: BusinessMetric): Float64Array => {
    if (!businessMetrics.includes(name)) throw unknownName("metric", name, businessMetrics, ["metric"]);
    return columns[name].slice(from, until);
  };
  return {
    dates: datesOf(generator.calendar, from, until),
    metric: (name) => read(other, name),
    baseline: (name) => read(actual, name),
    difference: (name) => subtract(read(other, name), read(actual, name)),
  };
}

function datesOf({ first, frequency }: BusinessCalendar, from: number, until: number): readonly string[] {
  return Array.from({ length: until - from }, (_, step) =>
    formatInstant(periodStart(first + from + step, frequency), frequency),
  );
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, index) => value - b[index]);
}

function pathOf(name: BusinessMetric, samples: Float64Array, horizon: number): TruePath {
  const runs = samples.length / horizon;
  const mean = new Float64Array(horizon);
  for (let index = 0; index < samples.length; index++) mean[index % horizon] += samples[index] / runs;
  const totals = new Float64Array(runs);
  const rule = aggregationRule(definitionOf(name));
  for (let run = 0; run < runs; run++) {
    const own = samples.subarray(run * horizon, (run + 1) * horizon);
    if (rule === "last") totals[run] = own[horizon - 1];
    else totals[run] = own.reduce((sum, value) => sum + value, 0) / (rule === "sum" ? 1 : horizon);
  }
  return { mean, samples, total: { mean: totals.reduce((sum, value) => sum + value, 0) / runs, samples: totals } };
}

function definitionOf(name: BusinessMetric): MetricDefinition {
  const metrics = Object.values(businessDepartments).map(
    ({ metrics }) => metrics as Readonly<Record<string, MetricDefinition>>,
  );
  return (metrics.find((own) => Object.hasOwn(own, name)) as Readonly<Record<string, MetricDefinition>>)[name];
}
