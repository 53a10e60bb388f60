import {
  arrayShape,
  type Clock,
  choiceShape,
  defineEnvelope,
  type Envelope,
  type Issue,
  objectShape,
  type Path,
  type RunOptions,
  type Shape,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import { checkExpectation } from "./check-expectation.js";
import { type PipelineData, viewOf } from "./column-view.js";
import type { Expectation, Severity } from "./expectation.js";
import { compilePattern } from "./pattern/automaton.js";
import type { Accepted, CheckStatus, DetailLevel, PipelineResult } from "./pipeline-result.js";
import { acceptRows, quarantine } from "./quarantine.js";
import { type Finding, runExpectation, tell } from "./run-expectation.js";

/**
 * What happens to data that fail. `"reject"`: nothing is accepted. `"quarantine"`: the bad rows are set aside with their reasons and the
 * others accepted; where an expectation of the whole failed or one could not be evaluated, nothing is. `"warn"`: everything is accepted.
 */
export type PipelinePolicy = "reject" | "quarantine" | "warn";

/** How a pipeline is run. */
export interface PipelineRunOptions<Level extends DetailLevel> extends Pick<RunOptions, "signal" | "onProgress"> {
  /** Default `"basic"`. */
  readonly detail?: Level;
  /** What time it is, for `freshness`. */
  readonly clock?: Clock;
  /** `"error"` skips the expectations of severity "warn". Default `"warn"`: all are run. */
  readonly severity?: Severity;
}

const savedExpectation: Shape<Expectation> = (value, path = []) => {
  if (typeof (value as { pattern?: unknown } | null)?.pattern === "object")
    throw new TwinError({ code: "corrupt", path: [...path, "pattern"], message: "the pattern is not text" });
  return checkExpectation(value as Expectation, path);
};

const format = /* @__PURE__ */ defineEnvelope({
  kind: "validation-pipeline",
  version: 1,
  parse: /* @__PURE__ */ objectShape({
    name: textShape,
    policy: /* @__PURE__ */ choiceShape("reject", "quarantine", "warn"),
    expectations: /* @__PURE__ */ arrayShape(savedExpectation),
  }),
});

const cellsBetweenPauses = 2_000_000;

/**
 * Expectations that data are held to, and what happens where they are not met. Immutable: `expect` and `withPolicy` return another.
 *
 * @example
 * ```ts
 * import { between, notNull, validationPipeline } from "@sage-twin/schemas";
 *
 * const pipeline = validationPipeline("orders", { policy: "quarantine" }).expect(
 *   notNull("id"),
 *   between("price", { minimum: 0 }),
 * );
 * const rows = [{ id: "A1", price: 3 }, { id: "A2", price: -3 }];
 * const result = await pipeline.run(rows);
 * result.accepted; // => [{ id: "A1", price: 3 }]
 * result.quarantined[0].reasons[0].message; // => "-3 is below the minimum 0"
 * ```
 */
export class ValidationPipeline {
  readonly name: string;
  readonly policy: PipelinePolicy;
  readonly expectations: readonly Expectation[];

  /** Takes its parts as they are; `validationPipeline` and `expect` check. */
  constructor(name: string, policy: PipelinePolicy, expectations: readonly Expectation[]) {
    this.name = name;
    this.policy = policy;
    this.expectations = Object.freeze([...expectations]);
    Object.freeze(this);
  }

  /** This pipeline with more expectations. Throws a `TwinError` that gathers what is wrong with them. */
  expect(...expectations: readonly Expectation[]): ValidationPipeline {
    const issues: Issue[] = [];
    const checked = expectations.flatMap((expectation, index) => {
      try {
        return [checkExpectation(expectation, ["expectations", this.expectations.length + index])];
      } catch (error) {
        if (!TwinError.isInstance(error)) throw error;
        issues.push(...error.issues);
        return [];
      }
    });
    if (issues.length > 0) throw new TwinError(issues);
    return new ValidationPipeline(this.name, this.policy, [...this.expectations, ...checked]);
  }

  /** This pipeline under another policy. */
  withPolicy(policy: PipelinePolicy): ValidationPipeline {
    return new ValidationPipeline(this.name, requirePolicy(policy), this.expectations);
  }

  /**
   * Holds data to the expectations, one after the other over whole columns. Rows that are not objects are bad rows. Wrong data are told,
   * not thrown; a `TwinError` is for an argument that is no data. `signal` is looked at between expectations, and between the rows
   * of a `conforms`.
   */
  async run<Data extends PipelineData, Level extends DetailLevel = "basic">(
    data: Data,
    options: PipelineRunOptions<Level> = {},
  ): Promise<PipelineResult<Level, Data>> {
    const { signal, onProgress, clock, severity: least = "warn", detail = "basic" as Level } = options;
    requireChoice(detail, ["boolean", "basic", "summary", "complete"], ["detail"]);
    requireChoice(least, ["error", "warn"], ["severity"]);
    signal?.throwIfAborted();
    const { view, rows, faults } = viewOf(data);
    const findings: Finding[] = faults.length > 0 ? [notObjects(faults, rows ?? [])] : [];
    const total = this.expectations.length;
    let cells = 0;
    const tick = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    };
    for (const [done, expectation] of this.expectations.entries()) {
      signal?.throwIfAborted();
      onProgress?.({ stage: "validate", done, total });
      const { severity = "error" } = expectation;
      if (severity === "warn" && least === "error") findings.push(leftOut(expectation));
      else findings.push(await runExpectation(expectation, view, { clock, rows, tick }, signal));
      cells += view.length;
      if (cells >= cellsBetweenPauses) {
        cells = 0;
        await tick();
      }
    }
    signal?.throwIfAborted();
    onProgress?.({ stage: "validate", done: total, total });
    const counts: Record<CheckStatus, number> = { passed: 0, failed: 0, errored: 0, skipped: 0 };
    for (const { status } of findings) counts[status]++;
    const wrong = findings.filter(
      ({ severity, status }) => severity === "error" && (status === "failed" || status === "errored"),
    );
    const success = wrong.length === 0;
    const divisible = this.policy === "quarantine" && wrong.every(({ rows: bad }) => bad.length > 0);
    const accepted =
      success || this.policy === "warn" ? (rows ?? data) : divisible ? acceptRows(data, rows, wrong) : undefined;
    return {
      success,
      outcome: accepted === undefined ? "rejected" : success || !divisible ? "accepted" : "partly accepted",
      counts,
      checks: findings.map((finding) => tell(finding, detail)),
      accepted: accepted as Accepted<Data> | undefined,
      quarantined: divisible && !success ? quarantine(view, rows, wrong) : [],
    };
  }

  /**
   * A versioned envelope of plain JSON. Throws a `TwinError` "not-serialisable" that names every expectation which is code: `conforms`, a
   * `custom` with its own check, and a `RegExp` that text could not stand for.
   */
  toJSON(): Envelope {
    const issues: Issue[] = [];
    const expectations = this.expectations.map((expectation, index) => {
      const refuse = (message: string, fix: string): void => {
        issues.push({ code: "not-serialisable", path: ["expectations", index], message, fix });
      };
      if (expectation.kind === "conforms")
        refuse("a schema is code", "register a check that uses it, and expect custom(name)");
      if (expectation.kind === "custom" && expectation.check !== undefined)
        refuse(
          `the check '${expectation.name}' is code`,
          "register it: registerCheck(name, check), and expect custom(name)",
        );
      if (expectation.kind !== "matches" || typeof expectation.pattern === "string") return expectation;
      const { source, flags } = expectation.pattern;
      if (flags.replace(/[gy]/g, "") !== "" || !isPlainPattern(source))
        refuse(
          `${expectation.pattern} has flags or parts that a pattern as text cannot have`,
          "write it without them, as text",
        );
      return { ...expectation, pattern: source };
    });
    if (issues.length > 0) throw new TwinError(issues);
    return format.seal({ name: this.name, policy: this.policy, expectations });
  }

  /** The pipeline that `toJSON` saved. Throws a `TwinError`: "corrupt" for anything else, "unknown-name" for a check that is not registered. */
  static fromJSON(json: unknown): ValidationPipeline {
    const { name, policy, expectations } = format.open(json);
    return new ValidationPipeline(name, policy, expectations);
  }
}

