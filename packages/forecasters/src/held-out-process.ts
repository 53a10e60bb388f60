import { arrayShape, booleanShape, normalQuantile, numberShape, textShape } from "@sage-twin/kernel";
import { type BoostingAxis, instantAt } from "./boosting-features.js";
import { fromScale, type OwnScale, toScale } from "./own-scale.js";
import type { Process } from "./process.js";

/** One series on its own scale, forecast by a model that reads its last values, whose errors were measured on what it had not seen. */
export interface HeldOutState extends OwnScale {
  /** The last values as the model sees them, the oldest first. */
  readonly history: readonly number[];
  readonly axis?: BoostingAxis;
  /** The standard deviation of each step's error, in units of the swing; later steps grow with the root of their number. */
  readonly spread: readonly number[];
  /** The correlation of the errors of neighbouring steps. */
  readonly persistence: number;
  readonly description: string;
}

const numbers = /* @__PURE__ */ arrayShape(numberShape);

export const heldOutShapes = {
  logarithm: booleanShape,
  scale: numberShape,
  history: numbers,
  spread: numbers,
  persistence: numberShape,
  description: textShape,
};

/** A model that reads the last values of a series. */
export interface OriginPredictor {
  /** How many values it reads at most. */
  readonly memory: number;
  /** Writes forecasts to `values[to]`, `values[to + 1]`, ..., from the values before; returns the swing at the first origin. */
  predict(values: Float64Array, to: number, steps: number, axis: BoostingAxis | undefined): number;
}

const longestGrowth = 10; // in units of the measured steps: spreads stay as they are beyond

export function heldOutProcess<State extends HeldOutState>(
  name: string,
  state: State,
  predictor: OriginPredictor,
): Process<State> {
  const { logarithm, scale, axis, persistence, spread: measured } = state;
  const back = (value: number): number => fromScale(value, state);
  /** Forecasts as the model sees values, and the swing. */
  const ahead = (horizon: number): { readonly centre: Float64Array; readonly swing: number } => {
    const { length } = state.history;
    const values = new Float64Array(length + horizon);
    values.set(state.history);
    const swing = predictor.predict(values, length, horizon, axis);
    return { centre: values.slice(length), swing };
  };
  const spreadAt = (step: number): number =>
    step < measured.length
      ? measured[step]
      : measured[measured.length - 1] * Math.sqrt(Math.min(longestGrowth, (step + 1) / measured.length));
  return {
    name,
    description: state.description,
    mean: (horizon) => ahead(horizon).centre.map(back),
    deviation(horizon) {
      if (logarithm) return undefined;
      const { centre, swing } = ahead(horizon);
      return centre.map((_, step) => scale * swing * spreadAt(step));
    },
    quantilesOf(horizon) {
      const { centre, swing } = ahead(horizon);
      return (step, probability) => back(centre[step] + swing * spreadAt(step) * normalQuantile(probability));
    },
    spread(horizon) {
      const { centre, swing } = ahead(horizon);
      return centre.map((value, step) => swing * spreadAt(step) * (logarithm ? back(value) : scale));
    },
    simulate(innovations, horizon) {
      const { centre, swing } = ahead(horizon);
      const fresh = Math.sqrt(1 - persistence * persistence);
      for (let start = 0; start < innovations.length; start += horizon) {
        let error = 0;
        for (let step = 0; step < horizon; step++) {
          const own = innovations[start + step];
          error = step === 0 ? own : persistence * error + fresh * own;
          innovations[start + step] = back(centre[step] + swing * spreadAt(step) * error);
        }
      }
    },
    filter(values) {
      const { memory } = predictor;
      const { length } = state.history;
      const all = new Float64Array(length + values.length);
      all.set(state.history);
      const residuals = values.map((value, i) => {
        const at = length + i;
        predictor.predict(all, at, 1, axis && { ...axis, last: instantAt(axis, i) });
        const error = value - back(all[at]);
        if (!Number.isNaN(value)) all[at] = toScale(value, state);
        return error;
      });
      const end = length + values.length;
      return {
        residuals,
        state: {
          ...state,
          history: Array.from(all.subarray(Math.max(0, end - memory), end)),
          ...(axis === undefined ? {} : { axis: { ...axis, last: instantAt(axis, values.length) } }),
        },
      };
    },
  };
}
