import { describeValue, type Issue, type RunOptions, TwinError } from "@sage-twin/kernel";
import { type Batch, columnBatches, objectBatches } from "./batch.js";
import type { csvBatches } from "./csv.js";
import type { CsvSource } from "./csv-text.js";

/** Where rows come from: CSV with a header, row objects, or columns of one length. */
export type IngestSource =
  | CsvSource
  | Iterable<Readonly<Record<string, unknown>>>
  | Readonly<Record<string, ArrayLike<unknown>>>;

/** The named columns of a source in batches; what is wrong with its header goes to `report`. */
export function openSource(
  source: IngestSource,
  columns: readonly string[],
  report: (issues: readonly Issue[]) => void,
  options: Pick<RunOptions, "signal" | "onProgress">,
): AsyncIterable<Batch> | Iterable<Batch> {
  if (typeof source === "string") return readLazily(source, columns, report, options);
  if (typeof source === "object" && source !== null) {
    if ("getReader" in source || Symbol.asyncIterator in source)
      return readLazily(source as CsvSource, columns, report, options);
    if (Symbol.iterator in source && !ArrayBuffer.isView(source))
      return objectBatches(source as Iterable<unknown>, columns, report, options);
    const cells = Object.values(source);
    if (cells.length > 0 && cells.every((column) => typeof column === "object" && typeof column?.length === "number"))
      return columnBatches(source as Readonly<Record<string, ArrayLike<unknown>>>, columns, report, options);
  }
  throw new TwinError({
    code: "invalid-argument",
    path: ["source"],
    message: `${describeValue(source)} cannot be read`,
    fix: "give CSV text, a stream or async iterable of it, an array of row objects, or an object of columns",
  });
}

/** The CSV parser is loaded with the first CSV, so that a twin fed with rows does not carry it. */
async function* readLazily(...source: Parameters<typeof csvBatches>): AsyncGenerator<Batch> {
  const { csvBatches } = await import("./csv.js");
  yield* csvBatches(...source);
}
