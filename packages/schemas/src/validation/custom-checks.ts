import { TwinError } from "@sage-twin/kernel";
import type { CustomCheck } from "./expectation.js";

/** The registered checks, by name. */
export const customChecks = new Map<string, CustomCheck>();

/**
 * Makes a check known by a name, so that pipelines with `custom(name)` can be saved and opened. Throws a `TwinError` "conflict" where
 * another check has the name.
 */
export function registerCheck(name: string, check: CustomCheck): void {
  if (typeof name !== "string" || name === "" || typeof check !== "function") {
    throw new TwinError({
      code: "invalid-argument",
      path: ["name"],
      message: "a check is registered by a name and a function",
    });
  }
  const known = customChecks.get(name);
  if (known !== undefined && known !== check) {
    throw new TwinError({
      code: "conflict",
      path: ["name"],
      message: `another check is registered as '${name}'`,
      fix: "give it another name",
    });
  }
  customChecks.set(name, check);
}
