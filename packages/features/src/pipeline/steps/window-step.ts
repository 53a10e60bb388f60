import {
  booleanShape,
  choiceShape,
  decodeNumbers,
  encodedNumbersShape,
  encodeNumbers,
  numberShape,
  objectShape,
  optionalShape,
  type Shape,
  textShape,
} from "@sage-twin/kernel";
import { finiteOrMissing, invalidArgument, requireWhole } from "../../numbers.js";
import { type Closed, growingBounds, type WindowSpan, windowBounds, windowSpan } from "../../windows/bounds.js";
import { type ExponentialOptions, ExponentialState, smoothingOf } from "../../windows/exponential.js";
import { slide } from "../../windows/kernel.js";
import { type StatisticOptions, type WindowStatistic, windowKernel } from "../../windows/statistics.js";
import { WindowStream } from "../../windows/window-stream.js";
import type { Inputs } from "../inputs.js";
import { columnIn, numberIn, type OpenStep, type StepKind, type StepSpec } from "../step.js";

const day = 86_400_000;
const paired = ["covariance", "correlation"];

/** A statistic of a column, and of another one where it takes two. */
interface StatisticSpec extends StepSpec, StatisticOptions {
  readonly column: string;
  readonly statistic: WindowStatistic;
  readonly other?: string;
  readonly minPeriods?: number;
}

/** A statistic of the rows, or of the time, up to each row. */
export interface RollingSpec extends StatisticSpec {
  readonly kind: "rolling";
  readonly window: number | string;
  readonly closed?: Closed;
}

/** A statistic of all rows up to each row. */
export interface ExpandingSpec extends StatisticSpec {
  readonly kind: "expanding";
}

/** An exponentially weighted statistic. */
export interface ExponentialSpec extends StepSpec, ExponentialOptions {
  readonly kind: "exponential";
  readonly column: string;
  readonly statistic: "mean" | "variance" | "std";
}

const statisticShapes = {
  column: textShape,
  statistic: textShape as unknown as Shape<WindowStatistic>,
  other: /* @__PURE__ */ optionalShape(textShape),
  minPeriods: /* @__PURE__ */ optionalShape(numberShape),
  ddof: /* @__PURE__ */ optionalShape(numberShape),
  probability: /* @__PURE__ */ optionalShape(numberShape),
};

export const rollingStep: StepKind<RollingSpec> = {
  shape: /* @__PURE__ */ objectShape({
    ...statisticShapes,
    window: (value, path) => (typeof value === "string" ? value : numberShape(value, path)),
    closed: /* @__PURE__ */ optionalShape(/* @__PURE__ */ choiceShape("right", "left", "both", "neither")),
  }),
  describe(spec, unitOf, path) {
    if ((spec as { center?: boolean }).center)
      throw invalidArgument(
        [...path, "center"],
        "a centred window looks ahead",
        "leave it out, or use rolling() outside of pipelines",
      );
    const span = windowSpan(spec, path);
    const timed = span.rows === undefined;
    const sorted = spec.statistic === "median" || spec.statistic === "quantile";
    return {
      ...describeStatistic(spec, unitOf, path),
      needsTime: timed,
      work: sorted ? "O(log window)" : "O(1)",
      memory: timed ? null : (span.rows as number) + 1,
    };
  },
  open: (spec) => {
    const span = windowSpan(spec);
    return openStatistic(spec, span.minPeriods, span);
  },
};

export const expandingStep: StepKind<ExpandingSpec> = {
  shape: /* @__PURE__ */ objectShape(statisticShapes),
  describe(spec, unitOf, path) {
    if (spec.statistic === "median" || spec.statistic === "quantile")
      throw invalidArgument(
        [...path, "statistic"],
        `an expanding ${spec.statistic} must remember every row`,
        "use a rolling window, or expanding() outside of pipelines",
      );
    requireWhole(spec.minPeriods ?? 1, [...path, "minPeriods"], 0);
    return { ...describeStatistic(spec, unitOf, path), work: "O(1)", memory: 0 };
  },
  open: (spec) => openStatistic(spec, spec.minPeriods ?? 1, undefined),
};

function describeStatistic(spec: StatisticSpec, unitOf: (name: string) => string, path: readonly (string | number)[]) {
  const { name, column, other, statistic } = spec;
  windowKernel(statistic, 1, spec, path);
  if (paired.includes(statistic) !== (other !== undefined))
    throw invalidArgument(
      [...path, "other"],
      other === undefined ? `'${statistic}' needs another column` : `'${statistic}' takes one column`,
      other === undefined ? 'name it: { other: "orders" }' : "leave `other` out",
    );
  const unit = unitOf(column);
  const times = (a: string, b: string): string => (a === "" ? b : b === "" ? a : a === b ? `${a}^2` : `${a} ${b}`);
  const units: Partial<Record<WindowStatistic, string>> = {
    count: "rows",
    skew: "",
    kurtosis: "",
    correlation: "",
    variance: times(unit, unit),
    covariance: times(unit, other === undefined ? "" : unitOf(other)),
    slope: `${unit} per ${"window" in spec && typeof spec.window === "string" ? "day" : "row"}`.trim(),
  };
  return {
    outputs: [{ name, unit: units[statistic] ?? unit }],
    sources: other === undefined ? [column] : [column, other],
  };
}

