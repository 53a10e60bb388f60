import { TwinError } from "@sage-twin/kernel";

/** CSV: text, or text or UTF-8 bytes in pieces. */
export type CsvSource = string | ReadableStream<Uint8Array | string> | AsyncIterable<Uint8Array | string>;

const pieceLength = 1 << 20;

/** The text of a source in pieces, without its byte-order mark. Throws a `TwinError` for bytes that are not UTF-8. */
export async function* csvText(source: CsvSource): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let started = false;
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      const fix = "save the file as UTF-8, or decode it with a TextDecoderStream first";
      throw new TwinError(
        {
          code: "invalid-data",
          path: ["source"],
          message: "the bytes are not UTF-8 text",
          fix,
        },
        { cause },
      );
    }
  };
  for await (const piece of pieces(source)) {
    let text = "";
    if (typeof piece === "string") text = piece;
    else if (piece instanceof Uint8Array) text = decode(piece);
    else
      throw new TwinError({
        code: "invalid-data",
        path: ["source"],
        message: "a piece is neither text nor bytes",
      });
    if (!started && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    started ||= text !== "";
    yield text;
  }
  yield decode();
}

async function* pieces(source: CsvSource): AsyncGenerator<unknown> {
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
