import { describeValue, TwinError } from "@sage-twin/kernel";
import type { Batch, Request } from "./batch.js";
import { csvBatches } from "./csv.js";
import { jsonBatches, ndjsonBatches } from "./json.js";
import { beyond, limitsOf, type ReadOptions } from "./read-options.js";
import { bytesOf, type TextSource } from "./text-source.js";

/** The batches of text, or of bytes in pieces, by the `type` of the options. */
export async function* textBatches(source: TextSource, request: Request, options: ReadOptions): AsyncGenerator<Batch> {
  const { type = "csv" } = options;
  if (type === "csv") yield* csvBatches(source, request, options);
  else if (type === "json") yield* jsonBatches(source, request, options);
  else if (type === "ndjson") yield* ndjsonBatches(source, request, options);
  else if (type === "parquet") {
    const { parquetBatches } = await import("./parquet.js");
    const whole = await held(source, options);
    yield* parquetBatches(whole, request, options);
  } else
    throw new TwinError({
      code: "invalid-argument",
      path: ["type"],
      message: `unknown type ${describeValue(type)}`,
      fix: 'give "csv", "json", "ndjson" or "parquet"',
    });
}

/** All bytes of a source, as Parquet is read from its end. */
async function held(source: TextSource, options: ReadOptions): Promise<Blob> {
  const limits = limitsOf(options);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const piece of bytesOf(source, limits)) {
    length += piece.length;
    if (length > limits.document) throw beyond("document", limits.document, ["source"], "the bytes are");
    options.signal?.throwIfAborted();
    pieces.push(new Uint8Array(piece));
  }
  return new Blob(pieces);
}