function openStatistic(spec: StatisticSpec, minPeriods: number, span: WindowSpan | undefined): OpenStep {
  const { column, other, statistic } = spec;
  const timed = span !== undefined && span.rows === undefined;
  const othersOf = (inputs: Inputs): Float64Array => {
    if (other !== undefined) return finiteOrMissing(columnIn(inputs, other));
    if (statistic !== "slope") return columnIn(inputs, column);
    return timed
      ? (inputs.instants as Float64Array).map((instant) => instant / day)
      : columnIn(inputs, column).map((_, row) => row);
  };
  return {
    transform(inputs) {
      const values = finiteOrMissing(columnIn(inputs, column));
      const bounds = span === undefined ? growingBounds : windowBounds(inputs.rows, span, inputs.instants);
      return [slide(windowKernel(statistic, minPeriods, spec), values, othersOf(inputs), bounds)];
    },
    stream() {
      const stream = new WindowStream(windowKernel(statistic, minPeriods, spec), span);
      const finite = (value: number): number => (Math.abs(value) === Infinity ? Number.NaN : value);
      let position = 0;
      return {
        push(row) {
          const value = finite(numberIn(row, column));
          let beside = value;
          if (other !== undefined) beside = finite(numberIn(row, other));
          else if (statistic === "slope") beside = timed ? row.instant / day : position++;
          return [stream.push(value, beside, row.instant)];
        },
        memory: () => {
          const { values, others, times, sums } = stream.memory();
          const parts = { values, others, times, sums };
          return {
            position,
            ...Object.fromEntries(Object.entries(parts).map(([key, numbers]) => [key, encodeNumbers(numbers)])),
          };
        },
        restore(memory) {
          const saved = windowMemoryShape(memory);
          position = saved.position;
          const decoded = (numbers: unknown): number[] => Array.from(decodeNumbers(numbers));
          stream.restore({
            values: decoded(saved.values),
            others: decoded(saved.others),
            times: decoded(saved.times),
            sums: decoded(saved.sums),
          });
        },
      };
    },
  };
}

const windowMemoryShape = /* @__PURE__ */ objectShape({
  position: numberShape,
  values: encodedNumbersShape,
  others: encodedNumbersShape,
  times: encodedNumbersShape,
  sums: encodedNumbersShape,
});

export const exponentialStep: StepKind<ExponentialSpec> = {
  shape: /* @__PURE__ */ objectShape({
    column: textShape,
    statistic: /* @__PURE__ */ choiceShape("mean", "variance", "std"),
    alpha: /* @__PURE__ */ optionalShape(numberShape),
    span: /* @__PURE__ */ optionalShape(numberShape),
    halfLife: /* @__PURE__ */ optionalShape(numberShape),
    centreOfMass: /* @__PURE__ */ optionalShape(numberShape),
    adjust: /* @__PURE__ */ optionalShape(booleanShape),
    ignoreMissing: /* @__PURE__ */ optionalShape(booleanShape),
    minPeriods: /* @__PURE__ */ optionalShape(numberShape),
  }),
  describe(spec, unitOf, path) {
    smoothingOf(spec, path);
    const unit = unitOf(spec.column);
    return {
      outputs: [{ name: spec.name, unit: spec.statistic === "variance" && unit !== "" ? `${unit}^2` : unit }],
      sources: [spec.column],
      work: "O(1)",
      memory: 0,
    };
  },
  open(spec) {
    const { column, statistic } = spec;
    const read = (state: ExponentialState): number =>
      statistic === "mean" ? state.mean() : statistic === "std" ? Math.sqrt(state.variance()) : state.variance();
    return {
      transform(inputs) {
        const state = new ExponentialState(spec);
        return [
          finiteOrMissing(columnIn(inputs, column)).map((value) => {
            state.push(value);
            return read(state);
          }),
        ];
      },
      stream() {
        const state = new ExponentialState(spec);
        return {
          push(row) {
            const value = numberIn(row, column);
            state.push(Math.abs(value) === Infinity ? Number.NaN : value);
            return [read(state)];
          },
          memory: () => encodeNumbers(state.memory),
          restore: (memory) => state.memory.set(decodeNumbers(memory).subarray(0, state.memory.length)),
        };
      },
    };
  },
};
