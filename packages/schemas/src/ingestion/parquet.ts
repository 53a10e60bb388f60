import { describeValue, type Issue, TwinError, unknownName } from "@sage-twin/kernel";
import type { ColumnMetaData, Compressors, FileMetaData, SchemaTree } from "hyparquet";
import { type Batch, pollutionIssues, type Request } from "./batch.js";
import { beyond, limitsOf, type ReadLimits, type ReadOptions } from "./read-options.js";

const batchLength = 8192;
const bytesPerCell = 8;
const builtInCodecs: readonly string[] = ["UNCOMPRESSED", "SNAPPY"];

/**
 * The chosen columns of a Parquet file, row group by row group. Dates become ISO text, timestamps `Date`s, or ISO text where
 * they are local; whole numbers of 64 bits become numbers where these can hold them. Throws a `TwinError` "missing-peer" where
 * `hyparquet` is not installed, and for nested columns, other files, and what is beyond a limit.
 */
export async function* parquetBatches(
  source: Blob,
  { choose, report }: Request,
  options: ReadOptions,
): AsyncGenerator<Batch> {
  const { signal, onProgress } = options;
  const limits = limitsOf(options);
  const { parquetMetadataAsync, parquetScan, parquetSchema } = await peer("hyparquet", () => import("hyparquet"));
  const file = {
    byteLength: source.size,
    slice: (start: number, end = source.size) => {
      // a file may place its parts anywhere, and Node ends with its process where a place is no whole number of 32 bits
      const inside =
        Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= source.size;
      if (!inside || end >= 2 ** 32) throw new Error(`it has a part at ${start} to ${end}`);
      return source.slice(start, end).arrayBuffer();
    },
  };
  const metadata = await readable(() => parquetMetadataAsync(file));
  const fields = await readable(async () => parquetSchema(metadata).children);
  const header = fields.map(({ element }) => element.name);
  if (!header.every((name) => typeof name === "string")) throw unreadable("a column has no name");
  const columns = choose(header);
  const issues = columnIssues(fields, columns);
  report([...pollutionIssues(header), ...issues]);
  const broken = new Set(issues.map(({ path }) => path[1]));
  const wanted = [...new Set(columns)].filter((name) => !broken.has(name));
  requireWithin(metadata, wanted, limits);
  const compressors = await compressorsFor(chunksOf(metadata, wanted), limits.document);
  const scan = await readable(() => parquetScan({ file, metadata, columns: wanted, compressors }));
  const converters = new Map(wanted.map((name) => [name, converterOf(fieldOf(fields, name))]));
  const total = Number(metadata.num_rows);
  for (const { rowStart, rowEnd } of scan.ranges) {
    const read = new Map<string, ArrayLike<unknown>>();
    for (const name of wanted) {
      signal?.throwIfAborted();
      read.set(name, await readable(() => scan.readColumn({ column: name, rowStart, rowEnd })));
    }
    for (let from = rowStart; from < rowEnd; from += batchLength) {
      const length = Math.min(batchLength, rowEnd - from);
      signal?.throwIfAborted();
      yield {
        rows: Array.from({ length }, (_, index) => from + index),
        columns: columns.map((name) => {
          const cells = read.get(name);
          const convert = converters.get(name) ?? same;
          return Array.from({ length }, (_, index) => convert(cells?.[from - rowStart + index]));
        }),
        faults: [],
      };
      onProgress?.({ stage: "read", done: from + length, total });
    }
  }
}

async function peer<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    throw new TwinError(
      {
        code: "missing-peer",
        path: ["source"],
        message: `Parquet is read through ${name}, which is not installed`,
        fix: `npm install ${name}`,
      },
      { cause },
    );
  }
}

async function readable<Value>(read: () => Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (cause) {
    if (TwinError.isInstance(cause)) throw cause;
    throw unreadable(cause instanceof Error ? cause.message.slice(0, 200) : String(cause), cause);
  }
}

function unreadable(reason: string, cause?: unknown): TwinError {
  return new TwinError(
    { code: "invalid-data", path: ["source"], message: `the Parquet file cannot be read: ${reason}` },
    { cause },
  );
}

