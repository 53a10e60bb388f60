import { auto, type Forecaster } from "@sage-twin/forecasters";
import { type RunOptions, seasonLengths, TwinError } from "@sage-twin/kernel";
import { assemble } from "./assemble.js";
import { type Baseline, forecastBaseline } from "./baseline.js";
import { calibrate } from "./calibrate.js";
import { fitEffects } from "./fit-effects.js";
import type { CausalGraph } from "./graph.js";
import type { HistoryTable } from "./history.js";
import { type PrepareOptions, prepareGraph } from "./prepare.js";
import type { FittedProgram } from "./program.js";

/** How a graph is fitted. */
export interface FitOptions extends PrepareOptions, Omit<RunOptions, "executor"> {
  /**
   * `"forecast"` (the default): every metric has a forecast of its own, and causes carry what deviates from it. `"structural"`: metrics are nothing but
   * their causes and errors of their own, independent from row to row.
   */
  readonly mode?: "forecast" | "structural";
  /** Steps that the program covers, 1 to 10,000. Default 12; 1 for a structural one. */
  readonly horizon?: number;
  /** The model that forecasts each metric on its link scale. Default: chosen per metric by backtest. */
  readonly forecaster?: Forecaster;
  /** Values in one season of the data, 1 for none. Default: the usual one at the table's frequency of which the data hold two. */
  readonly seasonLength?: number;
}

const longestHorizon = 10_000;

/** `fit` over time in small steps, so that a caller can draw breath between them: yields after each metric, returns the fitted program. */
export function* fitInSteps(
  graph: CausalGraph,
  table: HistoryTable,
  options: Omit<FitOptions, "mode">,
  prepared = prepareGraph(graph, table, options),
): Generator<undefined, FittedProgram> {
  const { levers = {}, seed = "sage-twin", signal, onProgress } = options;
  const horizon = checkHorizon(options.horizon ?? 12);
  const season = seasonLengths(table.frequency).find((length) => table.length >= 2 * length) ?? 1;
  const seasonLength = options.seasonLength ?? season;
  const backtested = Math.max(1, Math.min(horizon, Math.floor(table.length / 4)));
  const forecaster = options.forecaster ?? auto({ seasonLength, horizon: backtested });
  const { history, edges, lags, views, links, metrics } = prepared;
  const notes = [...prepared.notes];
  const learnt = fitEffects(edges, lags, views, history, links, graph.confounders, { seasonLength }, notes);

  const baselines = new Map<string, Baseline>();
  for (const name of metrics) {
    yield;
    signal?.throwIfAborted();
    const values = history.get(name) as Float64Array;
    const constant = !table.metrics.includes(name);
    if (!values.some(Number.isFinite)) throw noValues(name);
    const baseline = constant ? undefined : forecastBaseline(values, links[name], forecaster, horizon);
    if (baseline !== undefined) {
      baselines.set(name, baseline);
      notes.push(...baseline.notes.map((note) => `${name}: ${note}`));
    }
    onProgress?.({
      stage: "forecast",
      done: metrics.indexOf(name) + 1,
      total: metrics.length,
    });
  }

  const assembled = assemble(graph, table, prepared, learnt, baselines, horizon, levers);
  yield;
  signal?.throwIfAborted();
  const { excess } = calibrate(assembled.program, assembled.location, assembled.sd, String(seed));
  for (const [name, steps] of excess) {
    notes.push(
      `${name}: its causes' errors alone vary more than its own forecast at ${steps} of ${horizon} steps; no residual is added there`,
    );
  }
  signal?.throwIfAborted();
  return {
    program: assembled.program,
    effects: learnt.effects,
    models: Object.fromEntries([...baselines].map(([name, { model }]) => [name, model])),
    links,
    notes,
  };
}

/** The steps that a program covers, checked. */
export function checkHorizon(horizon: number): number {
  if (Number.isInteger(horizon) && horizon >= 1 && horizon <= longestHorizon) return horizon;
  throw new TwinError({
    code: "out-of-range",
    path: ["horizon"],
    message: `a horizon is a whole number of steps from 1 to ${longestHorizon}, not ${horizon}`,
  });
}

function noValues(name: string): TwinError {
  return new TwinError({
    code: "invalid-data",
    path: ["data", name],
    message: `'${name}' has no value at all, so it cannot be forecast`,
    fix: "give it data, or leave it out of its department",
  });
}
