import { describeValue, type RunOptions } from "@sage-twin/kernel";
import { float64Backend, type NeuralBackend } from "@sage-twin/learners";
import { checkHorizon, checkOptions, checkWhole, refuse } from "./checks.js";
import { fitNeural, type NeuralFit, type NeuralPlan } from "./fit-neural.js";
import { type FittedKind, fittedKind } from "./fitted.js";
import { fitNaive } from "./naive.js";
import { type NeuralArchitecture, neuralNetwork } from "./neural-network.js";
import {
  longestSeason,
  longestWindow,
  type NeuralModel,
  type NeuralState,
  neuralProcess,
  neuralShape,
  savedNetworks,
} from "./neural-process.js";
import { type ScaledSeries, scaleSeries } from "./own-scale.js";
import { type Panel, readIds, readPanel } from "./panel.js";
import { runLater, runNow, type Work } from "./run-steps.js";
import { padded, readSeries, type Series } from "./series.js";
import type { FittedForecaster, Forecaster } from "./types.js";

export const neuralKind: FittedKind<NeuralState> = /* @__PURE__ */ fittedKind(
  "forecaster/neural",
  neuralShape,
  neuralProcess,
);

/** What `neural` may be told. */
export interface NeuralOptions {
  /**
   * `"nbeats"` (default): doubly residual blocks (Oreshkin et al. 2020), generic; `"nhits"`: the same on pooled values, with interpolated answers (Challu et al. 2023); `"lstm"`: a
   * long short-term memory, then a linear layer.
   */
  readonly architecture?: NeuralArchitecture;
  /** Values in one season, such as 12 for months. Default: 1, no season. */
  readonly seasonLength?: number;
  /** Steps that the networks forecast at a time; further ones start from their own forecasts. Default: one season, at least 8 and at most 60. */
  readonly horizon?: number;
  /** How many last values the networks see. Default: two seasons, at least 12 and at most 60. */
  readonly inputLength?: number;
  /** How many networks are trained, from different draws, and averaged; at least 2. Default: 6. */
  readonly networks?: number;
  /** Training steps of each, on up to 256 windows of the series. Default: twice the root of the number of windows, at least 20 and at most 632. */
  readonly steps?: number;
  /** What trains the networks. Default: `float64Backend` of `@sage-twin/learners`. Forecasts never need it. */
  readonly backend?: NeuralBackend;
  /** Seeds the first weights and the draws of windows. Default: `"sage-twin"`. */
  readonly seed?: string | number;
}

/** How a long fit is run. */
export type NeuralRunOptions = Pick<RunOptions, "signal" | "onProgress">;

/** `neural`, for one series or many. */
export interface Neural extends Forecaster {
  /**
   * Trains on all series of a panel and gives each its own fitted forecaster, in the order of the panel. Throws a `TwinError` that lists every series that no model can
   * take, and one for a backend that answers later.
   */
  fitPanel(panel: Panel): ReadonlyMap<string, FittedForecaster>;
  /** As `fit`, with any backend; other work has its turn between steps. Rejects with the signal's reason when it is aborted. */
  fitAsync(values: ArrayLike<number>, options?: NeuralRunOptions): Promise<FittedForecaster>;
  /** As `fitPanel`, with any backend. */
  fitAsync(panel: Panel, options?: NeuralRunOptions): Promise<ReadonlyMap<string, FittedForecaster>>;
}

/**
 * An ensemble of small neural networks on the last values of a series, trained on one series or on all of a panel. Values are taken without their seasonal pattern, relative to
 * their level and to the size of usual changes, in logarithms where all are positive, so that series of any size train the same networks: `fitPanel`. Each network leaves out a third
 * of the series (of the time, where series are few), and the spreads come from the errors there.
 *
 * A constant series and one of too few values get the naive model, with a note. Networks want some thousand values: prefer `fitPanel` to `fit`.
 *
 * @example
 * ```ts
 * import { neural } from "@sage-twin/forecasters";
 *
 * const wave = (size: number) => Array.from({ length: 60 }, (_, t) => size * (10 + (t % 4) + t / 10));
 * const fitted = neural({ seasonLength: 4, steps: 60 }).fitPanel({ north: wave(1), south: wave(50) });
 * [...fitted.keys()]; // => ["north", "south"]
 * fitted.get("south")?.forecast(4).mean.length; // => 4
 * ```
 */
