import { type Issue, normalQuantile, TwinError } from "@sage-twin/kernel";
import { widened } from "./in-sample-widening.js";
import type { Process } from "./process.js";
import { backward, forward, meanBackward, slopeAt, type Transformation } from "./transformation.js";
import { engineIn, keepEngine } from "./wrapped.js";

/** A transformation and the model of the transformed series. */
export interface TransformState {
  readonly how: Transformation;
  readonly biasAdjust: boolean;
  /** The saved model. */
  readonly inner: unknown;
  /** How the transformed series moved: what holds the spread. */
  readonly motion: Motion;
}

/** Of a transformed series: the root mean square of one-step changes, half its range, and how many values it has. */
export interface Motion {
  readonly change: number;
  readonly half: number;
  readonly count: number;
}

export function motionOf(values: Float64Array): Motion {
  let [low, high, squares, pairs, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, Number.NaN];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    if (!Number.isNaN(last)) {
      squares += (value - last) * (value - last);
      pairs++;
    }
    last = value;
  }
  return { change: pairs > 0 ? Math.sqrt(squares / pairs) : 0, half: (high - low) / 2, count: values.length };
}

const restless = 1.5;

/**
 * The model of the transformed series with a spread of at most 1.5 times that of a random walk with the series' changes, and within its length at most half its range, the largest
 * standard deviation that numbers of that range can have: what is a wide guess here would turn into many powers of ten.
 */
function held(process: Process<unknown>, { change, half, count }: Motion): Process<unknown> {
  return widened(process, (horizon) =>
    process.spread(horizon).map((spread, step) => {
      const ahead = step + 1;
      const most = Math.min(restless * change * Math.sqrt(ahead), half * Math.sqrt(Math.max(1, ahead / count)));
      return most > 0 && spread > most ? most / spread : 1;
    }),
  );
}

export function transformProcess(
  state: TransformState,
  model: Process<unknown> = engineIn(state.inner).process,
): Process<TransformState> {
  const { how, biasAdjust, motion } = state;
  const inner = how.kind === "none" ? model : held(model, motion);
  const meanOf = (process: Process<unknown>, horizon: number): Float64Array => {
    const centre = process.mean(horizon);
    // The noise of one step: what gathers further ahead, doubts about the model included, would carry the mean far into the tail.
    const deviation = biasAdjust ? process.spread(1)[0] : 0;
    return centre.map((value) => meanBackward(how, value, deviation));
  };
  const shown = how.kind === "boxCox" ? `boxCox ${how.lambda.toPrecision(3)}` : how.kind;
  return {
    name: how.kind === "none" ? inner.name : `${how.kind} ${inner.name}`,
    description: `${shown}: ${inner.description}`,
    regressors: inner.regressors,
    ...(model.withFuture && { withFuture: (columns) => transformProcess(state, model.withFuture?.(columns)) }),
    mean: (horizon) => meanOf(inner, horizon),
    // A quantile of the transformed is the transformed quantile.
    quantilesOf(horizon) {
      const centre = inner.mean(horizon);
      const deviation = inner.deviation(horizon);
      const quantile =
        inner.quantilesOf?.(horizon) ??
        (deviation && ((step: number, p: number) => centre[step] + deviation[step] * normalQuantile(p)));
      return quantile && ((step, p) => backward(how, quantile(step, p)));
    },
    deviation: () => undefined,
    spread: (horizon) => {
      const centre = inner.mean(horizon);
      return inner.spread(horizon).map((value, step) => value * slopeAt(how, backward(how, centre[step])));
    },
    simulate(innovations, horizon) {
      inner.simulate(innovations, horizon);
      for (let i = 0; i < innovations.length; i++) innovations[i] = backward(how, innovations[i]);
    },
    filter(values, columns = []) {
      checkBounds(values, how.lower, how.upper, "newValues");
      let engine = engineIn(state.inner);
      // One by one: the mean of a step takes its spread, which may change with the state.
      const residuals = values.map((value, t) => {
        const own = columns.map((column) => column.subarray(t, t + 1));
        const [forecast] = meanOf(engine.process.withFuture?.(own) ?? engine.process, 1);
        engine = engine.advance(Float64Array.of(forward(how, value)), own);
        return value - forecast;
      });
      return { state: { ...state, inner: keepEngine(engine) }, residuals };
    },
  };
}

/** Refuses all values beyond the bounds. */
export function checkBounds(values: Float64Array, lower: number, upper: number, path: string): void {
  const issues: Issue[] = [];
  values.forEach((value, index) => {
    if (value < lower || value > upper)
      issues.push({
        code: "invalid-data",
        path: [path, index],
        message: `${value} is not from ${lower} to ${upper}`,
        fix: "give wider bounds, or mark the value as missing",
      });
  });
  if (issues.length > 0) throw new TwinError(issues);
}
