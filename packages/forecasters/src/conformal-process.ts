import { arrayShape, choiceShape, normalDistribution, numberShape, objectShape, type Shape } from "@sage-twin/kernel";
import { type Calibration, conformalMethods, halfWidths, observe } from "./conformal-scores.js";
import { simulateColumns } from "./forecast.js";
import type { Process } from "./process.js";
import { engineIn, keepEngine } from "./wrapped.js";

/** A model and the calibration of its intervals. */
export interface ConformalState extends Calibration {
  /** The saved model. */
  readonly inner: unknown;
}

const listShape = /* @__PURE__ */ arrayShape(numberShape);

export function conformalShape(innerShape: Shape<unknown>): Shape<ConformalState> {
  return objectShape({
    method: choiceShape(...conformalMethods),
    window: numberShape,
    decay: numberShape,
    rate: numberShape,
    scores: arrayShape(listShape),
    pending: arrayShape(objectShape({ mean: listShape, unit: listShape })),
    level: numberShape,
    tail: numberShape,
    inner: innerShape,
  });
}

export function conformalProcess(
  state: ConformalState,
  inner: Process<unknown> = engineIn(state.inner).process,
): Process<ConformalState> {
  const { method, scores } = state;
  const factor = halfWidths(state);
  const quantilesOf = (horizon: number): ((step: number, probability: number) => number) => {
    const mean = inner.mean(horizon);
    const unit = inner.spread(horizon);
    return (step, probability) => {
      const half = unit[step] * factor(step, Math.abs(2 * probability - 1));
      return probability < 0.5 ? mean[step] - half : mean[step] + half;
    };
  };
  return {
    name: `conformal ${inner.name}`,
    description: `conformal (${method}, ${Math.max(...scores.map(({ length }) => length))} origins): ${inner.description}`,
    regressors: inner.regressors,
    ...(inner.withFuture && { withFuture: (columns) => conformalProcess(state, inner.withFuture?.(columns)) }),
    mean: (horizon) => inner.mean(horizon),
    ...(inner.components && { components: (horizon) => inner.components?.(horizon) ?? {} }),
    deviation: () => undefined,
    quantilesOf,
    spread: (horizon) => inner.spread(horizon).map((unit, step) => unit * factor(step, 0.6826894921370859)),
    // The paths are those of the model, each step moved to the same quantile of its calibrated distribution.
    simulate(innovations, horizon) {
      const uniformOf = uniformsOf(inner, innovations.slice(), horizon);
      const quantile = quantilesOf(horizon);
      inner.simulate(innovations, horizon);
      for (let i = 0; i < innovations.length; i++)
        innovations[i] = quantile(i % horizon, uniformOf(i % horizon, innovations[i], i));
    },
    filter(values, columns = []) {
      let engine = engineIn(state.inner);
      if (engine.process.regressors?.length) {
        const { residuals } = engine.process.filter(values, columns);
        return { state: { ...state, inner: keepEngine(engine.advance(values, columns)) }, residuals };
      }
      let calibration: Calibration = state;
      const residuals = values.map((value) => {
        const forecast = { mean: engine.process.mean(scores.length), unit: engine.process.spread(scores.length) };
        calibration = observe(calibration, value, forecast);
        engine = engine.advance(Float64Array.of(value));
        return value - forecast.mean[0];
      });
      return { state: { ...state, ...calibration, inner: keepEngine(engine) }, residuals };
    },
  };
}

/** Where in the distribution of its step a value of a path stands. */
function uniformsOf(
  process: Process<unknown>,
  innovations: Float64Array,
  horizon: number,
): (step: number, value: number, index: number) => number {
  const within = (probability: number): number => Math.min(1 - 1e-12, Math.max(1e-12, probability));
  const mean = process.mean(horizon);
  const deviation = process.deviation(horizon);
  if (deviation !== undefined)
    return (step, value, index) => {
      const standard = deviation[step] > 0 ? (value - mean[step]) / deviation[step] : innovations[index];
      return within(normalDistribution(standard));
    };
  const columns = simulateColumns(process, horizon).map((column) => column.sort());
  const rank = (column: Float64Array, value: number, orEqual: boolean): number => {
    let low = 0;
    let high = column.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (column[middle] < value || (orEqual && column[middle] === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  // Between two simulated values, and among equal ones, the innovation decides.
  return (step, value, index) => {
    const column = columns[step];
    const below = rank(column, value, false);
    const ties = Math.max(1, rank(column, value, true) - below);
    return within((below + ties * normalDistribution(innovations[index])) / (column.length + 1));
  };
}
