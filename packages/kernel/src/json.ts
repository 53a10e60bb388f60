import { type ErrorCode, type Issue, TwinError } from "./errors.js";

const deepest = 100;
const forbidden = new Set(["__proto__", "constructor", "prototype"]);

/** `JSON.parse`, with a `TwinError` "corrupt" for text that is not whole JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = typeof text === "string" && text.trim() === "" ? "the text is empty" : `not JSON: ${reason(cause)}`;
    throw new TwinError(
      {
        code: "corrupt",
        path: [],
        message,
        fix: "the text is cut off or was changed: read the whole file again",
      },
      { cause },
    );
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message.slice(0, 200) : String(cause);
}

interface Place {
  readonly value: object;
  readonly key: string | number;
  readonly parent: Place | undefined;
  readonly depth: number;
}

/**
 * Throws a `TwinError` of `code` unless `value` is plain JSON: finite numbers, text, booleans, null, arrays and plain objects,
 * at most 100 levels deep, without the keys `__proto__`, `constructor` and `prototype`. It does not recurse, so that hostile
 * nesting cannot exhaust the stack. An object's undefined members count as absent.
 */
export function requireJson(value: unknown, code: ErrorCode): void {
  const issues: Issue[] = [];
  const stack: Place[] = [];
  const seen = new Set<object>();

  const visit = (item: unknown, key: string | number, parent: Place | undefined): void => {
    const problem = (message: string, fix?: string): void => {
      const path: (string | number)[] = parent === undefined ? [] : [key];
      for (let place = parent; place?.parent !== undefined; place = place.parent) path.unshift(place.key);
      issues.push({ code, path, message, fix });
    };
    if (typeof key === "string" && forbidden.has(key)) problem(`the key '${key}' is not allowed`, "rename it");
    else if (typeof item === "object" && item !== null) {
      if (!isPlain(item))
        problem(`${describeValue(item)} is not plain JSON`, "call its toJSON() or encodeNumbers() first");
      else if (parent !== undefined && parent.depth >= deepest) problem(`nested deeper than ${deepest} levels`);
      else if (!seen.has(item)) {
        seen.add(item);
        stack.push({
          value: item,
          key,
          parent,
          depth: parent === undefined ? 1 : parent.depth + 1,
        });
      }
    } else if (typeof item === "number" ? !Number.isFinite(item) : !jsonTypes.has(typeof item)) {
      if (item !== undefined || parent === undefined || Array.isArray(parent.value))
        problem(`${describeValue(item)} is not plain JSON`);
    }
  };

  visit(value, "", undefined);
  for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
    const { value: container } = place;
    if (Array.isArray(container)) for (let i = 0; i < container.length; i++) visit(container[i], i, place);
    else for (const key of Object.keys(container)) visit((container as Record<string, unknown>)[key], key, place);
  }
  if (issues.length > 0) throw new TwinError(issues);
}

const jsonTypes = new Set(["number", "string", "boolean", "object"]);

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a value is, in a few words for an error message. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return `'${value.slice(0, 40)}'`;
  if (value === null || typeof value !== "object") return typeof value === "function" ? "a function" : String(value);
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
  return Array.isArray(value) ? "an array" : `a${typeof name === "string" ? ` ${name.slice(0, 40)}` : "n"} object`;
}

/** Plain JSON as text; a `TwinError` "not-serialisable" names every part that JSON cannot hold. */
export function jsonText(value: unknown): string {
  requireJson(value, "not-serialisable");
  return JSON.stringify(value);
}
