import { type Expression, namesIn, parseExpression } from "@sage-twin/formulas";
import type { Path } from "@sage-twin/kernel";

/** A formula over columns; `names` may be `department.metric`. */
export interface NamedFormula {
  readonly expression: Expression;
  readonly names: readonly string[];
}

// the formula language has no dots: a dotted name is parsed with this in their place, which no column can be called
const dot = "$dot$";
const dotted = /(?<![\w$.])([A-Za-z_]\w*)\.(?=[A-Za-z_])/g;

/** Parses a formula in which `department.metric` is a name. Throws a `TwinError` "invalid-formula". */
export function parseFormula(text: string, path: Path): NamedFormula {
  const expression = withDots(
    parseExpression(typeof text === "string" ? text.replace(dotted, `$1${dot}`) : text, path),
  );
  return { expression, names: namesIn(expression) };
}

function withDots(expression: Expression): Expression {
  if (expression.kind === "name") return { kind: "name", name: expression.name.replaceAll(dot, ".") };
  if (expression.kind === "number") return expression;
  return { ...expression, operands: expression.operands.map(withDots) };
}

/** Whether a name is of another department. */
export function isForeign(name: string): boolean {
  return name.includes(".");
}

/** The formula with each plain name as `department.name`. */
export function qualifyNames(text: string, department: string, path: Path): string {
  const names = new Set(parseFormula(text, path).names.filter((name) => !isForeign(name)));
  return text.replace(/(?<![\w$.])[A-Za-z_$][\w$]*(?!\s*[.(])(?![\w$])/g, (name) =>
    names.has(name) ? `${department}.${name}` : name,
  );
}