/** A pipeline without expectations yet; its policy is `"reject"` by default. */
export function validationPipeline(
  name: string,
  { policy = "reject" }: { readonly policy?: PipelinePolicy } = {},
): ValidationPipeline {
  if (typeof name !== "string" || name === "") {
    throw new TwinError({
      code: "invalid-argument",
      path: ["name"],
      message: "a pipeline has a name",
      fix: 'validationPipeline("orders")',
    });
  }
  return new ValidationPipeline(name, requirePolicy(policy), []);
}

function requirePolicy(policy: PipelinePolicy): PipelinePolicy {
  return requireChoice(policy, ["reject", "quarantine", "warn"], ["policy"]);
}

function requireChoice<Choice extends string>(value: Choice, choices: readonly string[], path: Path): Choice {
  if (choices.includes(value)) return value;
  throw new TwinError({
    code: "invalid-argument",
    path,
    message: `'${String(value).slice(0, 40)}' is not one of ${choices.join(", ")}`,
    fix: `give ${choices.join(" or ")}`,
  });
}

function isPlainPattern(source: string): boolean {
  try {
    compilePattern(source, []);
    return true;
  } catch (error) {
    if (TwinError.isInstance(error)) return false;
    throw error;
  }
}

function leftOut(expectation: Expectation): Finding {
  return { ...blank(expectation), severity: "warn", status: "skipped", message: "its severity is warn" };
}

function notObjects(faults: readonly number[], rows: readonly unknown[]): Finding {
  return {
    ...blank({ kind: "custom", name: "every row is an object" }),
    status: "failed",
    elements: rows.length,
    rows: Uint32Array.from(faults),
    value: (index) => rows[faults[index]],
    issue: (index) => ({
      code: "invalid-data",
      path: ["rows", faults[index]],
      message: "this is not a row object",
      fix: "mend the row (rows count from 0)",
    }),
  };
}

function blank(expectation: Expectation): Finding {
  return {
    expectation,
    severity: "error",
    status: "skipped",
    elements: 0,
    missing: 0,
    rows: new Uint32Array(0),
    value: () => undefined,
    issue: () => ({ code: "invalid-data", path: [], message: "" }),
  };
}
