import { describeValue, type Issue, type Path, TwinError } from "@sage-twin/kernel";

const shown = 5;

/** The values as they are when they are a Float64Array, else a copy; a `TwinError` names elements that are no numbers. */
export function numbersOf(values: ArrayLike<number>, path: Path = ["values"]): Float64Array {
  if (values instanceof Float64Array) return values;
  const fix = "give an array of numbers, NaN where a value is missing";
  const wrong = (at: Path, value: unknown): Issue => ({
    code: "invalid-data",
    path: at,
    message: `${describeValue(value)} is not ${at === path ? "an array of numbers" : "a number"}`,
    fix,
  });
  if (!Array.isArray(values) && !(ArrayBuffer.isView(values) && !(values instanceof DataView)))
    throw new TwinError(wrong(path, values));
  if (Array.isArray(values)) {
    const issues: Issue[] = [];
    for (let row = 0; row < values.length && issues.length < shown; row++)
      if (typeof values[row] !== "number") issues.push(wrong([...path, row], values[row]));
    if (issues.length > 0) throw new TwinError(issues);
  } else if (typeof (values as ArrayLike<unknown>)[0] === "bigint") throw new TwinError(wrong(path, values));
  return Float64Array.from(values);
}

/** `numbersOf`, with infinities as NaN, as pandas' windows take them. */
export function finiteOrMissing(values: ArrayLike<number>, path?: Path): Float64Array {
  const numbers = numbersOf(values, path);
  let row = 0;
  while (row < numbers.length && Math.abs(numbers[row]) !== Infinity) row++;
  return row === numbers.length ? numbers : numbers.map((value) => (Math.abs(value) === Infinity ? Number.NaN : value));
}

/** Throws a `TwinError` unless `value` is a whole number from `least` (to `most`). */
export function requireWhole(value: unknown, path: Path, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `in ${least}..${most}`;
  throw invalidArgument(path, `${describeValue(value)} is not a whole number ${range}`);
}

/** Throws a `TwinError` unless `value` is one of `choices`. */
export function requireChoice(value: unknown, path: Path, choices: readonly unknown[]): void {
  if (choices.includes(value)) return;
  throw invalidArgument(path, `${describeValue(value)} is not among ${choices.map(describeValue).join(", ")}`);
}

/** A `TwinError` "invalid-argument". */
export function invalidArgument(path: Path, message: string, fix?: string): TwinError {
  return new TwinError({ code: "invalid-argument", path, message, fix });
}
