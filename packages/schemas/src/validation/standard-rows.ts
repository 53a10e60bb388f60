import { type Issue, type RunOptions, type StandardResult, type StandardSchema, TwinError } from "@sage-twin/kernel";

/** What `validateWith` found. */
export interface SchemaValidation<Output> {
  /** The rows without an issue, as the validator returned them. */
  readonly valid: readonly Output[];
  /** The rows with an issue, their index from 0, and all their issues. */
  readonly rejected: readonly { readonly row: number; readonly value: unknown; readonly issues: readonly Issue[] }[];
  /** Every issue, by row. */
  readonly issues: readonly Issue[];
}

const rowsBetweenTicks = 1024;

/**
 * Checks rows with any Standard Schema validator (zod, valibot, arktype ...), asynchronous ones too. Wrong rows are told, not thrown;
 * what the validator itself throws is an issue of its row.
 *
 * @example
 * ```ts
 * import { department, rowSchema, validateWith } from "@sage-twin/schemas";
 *
 * const shop = department("shop", { price: { unit: "GBP", kind: "price", minimum: 0 } });
 * const { valid, rejected } = await validateWith(rowSchema(shop), [{ price: 3 }, { price: -3 }]);
 * valid; // => [{ price: 3 }]
 * rejected[0].issues[0].path; // => ["rows", 1, "price"]
 * ```
 */
export async function validateWith<Output>(
  schema: StandardSchema<Output>,
  rows: Iterable<unknown>,
  { signal, onProgress }: Pick<RunOptions, "signal" | "onProgress"> = {},
): Promise<SchemaValidation<Output>> {
  if (typeof schema?.["~standard"]?.validate !== "function") {
    throw new TwinError({
      code: "invalid-argument",
      path: ["schema"],
      message: "this is not a Standard Schema validator",
      fix: "give a schema of zod, valibot, arktype ..., or rowSchema(department)",
    });
  }
  const valid: Output[] = [];
  const rejected: { row: number; value: unknown; issues: readonly Issue[] }[] = [];
  const total = Array.isArray(rows) ? rows.length : 0;
  let row = 0;
  for (const value of rows) {
    if (row % rowsBetweenTicks === 0) {
      signal?.throwIfAborted();
      onProgress?.({ stage: "validate", done: row, total });
    }
    const pending = rowIssues(schema, value, row);
    const { issues, output } = pending instanceof Promise ? await pending : pending;
    if (issues.length === 0) valid.push(output as Output);
    else rejected.push({ row, value, issues });
    row++;
  }
  signal?.throwIfAborted();
  onProgress?.({ stage: "validate", done: row, total: row });
  return { valid, rejected, issues: rejected.flatMap(({ issues }) => issues) };
}

interface RowResult<Output> {
  readonly issues: readonly Issue[];
  readonly output?: Output;
}

/** The issues of one row, or a promise of them where the validator is asynchronous. */
export function rowIssues<Output>(
  schema: StandardSchema<Output>,
  value: unknown,
  row: number,
): RowResult<Output> | Promise<RowResult<Output>> {
  const read = (result: StandardResult<Output>): RowResult<Output> =>
    result.issues === undefined
      ? { issues: [], output: result.value }
      : {
          issues: result.issues.map(({ message, path = [] }) => ({
            code: "invalid-data",
            path: ["rows", row, ...path.map(part)],
            message,
          })),
        };
  const threw = (error: unknown): RowResult<Output> => ({
    issues: [
      {
        code: "invalid-data",
        path: ["rows", row],
        message: `the validator threw: ${error instanceof Error ? error.message : String(error)}`,
      },
    ],
  });
  try {
    const result = schema["~standard"].validate(value);
    return result instanceof Promise ? result.then(read).catch(threw) : read(result);
  } catch (error) {
    return threw(error);
  }
}

function part(step: PropertyKey | { readonly key: PropertyKey }): string | number {
  const key = typeof step === "object" ? step.key : step;
  return typeof key === "number" ? key : String(key);
}
