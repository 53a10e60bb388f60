import type { StandardSchema } from "@sage-twin/kernel";
import { checkExpectation } from "./check-expectation.js";
import type {
  Bounds,
  CustomCheck,
  DistributionBounds,
  ExpectationOf,
  ExpectationOptions,
  ReferenceTest,
  RowExpectationOptions,
  SetValue,
} from "./expectation.js";

/** No cell of the column is missing (undefined, null, NaN; empty text is a value). */
export function notNull(column: string, options: RowExpectationOptions = {}): ExpectationOf<"notNull"> {
  return checkExpectation({ kind: "notNull", column, ...options });
}

/** Every value is a number from `minimum` to `maximum`, both included; missing ones are passed over, as by all that follow. */
export function between(column: string, options: Bounds & RowExpectationOptions): ExpectationOf<"between"> {
  return checkExpectation({ kind: "between", column, ...options });
}

/** No value is there twice, or no row of values where several columns are given; every one of those that are equal is unexpected. */
export function unique(
  columns: string | readonly string[],
  options: RowExpectationOptions = {},
): ExpectationOf<"unique"> {
  return checkExpectation({ kind: "unique", columns: typeof columns === "string" ? [columns] : columns, ...options });
}

/** Every value is one of those given. */
export function inSet(
  column: string,
  values: readonly SetValue[],
  options: RowExpectationOptions = {},
): ExpectationOf<"inSet"> {
  return checkExpectation({ kind: "inSet", column, values, ...options });
}

/**
 * Every value is text in which the pattern has a match (`^` and `$` for the whole). A pattern as text may come from anywhere: it is the
 * regular part of JavaScript's patterns, and takes time linear in the text. A `RegExp` is trusted code: it is run as it is, and
 * saved only where it means the same as text. Text of more than 10,000 characters does not match.
 */
export function matches(
  column: string,
  pattern: string | RegExp,
  options: RowExpectationOptions = {},
): ExpectationOf<"matches"> {
  return checkExpectation({ kind: "matches", column, pattern, ...options });
}

/** Values (numbers or times) never fall, or never rise with `direction: "down"`; `strictly` also refuses equal ones. The first cannot be wrong. */
export function monotone(
  column: string,
  options: { readonly direction?: "up" | "down"; readonly strictly?: boolean } & RowExpectationOptions = {},
): ExpectationOf<"monotone"> {
  return checkExpectation({ kind: "monotone", column, ...options });
}

/**
 * No value lies impossibly far from the one before it: by more than `relative` of it (after 0 there is nothing to say), or where the change is more than `deviations`
 * robust standard deviations from the median change (1.4826 MAD; Iglewicz and Hoaglin 1993).
 */
export function noJump(
  column: string,
  options: ({ readonly deviations: number } | { readonly relative: number }) & RowExpectationOptions,
): ExpectationOf<"noJump"> {
  return checkExpectation({ kind: "noJump", column, ...options });
}

/** The newest time of the column is at most `within` old (`"2D"`) at the clock that `run` is given, and not later than it. Periods of a table have the times at which they start. */
export function freshness(
  column: string,
  within: string,
  options: ExpectationOptions = {},
): ExpectationOf<"freshness"> {
  return checkExpectation({ kind: "freshness", column, within, ...options });
}

/** There are from `minimum` to `maximum` rows. */
export function rowCount(options: Bounds & Omit<ExpectationOptions, "when">): ExpectationOf<"rowCount"> {
  return checkExpectation({ kind: "rowCount", ...options });
}

/** Figures of the column lie within bounds, or the column is distributed like a reference sample. */
export function distribution(
  column: string,
  options: (DistributionBounds | ReferenceTest) & ExpectationOptions,
): ExpectationOf<"distribution"> {
  return checkExpectation({ kind: "distribution", column, ...options } as ExpectationOf<"distribution">);
}

/**
 * The column equals a formula over columns within `tolerance x max(1, |column|, |formula|)`, 1e-6 by default. Names may be
 * `department.metric`. Rows where a name is missing, or the formula has no finite value (a division by 0), are passed over.
 */
export function identity(
  column: string,
  formula: string,
  options: { readonly tolerance?: number } & RowExpectationOptions = {},
): ExpectationOf<"identity"> {
  return checkExpectation({ kind: "identity", column, formula, ...options });
}

/** A formula over columns is true in every row: `"churned <= total"`. Rows where a name is missing are passed over. */
export function holds(formula: string, options: RowExpectationOptions = {}): ExpectationOf<"holds"> {
  return checkExpectation({ kind: "holds", formula, ...options });
}

/** Every row is accepted by a Standard Schema validator. A pipeline with it cannot be saved. */
export function conforms(schema: StandardSchema, options: RowExpectationOptions = {}): ExpectationOf<"conforms"> {
  return checkExpectation({ kind: "conforms", schema, ...options });
}

/** A check of one's own: the one that is registered by the name (`registerCheck`), or `check`, with which a pipeline cannot be saved. */
export function custom(
  name: string,
  options: {
    readonly columns?: readonly string[];
    /** Plain JSON that the check is given. */
    readonly parameters?: unknown;
    readonly check?: CustomCheck;
  } & RowExpectationOptions = {},
): ExpectationOf<"custom"> {
  return checkExpectation({ kind: "custom", name, ...options });
}
