import {
  arrayShape,
  decodeNumbers,
  defineEnvelope,
  encodedNumbersShape,
  encodeNumbers,
  fillNormal,
  normalQuantile,
  objectShape,
  type Path,
  Rng,
  type Shape,
  textShape,
} from "@sage-twin/kernel";
import { checkHorizon, checkLevels, checkSeries, checkUniforms, checkWhole } from "./checks.js";
import { gaussianForecast, simulatedForecast } from "./forecast.js";
import type { Process } from "./process.js";
import type { FittedForecaster, PathOptions } from "./types.js";

/** One kind of fitted model: how to make it from its state, and from its saved form. */
export interface FittedKind<State, Extra extends object = object> {
  publish(state: State, residuals: Float64Array, notes: readonly string[]): FittedForecaster & Extra;
  open(json: unknown, path?: Path): FittedForecaster & Extra;
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
    }),
  });

  const engine = (state: State): Engine => {
    const process = start(state);
    return {
      process,
      advance: (values) => engine(process.filter(values).state),
      toJSON: () => format.seal({ process: state, residuals: [], notes: [] }),
    };
  };

  const publish = (state: State, residuals: Float64Array, notes: readonly string[]): FittedForecaster & Extra => {
    const process = start(state);
    const { name, description, extra } = process;
    const fitted = Object.freeze({
      ...(extra as Extra),
      name,
      description,
      notes: Object.freeze([...notes]),
      residuals,
      forecast(horizon: number, options: { readonly levels?: readonly number[] } = {}) {
        checkHorizon(horizon);
        const levels = checkLevels(options.levels);
        const mean = process.mean(horizon);
        const deviation = process.deviation(horizon);
        return deviation === undefined
          ? simulatedForecast(process, mean, levels)
          : gaussianForecast(mean, deviation, levels);
      },
      paths: (horizon: number, options: PathOptions) => drawPaths(process, horizon, options),
      update(newValues: ArrayLike<number>) {
        const values = checkSeries(newValues, "newValues");
        const after = process.filter(values);
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
        );
      },
      toJSON: () =>
        format.seal({
          process: state,
          residuals: encodeNumbers(residuals),
          notes,
        }),
    });
    engines.set(fitted, () => engine(state));
    return fitted;
  };

  return {
    publish,
    open(json, path) {
      const saved = format.open(json, path);
      return publish(saved.process, decodeNumbers(saved.residuals), saved.notes);
    },
  };
}

/** A fitted model without its history, for models that are made of others. */
export interface Engine {
  readonly process: Process<unknown>;
  /** The engine after further values. */
  advance(values: Float64Array): Engine;
  toJSON(): unknown;
}

const engines = /* @__PURE__ */ new WeakMap<object, () => Engine>();

/** The engine of a model that `fittedKind` published. */
export function engineOf(fitted: FittedForecaster): Engine {
  return (engines.get(fitted) as () => Engine)();
}

function drawPaths(process: Process<unknown>, horizon: number, options: PathOptions): Float64Array {
  checkHorizon(horizon);
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
  process.simulate(paths, horizon);
  return paths;
}
