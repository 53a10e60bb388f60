import type { SourceType } from "@sage-twin/schemas";
import { Problem } from "./problem.js";

/** A request's body, decompressed, and what it is written in. */
export interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: SourceType;
}

const types: Readonly<Record<string, SourceType>> = {
  "application/json": "json",
  "application/x-ndjson": "ndjson",
  "application/jsonl": "ndjson",
  "text/csv": "csv",
  "application/vnd.apache.parquet": "parquet",
};
const endings: Readonly<Record<string, SourceType>> = {
  json: "json",
  ndjson: "ndjson",
  jsonl: "ndjson",
  csv: "csv",
  parquet: "parquet",
};

/** The media types that a body may have. */
const mediaTypes: readonly string[] = Object.keys(types);

/** Reads the body of a request, at most `most` bytes of it after decompression; a form must hold one file. */
export async function readBody(request: Request, most: number): Promise<Body> {
  const mediaType = mediaTypeOf(request.headers.get("content-type") ?? "");
  const isForm = mediaType === "multipart/form-data";
  if (!isForm && !Object.hasOwn(types, mediaType)) throw unsupported(mediaType);
  if (Number(request.headers.get("content-length") ?? 0) > most) throw tooLarge(most);
  const bytes = await readAtMost(await decompressed(request), most);
  if (bytes.length === 0) throw new Problem(400, "the body is empty");
  return isForm ? fileOf(bytes, request.headers.get("content-type") as string) : { bytes, type: types[mediaType] };
}

function mediaTypeOf(contentType: string): string {
  return contentType.split(";")[0].trim().toLowerCase();
}

function unsupported(mediaType: string): Problem {
  return new Problem(
    415,
    `'${mediaType.slice(0, 60)}' is not taken; send ${mediaTypes.join(", ")}, or a form with one file`,
    {
      headers: { accept: mediaTypes.join(", ") },
    },
  );
}

function tooLarge(most: number): Problem {
  return new Problem(413, `the body has more than ${most} bytes`);
}

async function decompressed(request: Request): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const coding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  const body = request.body ?? (await request.blob()).stream(); // Firefox gives requests no stream
  if (coding === "identity") return body;
  if (coding === "gzip" || coding === "deflate") return body.pipeThrough(new DecompressionStream(coding));
  throw new Problem(415, `the content coding '${coding.slice(0, 40)}' is not taken; send gzip, deflate or none`, {
    headers: { "accept-encoding": "gzip, deflate" },
  });
}

async function readAtMost(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      length += read.value.length;
      if (length > most) throw tooLarge(most);
      pieces.push(read.value);
    }
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error instanceof Problem ? error : new Problem(400, "the body could not be read to its end");
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

async function fileOf(bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<Body> {
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: { "content-type": contentType } }).formData();
  } catch {
    throw new Problem(400, "the form could not be read");
  }
  const files = [...form.values()].filter((value) => value instanceof File);
  if (files.length !== 1) throw new Problem(400, `the form holds ${files.length} files, not one`);
  const [file] = files;
  const mediaType = mediaTypeOf(file.type);
  const ending = /\.([a-z]+)$/i.exec(file.name)?.[1].toLowerCase() ?? "";
  if (!Object.hasOwn(types, mediaType) && !Object.hasOwn(endings, ending)) throw unsupported(mediaType);
  const type = Object.hasOwn(types, mediaType) ? types[mediaType] : endings[ending];
  return { bytes: new Uint8Array(await file.arrayBuffer()), type };
}
