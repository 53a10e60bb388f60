import { nearest, TwinError } from "@sage-twin/kernel";
import { createParse } from "mathjs/number";

/** A formula as a tree of the few kinds that SAGE-Twin evaluates. */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "name"; readonly name: string }
  | {
      readonly kind: "call";
      readonly operation: Operation;
      readonly operands: readonly Expression[];
    };

/** Operators and functions that a formula may use. */
export type Operation = (typeof operators)[keyof typeof operators] | keyof typeof functionOperands | "choose";

const operators = {
  "+": "add",
  "-": "subtract",
  "*": "multiply",
  "/": "divide",
  "^": "power",
  "<": "less",
  "<=": "lessOrEqual",
  ">": "greater",
  ">=": "greaterOrEqual",
  "==": "equal",
  "!=": "unequal",
} as const;

/** Allowed functions, and how many operands each takes at least and at most. */
const functionOperands = {
  abs: [1, 1],
  ceil: [1, 1],
  exp: [1, 1],
  floor: [1, 1],
  log: [1, 1],
  max: [1, 64],
  min: [1, 64],
  round: [1, 1],
  sign: [1, 1],
  sqrt: [1, 1],
} as const;

const longestFormula = 10_000;
const deepestFormula = 200;

/** A node of the parsed tree: its kind and constructor arguments, nothing that could be evaluated. */
interface ParsedNode {
  readonly kind: string;
  readonly parts: readonly unknown[];
}

/** mathjs builds its tree from node classes that the caller supplies; these only remember what they were given. */
function inertNode(kind: string) {
  const Inert = class {
    readonly kind = kind;
    readonly parts: readonly unknown[];
    constructor(...parts: unknown[]) {
      this.parts = parts;
    }
  };
  Object.assign(Inert.prototype, { isNode: true, [`is${kind}`]: true });
  return Inert;
}

const nodeKinds = [
  "AccessorNode",
  "ArrayNode",
  "AssignmentNode",
  "BlockNode",
  "ConditionalNode",
  "ConstantNode",
  "FunctionAssignmentNode",
  "FunctionNode",
  "IndexNode",
  "ObjectNode",
  "OperatorNode",
  "ParenthesisNode",
  "RangeNode",
  "RelationalNode",
  "SymbolNode",
];

type Parse = (text: string) => ParsedNode;

const parseTree = createParse({
  typed: Object.assign((_: string, signatures: { string: Parse }) => signatures.string, { addConversion: () => {} }),
  numeric: (text: string) => Number(text),
  config: { number: "number" },
  ...Object.fromEntries(nodeKinds.map((kind) => [kind, inertNode(kind)])),
}) as Parse;

/**
 * Parses a formula over named metrics: numbers, names, `+ - * / ^`, comparisons, `a ? b : c` and the functions abs, ceil, exp, floor, log
 * (natural), max, min, round, sign and sqrt. The text is untrusted: mathjs only parses it, into nodes that hold no code, and everything else
 * (assignments, function definitions, properties, strings, matrices, units) is refused.
 *
 * @throws TwinError `invalid-formula`, saying what is not allowed.
 *
 * @example
 * ```ts
 * import { parseExpression } from "@sage-twin/formulas";
 *
 * parseExpression("revenue - costs").kind; // => "call"
 * ```
 */
export function parseExpression(text: string, path: readonly (string | number)[] = ["formula"]): Expression {
  const refuse = (message: string, fix?: string): never => {
    throw new TwinError({ code: "invalid-formula", path, message, fix });
  };
  if (typeof text !== "string" || text.trim() === "") return refuse("a formula is text such as 'revenue - costs'");
  if (text.length > longestFormula) {
    return refuse(
      `the formula has ${text.length} characters, at most ${longestFormula} are read`,
      "split it into several metrics",
    );
  }
  const convert = (node: ParsedNode, depth: number): Expression => {
    if (depth > deepestFormula)
      refuse(`the formula is nested more than ${deepestFormula} deep`, "split it into several metrics");
    const call = (operation: Operation, operands: unknown): Expression => ({
      kind: "call",
      operation,
      operands: (operands as ParsedNode[]).map((operand) => convert(operand, depth + 1)),
    });
    const { kind, parts } = node;
    switch (kind) {
      case "ParenthesisNode":
        return convert(parts[0] as ParsedNode, depth + 1);
      case "ConstantNode":
        if (typeof parts[0] === "number" && Number.isFinite(parts[0])) return { kind: "number", value: parts[0] };
        return refuse(`'${String(parts[0]).slice(0, 40)}' is not a finite number`);
      case "SymbolNode":
        return { kind: "name", name: String(parts[0]) };
      case "ConditionalNode":
        return call("choose", parts);
      case "RelationalNode":
        return refuse("comparisons cannot be chained", "join two with a conditional: a < b ? (b < c ? 1 : 0) : 0");
      case "OperatorNode": {
        const [symbol, , operands] = parts as [string, string, ParsedNode[]];
        if (operands.length === 1) {
          if (symbol === "+") return convert(operands[0], depth + 1);
          if (symbol === "-") return negate(convert(operands[0], depth + 1));
        } else if (Object.hasOwn(operators, symbol)) {
          return call(operators[symbol as keyof typeof operators], operands);
        }
        return refuse(`the operator '${symbol}' is not allowed`, `use ${Object.keys(operators).join(" ")}`);
      }
      case "FunctionNode": {
        const name = String((parts[0] as ParsedNode).parts?.[0] ?? parts[0]);
        const operands = parts[1] as readonly unknown[];
        if (!Object.hasOwn(functionOperands, name)) {
          const near = nearest(name, Object.keys(functionOperands));
          const known = `allowed: ${Object.keys(functionOperands).join(", ")}`;
          return refuse(
            `the function '${name.slice(0, 40)}' is not allowed`,
            near === undefined ? known : `did you mean '${near}'?`,
          );
        }
        const [least, most] = functionOperands[name as keyof typeof functionOperands];
        if (operands.length < least || operands.length > most)
          refuse(`${name} takes ${least}${most > least ? ` to ${most}` : ""} values, not ${operands.length}`);
        return call(name as keyof typeof functionOperands, operands);
      }
      default:
        return refuse(
          `${describeKind(kind)} is not allowed in a formula`,
          "use numbers, metric names, operators and functions alone",
        );
    }
  };
  let tree: ParsedNode;
  try {
    tree = parseTree(text);
  } catch (cause) {
    return refuse(
      cause instanceof RangeError
        ? "the formula is nested too deeply"
        : `'${text.slice(0, 60)}' cannot be read: ${(cause as Error).message}`,
    );
  }
  return convert(tree, 0);
}

function negate(operand: Expression): Expression {
  if (operand.kind === "number") return { kind: "number", value: -operand.value };
  return {
    kind: "call",
    operation: "subtract",
    operands: [{ kind: "number", value: 0 }, operand],
  };
}

function describeKind(kind: string): string {
  const words = kind
    .replace(/Node$/, "")
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
  return `${/^[aeiou]/.test(words) ? "an" : "a"} ${words}`;
}

/** The names that an expression uses, each once, in order of appearance. */
export function namesIn(expression: Expression): readonly string[] {
  const names = new Set<string>();
  const visit = (node: Expression): void => {
    if (node.kind === "name") names.add(node.name);
    if (node.kind === "call") node.operands.forEach(visit);
  };
  visit(expression);
  return [...names];
}
