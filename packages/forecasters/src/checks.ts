import { describeValue, type ErrorCode, type Issue, TwinError } from "@sage-twin/kernel";
import type { Exogenous } from "./types.js";

/** The longest horizon that can be asked for. */
export const longestHorizon = 10_000;
const largestValue = 1e100;
const mostNumbers = 2 ** 27;

export function refuse(path: Issue["path"], message: string, fix: string, code: ErrorCode = "invalid-argument"): never {
  throw new TwinError({ code, path, message, fix });
}

/** A copy of the values; NaN stays. Every value that is not a number, infinite or beyond 1e100 is an issue of the `TwinError`. */
export function checkSeries(values: ArrayLike<number>, path: string, timestamps?: ArrayLike<number>): Float64Array {
  if (typeof values !== "object" || values === null || !Number.isInteger(values.length))
    refuse(
      [path],
      `${describeValue(values)} is not a list of numbers`,
      "give an array or a Float64Array",
      "invalid-data",
    );
  const issues: Issue[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (typeof value === "number" && !(Math.abs(value) > largestValue)) continue;
    issues.push({
      code: "invalid-data",
      path: [path, index],
      message: `${describeValue(value)} is not a number of ${-largestValue} to ${largestValue}`,
      fix: "mark a missing value with NaN; rescale larger ones",
    });
  }
  if (timestamps !== undefined) issues.push(...checkTimestamps(timestamps, values.length));
  if (issues.length > 0) throw new TwinError(issues);
  return Float64Array.from(values);
}

function checkTimestamps(timestamps: ArrayLike<number>, length: number): Issue[] {
  const problem = (at: Issue["path"], message: string): Issue[] => [
    {
      code: "invalid-time",
      path: ["timestamps", ...at],
      message,
      fix: "give one ascending instant for each value",
    },
  ];
  if (timestamps?.length !== length)
    return problem([], `${describeValue(timestamps?.length)} timestamps for ${length} values`);
  for (let index = 0; index < length; index++) {
    if (!Number.isFinite(timestamps[index]) || (index > 0 && timestamps[index] <= timestamps[index - 1]))
      return problem([index], `${describeValue(timestamps[index])} is no instant after the one before`);
  }
  return [];
}

/**
 * The columns of regressors in the order of `names`, cut to `length`; every column that is missing, too short, not finite or not asked for is an
 * issue of the `TwinError`.
 */
export function checkExogenous(
  exogenous: Exogenous | undefined,
  names: readonly string[],
  length: number,
  path: string,
): readonly Float64Array[] {
  const given = new Map(Object.entries(exogenous ?? {}));
  const issues: Issue[] = [];
  const problem = (at: Issue["path"], message: string, fix: string): void => {
    issues.push({ code: "invalid-data", path: [path, ...at], message, fix });
  };
  for (const name of given.keys())
    if (!names.includes(name))
      problem([name], "the model was fitted without this column", `it knows ${names.join(", ") || "none"}`);
  const columns = names.map((name) => {
    const values = given.get(name);
    if (typeof values !== "object" || values === null || !(values.length >= length)) {
      const found = values === undefined ? "the column is missing" : `${describeValue(values?.length)} values`;
      problem([name], `${found}, ${length} are needed`, "give one value for each step");
      return new Float64Array(0);
    }
    const column = Float64Array.from({ length }, (_, step) => values[step]);
    const wrong = column.findIndex((value) => !(Math.abs(value) <= largestValue));
    if (wrong >= 0)
      problem([name, wrong], `${describeValue(values[wrong])} is not a finite number`, "a regressor must be known");
    return column;
  });
  if (issues.length > 0) throw new TwinError(issues);
  return columns;
}

export function checkWhole(value: number, path: string, largest = mostNumbers): number {
  if (Number.isInteger(value) && value >= 1 && value <= largest) return value;
  return refuse([path], `${describeValue(value)} is not a whole number from 1 to ${largest}`, `give such a ${path}`);
}

export function checkHorizon(horizon: number): number {
  return checkWhole(horizon, "horizon", longestHorizon);
}

/** Options that are given: an object. */
export function checkOptions<Options extends object>(options: Options, path = "options"): Options {
  if (typeof options === "object" && options !== null) return options;
  return refuse([path], `${describeValue(options)} is no object`, "give an object, or nothing where all is optional");
}

/** The season length of a model's options. Default: 1. */
export function checkSeasonLength(options: { readonly seasonLength?: number }): number {
  return checkWhole(checkOptions(options).seasonLength ?? 1, "seasonLength");
}

export function checkLevel(level: number, path: Issue["path"] = ["level"]): number {
  if (typeof level === "number" && level > 0 && level < 100) return level;
  return refuse(
    path,
    `${describeValue(level)} is not a level between 0 and 100 percent`,
    "95 covers 95 of 100 outcomes",
  );
}

export function checkLevels(levels: readonly number[] = [80, 95]): readonly number[] {
  if (!(levels?.length > 0)) refuse(["levels"], `${describeValue(levels)} is no list of levels`, "such as [80, 95]");
  return Array.from(levels, (level, index) => checkLevel(level, ["levels", index]));
}

export function checkUniforms(uniforms: Float64Array, length: number): Float64Array {
  if (uniforms?.length !== length)
    refuse(
      ["uniforms"],
      `${describeValue(uniforms?.length)} numbers, not count x horizon = ${length}`,
      "give one for each path and step",
    );
  const wrong = uniforms.findIndex((value) => !(value > 0 && value < 1));
  if (wrong >= 0) refuse(["uniforms", wrong], `${uniforms[wrong]} is not between 0 and 1`, "both ends are excluded");
  return uniforms;
}
