import { type ColumnFunction, compileColumns, parseExpression } from "@sage-twin/formulas";
import {
  arrayShape,
  choiceShape,
  exp,
  log,
  numberShape,
  objectShape,
  type Shape,
  TwinError,
  textShape,
  unknownName,
} from "@sage-twin/kernel";

/** What an edge sees of its cause's level: a function of one number. Plain data. */
export type Curve =
  | { readonly kind: "level" }
  | { readonly kind: "log" }
  /** A formula over the cause's name. */
  | { readonly kind: "formula"; readonly expression: string }
  /** x^slope / (half^slope + x^slope): from 0 to 1, a half at `half` (Hill 1910); 0 for x at or below 0. */
  | { readonly kind: "hill"; readonly half: number; readonly slope: number }
  /** Straight lines between points, and flat beyond the first and the last. */
  | { readonly kind: "lookup"; readonly x: readonly number[]; readonly y: readonly number[] }
  /** A function of the caller's, by the name under which `registerFunction` knows it. */
  | { readonly kind: "function"; readonly name: string };

/** A function of one number that a `custom` mechanism may name. */
export type CurveFunction = (value: number) => number;

const registered = new Map<string, CurveFunction>();

/**
 * Makes a function known under a name in this thread, for `custom` mechanisms. A worker knows it when the module that registers it is loaded there.
 *
 * @throws TwinError `conflict` for a second function of that name.
 */
export function registerFunction(name: string, curve: CurveFunction): void {
  const before = registered.get(name);
  if (typeof curve !== "function" || name === "")
    throw new TwinError({
      code: "invalid-argument",
      path: ["registerFunction", name],
      message: "a name and a function are needed",
    });
  if (before !== undefined && before !== curve)
    throw new TwinError({
      code: "conflict",
      path: ["registerFunction", name],
      message: `another function is named '${name}'`,
    });
  registered.set(name, curve);
}

/** Compiles a curve over the levels of the metric named `cause` to a loop over a column. */
export function compileCurve(curve: Curve, cause: string): ColumnFunction {
  switch (curve.kind) {
    case "level":
      return ([levels], output, count) => {
        for (let i = 0; i < count; i++) output[i] = levels[i];
      };
    case "log":
      return ([levels], output, count) => {
        for (let i = 0; i < count; i++) output[i] = log(levels[i]);
      };
    case "formula":
      return compileColumns(parseExpression(curve.expression), [cause]);
    case "hill": {
      const { slope } = curve;
      const middle = log(curve.half);
      return ([levels], output, count) => {
        for (let i = 0; i < count; i++)
          output[i] =
            levels[i] > 0 ? 1 / (1 + exp(slope * (middle - log(levels[i])))) : levels[i] <= 0 ? 0 : Number.NaN;
      };
    }
    case "lookup": {
      const x = Float64Array.from(curve.x);
      const y = Float64Array.from(curve.y);
      return ([levels], output, count) => {
        for (let i = 0; i < count; i++) output[i] = interpolate(x, y, levels[i]);
      };
    }
    case "function": {
      const given = registered.get(curve.name);
      if (given === undefined) throw unknownName("function", curve.name, registered.keys(), ["custom", curve.name]);
      return ([levels], output, count) => {
        for (let i = 0; i < count; i++) output[i] = given(levels[i]);
      };
    }
  }
}

/** The height at `value` of straight lines between points with ascending `x`, flat beyond them. */
function interpolate(x: Float64Array, y: Float64Array, value: number): number {
  const last = x.length - 1;
  if (!(value > x[0])) return value <= x[0] ? y[0] : Number.NaN;
  if (value >= x[last]) return y[last];
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= value) low = middle;
    else high = middle;
  }
  return y[low] + ((y[high] - y[low]) * (value - x[low])) / (x[high] - x[low]);
}

/** Checks a saved curve. */
export const curveShape: Shape<Curve> = (value, path = []) => {
  const kinds = ["level", "log", "formula", "hill", "lookup", "function"] as const;
  const kind = choiceShape(...kinds)((value as { kind?: unknown } | null | undefined)?.kind, [...path, "kind"]);
  if (kind === "formula") return objectShape({ kind: choiceShape(kind), expression: textShape })(value, path);
  if (kind === "hill")
    return objectShape({ kind: choiceShape(kind), half: numberShape, slope: numberShape })(value, path);
  if (kind === "lookup") {
    const numbers = arrayShape(numberShape);
    return objectShape({ kind: choiceShape(kind), x: numbers, y: numbers })(value, path);
  }
  if (kind === "function") return objectShape({ kind: choiceShape(kind), name: textShape })(value, path);
  return objectShape({ kind: choiceShape(kind) })(value, path);
};
