import {
  addDuration,
  type Frequency,
  formatInstant,
  type Instant,
  type Issue,
  periodIndex,
  periodStart,
  TwinError,
  toInstant,
  unknownName,
} from "@sage-twin/kernel";
import type { BusinessCalendar } from "./calendar.js";
import {
  type BusinessMetric,
  businessDepartments,
  businessIdentities,
  businessMetrics,
  businessStocks,
} from "./departments.js";

/** One change of one metric, of the shape of a scenario's edits: `set` takes a level, `scale` a factor, `shift` a difference. */
export interface BusinessEdit {
  /** A lever, or any other metric that neither an identity nor a stock determines. */
  readonly lever: string;
  readonly kind: "scale" | "set" | "shift";
  /** A finite number; sizes that are drawn or left open are refused. */
  readonly value: unknown;
  /** The first moment at which it holds. Default: where the answer begins. */
  readonly from?: Instant;
  /** The moment from which it no longer holds. Default: never. */
  readonly until?: Instant;
  /** How long it takes to come in, evenly from nothing to all. Default: at once. */
  readonly ramp?: Frequency;
}

/** What becomes of a column: factor x level + shift, period by period. */
interface ColumnEdit {
  readonly factor: Float64Array;
  readonly shift: Float64Array;
  readonly minimum: number;
  readonly maximum: number;
}

export type ColumnEdits = ReadonlyMap<string, ColumnEdit>;

/**
 * Turns edits into factors and differences for the periods `from..until` of the calendar.
 *
 * @throws TwinError with every edit that is of no metric, of one that follows from others, or outside those periods.
 */
export function resolveEdits(
  edits: readonly BusinessEdit[],
  { frequency, first }: BusinessCalendar,
  from: number,
  until: number,
): ColumnEdits {
  const issues: Issue[] = [];
  const columns = new Map<string, ColumnEdit>();
  const at = (instant: Instant, path: readonly (string | number)[]): number =>
    periodIndex(toInstant(instant, path), frequency) - first;
  edits.forEach((edit, index) => {
    const path = ["edits", index];
    const refused = refuseMetric(edit.lever, path) ?? refuseValue(edit, path);
    if (refused !== undefined) {
      issues.push(...refused.issues);
      return;
    }
    const start = edit.from === undefined ? from : at(edit.from, [...path, "from"]);
    const end =
      edit.until === undefined
        ? until
        : periodIndex(toInstant(edit.until, [...path, "until"]) - 1, frequency) - first + 1;
    if (start < from || start >= until || end <= start) {
      const [begin, last] = [from, until - 1].map((t) => formatInstant(periodStart(first + t, frequency), frequency));
      issues.push({
        code: "out-of-range",
        path,
        message: `the edit of '${edit.lever}' does not lie within ${begin} to ${last}`,
        fix: "`from` and `until` are dates within it, `from` before `until`",
      });
      return;
    }
    let column = columns.get(edit.lever);
    if (column === undefined) {
      const factor = new Float64Array(until).fill(1);
      column = { factor, shift: new Float64Array(until), ...boundsOf(edit.lever) };
      columns.set(edit.lever, column);
    }
    const begin = periodStart(first + start, frequency);
    const ramp = edit.ramp === undefined ? 0 : at(addDuration(begin, edit.ramp), path) - start;
    apply(edit.kind, edit.value as number, column, start, Math.min(end, until), ramp);
  });
  if (issues.length > 0) throw new TwinError(issues);
  return columns;
}

function apply(
  kind: BusinessEdit["kind"],
  value: number,
  { factor, shift }: ColumnEdit,
  from: number,
  until: number,
  ramp: number,
) {
  for (let t = from; t < until; t++) {
    const share = ramp > 0 ? Math.min(1, (t - from + 1) / ramp) : 1;
    if (kind === "shift") {
      shift[t] += share * value;
      continue;
    }
    const scale = kind === "set" ? 1 - share : 1 + (value - 1) * share;
    factor[t] *= scale;
    shift[t] = scale * shift[t] + (kind === "set" ? share * value : 0);
  }
}

function refuseMetric(name: string, path: readonly (string | number)[]): TwinError | undefined {
  if (!businessMetrics.includes(name as BusinessMetric)) return unknownName("metric", name, businessMetrics, path);
  const stock = businessStocks[name as keyof typeof businessStocks];
  const from =
    stock === undefined
      ? businessIdentities[name as keyof typeof businessIdentities]
      : `${stock.inflow} - ${stock.outflow}`;
  if (from === undefined) return undefined;
  return new TwinError({
    code: "not-a-lever",
    path,
    message: `'${name}' follows from ${from} and cannot be edited by itself`,
    fix: "edit what it follows from",
  });
}

function refuseValue({ kind, value }: BusinessEdit, path: readonly (string | number)[]): TwinError | undefined {
  if (Number.isFinite(value) && ["scale", "set", "shift"].includes(kind)) return undefined;
  return new TwinError({
    code: "invalid-argument",
    path,
    message: `an edit is a 'set', 'scale' or 'shift' with a finite value, not '${kind}' with ${value}`,
  });
}

function boundsOf(name: string): { readonly minimum: number; readonly maximum: number } {
  for (const { metrics } of Object.values(businessDepartments)) {
    const definition = (metrics as Readonly<Record<string, { minimum?: number; maximum?: number }>>)[name];
    if (definition !== undefined) return { minimum: 0, maximum: Number.POSITIVE_INFINITY, ...definition };
  }
  return { minimum: 0, maximum: Number.POSITIVE_INFINITY };
}
