import { arrayShape, choiceShape, numberShape, objectShape, type Shape } from "@sage-twin/kernel";
import { allForms, type EtsForm, type EtsParts, formName, partsOf } from "./ets-form.js";
import { filterEts, type Smoothing, simulateEts } from "./ets-kernel.js";
import { widened } from "./in-sample-widening.js";
import type { Process } from "./process.js";

/** A fitted exponential smoothing model, at the end of its series. Level, trend, seasons and additive sigma are in units of `scale`. */
export interface EtsState {
  readonly form: EtsForm;
  readonly smoothing: Smoothing;
  readonly scale: number;
  readonly level: number;
  readonly trend: number;
  /** The next step's first; empty without a season. */
  readonly seasons: readonly number[];
  readonly sigma: number;
  readonly aicc: number;
  /** What the spread of each step is multiplied by; empty for none. */
  readonly widening: readonly number[];
}

export const etsShape: Shape<EtsState> = /* @__PURE__ */ (() =>
  objectShape({
    form: /* @__PURE__ */ choiceShape(...allForms),
    smoothing: /* @__PURE__ */ objectShape({
      alpha: numberShape,
      beta: numberShape,
      gamma: numberShape,
      phi: numberShape,
    }),
    scale: numberShape,
    level: numberShape,
    trend: numberShape,
    seasons: /* @__PURE__ */ arrayShape(numberShape),
    sigma: numberShape,
    aicc: numberShape,
    widening: /* @__PURE__ */ arrayShape(numberShape),
  }))();

export function etsProcess(model: EtsState): Process<EtsState> {
  return widened(exactProcess(model), model.widening, partsOf(model.form).multiplicativeError);
}

function exactProcess(model: EtsState): Process<EtsState> {
  const { form, smoothing, scale, level, trend, seasons, sigma, aicc } = model;
  const parts = partsOf(form);
  const name = formName(form);
  const startState = (): Float64Array => Float64Array.of(level, trend, ...seasons);
  const parameters = Object.entries(smoothing).map(([parameter, value]) => `${parameter} ${value.toPrecision(4)}`);
  const mean = (horizon: number): Float64Array => {
    const path = new Float64Array(horizon);
    simulateEts(parts, smoothing, startState(), 0, path, horizon);
    return path.map((value) => value * scale);
  };
  const spread = (horizon: number): Float64Array =>
    parts.multiplicativeError
      ? relativeSpread(parts, smoothing, seasons, sigma, mean(horizon))
      : additiveDeviation(smoothing, seasons.length, sigma * scale, horizon);
  return {
    name,
    description: `${name}: ${parameters.join(", ")}; sigma ${sigma.toPrecision(4)}; AICc ${aicc.toFixed(2)}`,
    mean,
    components(horizon) {
      const base = new Float64Array(horizon);
      const inner = { ...parts, seasonal: false, multiplicativeSeason: false };
      simulateEts(inner, smoothing, startState().subarray(0, 2), 0, base, horizon);
      const total = mean(horizon);
      return {
        level: new Float64Array(horizon).fill(level * scale),
        ...(parts.hasTrend && { trend: base.map((value) => (value - level) * scale) }),
        ...(parts.seasonal && { season: total.map((value, step) => value - base[step] * scale) }),
      };
    },
    deviation: (horizon) => (parts.multiplicativeError ? undefined : spread(horizon)),
    spread,
    simulate(innovations, horizon) {
      simulateEts(parts, smoothing, startState(), sigma, innovations, horizon);
      for (let i = 0; i < innovations.length; i++) innovations[i] *= scale;
    },
    filter(values) {
      const state = startState();
      const errors = new Float64Array(values.length);
      filterEts(
        parts,
        smoothing,
        state,
        values.map((value) => value / scale),
        errors,
        false,
      );
      const residuals = errors.map((error, t) => (Number.isNaN(values[t]) ? Number.NaN : error * scale));
      const turn = seasons.length > 0 ? values.length % seasons.length : 0;
      const after = [...state.subarray(2 + turn), ...state.subarray(2, 2 + turn)];
      return { state: { ...model, level: state[0], trend: state[1], seasons: after }, residuals };
    },
  };
}

/** c_j = alpha + beta (phi + ... + phi^j): what an innovation adds to the level, trend included, j steps later. */
function weights({ alpha, beta, phi }: Smoothing, horizon: number): Float64Array {
  const weight = new Float64Array(horizon);
  let power = 1;
  let damping = 0;
  for (let j = 1; j < horizon; j++) {
    power *= phi;
    damping += power;
    weight[j] = alpha + beta * damping;
  }
  return weight;
}

/** sigma sqrt(1 + sum of c_j^2), with gamma added to c_j where j is a multiple of the season (section 6.3). */
function additiveDeviation(smoothing: Smoothing, seasonLength: number, sigma: number, horizon: number): Float64Array {
  let sum = 1;
  return weights(smoothing, horizon).map((weight, j) => {
    const total = weight + (j > 0 && j % seasonLength === 0 ? smoothing.gamma : 0);
    sum += total * total;
    return sigma * Math.sqrt(sum);
  });
}

/** The same for errors that are relative to the mean, to first order. */
function relativeSpread(
  parts: EtsParts,
  smoothing: Smoothing,
  seasons: readonly number[],
  sigma: number,
  mean: Float64Array,
): Float64Array {
  const weight = weights(smoothing, mean.length);
  const season = (step: number): number => (parts.multiplicativeSeason ? seasons[step % seasons.length] : 1);
  return mean.map((value, step) => {
    let sum = value * value;
    for (let j = 1; j <= step; j++) {
      const origin = mean[step - j];
      const carried = parts.multiplicativeTrend ? value : (origin * season(step)) / season(step - j);
      const repeats = j % seasons.length === 0;
      const total =
        weight[j] * carried + (repeats ? smoothing.gamma * (parts.multiplicativeSeason ? value : origin) : 0);
      sum += total * total;
    }
    return sigma * Math.sqrt(sum);
  });
}
