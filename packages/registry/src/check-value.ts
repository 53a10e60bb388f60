import { describeValue } from "@sage-twin/kernel";
import type { JsonSchema } from "./json-schema.js";

/** Where a value departs from its schema: the members on the way, and what was expected there. */
export interface Departure {
  readonly path: readonly (string | number)[];
  readonly expected: string;
  readonly received: string;
}

/** Every departure of a value from a schema that `jsonSchemaOf` accepted. */
export function departures(schema: unknown, value: unknown, path: readonly (string | number)[] = []): Departure[] {
  if (schema === true) return [];
  const found: Departure[] = [];
  const miss = (expected: string, received = describe(value)): void => {
    found.push({ path, expected, received });
  };
  if (schema === false) {
    miss("nothing");
    return found;
  }
  const rules = schema as JsonSchema;
  const number = (keyword: string): number | undefined => rules[keyword] as number | undefined;
  const kinds = rules["type"] === undefined ? undefined : ([rules["type"]].flat() as string[]);
  if (kinds !== undefined && !kinds.some((kind) => isOf(kind, value))) {
    miss(kinds.map((kind) => words[kind]).join(" or ") + rangeOf(rules));
    return found;
  }
  const choices = rules["enum"] as readonly unknown[] | undefined;
  if (choices !== undefined && !choices.some((choice) => equal(choice, value)))
    miss(`one of ${choices.slice(0, 12).map(describe).join(", ")}${choices.length > 12 ? ", ..." : ""}`);
  if ("const" in rules && !equal(rules["const"], value)) miss(describe(rules["const"]));
  if (typeof value === "number") checkNumber(value, number, () => miss(`a number${rangeOf(rules)}`));
  if (typeof value === "string") {
    const length = Array.from(value).length;
    if (length < (number("minLength") ?? 0) || length > (number("maxLength") ?? Number.POSITIVE_INFINITY))
      miss(`text of ${bounds(number("minLength"), number("maxLength"))} characters`, `${length} characters`);
  }
  if (Array.isArray(value)) found.push(...ofArray(rules, value, path));
  else if (typeof value === "object" && value !== null) found.push(...ofObject(rules, value, path));
  const branches = (keyword: string): readonly unknown[] | undefined => rules[keyword] as unknown[] | undefined;
  for (const branch of branches("allOf") ?? []) found.push(...departures(branch, value, path));
  const any = branches("anyOf");
  if (any !== undefined) found.push(...nearest(any, value, path));
  const one = branches("oneOf")?.map((branch) => departures(branch, value, path));
  if (one !== undefined) {
    const fitting = one.filter((misses) => misses.length === 0).length;
    if (fitting === 0) found.push(...nearest(branches("oneOf") as unknown[], value, path));
    else if (fitting > 1) miss(`exactly one of ${one.length} forms`, `a value of ${fitting} of them`);
  }
  if ("not" in rules && departures(rules["not"], value).length === 0) miss("anything but this");
  return found;
}

function checkNumber(value: number, of: (keyword: string) => number | undefined, miss: () => void): void {
  const step = of("multipleOf");
  const parts = step === undefined ? 0 : value / step;
  if (
    value < (of("minimum") ?? value) ||
    value > (of("maximum") ?? value) ||
    value <= (of("exclusiveMinimum") ?? Number.NEGATIVE_INFINITY) ||
    value >= (of("exclusiveMaximum") ?? Number.POSITIVE_INFINITY) ||
    Math.abs(parts - Math.round(parts)) > 1e-9 * Math.max(1, Math.abs(parts))
  )
    miss();
}

function ofArray(rules: JsonSchema, value: readonly unknown[], path: Departure["path"]): Departure[] {
  const least = rules["minItems"] as number | undefined;
  const most = rules["maxItems"] as number | undefined;
  const first = (rules["prefixItems"] ?? []) as readonly unknown[];
  const outside = value.length < (least ?? 0) || value.length > (most ?? value.length);
  return [
    ...(outside ? [{ path, expected: `${bounds(least, most)} elements`, received: `${value.length}` }] : []),
    ...value.flatMap((item, index) => departures(first[index] ?? rules["items"] ?? true, item, [...path, index])),
  ];
}

