import { type Issue, TwinError } from "@sage-twin/kernel";
import type { Matrix } from "@sage-twin/numerics";

/** What each total is the sum of: `{ total: ["north", "south"], north: ["a", "b"] }`. A name that is no total itself is a bottom series. */
export type SummingStructure = Readonly<Record<string, readonly string[]>>;

/** A structure as a matrix. */
export interface Summing {
  /** Totals in the order of the structure, then bottom series in the order in which they are first named. */
  readonly names: readonly string[];
  readonly bottom: readonly string[];
  /** By rows, names x bottom: 1 where a series contains a bottom series. */
  readonly matrix: Matrix;
  /** The parts of each series by index; empty for a bottom series. */
  readonly parts: readonly (readonly number[])[];
}

/** Checks a structure; every total without parts, that contains itself, or that counts a series twice is an issue of the `TwinError`. */
export function readStructure(structure: SummingStructure): Summing {
  const issues: Issue[] = [];
  const problem = (path: readonly string[], message: string, fix: string): void => {
    issues.push({ code: "invalid-argument", path: ["structure", ...path], message, fix });
  };
  const totals = typeof structure === "object" && structure !== null ? Object.keys(structure) : [];
  if (totals.length === 0) problem([], "there is no total", 'give each total its parts: { total: ["a", "b"] }');
  for (const total of totals)
    if (!Array.isArray(structure[total]) || structure[total].length === 0)
      problem([total], "it has no parts", "name at least one series that it is the sum of");
  if (issues.length > 0) throw new TwinError(issues);
  const names = [...new Set([...totals, ...totals.flatMap((total) => structure[total])])];
  const bottom = names.slice(totals.length);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const parts = names.map((name, index) =>
    index < totals.length ? structure[name].map((part) => indexOf.get(part) as number) : [],
  );
  const matrix = new Float64Array(names.length * bottom.length);
  const state = new Uint8Array(names.length); // 1 while its parts are being added up, 2 after
  const order: number[] = [];
  const visit = (start: number): void => {
    // A stack, so that a long chain cannot exhaust the call stack.
    const stack = [start];
    while (stack.length > 0) {
      const index = stack[stack.length - 1];
      if (state[index] === 0) {
        state[index] = 1;
        for (const part of parts[index]) {
          if (state[part] === 0) stack.push(part);
          else if (state[part] === 1)
            problem([names[index]], `it contains itself through '${names[part]}'`, "remove the circle");
        }
      } else {
        stack.pop();
        if (state[index] === 1) order.push(index);
        state[index] = 2;
      }
    }
  };
  for (let index = 0; index < totals.length; index++) visit(index);
  if (issues.length > 0) throw new TwinError(issues);
  for (const index of order) {
    const row = index * bottom.length;
    if (index >= totals.length) matrix[row + index - totals.length] = 1;
    for (const part of parts[index])
      for (let j = 0; j < bottom.length; j++) matrix[row + j] += matrix[part * bottom.length + j];
    for (let j = 0; j < bottom.length; j++)
      if (matrix[row + j] > 1)
        problem([names[index]], `it counts '${bottom[j]}' ${matrix[row + j]} times`, "name each part once");
  }
  if (issues.length > 0) throw new TwinError(issues);
  return { names, bottom, matrix, parts };
}
