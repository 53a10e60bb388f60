import { arrayShape, numberShape, objectShape, type Shape } from "@sage-twin/kernel";
import type { Process } from "./process.js";

/** Naive and seasonal naive: every step repeats the value one season before, plus an innovation. */
export interface RepeatState {
  /** The last known value of each season position, the next step's first. */
  readonly last: readonly number[];
  /** How many seasons ago that was. */
  readonly age: readonly number[];
  /** The standard deviation of one seasonal difference. */
  readonly sigma: number;
}

export const repeatShape: Shape<RepeatState> = /* @__PURE__ */ objectShape({
  last: /* @__PURE__ */ arrayShape(numberShape),
  age: /* @__PURE__ */ arrayShape(numberShape),
  sigma: numberShape,
});

/** Estimates the state by running over a series that starts with an observed value; `pairs` counts the seasonal differences seen. */
export function fitRepeat(
  values: Float64Array,
  seasonLength: number,
): RepeatState & { readonly pairs: number; readonly residuals: Float64Array } {
  const start = {
    last: new Array<number>(seasonLength).fill(Number.NaN),
    age: new Array<number>(seasonLength).fill(1),
    sigma: 0,
  };
  const { state, residuals, squares, pairs } = run(start, values);
  const recent = values[values.findLastIndex((value) => !Number.isNaN(value))];
  return {
    last: state.last.map((value) => (Number.isNaN(value) ? recent : value)),
    age: state.age,
    sigma: pairs > 0 ? Math.sqrt(squares / pairs) : 0,
    pairs,
    residuals,
  };
}

function run(start: RepeatState, values: Float64Array) {
  const last = [...start.last];
  const age = [...start.age];
  const residuals = new Float64Array(values.length);
  let squares = 0;
  let pairs = 0;
  for (let t = 0; t < values.length; t++) {
    const position = t % last.length;
    const error = values[t] - last[position];
    residuals[t] = error;
    if (!Number.isNaN(error)) {
      squares += (error * error) / age[position];
      pairs++;
    }
    if (Number.isNaN(values[t])) age[position]++;
    else {
      last[position] = values[t];
      age[position] = 1;
    }
  }
  const next = values.length % last.length;
  const turn = (list: number[]): number[] => [...list.slice(next), ...list.slice(0, next)];
  return {
    state: { ...start, last: turn(last), age: turn(age) },
    residuals,
    squares,
    pairs,
  };
}

export function repeatProcess(name: string, state: RepeatState): Process<RepeatState> {
  const { last, age, sigma } = state;
  const seasonLength = last.length;
  const deviation = (horizon: number): Float64Array =>
    Float64Array.from(
      { length: horizon },
      (_, step) => sigma * Math.sqrt(age[step % seasonLength] + Math.floor(step / seasonLength)),
    );
  return {
    name,
    description: `${name}: season length ${seasonLength}, sd of one seasonal difference ${sigma}`,
    mean: (horizon) => Float64Array.from({ length: horizon }, (_, step) => last[step % seasonLength]),
    deviation,
    spread: deviation,
    simulate(innovations, horizon) {
      for (let start = 0; start < innovations.length; start += horizon) {
        for (let step = 0; step < horizon; step++) {
          const at = start + step;
          innovations[at] =
            step < seasonLength
              ? last[step] + sigma * Math.sqrt(age[step]) * innovations[at]
              : innovations[at - seasonLength] + sigma * innovations[at];
        }
      }
    },
    filter: (values) => run(state, values),
  };
}
