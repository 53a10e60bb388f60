import { arrayShape, booleanShape, cos, numberShape, objectShape, type Shape, sin, textShape } from "@sage-twin/kernel";
import { day, instantAfter, type TimeAxis } from "./additive-time.js";

/** What all terms beside the trend share. */
interface Term {
  readonly name: string;
  /** Whether the effect is a share of the trend; else it is in units of the scaled series. */
  readonly multiplicative: boolean;
  /** The coefficient of each column. */
  readonly effects: readonly number[];
}

/** A season as sines and cosines of 1 .. `order` turns a period. */
export interface Season extends Term {
  /** In days, or in steps without a calendar. */
  readonly period: number;
  readonly order: number;
}

/** A holiday or event on given days (counted from 1970), with an effect of its own for each day from `from` to `to` days after. */
interface Event extends Term {
  readonly days: readonly number[];
  readonly from: number;
  readonly to: number;
}

/** A regressor, centred and scaled. */
interface Regressor extends Term {
  readonly centre: number;
  readonly scale: number;
}

/** All of a model's terms, in the order of their columns. */
export interface Terms {
  readonly seasons: readonly Season[];
  readonly events: readonly Event[];
  readonly regressors: readonly Regressor[];
}

const effects = /* @__PURE__ */ arrayShape(numberShape);
const term = { name: textShape, multiplicative: booleanShape, effects };

export const termsShape: Shape<Terms> = /* @__PURE__ */ (() =>
  objectShape({
    seasons: /* @__PURE__ */ arrayShape(
      /* @__PURE__ */ objectShape({ ...term, period: numberShape, order: numberShape }),
    ),
    events: /* @__PURE__ */ arrayShape(
      /* @__PURE__ */ objectShape({ ...term, days: effects, from: numberShape, to: numberShape }),
    ),
    regressors: /* @__PURE__ */ arrayShape(
      /* @__PURE__ */ objectShape({ ...term, centre: numberShape, scale: numberShape }),
    ),
  }))();

/** One term and its columns at some instants. */
export interface TermColumns {
  readonly term: Term;
  readonly columns: readonly Float64Array[];
}

/** Every term's columns at the instants; `exogenous` are the regressors there. */
export function columnsOf(
  { seasons, events, regressors }: Terms,
  axis: TimeAxis,
  instants: Float64Array,
  exogenous: readonly Float64Array[],
): readonly TermColumns[] {
  return [
    ...seasons.map((term) => ({ term, columns: seasonColumns(term, instants, axis.calendar ? day : 1) })),
    ...events.map((term) => ({ term, columns: eventColumns(term, axis, instants) })),
    ...regressors.map((term, index) => ({
      term,
      columns: [exogenous[index].map((value) => (value - term.centre) / term.scale)],
    })),
  ];
}

function seasonColumns({ period, order }: Season, instants: Float64Array, unit: number): Float64Array[] {
  const columns = Array.from({ length: 2 * order }, () => new Float64Array(instants.length));
  for (let i = 0; i < instants.length; i++) {
    // Whole turns are taken off, so that the angle keeps its digits.
    const turns = instants[i] / unit / period;
    const angle = 2 * Math.PI * (turns - Math.floor(turns));
    const c = cos(angle);
    const s = sin(angle);
    let cosine = 1;
    let sine = 0;
    for (let k = 0; k < order; k++) {
      const next = cosine * c - sine * s;
      sine = sine * c + cosine * s;
      cosine = next;
      columns[2 * k][i] = sine;
      columns[2 * k + 1][i] = cosine;
    }
  }
  return columns;
}

/** A step counts as a day of the event when it lies in it, or, longer than a day, contains it. */
function eventColumns({ days, from, to }: Event, axis: TimeAxis, instants: Float64Array): Float64Array[] {
  const known = new Set(days);
  const columns = Array.from({ length: to - from + 1 }, () => new Float64Array(instants.length));
  instants.forEach((instant, i) => {
    const first = Math.floor(instant / day);
    const last = Math.max(first, Math.ceil(instantAfter(axis, 1, instant) / day) - 1);
    const short = instantAfter(axis, 1, instant) - instant <= day;
    for (let date = first; date <= (short ? first : last); date++)
      for (let offset = from; offset <= to; offset++) if (known.has(date - offset)) columns[offset - from][i] = 1;
  });
  return columns;
}

/** Adds a term's effect at each instant to `output`. */
export function addEffect({ term, columns }: TermColumns, output: Float64Array): Float64Array {
  columns.forEach((column, index) => {
    const effect = term.effects[index];
    for (let i = 0; i < output.length; i++) output[i] += effect * column[i];
  });
  return output;
}
