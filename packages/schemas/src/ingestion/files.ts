import { TwinError } from "@sage-twin/kernel";
import type { Batch, Request } from "./batch.js";
import type { ReadOptions, SourceType } from "./read-options.js";
import { fetchFile, type RemoteFile } from "./remote-file.js";
import { textBatches } from "./text-batches.js";
import type { TextSource } from "./text-source.js";

const types: Readonly<Record<string, SourceType>> = {
  csv: "csv",
  tsv: "csv",
  txt: "csv",
  json: "json",
  ndjson: "ndjson",
  jsonl: "ndjson",
  parquet: "parquet",
  "text/csv": "csv",
  "text/tab-separated-values": "csv",
  "application/json": "json",
  "application/x-ndjson": "ndjson",
  "application/jsonl": "ndjson",
  "application/vnd.apache.parquet": "parquet",
};

/** The batches of a file or of what an address answers; its type is that of the options, its name or its media type. */
export async function* fileBatches(
  source: Blob | URL | RemoteFile,
  request: Request,
  options: ReadOptions,
): AsyncGenerator<Batch> {
  if (source instanceof Blob) {
    const read = withType(options, (source as Partial<File>).name ?? "", source.type);
    if (read.type === "parquet") {
      const { parquetBatches } = await import("./parquet.js");
      yield* parquetBatches(source, request, read);
    } else yield* textBatches(source.stream(), request, read);
    return;
  }
  const response = await fetchFile(source, options.signal);
  const { pathname } = new URL(source instanceof URL ? source : source.url);
  const read = withType(options, pathname, response.headers.get("content-type") ?? "");
  if (response.body === null)
    throw new TwinError({ code: "invalid-data", path: ["source", "url"], message: "the answer has no body" });
  yield* textBatches(response.body as TextSource, request, read);
}

/** The options with the type, delimiter and encoding that the name or the media type tell, where they do not tell them themselves. */
function withType(options: ReadOptions, name: string, media: string): ReadOptions {
  const extension = /\.([a-z]+)(?:\.gz)?$/i.exec(name)?.[1].toLowerCase() ?? "";
  const [essence, ...parameters] = media.toLowerCase().split(";");
  const type = options.type ?? types[extension] ?? types[essence.trim()];
  const tabs = extension === "tsv" || essence.trim() === "text/tab-separated-values";
  const charset = parameters.map((text) => /^\s*charset="?([^"]+)"?\s*$/.exec(text)?.[1]).find(Boolean);
  return {
    ...options,
    ...(type === undefined ? {} : { type }),
    ...(options.delimiter === undefined && tabs ? { delimiter: "\t" as const } : {}),
    ...(options.encoding === undefined && charset !== undefined ? { encoding: charset } : {}),
  };
}
