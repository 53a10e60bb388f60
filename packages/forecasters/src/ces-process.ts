import { arrayShape, choiceShape, numberShape, objectShape, type Shape } from "@sage-twin/kernel";
import { type CesForm, type CesSmoothing, type CesStates, cesForms, runCes, simulateCes } from "./ces-kernel.js";
import { widened } from "./in-sample-widening.js";
import type { Process } from "./process.js";

/** A fitted complex exponential smoothing model, at the end of its series. States and sigma are in units of `scale`. */
export interface CesState {
  readonly form: CesForm;
  readonly smoothing: Readonly<CesSmoothing>;
  readonly scale: number;
  /** The next step's state first. */
  readonly level: readonly number[];
  readonly imaginaryLevel: readonly number[];
  readonly season: readonly number[];
  readonly imaginarySeason: readonly number[];
  readonly sigma: number;
  readonly aicc: number;
  /** What the spread of each step is multiplied by; empty for none. */
  readonly widening: readonly number[];
}

const listShape = /* @__PURE__ */ arrayShape(numberShape);

export const cesShape: Shape<CesState> = /* @__PURE__ */ (() =>
  objectShape({
    form: /* @__PURE__ */ choiceShape(...cesForms),
    smoothing: /* @__PURE__ */ objectShape({
      alpha: numberShape,
      imaginaryAlpha: numberShape,
      beta: numberShape,
      imaginaryBeta: numberShape,
    }),
    scale: numberShape,
    level: listShape,
    imaginaryLevel: listShape,
    season: listShape,
    imaginarySeason: listShape,
    sigma: numberShape,
    aicc: numberShape,
    widening: listShape,
  }))();

export function cesProcess(model: CesState): Process<CesState> {
  return widened(exactProcess(model), model.widening);
}

function exactProcess(model: CesState): Process<CesState> {
  const { form, smoothing, scale, sigma, aicc } = model;
  const name = `ces(${form})`;
  const states = (): CesStates => ({
    level: Float64Array.from(model.level),
    imaginaryLevel: Float64Array.from(model.imaginaryLevel),
    season: Float64Array.from(model.season),
    imaginarySeason: Float64Array.from(model.imaginarySeason),
  });
  const complex = (real: number, imaginary: number): string => `${real.toPrecision(4)} + ${imaginary.toPrecision(4)}i`;
  const { alpha, imaginaryAlpha, beta, imaginaryBeta } = smoothing;
  const seasonal = form === "full" ? complex(beta, imaginaryBeta) : beta.toPrecision(4);
  const simulate = (from: CesStates, spread: number, paths: Float64Array, horizon: number): void => {
    simulateCes(form, smoothing, from, spread, paths, horizon);
    for (let i = 0; i < paths.length; i++) paths[i] *= scale;
  };
  // The recursion is linear: what one innovation adds to each later step is the path of a unit innovation from states of zero.
  const deviation = (horizon: number): Float64Array => {
    const { level, imaginaryLevel, season, imaginarySeason } = states();
    for (const list of [level, imaginaryLevel, season, imaginarySeason]) list.fill(0);
    const response = new Float64Array(horizon);
    response[0] = 1;
    simulateCes(form, smoothing, { level, imaginaryLevel, season, imaginarySeason }, 1, response, horizon);
    let sum = 0;
    return response.map((weight) => {
      sum = Math.min(sum + weight * weight, 1e300);
      return sigma * scale * Math.sqrt(sum);
    });
  };
  return {
    name,
    description: `${name}: alpha ${complex(alpha, imaginaryAlpha)}${
      model.season.length > 0 ? `, beta ${seasonal}` : ""
    }; sigma ${sigma.toPrecision(4)}; AICc ${aicc.toFixed(2)}`,
    mean(horizon) {
      const path = new Float64Array(horizon);
      simulate(states(), 0, path, horizon);
      return path;
    },
    components(horizon) {
      const { level, imaginaryLevel, season, imaginarySeason } = states();
      const total = new Float64Array(horizon);
      simulate({ level, imaginaryLevel, season, imaginarySeason }, 0, total, horizon);
      if (form === "simple") return { level: total };
      const base = new Float64Array(horizon);
      const none = new Float64Array(0);
      simulate({ level, imaginaryLevel, season: none, imaginarySeason: none }, 0, base, horizon);
      const first = level[0] * scale;
      return {
        level: base.map(() => first),
        trend: base.map((value) => value - first),
        ...(season.length > 0 && { season: total.map((value, step) => value - base[step]) }),
      };
    },
    deviation,
    spread: deviation,
    simulate: (innovations, horizon) => simulate(states(), sigma, innovations, horizon),
    filter(values) {
      const after = states();
      const errors = new Float64Array(values.length);
      const scaled = values.map((value) => value / scale);
      runCes(form, smoothing, after, scaled, errors);
      const turned = (list: Float64Array): number[] => {
        const turn = list.length > 0 ? values.length % list.length : 0;
        return [...list.subarray(turn), ...list.subarray(0, turn)];
      };
      return {
        state: {
          ...model,
          level: turned(after.level),
          imaginaryLevel: turned(after.imaginaryLevel),
          season: turned(after.season),
          imaginarySeason: turned(after.imaginarySeason),
        },
        residuals: errors.map((error, t) => (Number.isNaN(values[t]) ? Number.NaN : error * scale)),
      };
    },
  };
}