function ofObject(rules: JsonSchema, value: object, path: Departure["path"]): Departure[] {
  const properties = (rules["properties"] ?? {}) as Readonly<Record<string, unknown>>;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const present = new Set(members.map(([name]) => name));
  const missing = ((rules["required"] ?? []) as readonly string[]).filter((name) => !present.has(name));
  return [
    ...missing.map((name) => ({
      path: [...path, name],
      expected: expectation(Object.hasOwn(properties, name) ? properties[name] : true),
      received: absent,
    })),
    ...members.flatMap(([name, member]) => [
      ...departures(
        Object.hasOwn(properties, name) ? properties[name] : (rules["additionalProperties"] ?? true),
        member,
        [...path, name],
      ),
      ...("propertyNames" in rules ? departures(rules["propertyNames"], name, [...path, name]) : []),
    ]),
  ];
}

/** What a missing member is said to be. */
export const absent = "nothing";

/** Of several forms, the departures from the one that comes nearest in kind; all forms named when none does. */
function nearest(forms: readonly unknown[], value: unknown, path: Departure["path"]): Departure[] {
  const all = forms.map((form) => departures(form, value, path));
  if (all.some((misses) => misses.length === 0)) return [];
  const deeper = all.filter((misses) => misses.every((miss) => miss.path.length > path.length));
  if (deeper.length === 1) return deeper[0];
  return [{ path, expected: forms.map(expectation).join(" or "), received: describe(value) }];
}

/** What a schema asks for, in words. */
function expectation(schema: unknown): string {
  if (typeof schema !== "object" || schema === null) return "a value";
  const rules = schema as JsonSchema;
  if (Array.isArray(rules["enum"])) return `one of ${rules["enum"].slice(0, 12).map(describe).join(", ")}`;
  if ("const" in rules) return describe(rules["const"]);
  const forms = rules["anyOf"] ?? rules["oneOf"];
  if (Array.isArray(forms)) return forms.map(expectation).join(" or ");
  const kinds = [rules["type"] ?? []].flat() as string[];
  return kinds.length === 0 ? "a value" : kinds.map((kind) => words[kind]).join(" or ") + rangeOf(rules);
}

const words: Readonly<Record<string, string>> = {
  null: "null",
  boolean: "true or false",
  object: "an object",
  array: "an array",
  number: "a number",
  integer: "a whole number",
  string: "text",
};

function isOf(kind: string, value: unknown): boolean {
  if (kind === "null") return value === null;
  if (kind === "array") return Array.isArray(value);
  if (kind === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  if (kind === "integer") return Number.isInteger(value);
  return kind === "number" ? Number.isFinite(value) : typeof value === kind;
}

function rangeOf(rules: JsonSchema): string {
  const parts = [
    ["minimum", "of at least"],
    ["exclusiveMinimum", "above"],
    ["maximum", "of at most"],
    ["exclusiveMaximum", "below"],
    ["multipleOf", "in steps of"],
  ].filter(([keyword]) => rules[keyword] !== undefined && Math.abs(rules[keyword] as number) < Number.MAX_SAFE_INTEGER);
  return parts.map(([keyword, text]) => ` ${text} ${rules[keyword]}`).join("");
}

function bounds(least: number | undefined, most: number | undefined): string {
  return most === undefined ? `at least ${least}` : `${least ?? 0} to ${most}`;
}

function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.length &&
    left.every(([key, value]) => Object.hasOwn(b, key) && equal(value, (b as Record<string, unknown>)[key]))
  );
}

function describe(value: unknown): string {
  return value === undefined ? absent : describeValue(value);
}
