import { unknownName } from "@sage-twin/kernel";
import { checkHorizon, checkLevel, checkOptions, checkSeries, checkWhole, refuse } from "./checks.js";
import { type ConformalState, conformalProcess, conformalShape } from "./conformal-process.js";
import { type Calibration, type ConformalMethod, conformalMethods, observe } from "./conformal-scores.js";
import { engineOf, type FittedKind, fittedKind, regressorsOf } from "./fitted.js";
import { rollModel } from "./roll-model.js";
import type { FitOptions, FittedForecaster, Forecaster } from "./types.js";
import { checkForecaster, innerShape, keepEngine, noOpener, type Opener } from "./wrapped.js";

/** How intervals are calibrated. */
export interface ConformalOptions {
  /** The steps ahead that are calibrated; further steps take the last one's. */
  readonly horizon: number;
  /**
   * `"split"`: the errors of all steps together, each over the mean error of its step. `"perHorizon"`: each step by its own errors.
   * `"weighted"`: as split, an error counting `decay` as much as the next newer one. `"adaptive"`: as split, the level asked for moved up and down so that
   * the share of values outside comes true. Default: `"split"`.
   */
  readonly method?: ConformalMethod;
  /** From how many origins errors are taken, and how many are kept. At most half of the series. Default: 40. */
  readonly calibration?: number;
  /** The budget: how often the model is fitted anew in the calibration. Default: 5. */
  readonly refits?: number;
  /** For `"weighted"`, between 0 and 1. Default: 0.97. */
  readonly decay?: number;
  /** For `"adaptive"`: the level, in percent, whose coverage is followed; the others move with it. Default: 90. */
  readonly level?: number;
  /** For `"adaptive"`: how far a value outside moves the level, between 0 and 1. Default: 0.02. */
  readonly rate?: number;
}

const leastTraining = 4;
const leastOrigins = 3;

/** The kind whose inner models `open` opens. */
export function conformalKind(open: Opener): FittedKind<ConformalState> {
  return fittedKind("forecaster/conformal", conformalShape(innerShape(open)), (state) => conformalProcess(state));
}

/**
 * A model whose intervals are as wide as its own errors were, at any level, whatever it says of its spread (conformal prediction: Vovk, Gammerman and Shafer 2005). The model
 * forecasts from past origins; an interval holds the share `level` of the absolute errors, the score of rank level (n + 1) among n: for exchangeable errors a new one lies within
 * with exactly that probability, for dependent ones about so. Methods: split and per horizon (Stankeviciute et al. 2021), weighted (Barber et al. 2023), adaptive (Gibbs and Candes
 * 2021). Beyond the largest error intervals grow as normal ones. They are symmetric about the point forecast; paths have the same quantiles, and the model's
 * dependence from step to step.
 *
 * `update` goes on calibrating, but for models with regressors. A series too short for 3 origins keeps the model's own spread, and `notes` says so. Throws a `TwinError` for what is no model of this package,
 * and options out of range.
 *
 * @example
 * ```ts
 * import { conformal, naive } from "@sage-twin/forecasters";
 *
 * const sales = [12, 15, 14, 17, 18, 17, 20, 22, 21, 24, 25, 24, 27, 28, 30, 29];
 * const fitted = conformal(naive(), { horizon: 2, method: "perHorizon" }).fit(sales);
 * fitted.name; // => "conformal naive"
 * const { lower, upper } = fitted.forecast(2).interval(80);
 * upper[1] > upper[0] && lower[0] < 29; // => true
 * ```
 */
export function conformal(model: Forecaster, options: ConformalOptions): Forecaster {
  const inner = checkForecaster(model, "model");
  const { method = "split", decay = 0.97, rate = 0.02 } = checkOptions(options);
  if (!conformalMethods.includes(method))
    throw unknownName("conformal method", String(method), conformalMethods, ["method"]);
  for (const [name, value] of Object.entries({ decay, rate }))
    if (!(value > 0 && value < 1)) refuse([name], `${value} is not between 0 and 1`, "both ends are excluded");
  const level = checkLevel(options.level ?? 90);
  const horizon = checkHorizon(options.horizon);
  const window = checkWhole(options.calibration ?? 40, "calibration");
  const refits = checkWhole(options.refits ?? 5, "refits");
  const blank: Calibration = {
    method,
    window,
    decay,
    rate,
    scores: Array.from({ length: horizon }, () => []),
    pending: [],
    level: level / 100,
    tail: 1 - level / 100,
  };
  return {
    name: `conformal ${inner.name}`,
    seasonLength: inner.seasonLength,
    fit: (values, fitOptions = {}) => fit(values, checkOptions(fitOptions), inner, blank, refits),
  };
}

function fit(
  input: ArrayLike<number>,
  options: FitOptions,
  model: Forecaster,
  blank: Calibration,
  refits: number,
): FittedForecaster {
  const fitted = model.fit(input, options);
  if (regressorsOf(fitted) === undefined)
    refuse(["model"], `${model.name} is not one of this package's models`, "give one such as autoEts()", "unsupported");
  const engine = engineOf(fitted);
  const { calibration, origins } = calibrate(checkSeries(input, "values"), options, model, blank, refits);
  const notes = [...fitted.notes];
  if (origins < leastOrigins) notes.push("the series is too short to calibrate: the intervals are the model's own");
  else if (calibration.scores.every(({ length }) => length === 0))
    notes.push("no error could be scaled: the intervals are the model's own");
  return conformalKind(noOpener).publish({ ...calibration, inner: keepEngine(engine) }, fitted.residuals, notes);
}

/** Forecasts from every origin of the last part of the series, and takes the errors. */
function calibrate(
  values: Float64Array,
  options: FitOptions,
  model: Forecaster,
  blank: Calibration,
  refits: number,
): { readonly calibration: Calibration; readonly origins: number } {
  const count = values.length;
  const horizon = blank.scores.length;
  const leading = values.findIndex((value) => !Number.isNaN(value));
  const earliest = leading + Math.max(leastTraining, Math.ceil((count - leading) / 2));
  const first = Math.max(earliest, count - blank.window - horizon + 1);
  const origins = count - first;
  if (origins < leastOrigins) return { calibration: blank, origins };
  let calibration = blank;
  rollModel(model, values, options, { first, refits }, (origin, process, known) => {
    const steps = Math.min(horizon, known);
    calibration = observe(calibration, values[origin], { mean: process.mean(steps), unit: process.spread(steps) });
  });
  return { calibration, origins };
}
