import { exp, log, pow, TwinError } from "@sage-twin/kernel";
import type { Expression, Operation } from "./expression.js";

/** Evaluates a formula for many rows at once: reads `inputs` (one array per name), writes `output[0..count)`. */
export type ColumnFunction = (inputs: readonly Float64Array[], output: Float64Array, count: number) => void;

type Column = (inputs: readonly Float64Array[], count: number) => Float64Array;

/**
 * Compiles an expression to loops over columns. `names` fixes the order of the inputs. No text is run as code.
 *
 * @throws TwinError `unknown-name` when the expression uses another name.
 */
export function compileColumns(expression: Expression, names: readonly string[]): ColumnFunction {
  const root = compileNode(expression, names);
  return (inputs, output, count) => {
    const result = root(inputs, count);
    for (let i = 0; i < count; i++) output[i] = result[i];
  };
}

function compileNode(expression: Expression, names: readonly string[]): Column {
  if (expression.kind === "name") {
    const index = names.indexOf(expression.name);
    if (index < 0)
      throw new TwinError({
        code: "unknown-name",
        path: ["formula"],
        message: `unknown metric '${expression.name}'`,
      });
    return (inputs) => inputs[index];
  }
  let scratch = new Float64Array(0);
  const room = (count: number): Float64Array => {
    if (scratch.length < count) scratch = new Float64Array(count);
    return scratch;
  };
  if (expression.kind === "number") {
    const { value } = expression;
    return (_, count) => (scratch.length >= count ? scratch : room(count).fill(value));
  }
  const operands = expression.operands.map((operand) => compileNode(operand, names));
  const { operation } = expression;
  if (operation === "choose") {
    const [condition, yes, no] = operands;
    return (inputs, count) => {
      const test = condition(inputs, count);
      const a = yes(inputs, count);
      const b = no(inputs, count);
      const output = room(count);
      for (let i = 0; i < count; i++) output[i] = test[i] !== 0 ? a[i] : b[i];
      return output;
    };
  }
  const unary = unaryLoops[operation];
  if (unary !== undefined) return (inputs, count) => unary(operands[0](inputs, count), room(count), count);
  const binary = binaryLoops[operation];
  if (binary === undefined)
    throw new TwinError({
      code: "invalid-formula",
      path: ["formula"],
      message: `unknown operation '${operation}'`,
    });
  // min and max take any number of operands.
  return operands.length === 1
    ? operands[0]
    : (inputs, count) => {
        let value = operands[0](inputs, count);
        for (let next = 1; next < operands.length; next++)
          value = binary(value, operands[next](inputs, count), room(count), count);
        return value;
      };
}

type Unary = (a: Float64Array, output: Float64Array, count: number) => Float64Array;
type Binary = (a: Float64Array, b: Float64Array, output: Float64Array, count: number) => Float64Array;

function eachValue(apply: (a: number) => number): Unary {
  return (a, output, count) => {
    for (let i = 0; i < count; i++) output[i] = apply(a[i]);
    return output;
  };
}

function eachPair(apply: (a: number, b: number) => number): Binary {
  return (a, b, output, count) => {
    for (let i = 0; i < count; i++) output[i] = apply(a[i], b[i]);
    return output;
  };
}

const unaryLoops: { readonly [name in Operation]?: Unary } = {
  abs: eachValue(Math.abs),
  ceil: eachValue(Math.ceil),
  exp: eachValue(exp),
  floor: eachValue(Math.floor),
  log: eachValue(log),
  round: eachValue(Math.round),
  sign: eachValue(Math.sign),
  sqrt: eachValue(Math.sqrt),
};

const binaryLoops: { readonly [name in Operation]?: Binary } = {
  add: (a, b, output, count) => {
    for (let i = 0; i < count; i++) output[i] = a[i] + b[i];
    return output;
  },
  subtract: (a, b, output, count) => {
    for (let i = 0; i < count; i++) output[i] = a[i] - b[i];
    return output;
  },
  multiply: (a, b, output, count) => {
    for (let i = 0; i < count; i++) output[i] = a[i] * b[i];
    return output;
  },
  divide: (a, b, output, count) => {
    for (let i = 0; i < count; i++) output[i] = a[i] / b[i];
    return output;
  },
  power: eachPair(pow),
  max: eachPair(Math.max),
  min: eachPair(Math.min),
  less: eachPair((a, b) => (a < b ? 1 : 0)),
  lessOrEqual: eachPair((a, b) => (a <= b ? 1 : 0)),
  greater: eachPair((a, b) => (a > b ? 1 : 0)),
  greaterOrEqual: eachPair((a, b) => (a >= b ? 1 : 0)),
  equal: eachPair((a, b) => (a === b ? 1 : 0)),
  unequal: eachPair((a, b) => (a !== b ? 1 : 0)),
};
