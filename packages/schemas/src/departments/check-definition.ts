import {
  arrayShape,
  choiceShape,
  describeValue,
  type Issue,
  nearest,
  numberShape,
  objectShape,
  optionalShape,
  type Path,
  type Shape,
  TwinError,
  textShape,
  unknownName,
} from "@sage-twin/kernel";
import { isForeign, parseFormula } from "./formula-names.js";
import type { MetricDefinition, Threshold } from "./metric.js";

/** What `accepts` of a shape, under another name. */
function narrowed<Value>(shape: Shape<Value>, accepts: (value: Value) => boolean, expected: string): Shape<Value> {
  return (value, path = []) => {
    const checked = shape(value, path);
    if (accepts(checked)) return checked;
    throw new TwinError({ code: "corrupt", path, message: `${describeValue(checked)} is not ${expected}` });
  };
}

const notNegative = /* @__PURE__ */ narrowed(numberShape, (value) => value >= 0, "0 or more");
const deviation = /* @__PURE__ */ objectShape({ deviation: notNegative });
const threshold: Shape<Threshold> = (value, path) =>
  typeof value === "number" ? numberShape(value, path) : deviation(value, path);

const members = /* @__PURE__ */ (() => ({
  unit: narrowed(textShape, (text) => text !== "", "a unit"),
  kind: choiceShape("flow", "stock", "rate", "price", "score"),
  description: optionalShape(textShape),
  good: optionalShape(choiceShape("up", "down")),
  minimum: optionalShape(numberShape),
  maximum: optionalShape(numberShape),
  aggregate: optionalShape(choiceShape("sum", "mean", "last", "first", "min", "max", "count", "distinctCount")),
  warning: optionalShape(threshold),
  critical: optionalShape(threshold),
  source: optionalShape(textShape),
  formula: optionalShape(textShape),
  tolerance: optionalShape(notNegative),
  holds: optionalShape(arrayShape(textShape)),
}))();
const shape = /* @__PURE__ */ objectShape(members);

/** The definition, or a `TwinError` with all that is wrong with it. */
export function checkDefinition(definition: unknown, path: Path): MetricDefinition {
  try {
    const checked: MetricDefinition = shape(definition, path);
    const { good, minimum = -Infinity, maximum = Infinity, warning, critical } = checked;
    const problem = minimum > maximum ? "minimum is above maximum" : thresholdProblem(good, warning, critical);
    if (problem === undefined) return checked;
    throw new TwinError({ code: "invalid-argument", path, message: problem });
  } catch (error) {
    throw new TwinError(
      issuesOf(error).map((issue): Issue => {
        const near =
          issue.message === "unknown member" ? nearest(String(issue.path.at(-1)), Object.keys(members)) : undefined;
        return {
          ...issue,
          code: "invalid-argument",
          ...(near === undefined ? {} : { fix: `did you mean '${near}'?` }),
        };
      }),
    );
  }
}

function thresholdProblem(
  good: MetricDefinition["good"],
  warning: Threshold | undefined,
  critical: Threshold | undefined,
): string | undefined {
  if (good === undefined && [warning, critical].some((one) => typeof one === "number"))
    return "a level as threshold needs a good direction: give good, or { deviation }";
  if (warning === undefined || critical === undefined) return undefined;
  if (typeof warning !== typeof critical)
    return "warning and critical are not of one form: two levels or two deviations";
  const order =
    typeof warning === "number" && typeof critical === "number"
      ? (critical - warning) * (good === "up" ? -1 : 1)
      : (critical as { deviation: number }).deviation - (warning as { deviation: number }).deviation;
  return order < 0 ? "critical is better than warning: exchange them" : undefined;
}

/** What is wrong with the formulas of a metric: those that cannot be read, and names that its department does not have. */
export function formulaIssues(
  { formula, holds = [] }: MetricDefinition,
  known: readonly string[],
  path: Path,
): Issue[] {
  const texts: [Path, string][] = holds.map((text, index) => [[...path, "holds", index], text]);
  if (formula !== undefined) texts.push([[...path, "formula"], formula]);
  return texts.flatMap(([at, text]) => {
    try {
      const missing = parseFormula(text, at).names.filter((name) => !isForeign(name) && !known.includes(name));
      return missing.flatMap((name) => unknownName("metric", name, known, at).issues);
    } catch (error) {
      return issuesOf(error);
    }
  });
}

/** The issues of a `TwinError`; anything else is thrown on. */
export function issuesOf(error: unknown): readonly Issue[] {
  if (!TwinError.isInstance(error)) throw error;
  return error.issues;
}
