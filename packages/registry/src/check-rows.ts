import { type Issue, nearest, type Path, TwinError } from "@sage-twin/kernel";
import { absent, departures } from "./check-value.js";
import type { JsonSchema } from "./json-schema.js";

/** Rows as objects, or as columns by name; NaN in a column is a missing value, hence null. */
export type Rows = readonly object[] | Readonly<Record<string, ArrayLike<unknown>>>;

/** A departure that many rows share: only the first is shown. */
interface Group {
  readonly row: number;
  readonly path: Path;
  readonly expected: string;
  readonly received: string;
  readonly also: readonly string[];
  more: number;
}

/**
 * Checks rows against the JSON Schema of one row and returns them. Every column that does not fit is an issue of the `TwinError` "invalid-data": the
 * first row where it does not, what was expected and received there, in how many more rows, and how to mend it.
 */
export function checkRows<Given extends Rows>(schema: JsonSchema, rows: Given, path: Path = ["rows"]): Given {
  const groups = new Map<string, Group>();
  const check = (row: number, value: unknown): void => {
    for (const { path: inside, expected, received } of departures(schema, value)) {
      const key = JSON.stringify([inside, expected, received === absent]);
      const group = groups.get(key);
      const also = typeof value === "object" && value !== null ? Object.keys(value) : [];
      if (group !== undefined) group.more++;
      else groups.set(key, { row, path: inside, expected, received, also, more: 0 });
    }
  };
  if (Array.isArray(rows)) for (const [row, value] of rows.entries()) check(row, value);
  else eachRow(rows as Readonly<Record<string, ArrayLike<unknown>>>, path, check);
  if (groups.size > 0) throw new TwinError(Array.from(groups.values(), (group) => issueOf(group, schema, path)));
  return rows;
}

function eachRow(
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
  path: Path,
  check: (row: number, value: unknown) => void,
): void {
  const entries = typeof columns === "object" && columns !== null ? Object.entries(columns) : [];
  const length = entries[0]?.[1]?.length;
  const uneven = entries.find(([, values]) => !Number.isInteger(values?.length) || values.length !== length);
  if (length === undefined || uneven !== undefined)
    throw new TwinError({
      code: "invalid-data",
      path: uneven === undefined ? path : [...path, uneven[0]],
      message: uneven === undefined ? "these are not rows" : "this is not a column as long as the first",
      fix: "give an array of objects, or columns of one length by name",
    });
  for (let row = 0; row < length; row++) {
    const value = Object.fromEntries(
      entries.map(([name, values]) => [name, Number.isNaN(values[row]) ? null : values[row]]),
    );
    check(row, value);
  }
}

function issueOf({ row, path: inside, expected, received, also, more }: Group, schema: JsonSchema, path: Path): Issue {
  const column = inside[0];
  const others = more === 0 ? "" : `, and so in ${more} more row${more === 1 ? "" : "s"}`;
  const known = Object.keys((schema["properties"] ?? {}) as object);
  let fix = `convert '${column}' before predicting, or load a model that was trained on such rows`;
  if (column === undefined) fix = "give each row as an object of columns";
  else if (received === absent) {
    const near = nearest(
      String(column),
      also.filter((name) => !known.includes(name)),
    );
    fix = near === undefined ? `add the column '${column}'` : `is it the column '${near}'? rename it '${column}'`;
  } else if (expected === "nothing") {
    const near = nearest(String(column), known);
    fix = near === undefined ? `leave '${column}' out` : `did you mean '${near}'?`;
  }
  return {
    code: "invalid-data",
    path: [...path, row, ...inside],
    message: `expected ${expected}, received ${received}${others}`,
    fix,
  };
}