function fieldOf(fields: readonly SchemaTree[], name: string): SchemaTree | undefined {
  return fields.find(({ element }) => element.name === name);
}

function columnIssues(fields: readonly SchemaTree[], columns: readonly string[]): Issue[] {
  const header = fields.map(({ element }) => element.name);
  return [...new Set(columns)].flatMap((name): readonly Issue[] => {
    const path = ["columns", name];
    const field = fieldOf(fields, name);
    if (field === undefined) return unknownName("column", name, header, path).issues;
    if (field.children.length === 0 && field.element.repetition_type !== "REPEATED") return [];
    const message = "the column is nested: a list, map or structure";
    return [{ code: "unsupported", path, message, fix: "write its parts as columns of their own" }];
  });
}

function chunksOf({ row_groups }: FileMetaData, columns: readonly string[]): ColumnMetaData[] {
  return row_groups.flatMap((group) =>
    group.columns.flatMap(({ meta_data: chunk }) =>
      chunk !== undefined && columns.includes(chunk.path_in_schema?.[0]) ? [chunk] : [],
    ),
  );
}

/** Throws where what the file says of itself is beyond the limits: the bytes in all, and those or the cells of a row group. */
function requireWithin(
  { row_groups: groups }: FileMetaData,
  columns: readonly string[],
  limits: Required<ReadLimits>,
): void {
  let bytes = 0;
  for (const group of groups) {
    const size = group.columns.reduce(
      (sum, { meta_data: chunk }) =>
        sum +
        (chunk !== undefined && columns.includes(chunk.path_in_schema?.[0])
          ? Number(chunk.total_uncompressed_size)
          : 0),
      0,
    );
    bytes += size;
    if (Math.max(size, Number(group.num_rows) * columns.length * bytesPerCell) > limits.document)
      throw beyond("document", limits.document, ["source"], "the bytes of a row group are");
  }
  if (bytes > limits.bytes) throw beyond("bytes", limits.bytes, ["source"], "the bytes of the columns are");
}

/** The decompressors of the codecs in use; each refuses a page that would make more than the limit, whatever the file says. */
async function compressorsFor(chunks: readonly ColumnMetaData[], most: number): Promise<Compressors> {
  const { snappyUncompress } = await import("hyparquet");
  const all: Compressors = chunks.every(({ codec }) => builtInCodecs.includes(codec))
    ? {
        SNAPPY: (input, length) => {
          const output = new Uint8Array(length);
          snappyUncompress(input, output);
          return output;
        },
      }
    : (await peer("hyparquet-compressors", () => import("hyparquet-compressors"))).compressors;
  return Object.fromEntries(
    Object.entries(all).map(([codec, decompress]) => [
      codec,
      (input: Uint8Array, length: number) => {
        if (length > most) throw beyond("document", most, ["source"], "the bytes of a page are");
        return decompress(input, length);
      },
    ]),
  );
}

function same(cell: unknown): unknown {
  return cell;
}

/** How the cells of a column become those of a batch. */
function converterOf(field: SchemaTree | undefined): (cell: unknown) => unknown {
  const { logical_type: logical, converted_type: converted, scale = 0 } = field?.element ?? {};
  if (converted === "DATE" || logical?.type === "DATE") return (cell) => isoText(cell, 10);
  if (logical?.type === "TIMESTAMP" && !logical.isAdjustedToUTC) return (cell) => isoText(cell, 23);
  if (converted === "DECIMAL" || logical?.type === "DECIMAL") {
    // the reader multiplies by a power of ten, which is a rounding too many
    const power = Number(`1e${scale}`);
    return (cell) => (typeof cell === "number" ? Math.round(cell * power) / power : cell);
  }
  return (cell) => (typeof cell === "bigint" && cell === BigInt(Number(cell)) ? Number(cell) : cell);
}

function isoText(cell: unknown, length: number): unknown {
  if (!(cell instanceof Date)) return cell;
  return Number.isNaN(cell.getTime()) ? describeValue(cell) : cell.toISOString().slice(0, length);
}
