import { arrayShape, decodeNumbers, encodeNumbers, type Shape, type Store, TwinError } from "@sage-twin/kernel";
import type { ColumnValues } from "@sage-twin/schemas";
import { isNumbers } from "./content.js";
import type { ColumnSummary } from "./dataset-version.js";
import { numbersId, textsId } from "./digest.js";

const key = (id: string): string => `registry/column/${id}`;

const textsShape: Shape<readonly (string | null)[]> = /* @__PURE__ */ arrayShape((value, path = []) => {
  if (typeof value === "string" || value === null) return value;
  throw new TwinError({ code: "corrupt", path, message: "this is neither text nor null" });
});

/** Keeps a column under its id, once, however many versions have it. */
export async function saveColumn(store: Store, { id }: ColumnSummary, values: ColumnValues): Promise<void> {
  await store.compareAndSet(key(id), 0, isNumbers(values) ? encodeNumbers(values) : [...values]);
}

/** The values of a column; a `TwinError` "corrupt" when what is kept is not what its id says. */
export async function loadColumn(store: Store, summary: ColumnSummary, path: readonly string[]): Promise<ColumnValues> {
  const { id, type } = summary;
  const stored = await store.get(key(id));
  if (stored === undefined)
    throw new TwinError({ code: "not-found", path, message: `the store has lost column ${id.slice(0, 12)}` });
  const values = type === "numbers" ? decodeNumbers(stored.value, path) : textsShape(stored.value, path);
  const found = type === "numbers" ? numbersId(values as Float64Array) : textsId(values as readonly string[], path);
  if (found === id) return values;
  throw new TwinError({
    code: "corrupt",
    path,
    message: `the stored values have the digest ${found.slice(0, 12)}, not ${id.slice(0, 12)}`,
    fix: "they were changed in the store: restore it from a copy, or commit the data again",
  });
}
