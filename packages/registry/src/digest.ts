import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { requireJson, TwinError } from "@sage-twin/kernel";

/** A SHA-256 digest as 64 hexadecimal digits. */
export type ContentId = string;

const numbersAtOnce = 8192;
const absent = 0xffffffff;
const canonicalNotANumber = 0x7ff80000;

/**
 * The id of plain JSON, whatever the order of its keys: SHA-256 of its text with sorted keys and without spaces.
 *
 * @throws TwinError `not-serialisable` for what JSON cannot hold.
 *
 * @example
 * ```ts
 * import { contentId } from "@sage-twin/registry";
 *
 * contentId({ b: 2, a: 1 }) === contentId({ a: 1, b: 2 }); // => true
 * ```
 */
export function contentId(json: unknown): ContentId {
  return bytesToHex(sha256(utf8ToBytes(canonicalText(json))));
}

/** JSON text with sorted keys. */
function canonicalText(json: unknown): string {
  requireJson(json, "not-serialisable");
  return JSON.stringify(json, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/**
 * The id of a column of numbers: its length and its values as little-endian 64-bit floats, every NaN the same and -0 as 0.
 */
export function numbersId(values: ArrayLike<number>): ContentId {
  const hash = sha256.create().update(utf8ToBytes(`numbers ${values.length}\n`));
  const view = new DataView(new ArrayBuffer(8 * numbersAtOnce));
  for (let start = 0; start < values.length; start += numbersAtOnce) {
    const count = Math.min(numbersAtOnce, values.length - start);
    for (let i = 0; i < count; i++) {
      const value = values[start + i];
      if (Number.isNaN(value)) {
        view.setUint32(8 * i, 0, true);
        view.setUint32(8 * i + 4, canonicalNotANumber, true);
      } else {
        view.setFloat64(8 * i, value + 0, true); // -0 + 0 is 0
      }
    }
    hash.update(new Uint8Array(view.buffer, 0, 8 * count));
  }
  return bytesToHex(hash.digest());
}

/** The id of a column of texts: each as its length in bytes and its UTF-8; null as a length that no text has. */
export function textsId(values: readonly (string | null)[], path: readonly (string | number)[]): ContentId {
  const hash = sha256.create().update(utf8ToBytes(`texts ${values.length}\n`));
  const length = new DataView(new ArrayBuffer(4));
  const prefix = new Uint8Array(length.buffer);
  values.forEach((value, row) => {
    if (value !== null && /\p{Surrogate}/u.test(value)) {
      throw new TwinError({
        code: "invalid-data",
        path: [...path, row],
        message: "the text holds half of a character, which has no UTF-8",
        fix: "read the source again in its own encoding",
      });
    }
    const bytes = value === null ? undefined : utf8ToBytes(value);
    length.setUint32(0, bytes?.length ?? absent, true);
    hash.update(prefix);
    if (bytes !== undefined) hash.update(bytes);
  });
  return bytesToHex(hash.digest());
}

/**
 * The id of a file's bytes, read as they come: what `sha256sum` prints. Text counts as its UTF-8.
 *
 * @example
 * ```ts
 * import { fileId } from "@sage-twin/registry";
 *
 * (await fileId("abc")).id.slice(0, 8); // => "ba7816bf"
 * ```
 */
export async function fileId(
  source: string | Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<{ readonly id: ContentId; readonly bytes: number }> {
  const hash = sha256.create();
  let bytes = 0;
  const add = (piece: Uint8Array): void => {
    options.signal?.throwIfAborted();
    bytes += piece.length;
    hash.update(piece);
  };
  if (typeof source === "string") add(utf8ToBytes(source));
  else if (source instanceof Uint8Array) add(source);
  else for await (const piece of pieces(source)) add(piece);
  return { id: bytesToHex(hash.digest()), bytes };
}

/** Not every browser can iterate a stream. */
async function* pieces(source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (!("getReader" in source)) return yield* source;
  const reader = source.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}
