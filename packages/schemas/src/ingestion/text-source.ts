import { describeValue, TwinError } from "@sage-twin/kernel";
import { beyond, limitsOf, type ReadLimits, type ReadOptions } from "./read-options.js";

/** Text with a header and rows, or text or bytes in pieces; bytes may be compressed with gzip. */
export type TextSource = string | ReadableStream<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

const pieceLength = 1 << 20;
const leastPiece = 1 << 16;
const ratioFrom = 1_000_000;

/**
 * The text of a source in pieces of a useful size, without its byte-order mark. Throws a `TwinError` for bytes that are not of
 * the encoding, and where a limit is reached.
 */
export async function* textOf(source: TextSource, options: ReadOptions): AsyncGenerator<string> {
  const limits = limitsOf(options);
  let started = false;
  let total = 0;
  let held = "";
  for await (let text of decoded(pieces(source), options.encoding, limits)) {
    if (!started && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    started ||= text !== "";
    total += text.length;
    if (total > limits.bytes) throw beyond("bytes", limits.bytes, ["source"], "the source has");
    // a sender of single bytes must not cost a scan for each
    held = held === "" ? text : held + text;
    if (held.length < leastPiece) continue;
    yield held;
    held = "";
  }
  yield held;
}

/** The bytes of a source in pieces, decompressed if they are gzip. */
export async function* bytesOf(source: TextSource, limits: Required<ReadLimits>): AsyncGenerator<Uint8Array> {
  for await (const piece of inflated(pieces(source), limits)) {
    if (!(piece instanceof Uint8Array)) throw wrongPiece(piece);
    yield piece;
  }
}

async function* decoded(
  source: AsyncIterable<unknown>,
  encoding: string | undefined,
  limits: Required<ReadLimits>,
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  const decode = (bytes?: Uint8Array): string => {
    decoder ??= decoderOf(bytes, encoding);
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      const name = decoder.encoding.toUpperCase();
      const message = `the bytes are not ${name} text`;
      const fix = `name their encoding: encoding: "windows-1252", or save the file as UTF-8`;
      throw new TwinError({ code: "invalid-data", path: ["source"], message, fix }, { cause });
    }
  };
  for await (const piece of inflated(source, limits)) {
    if (typeof piece === "string") yield piece;
    else if (piece instanceof Uint8Array) yield decode(piece);
    else throw wrongPiece(piece);
  }
  if (decoder !== undefined) yield decode();
}

function decoderOf(bytes: Uint8Array = new Uint8Array(), encoding?: string): TextDecoder {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : "utf-16be";
  const marked = mark === "utf-16le" || (bytes[0] === 0xfe && bytes[1] === 0xff);
  try {
    return new TextDecoder(encoding ?? (marked ? mark : "utf-8"), { fatal: true });
  } catch (cause) {
    throw new TwinError(
      {
        code: "invalid-argument",
        path: ["encoding"],
        message: `unknown encoding ${describeValue(encoding)}`,
        fix: 'give a label such as "utf-8", "utf-16le" or "windows-1252"',
      },
      { cause },
    );
  }
}

/** The pieces; those of gzip, which no text starts like, are decompressed. A first piece of fewer than two bytes is joined to the next. */
async function* inflated(source: AsyncIterable<unknown>, limits: Required<ReadLimits>): AsyncGenerator<unknown> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    let first = await iterator.next();
    while (!first.done && first.value instanceof Uint8Array && first.value.length < 2) {
      const next = await iterator.next();
      if (next.done || !(next.value instanceof Uint8Array)) {
        yield first.value;
        first = next;
      } else first = { done: false, value: Uint8Array.of(...first.value, ...next.value) };
    }
    if (first.done) return;
    const rest = { [Symbol.asyncIterator]: () => iterator };
    if (first.value instanceof Uint8Array && first.value[0] === 0x1f && first.value[1] === 0x8b)
      yield* gunzipped(first.value, rest, limits);
    else {
      yield first.value;
      yield* rest;
    }
  } finally {
    await iterator.return?.();
  }
}

async function* gunzipped(
  first: Uint8Array,
  rest: AsyncIterable<unknown>,
  limits: Required<ReadLimits>,
): AsyncGenerator<Uint8Array> {
  if (typeof DecompressionStream === "undefined")
    throw new TwinError({
      code: "unsupported",
      path: ["source"],
      message: "this runtime cannot decompress gzip",
      fix: "decompress the bytes first",
    });
  const { readable, writable } = new DecompressionStream("gzip");
  const writer = writable.getWriter();
  let compressed = 0;
  let failure: unknown;
  const write = async (piece: unknown): Promise<void> => {
    if (!(piece instanceof Uint8Array)) throw wrongPiece(piece);
    compressed += piece.length;
    await writer.write(piece as Uint8Array<ArrayBuffer>);
  };
  const feed = async (): Promise<void> => {
    try {
      await write(first);
      for await (const piece of rest) await write(piece);
      await writer.close();
    } catch (error) {
      failure ??= error;
      await writer.abort(error).catch(() => undefined);
    }
  };
  const feeding = feed();
  const reader = readable.getReader();
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        if (TwinError.isInstance(failure) || (failure !== undefined && failure !== cause)) throw failure;
        throw new TwinError(
          { code: "invalid-data", path: ["source"], message: "the gzip bytes are damaged or cut off" },
          { cause },
        );
      });
      if (done) break;
      total += value.length;
      if (total > ratioFrom && total > compressed * limits.ratio)
        throw beyond("ratio", limits.ratio, ["source"], "gzip makes the bytes larger by");
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
    await writer.abort().catch(() => undefined);
    await feeding;
  }
}

function wrongPiece(piece: unknown): TwinError {
  return new TwinError({
    code: "invalid-data",
    path: ["source"],
    message: `${describeValue(piece)} is neither text nor bytes`,
    fix: "give a stream of one of them",
  });
}

async function* pieces(source: TextSource): AsyncGenerator<unknown> {
  if (typeof source === "string") {
    for (let at = 0; at < source.length; at += pieceLength) yield source.slice(at, at + pieceLength);
  } else if ("getReader" in source) {
    // not every browser can iterate a ReadableStream
    const reader = source.getReader();
    try {
      for (let result = await reader.read(); !result.done; result = await reader.read()) yield result.value;
    } finally {
      await reader.cancel();
    }
  } else yield* source;
}
