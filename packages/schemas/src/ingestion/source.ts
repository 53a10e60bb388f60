import { describeValue, type RunOptions, TwinError } from "@sage-twin/kernel";
import { type Batch, columnBatches, objectBatches, type Request } from "./batch.js";
import type { Frame } from "./frames.js";
import { beyond, limitsOf, type ReadOptions } from "./read-options.js";
import type { RemoteFile } from "./remote-file.js";
import type { TextSource } from "./text-source.js";

/**
 * Where rows come from: text or bytes, a file, an address, row objects, columns of one length, an Apache Arrow table or a
 * danfojs `DataFrame`.
 */
export type IngestSource =
  | TextSource
  | Blob
  | URL
  | RemoteFile
  | Iterable<Readonly<Record<string, unknown>>>
  | Readonly<Record<string, ArrayLike<unknown>>>
  | Frame;

/** The chosen columns of a source in batches, at most as many rows as its limits allow. */
export async function* openSource(
  source: IngestSource,
  request: Request,
  options: ReadOptions,
): AsyncGenerator<Batch, void, undefined> {
  const { rows: most } = limitsOf(options);
  let rows = 0;
  for await (const batch of batchesOf(source, request, options)) {
    rows += batch.rows.length + batch.faults.length;
    if (rows > most) throw beyond("rows", most, ["source"], "the rows are");
    yield batch;
  }
}

function batchesOf(
  source: IngestSource,
  request: Request,
  options: ReadOptions,
): AsyncIterable<Batch> | Iterable<Batch> {
  if (typeof source === "string") return textLazily(source, request, options);
  if (typeof source === "object" && source !== null) {
    if ("getReader" in source || Symbol.asyncIterator in source)
      return textLazily(source as TextSource, request, options);
    if (source instanceof Blob || source instanceof URL || isRemote(source))
      return fileLazily(source, request, options);
    if ("$dataIncolumnFormat" in source || ("schema" in source && "getChildAt" in source))
      return frameLazily(source as Frame, request, options);
    if (Symbol.iterator in source && !ArrayBuffer.isView(source))
      return objectBatches(source as Iterable<unknown>, request, options);
    const cells = Object.values(source);
    if (cells.length > 0 && cells.every((column) => typeof column === "object" && typeof column?.length === "number"))
      return columnBatches(source as Readonly<Record<string, ArrayLike<unknown>>>, request, options);
  }
  throw new TwinError({
    code: "invalid-argument",
    path: ["source"],
    message: `${describeValue(source)} cannot be read`,
    fix: "give text, a stream or async iterable of text or bytes, a Blob or File, a URL, an array of row objects, or an object of columns; wrap bytes: new Blob([bytes])",
  });
}

function isRemote(source: object): source is RemoteFile {
  const { url } = source as { readonly url?: unknown };
  return typeof url === "string" || url instanceof URL;
}

// Readers are loaded when they are needed, so that a twin fed with rows does not carry them.

async function* textLazily(source: TextSource, request: Request, options: ReadOptions): AsyncGenerator<Batch> {
  const { textBatches } = await import("./text-batches.js");
  yield* textBatches(source, request, options);
}

async function* fileLazily(
  source: Blob | URL | RemoteFile,
  request: Request,
  options: ReadOptions,
): AsyncGenerator<Batch> {
  const { fileBatches } = await import("./files.js");
  yield* fileBatches(source, request, options);
}

async function* frameLazily(
  source: Frame,
  request: Request,
  options: Pick<RunOptions, "signal" | "onProgress">,
): AsyncGenerator<Batch> {
  const { columnsOf } = await import("./frames.js");
  yield* columnBatches(columnsOf(source), request, options);
}
