import { type ErrorCode, TwinError } from "@sage-twin/kernel";

/** One demand of a contract. A test runner runs it under its name; it throws when the demand is not met. */
export interface ContractCheck {
  readonly name: string;
  readonly run: () => void | Promise<void>;
}

/** Throws an error that says `message` unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Throws unless the two have the same JSON, in whatever order members stand; typed arrays compare by their elements. */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  const [found, wanted] = [actual, expected].map((value) => JSON.stringify(value, canonical));
  assert(found === wanted, `${what} is ${found}, not ${wanted}`);
}

function canonical(_: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, String);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Runs `action`, which must throw or reject; returns what it threw. */
export async function assertThrows(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error("it should have thrown, and did not");
}

/** Runs `action`, which must throw or reject with a `TwinError` of `code`; returns it. */
export async function assertTwinError(action: () => unknown, code: ErrorCode): Promise<TwinError> {
  const error = await assertThrows(action);
  assert(TwinError.isInstance(error), `a TwinError "${code}" should have been thrown, not ${String(error)}`);
  assert(error.code === code, `the error's code is "${error.code}", not "${code}": ${error.message}`);
  return error;
}
