import {
  arrayShape,
  decodeNumbers,
  defineEnvelope,
  encodedNumbersShape,
  encodeNumbers,
  fillNormal,
  normalQuantile,
  numberShape,
  objectShape,
  optionalShape,
  type Path,
  Rng,
  type Shape,
  textShape,
} from "@sage-twin/kernel";
import {
  checkExogenous,
  checkHorizon,
  checkLevels,
  checkOptions,
  checkSeries,
  checkUniforms,
  checkWhole,
} from "./checks.js";
import { exactForecast, gaussianForecast, simulatedForecast } from "./forecast.js";
import type { Process } from "./process.js";
import type { Exogenous, FitOptions, FittedForecaster, ForecastOptions, PathOptions } from "./types.js";

/** One kind of fitted model: how to make it from its state, and from its saved form. */
export interface FittedKind<State, Extra extends object = object> {
  /** `origin` is the state before the values that the residuals from `skipped` on belong to; it is what the past can be told again from. */
  publish(
    state: State,
    residuals: Float64Array,
    notes: readonly string[],
    origin?: Origin<State>,
  ): FittedForecaster & Extra;
  open(json: unknown, path?: Path): FittedForecaster & Extra;
}

interface Origin<State> {
  readonly state: State;
  readonly skipped: number;
}

export function fittedKind<State, Extra extends object = object>(
  kind: string,
  stateShape: Shape<State>,
  start: (state: State) => Process<State, Extra>,
): FittedKind<State, Extra> {
  const format = defineEnvelope({
    kind,
    version: 1,
    parse: objectShape({
      process: stateShape,
      residuals: encodedNumbersShape,
      notes: arrayShape(textShape),
      origin: optionalShape(objectShape({ state: stateShape, skipped: numberShape })),
    }),
  });

  const engine = (state: State): Engine => {
    const process = start(state);
    return {
      process,
      advance: (values, columns) => engine(process.filter(values, columns).state),
      toJSON: () => format.seal({ process: state, residuals: [], notes: [], origin: undefined }),
    };
  };

  const publish = (
    state: State,
    residuals: Float64Array,
    notes: readonly string[],
    origin?: Origin<State>,
  ): FittedForecaster & Extra => {
    const process = start(state);
    const { name, description, extra } = process;
    const fitted = Object.freeze({
      ...(extra as Extra),
      name,
      description,
      notes: Object.freeze([...notes]),
      residuals,
      forecast(horizon: number, options: ForecastOptions = {}) {
        checkHorizon(horizon);
        const levels = checkLevels(checkOptions(options).levels);
        const ahead = withFuture(process, horizon, options.futureExogenous);
        const mean = ahead.mean(horizon);
        const quantile = ahead.quantilesOf?.(horizon);
        if (quantile !== undefined) return exactForecast(mean, quantile, levels);
        const deviation = ahead.deviation(horizon);
        return deviation === undefined
          ? simulatedForecast(ahead, mean, levels)
          : gaussianForecast(mean, deviation, levels);
      },
      paths: (horizon: number, options: PathOptions) => drawPaths(process, horizon, options),
      update(newValues: ArrayLike<number>, options: Pick<FitOptions, "exogenous"> = {}) {
        const values = checkSeries(newValues, "newValues");
        const columns = checkExogenous(
          checkOptions(options).exogenous,
          process.regressors ?? [],
          values.length,
          "exogenous",
        );
        const after = process.filter(values, columns);
        const all = new Float64Array(residuals.length + after.residuals.length);
        all.set(residuals);
        all.set(after.residuals, residuals.length);
        const missing = values.filter(Number.isNaN).length;
        return publish(
          after.state,
          all,
          missing > 0
            ? [...notes, `${missing} missing in an update of ${values.length} values, bridged by the model`]
            : notes,
          origin,
        );
      },
      toJSON: () =>
        format.seal({
          process: state,
          residuals: encodeNumbers(residuals),
          notes,
          origin,
        }),
    });
    engines.set(fitted, () => engine(state));
    if (origin !== undefined) pasts.set(fitted, { skipped: origin.skipped, engine: () => engine(origin.state) });
    return fitted;
  };

  return {
    publish,
    open(json, path) {
      const saved = format.open(json, path);
      return publish(saved.process, decodeNumbers(saved.residuals), saved.notes, saved.origin);
    },
  };
}

/** A fitted model without its history, for models that are made of others. */
export interface Engine {
  readonly process: Process<unknown>;
  /** The engine after further values. */
  advance(values: Float64Array, columns?: readonly Float64Array[]): Engine;
  toJSON(): unknown;
}

const engines = /* @__PURE__ */ new WeakMap<object, () => Engine>();

const pasts = /* @__PURE__ */ new WeakMap<object, { readonly skipped: number; readonly engine: () => Engine }>();

/** The engine before the first value that the model filtered, and how many residuals are older; `undefined` where it is not known. */
export function pastOf(fitted: FittedForecaster): { readonly skipped: number; readonly engine: Engine } | undefined {
  const past = pasts.get(fitted);
  return past && { skipped: past.skipped, engine: past.engine() };
}

/** The engine of a model that `fittedKind` published. */
export function engineOf(fitted: FittedForecaster): Engine {
  return (engines.get(fitted) as () => Engine)();
}

/** The regressors that a fitted model needs for the steps ahead; `undefined` for one that `fittedKind` did not publish. */
export function regressorsOf(fitted: FittedForecaster): readonly string[] | undefined {
  const engine = engines.get(fitted);
  return engine && (engine().process.regressors ?? []);
}

function drawPaths(process: Process<unknown>, horizon: number, options: PathOptions): Float64Array {
  checkHorizon(horizon);
  const ahead = withFuture(process, horizon, checkOptions(options).futureExogenous);
  const { uniforms, seed = "sage-twin" } = options;
  const count = checkWhole(options.count, "count");
  const size = checkWhole(count * horizon, "count x horizon");
  const paths = new Float64Array(size);
  if (uniforms !== undefined) {
    checkUniforms(uniforms, size);
    for (let i = 0; i < size; i++) paths[i] = normalQuantile(uniforms[i]);
  } else {
    const rng = new Rng(seed);
    const column = new Float64Array(count);
    for (let step = 0; step < horizon; step++) {
      fillNormal(rng.derive("paths", step).words(), column, 0, count);
      for (let path = 0, at = step; path < count; path++, at += horizon) paths[at] = column[path];
    }
  }
  ahead.simulate(paths, horizon);
  return paths;
}

/** The process that knows the regressors of the steps ahead. */
export function withFuture<State, Extra extends object>(
  process: Process<State, Extra>,
  horizon: number,
  exogenous: Exogenous | undefined,
): Process<State, Extra> {
  const columns = checkExogenous(exogenous, process.regressors ?? [], horizon, "futureExogenous");
  return process.withFuture?.(columns) ?? process;
}
