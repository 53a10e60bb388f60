import type { EncodedNumbers } from "./encoded-numbers.js";
import { decodeNumbers } from "./encoded-numbers.js";
import { type Issue, type Path, TwinError } from "./errors.js";
import { describeValue } from "./json.js";

/**
 * Checks a value of an envelope's state and returns it typed, or throws a `TwinError` "corrupt" with every issue, each at its
 * path. Any function of this form can stand among the shapes below.
 */
export type Shape<Value> = (value: unknown, path?: Path) => Value;

type ObjectValue<Shapes extends Record<string, Shape<unknown>>> = {
  readonly [Key in keyof Shapes]: ReturnType<Shapes[Key]>;
};

function shape<Value>(expected: string, accepts: (value: unknown) => boolean): Shape<Value> {
  return (value, path = []) => {
    if (accepts(value)) return value as Value;
    throw wrong(value, path, expected);
  };
}

function wrong(value: unknown, path: Path, expected: string): TwinError {
  const message = value === undefined ? `${expected} is missing` : `${describeValue(value)} is not ${expected}`;
  return new TwinError({ code: "corrupt", path, message });
}

/** Runs every check; throws the issues of all that failed together. */
function gather<Value>(checks: Iterable<() => Value>): Value[] {
  const values: Value[] = [];
  const issues: Issue[] = [];
  for (const check of checks) {
    try {
      values.push(check());
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      issues.push(...error.issues);
    }
  }
  if (issues.length > 0) throw new TwinError(issues);
  return values;
}

/** A finite number. */
export const numberShape: Shape<number> = /* @__PURE__ */ shape("a finite number", Number.isFinite);

/** Text. */
export const textShape: Shape<string> = /* @__PURE__ */ shape("text", (value) => typeof value === "string");

/** True or false. */
export const booleanShape: Shape<boolean> = /* @__PURE__ */ shape(
  "true or false",
  (value) => typeof value === "boolean",
);

/** What `encodeNumbers` wrote. */
export const encodedNumbersShape: Shape<EncodedNumbers> = (value, path) => {
  decodeNumbers(value, path);
  return value as EncodedNumbers;
};

/** One of the given texts, numbers or constants. */
export function choiceShape<const Choice extends string | number | boolean | null>(
  ...choices: readonly Choice[]
): Shape<Choice> {
  return shape(choices.map(describeValue).join(" or "), (value) => choices.includes(value as Choice));
}

/** Absent, or of the given shape. */
export function optionalShape<Value>(of: Shape<Value>): Shape<Value | undefined> {
  return (value, path) => (value === undefined ? undefined : of(value, path));
}

/** An array whose elements all have the given shape. */
export function arrayShape<Value>(of: Shape<Value>): Shape<readonly Value[]> {
  return (value, path = []) => {
    if (!Array.isArray(value)) throw wrong(value, path, "an array");
    return gather(value.map((element, index) => () => of(element, [...path, index])));
  };
}

function entriesOf(value: unknown, path: Path): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(value, path, "an object");
  return Object.entries(value);
}

/** An object with any keys, whose values all have the given shape. */
export function recordShape<Value>(of: Shape<Value>): Shape<Readonly<Record<string, Value>>> {
  return (value, path = []) =>
    Object.fromEntries(
      gather(
        entriesOf(value, path).map(
          ([key, item]) =>
            () =>
              [key, of(item, [...path, key])] as const,
        ),
      ),
    );
}

/** An object with exactly the given members. */
export function objectShape<const Shapes extends Record<string, Shape<unknown>>>(
  shapes: Shapes,
): Shape<ObjectValue<Shapes>> {
  return (value, path = []) => {
    const members = new Map(entriesOf(value, path));
    const keys = new Set([...Object.keys(shapes), ...members.keys()]);
    const entries = gather(
      Array.from(keys, (key) => () => {
        const at = [...path, key];
        if (!Object.hasOwn(shapes, key))
          throw new TwinError({
            code: "corrupt",
            path: at,
            message: "unknown member",
          });
        return [key, shapes[key](members.get(key), at)] as const;
      }),
    );
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined)) as ObjectValue<Shapes>;
  };
}
