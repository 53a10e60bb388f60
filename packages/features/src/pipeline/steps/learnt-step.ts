import {
  arrayShape,
  choiceShape,
  numberShape,
  objectShape,
  optionalShape,
  periodIndex,
  textShape,
} from "@sage-twin/kernel";
import { medianOf, quantiles, stl } from "@sage-twin/numerics";
import { robustScale } from "../../anomalies/outliers.js";
import { invalidArgument, requireChoice, requireWhole } from "../../numbers.js";
import type { Inputs } from "../inputs.js";
import { columnIn, numberIn, type StepKind, type StepSpec, stateless } from "../step.js";

/** How far a value is out, by what the training table holds. */
export interface AnomalySpec extends StepSpec {
  readonly kind: "anomaly";
  readonly column: string;
  readonly method: "robustZ" | "iqr";
  /** Where it is given, the feature is 1 above it and 0 below, else the score. */
  readonly threshold?: number;
}

/** The season's part of a column, by the training table. */
export interface SeasonalSpec extends StepSpec {
  readonly kind: "seasonal";
  readonly column: string;
  readonly period: number;
}

const learntAnomaly = /* @__PURE__ */ objectShape({ low: numberShape, high: numberShape, scale: numberShape });

export const anomalyStep: StepKind<AnomalySpec> = {
  shape: /* @__PURE__ */ objectShape({
    column: textShape,
    method: /* @__PURE__ */ choiceShape("robustZ", "iqr"),
    threshold: /* @__PURE__ */ optionalShape(numberShape),
  }),
  describe({ name, column, method, threshold }, _unitOf, path) {
    if (["stlResidual", "esd", "levelShift", "varianceChange"].includes(method))
      throw invalidArgument(
        [...path, "method"],
        `'${method}' looks at what comes after a row`,
        "use 'robustZ' or 'iqr' in a pipeline, or detectAnomalies() on a whole series",
      );
    requireChoice(method, [...path, "method"], ["robustZ", "iqr"]);
    if (threshold !== undefined && !(threshold > 0))
      throw invalidArgument([...path, "threshold"], `${threshold} is not above 0`);
    return { outputs: [{ name, unit: "" }], sources: [column], work: "O(1)", memory: 0 };
  },
  fit({ column, method }, inputs) {
    const known = columnIn(inputs, column).filter(Number.isFinite);
    if (known.length === 0) throw invalidArgument([column], "every value is missing");
    const centre = medianOf(known);
    const [low, high] = method === "iqr" ? quantiles(known, [0.25, 0.75]) : [centre, centre];
    const scale = method === "iqr" ? high - low : robustScale(known, centre);
    if (!(scale > 0))
      throw invalidArgument(
        [column],
        "its values do not spread",
        "leave this feature out: nothing is out of the ordinary",
      );
    return { low, high, scale };
  },
  open({ column, threshold }, learnt) {
    const { low, high, scale } = learntAnomaly(learnt);
    const score = (value: number): number => {
      const distance = Math.max(0, low - value, value - high) / scale;
      return threshold === undefined || Number.isNaN(distance) ? distance : distance > threshold ? 1 : 0;
    };
    return {
      transform: (inputs) => [columnIn(inputs, column).map(score)],
      stream: () => stateless((row) => [score(numberIn(row, column))]),
    };
  },
};

const learntSeason = /* @__PURE__ */ objectShape({ season: /* @__PURE__ */ arrayShape(numberShape) });

export const seasonalStep: StepKind<SeasonalSpec> = {
  shape: /* @__PURE__ */ objectShape({ column: textShape, period: numberShape }),
  describe({ name, column, period }, unitOf, path) {
    requireWhole(period, [...path, "period"], 2);
    const outputs = [{ name, unit: unitOf(column) }];
    return { outputs, sources: [column], needsTime: true, needsFrequency: true, work: "O(1)", memory: 0 };
  },
  fit({ column, period }, inputs, frequency) {
    const { seasonal } = stl(columnIn(inputs, column), { period, seasonal: "periodic", robust: true });
    const first = phaseOf((inputs.instants as Float64Array)[0], frequency as string, period);
    return { season: Array.from({ length: period }, (_, phase) => seasonal[(phase - first + period) % period]) };
  },
  open({ period }, learnt, frequency) {
    const { season } = learntSeason(learnt);
    const read = (instant: number): number => season[phaseOf(instant, frequency as string, period)];
    return {
      transform: (inputs: Inputs) => [(inputs.instants as Float64Array).map(read)],
      stream: () => stateless(({ instant }) => [read(instant)]),
    };
  },
};

function phaseOf(instant: number, frequency: string, period: number): number {
  const phase = periodIndex(instant, frequency) % period;
  return phase < 0 ? phase + period : phase;
}