export function neural(options: NeuralOptions = {}): Neural {
  const plan = readPlan(options);
  const now = (all: readonly Series[]): FittedForecaster[] => {
    if (plan.backend.synchronous) return runNow(fitAll(all, plan));
    return refuse(["backend"], `the backend '${plan.backend.name}' answers later`, "use fitAsync");
  };
  const byId = (ids: readonly string[], fitted: readonly FittedForecaster[]): ReadonlyMap<string, FittedForecaster> =>
    new Map(ids.map((id, index) => [id, fitted[index]]));
  async function fitAsync(values: ArrayLike<number>, run?: NeuralRunOptions): Promise<FittedForecaster>;
  async function fitAsync(panel: Panel, run?: NeuralRunOptions): Promise<ReadonlyMap<string, FittedForecaster>>;
  async function fitAsync(input: ArrayLike<number> | Panel, run: NeuralRunOptions = {}) {
    checkOptions(run);
    const later = (all: readonly Series[]): Promise<FittedForecaster[]> => runLater(fitAll(all, plan), "fit", run);
    if (isSeries(input)) return (await later([readSeries(input)]))[0];
    const ids = readIds(input);
    return byId(ids, await later(readPanel(input, ids)));
  }
  return {
    name: "neural",
    seasonLength: plan.settings.seasonLength,
    fit: (values, fitOptions) => now([readSeries(values, fitOptions)])[0],
    fitPanel(panel) {
      const ids = readIds(panel);
      return byId(ids, now(readPanel(panel, ids)));
    },
    fitAsync,
  };
}

interface Plan extends NeuralPlan {
  readonly architecture: NeuralArchitecture;
}

function readPlan(options: NeuralOptions): Plan {
  const { architecture = "nbeats", backend = float64Backend, seed = "sage-twin" } = checkOptions(options);
  const seasonLength = checkWhole(options.seasonLength ?? 1, "seasonLength", longestSeason);
  const horizon = checkWhole(checkHorizon(options.horizon ?? Math.max(8, Math.min(60, seasonLength))), "horizon", 1000);
  const inputLength = checkWhole(
    options.inputLength ?? Math.max(12, Math.min(60, 2 * seasonLength)),
    "inputLength",
    longestWindow,
  );
  const networks = checkWhole(options.networks ?? 6, "networks", 100);
  if (networks < 2) refuse(["networks"], "one network has no other to be checked by", "give at least 2");
  if (!["nbeats", "nhits", "lstm"].includes(architecture))
    refuse(["architecture"], `${describeValue(architecture)} is no architecture`, 'give "nbeats", "nhits" or "lstm"');
  if (typeof (backend as NeuralBackend | null)?.create !== "function")
    refuse(["backend"], `${describeValue(backend)} is no backend`, "such as float64Backend of @sage-twin/learners");
  return {
    architecture,
    settings: { seasonLength, inputLength },
    network: neuralNetwork(architecture, inputLength, horizon),
    horizon,
    networks,
    steps: options.steps === undefined ? undefined : checkWhole(options.steps, "steps", 1_000_000),
    seed,
    backend,
  };
}

function isSeries(input: ArrayLike<number> | Panel): input is ArrayLike<number> {
  return typeof (input as ArrayLike<number> | null)?.length === "number";
}

function fitAll(all: readonly Series[], plan: Plan): Work<FittedForecaster[]> {
  return function* (report) {
    const scaled = all.map(scaleSeries);
    const usable = scaled.filter(({ constant }) => !constant);
    const fit = yield* fitNeural(usable, plan, report);
    const model = fit && savedNetworks(plan.settings, plan.network, fit.weights);
    let at = 0;
    return all.map((series, index) => {
      if (scaled[index].constant) return fitNaive(series, "the series is constant: naive instead of networks");
      if (fit === undefined || model === undefined)
        return fitNaive(series, `${series.observed} values are too few for networks: naive instead`);
      return publish(series, scaled[index], plan, fit, fit.factors[at++], model, all.length);
    });
  };
}

function publish(
  series: Series,
  { logarithm, scale, values }: ScaledSeries,
  { architecture, horizon }: Plan,
  fit: NeuralFit,
  factor: number,
  model: NeuralModel,
  count: number,
): FittedForecaster {
  const start: NeuralState = {
    logarithm,
    scale,
    history: [values[0]],
    spread: fit.spread.map((deviation) => deviation * factor),
    persistence: fit.persistence,
    description: `${fit.weights.length} networks (${architecture}) of ${count === 1 ? "this series" : `${count} series`}, ${horizon === 1 ? "one step" : `${horizon} steps`} at a time${logarithm ? ", of logarithms" : ""}`,
    model,
  };
  const { state, residuals } = neuralProcess(start).filter(series.values.subarray(1));
  return neuralKind.publish(state, padded(residuals, series.leading + 1), series.notes);
}
