import { toInstant } from "@sage-twin/kernel";
import * as z from "zod";
import type { Department } from "./department.js";
import { aggregationRule, type MetricDefinition } from "./metric.js";
import { requireDepartment } from "./require-department.js";

/** A metric's cell: a number; for counted metrics (`count`, `distinctCount`) also a text, the key; null or absent where missing. */
type Cell = z.ZodOptional<z.ZodNullable<z.ZodType<number | string>>>;

/** The zod schema of a department's rows. */
export type RowSchema<Metric extends string> = z.ZodObject<
  { [Name in Metric]: Cell } & { date: z.ZodOptional<z.ZodType<number | string>> },
  z.core.$strict
>;

/**
 * The zod schema (so a Standard Schema too) of one row: every metric a finite number within its range, null or absent; `date` ISO
 * 8601 text or milliseconds, or absent; no other key (`.loose()` lets others through). Unlike `validate`, numbers as text and
 * NaN are refused. `z.toJSONSchema` takes it.
 *
 * @example
 * ```ts
 * import { department, rowSchema } from "@sage-twin/schemas";
 *
 * const shop = department("shop", { price: { unit: "GBP", kind: "price", minimum: 0 } });
 * rowSchema(shop).safeParse({ date: "2026-01-05", price: 3 }).success; // => true
 * rowSchema(shop).safeParse({ date: "2026-01-05", prise: 3 }).success; // => false
 * ```
 */
export function rowSchema<Metric extends string>(department: Department<Metric>): RowSchema<Metric> {
  requireDepartment(department);
  const cells = Object.entries<MetricDefinition>(department.metrics).map(([metric, definition]) => {
    const { minimum, maximum, unit, description = metric } = definition;
    let number = z.number();
    if (minimum !== undefined) number = number.min(minimum);
    if (maximum !== undefined) number = number.max(maximum);
    const rule = aggregationRule(definition);
    const cell = rule === "count" || rule === "distinctCount" ? z.union([number, z.string()]) : number;
    return [metric, cell.nullish().describe(`${description} (${unit})`)];
  });
  const date = z.union([z.string().refine(isTime, "not ISO 8601"), z.number()]).optional();
  return z.strictObject(Object.fromEntries([["date", date], ...cells])) as unknown as RowSchema<Metric>;
}

function isTime(text: string): boolean {
  try {
    return Number.isFinite(toInstant(text));
  } catch {
    return false;
  }
}
