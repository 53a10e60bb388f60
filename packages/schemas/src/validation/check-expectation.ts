import { type Issue, type Path, parseFrequency, TwinError, unknownName, validateStandard } from "@sage-twin/kernel";
import * as z from "zod";
import { parseFormula } from "../departments/formula-names.js";
import { customChecks } from "./custom-checks.js";
import type { Bounds, DistributionBounds, Expectation, ReferenceTest } from "./expectation.js";
import { compilePattern } from "./pattern/automaton.js";

type Members = Readonly<Record<Expectation["kind"], z.ZodRawShape>>;

let members: Members | undefined;

/** The members of each kind. */
function makeMembers(): Members {
  const name = z.string().min(1);
  const share = z.number().min(0).max(1);
  const bounds = { minimum: z.number().optional(), maximum: z.number().optional() };
  const range = z.strictObject(bounds);
  const common = { severity: z.enum(["error", "warn"]).optional(), when: z.string().optional() };
  const row = { ...common, mostly: share.optional() };
  const code = z.custom<(...rest: unknown[]) => unknown>((value) => typeof value === "function", "is not a function");
  const standard = z.custom(
    (value) => typeof (value as { "~standard"?: { validate?: unknown } })?.["~standard"]?.validate === "function",
    "is not a Standard Schema validator",
  );

  return {
    notNull: { ...row, column: name },
    between: { ...row, column: name, ...bounds },
    unique: { ...row, columns: z.array(name).min(1) },
    inSet: { ...row, column: name, values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1) },
    matches: { ...row, column: name, pattern: z.union([z.string(), z.instanceof(RegExp)]) },
    monotone: {
      ...row,
      column: name,
      direction: z.enum(["up", "down"]).optional(),
      strictly: z.boolean().optional(),
    },
    noJump: {
      ...row,
      column: name,
      deviations: z.number().positive().optional(),
      relative: z.number().positive().optional(),
    },
    freshness: { ...common, column: name, within: z.string() },
    rowCount: { ...common, ...bounds },
    distribution: {
      ...common,
      column: name,
      mean: range.optional(),
      standardDeviation: range.optional(),
      quantiles: z.record(z.string(), range).optional(),
      reference: z.array(z.number()).min(2).optional(),
      test: z.enum(["kolmogorovSmirnov", "populationStability"]).optional(),
      limit: z.number().min(0).optional(),
      bins: z.int().min(2).max(1000).optional(),
    },
    identity: { ...row, column: name, formula: z.string(), tolerance: z.number().min(0).optional() },
    holds: { ...row, formula: z.string() },
    conforms: { ...row, schema: standard },
    custom: {
      ...row,
      name,
      columns: z.array(name).optional(),
      parameters: z.unknown().optional(),
      check: code.optional(),
    },
  };
}

/** The expectation, checked and frozen; a `TwinError` gathers what is wrong with it. */
export function checkExpectation<Checked extends Expectation>(expectation: Checked, path: Path = []): Checked {
  members ??= makeMembers();
  const { kind } = expectation ?? {};
  if (!Object.hasOwn(members, kind ?? ""))
    throw unknownName("expectation", String(kind), Object.keys(members), [...path, "kind"]);
  const known = members[kind];
  const issues: Issue[] = Object.keys(expectation).flatMap((key) =>
    key === "kind" || Object.hasOwn(known, key)
      ? []
      : unknownName("option", key, Object.keys(known), [...path, key]).issues,
  );
  const attempt = (action: () => unknown): void => {
    try {
      action();
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      issues.push(...error.issues);
    }
  };
  attempt(() => validateStandard(z.object(known), expectation, "invalid-argument", path));
  if (issues.length === 0) {
    const { when } = expectation;
    if (when !== undefined) attempt(() => parseFormula(when, [...path, "when"]));
    issues.push(...meaningless(expectation, path));
    attempt(() => checkTexts(expectation, path));
  }
  if (issues.length > 0) throw new TwinError(issues);
  return Object.freeze({ ...expectation });
}

/** Parses what the expectation holds as text. */
function checkTexts(expectation: Expectation, path: Path): void {
  if (expectation.kind === "identity" || expectation.kind === "holds")
    parseFormula(expectation.formula, [...path, "formula"]);
  if (expectation.kind === "matches" && typeof expectation.pattern === "string")
    compilePattern(expectation.pattern, [...path, "pattern"]);
  if (expectation.kind === "freshness") parseFrequency(expectation.within);
  if (expectation.kind === "custom" && expectation.check === undefined && !customChecks.has(expectation.name)) {
    const { code: _, ...issue } = unknownName("check", expectation.name, customChecks.keys(), [...path, "name"])
      .issues[0];
    throw new TwinError({
      ...issue,
      code: "unknown-name",
      fix: issue.fix ?? "register it: registerCheck(name, check)",
    });
  }
}

/** Combinations that could never fail, or never pass. */
function meaningless(expectation: Expectation, path: Path): Issue[] {
  const issues: Issue[] = [];
  const refuse = (message: string, fix: string, ...at: string[]): void => {
    issues.push({ code: "invalid-argument", path: [...path, ...at], message, fix });
  };
  const checkBounds = (part: Bounds, ...at: string[]): void => {
    if (part.minimum === undefined && part.maximum === undefined)
      refuse("there is no bound", "give minimum, maximum or both", ...at);
    else if ((part.minimum ?? -Infinity) > (part.maximum ?? Infinity))
      refuse(`minimum ${part.minimum} is above maximum ${part.maximum}`, "exchange them", ...at);
  };
  if (expectation.kind === "between" || expectation.kind === "rowCount") checkBounds(expectation);
  if (expectation.kind === "rowCount" && expectation.when !== undefined)
    refuse("the number of rows has no condition", "use custom", "when");
  if (expectation.kind === "noJump" && (expectation.deviations === undefined) === (expectation.relative === undefined))
    refuse("one of deviations and relative is needed", "give { deviations: 10 } or { relative: 0.5 }");
  if (expectation.kind === "distribution") {
    const {
      reference,
      test,
      limit,
      bins,
      mean,
      standardDeviation,
      quantiles = {},
    } = expectation as DistributionBounds & Partial<ReferenceTest>;
    const figures = [mean, standardDeviation, ...Object.values(quantiles)].filter((part) => part !== undefined);
    if ((reference === undefined) !== (test === undefined))
      refuse("reference and test belong together", 'give { reference: [...], test: "kolmogorovSmirnov" }');
    if (figures.length > 0 === (reference !== undefined))
      refuse(
        "one of bounds and a reference is needed",
        "give mean, standardDeviation or quantiles; or reference and test",
      );
    if (reference === undefined && (limit !== undefined || bins !== undefined))
      refuse("limit and bins belong to a reference", "leave them out");
    for (const part of figures) checkBounds(part);
    for (const probability of Object.keys(quantiles))
      if (!(Number(probability) >= 0 && Number(probability) <= 1) || probability.trim() === "")
        refuse(`'${probability.slice(0, 40)}' is not a probability`, "give 0 to 1", "quantiles");
  }
  return issues;
}
