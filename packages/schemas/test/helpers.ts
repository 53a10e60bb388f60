import { TwinError } from "@sage-twin/kernel";

/** The `TwinError` that an action ends with; anything else fails the test. */
export async function caught(action: () => unknown): Promise<TwinError> {
  let result: unknown;
  try {
    result = await action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error;
    throw error;
  }
  throw new Error(`expected a TwinError, got ${JSON.stringify(result)}`);
}
