import { describeValue, TwinError } from "@sage-twin/kernel";
import type { Department } from "./department.js";

/** Throws a `TwinError` for what is no department. */
export function requireDepartment(value: Department): void {
  if (typeof value?.metrics === "object" && value.metrics !== null && typeof value.name === "string") return;
  throw new TwinError({
    code: "invalid-argument",
    path: ["department"],
    message: `${describeValue(value)} is not a department`,
    fix: "make one: department(name, metrics)",
  });
}
