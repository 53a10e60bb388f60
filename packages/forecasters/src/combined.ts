import { arrayShape, numberShape, objectShape, type Shape, textShape } from "@sage-twin/kernel";
import { type Engine, engineOf, type FittedKind, fittedKind } from "./fitted.js";
import { openKind } from "./kinds.js";
import type { Process } from "./process.js";
import type { FittedForecaster } from "./types.js";

/** One candidate of `auto` and how it did in the backtest. */
export interface Comparison {
  readonly model: string;
  /** Mean absolute error over all origins and steps, over the mean seasonal difference of the series (as MASE). */
  readonly score: number;
}

/** What `auto` tells beyond every fitted model. */
export interface AutoChoice {
  /** The name of the chosen candidate. */
  readonly selected: string;
  /** Why, in plain words. */
  readonly why: string;
  /** All candidates, the best first; empty when the series is too short for a backtest. */
  readonly comparison: readonly Comparison[];
}

/** What `auto` returns. */
export interface FittedAuto extends FittedForecaster, AutoChoice {}

/** The weighted mean of one or more models, its spread about that mean widened per step. */
export interface CombinedState extends AutoChoice {
  /** Saved models without their history. */
  readonly members: readonly unknown[];
  /** One for each member, summing to 1. */
  readonly weights: readonly number[];
  /** What the spread of each step is multiplied by; further steps take the last. */
  readonly widening: readonly number[];
}

const combinedShape: Shape<CombinedState> = /* @__PURE__ */ objectShape({
  selected: textShape,
  why: textShape,
  comparison: /* @__PURE__ */ arrayShape(/* @__PURE__ */ objectShape({ model: textShape, score: numberShape })),
  members: (value, path) => {
    const members = arrayShape((member: unknown) => member)(value, path);
    members.forEach((member, index) => {
      openKind(member, {}, [...(path ?? []), index]);
    });
    return members;
  },
  weights: /* @__PURE__ */ arrayShape(numberShape),
  widening: /* @__PURE__ */ arrayShape(numberShape),
});

export const autoKind: FittedKind<CombinedState, AutoChoice> = /* @__PURE__ */ fittedKind(
  "forecaster/auto",
  combinedShape,
  (state) =>
    combinedProcess(
      state,
      state.members.map((member) => engineOf(openKind(member))),
    ),
);

function combinedProcess(state: CombinedState, members: readonly Engine[]): Process<CombinedState, AutoChoice> {
  const { selected, why, comparison, weights, widening } = state;
  const factor = (step: number): number => widening[Math.min(step, widening.length - 1)] ?? 1;
  const average = (of: (process: Process<unknown>) => Float64Array): Float64Array => {
    const total = of(members[0].process).map((value) => value * weights[0]);
    for (let member = 1; member < members.length; member++) {
      const values = of(members[member].process);
      for (let i = 0; i < total.length; i++) total[i] += weights[member] * values[i];
    }
    return total;
  };
  const mean = (horizon: number): Float64Array => average((process) => process.mean(horizon));
  return {
    name: `auto: ${selected}`,
    description: members.map(({ process }) => process.description).join("; "),
    extra: { selected, why, comparison },
    mean,
    deviation: (horizon) =>
      members.length > 1
        ? undefined
        : members[0].process.deviation(horizon)?.map((deviation, step) => deviation * factor(step)),
    spread: (horizon) =>
      average((process) => process.spread(horizon)).map((deviation, step) => deviation * factor(step)),
    simulate(innovations, horizon) {
      const centre = mean(horizon);
      const paths = average((process) => {
        const own = innovations.slice();
        process.simulate(own, horizon);
        return own;
      });
      for (let i = 0; i < paths.length; i++) {
        const step = i % horizon;
        innovations[i] = centre[step] + factor(step) * (paths[i] - centre[step]);
      }
    },
    filter(values) {
      return {
        state: { ...state, members: members.map((member) => member.advance(values).toJSON()) },
        residuals: average((process) => process.filter(values).residuals),
      };
    },
  };
}
