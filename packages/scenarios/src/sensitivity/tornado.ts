import type { Scenario } from "../scenario.js";
import type { Study } from "../study.js";
import { type ExperimentOptions, experiment } from "./experiment.js";

/** What one input does to an answer while the others stay in their middle. */
export interface TornadoBar {
  readonly input: string;
  readonly kind: "effect" | "parameter";
  /** The input's value, and the answer with it. */
  readonly low: { readonly at: number; readonly answer: number };
  readonly high: { readonly at: number; readonly answer: number };
  readonly width: number;
}

/** An answer and what it hangs on, the most important first. */
export interface Tornado {
  readonly metric: string;
  readonly unit: string;
  readonly base: number;
  readonly bars: readonly TornadoBar[];
  /** Between which probabilities each input was moved. */
  readonly between: readonly [number, number];
}

/** How a tornado is drawn up. */
export interface TornadoOptions extends ExperimentOptions {
  /** How far each input goes, as the level of its central interval in percent. Default 80: from its 10 % to its 90 % quantile. */
  readonly level?: number;
}

/** Moves each input from one end of its interval to the other, one at a time (Howard 1988), and says how far the answer goes with it. */
export function tornado(study: Study, plan: Scenario, options: TornadoOptions): Tornado {
  const { inputs, unit, evaluate } = experiment(study, plan, options);
  const tail = (100 - (options.level ?? 80)) / 200;
  const rows = 2 * inputs.length + 1;
  const columns = inputs.map(({ base }) => new Float64Array(rows).fill(base));
  inputs.forEach(({ at }, input) => {
    columns[input][1 + 2 * input] = at(tail);
    columns[input][2 + 2 * input] = at(1 - tail);
  });
  const answers = evaluate(columns);
  const bars = inputs.map(({ name, kind, at }, input): TornadoBar => {
    const [low, high] = [answers[1 + 2 * input], answers[2 + 2 * input]];
    return {
      input: name,
      kind,
      low: { at: at(tail), answer: low },
      high: { at: at(1 - tail), answer: high },
      width: Math.abs(high - low),
    };
  });
  return {
    metric: options.metric,
    unit,
    base: answers[0],
    bars: bars.sort((a, b) => b.width - a.width),
    between: [tail, 1 - tail],
  };
}
