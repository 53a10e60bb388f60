import { arrayShape, numberShape, objectShape, optionalShape, type Shape, textShape } from "@sage-twin/kernel";
import { type CalendarField, calendarReader, calendarUnit, type PaydayRule } from "../../calendar/calendar.js";
import { fourierReader } from "../../calendar/fourier.js";
import type { Inputs } from "../inputs.js";
import { type StepKind, type StepSpec, stateless } from "../step.js";

/** What the date of the row tells. */
export interface CalendarSpec extends StepSpec {
  readonly kind: "calendar";
  readonly field: CalendarField;
  readonly holidays?: readonly string[];
  readonly payday?: PaydayRule;
}

/** Waves of a calendar period. */
export interface FourierSpec extends StepSpec {
  readonly kind: "fourier";
  readonly period: string;
  readonly order: number;
}

const instantsIn = (inputs: Inputs): Float64Array => inputs.instants as Float64Array;

export const calendarStep: StepKind<CalendarSpec> = {
  shape: /* @__PURE__ */ objectShape({
    field: textShape as unknown as Shape<CalendarField>,
    holidays: /* @__PURE__ */ optionalShape(/* @__PURE__ */ arrayShape(textShape)),
    payday: /* @__PURE__ */ optionalShape(
      (value, path) => (typeof value === "number" ? numberShape(value, path) : textShape(value, path)) as PaydayRule,
    ),
  }),
  describe(spec, _unitOf, path) {
    calendarReader(spec.field, spec, path);
    const outputs = [{ name: spec.name, unit: calendarUnit(spec.field) }];
    return { outputs, sources: [], needsTime: true, work: "O(1)", memory: 0 };
  },
  open(spec) {
    const read = calendarReader(spec.field, spec);
    return {
      transform: (inputs) => [instantsIn(inputs).map(read)],
      stream: () => stateless(({ instant }) => [read(instant)]),
    };
  },
};

export const fourierStep: StepKind<FourierSpec> = {
  shape: /* @__PURE__ */ objectShape({ period: textShape, order: numberShape }),
  describe(spec, _unitOf, path) {
    fourierReader(spec, path);
    const outputs = Array.from({ length: 2 * spec.order }, (_, index) => ({
      name: `${spec.name}${index % 2 === 0 ? "Sin" : "Cos"}${(index >> 1) + 1}`,
      unit: "",
    }));
    return { outputs, sources: [], needsTime: true, work: "O(order)", memory: 0 };
  },
  open(spec) {
    const read = fourierReader(spec);
    return {
      transform: (inputs) => {
        const terms = Array.from(instantsIn(inputs), read);
        return Array.from({ length: 2 * spec.order }, (_, index) => Float64Array.from(terms, (row) => row[index]));
      },
      stream: () => stateless(({ instant }) => read(instant)),
    };
  },
};
