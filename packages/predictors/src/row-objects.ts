import { TwinError } from "@sage-twin/kernel";
import { checkRows, type JsonSchema, type Rows } from "@sage-twin/registry";

/** The rows as objects, once they fit the schema of one. */
export function rowObjects<Row extends object>(schema: JsonSchema, rows: Rows): readonly Row[] {
  checkRows(schema, rows);
  const objects = Array.isArray(rows) ? (rows as Row[]) : fromColumns<Row>(rows as Record<string, ArrayLike<unknown>>);
  if (objects.length > 0) return objects;
  throw new TwinError({ code: "invalid-data", path: ["rows"], message: "there are no rows", fix: "give at least one" });
}

function fromColumns<Row>(columns: Readonly<Record<string, ArrayLike<unknown>>>): Row[] {
  const entries = Object.entries(columns);
  return Array.from({ length: entries[0]?.[1].length ?? 0 }, (_, row) => {
    const known = entries.filter(([, values]) => values[row] !== undefined && !Number.isNaN(values[row]));
    return Object.fromEntries(known.map(([name, values]) => [name, values[row]])) as Row;
  });
}
