import { TwinError } from "@sage-twin/kernel";
import type { Scenario } from "../scenario.js";
import type { Study } from "../study.js";
import { type ExperimentOptions, experiment } from "./experiment.js";

/** An answer along one input, the others in their middle. */
export interface ResponseCurve {
  readonly input: string;
  readonly at: Float64Array;
  readonly answer: Float64Array;
  /** Values of the input at which the answer is the target, between the points by straight lines; the target is 0 unless stated. */
  readonly breakeven: readonly number[];
}

/** How curves are drawn. */
export interface CurveOptions extends ExperimentOptions {
  /** Points on each curve. Default 41. */
  readonly points?: number;
  /** The answer that breaks even. Default 0: no difference from the baseline. */
  readonly target?: number;
}

/** Moves each input through the middle 99 % of its range, one at a time, and finds where the answer meets the target. */
export function oneAtATime(study: Study, plan: Scenario, options: CurveOptions): readonly ResponseCurve[] {
  const { points = 41, target = 0 } = options;
  if (!(Number.isInteger(points) && points >= 2 && points <= 10_000))
    throw new TwinError({
      code: "out-of-range",
      path: ["points"],
      message: `${points} points`,
      fix: "give a whole number from 2 to 10,000",
    });
  const { inputs, evaluate } = experiment(study, plan, options);
  return inputs.map(({ name, at }, input) => {
    const [low, high] = [at(0.005), at(0.995)];
    const values = Float64Array.from({ length: points }, (_, point) => low + ((high - low) * point) / (points - 1));
    const columns = inputs.map(({ base }, other) => (other === input ? values : new Float64Array(points).fill(base)));
    const answer = evaluate(columns);
    const breakeven: number[] = [];
    for (let point = 0; point < points; point++) {
      const above = answer[point] - target;
      if (above === 0) breakeven.push(values[point]);
      const before = point > 0 ? answer[point - 1] - target : 0;
      if (above * before < 0)
        breakeven.push(values[point - 1] + ((values[point] - values[point - 1]) * before) / (before - above));
    }
    return { input: name, at: values, answer, breakeven };
  });
}
