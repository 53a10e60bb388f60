import { builtin } from "./builtin.js";
import { TwinError } from "./errors.js";
import { type LockFiles, unlessCode, withFileLock } from "./file-lock.js";
import { fileName } from "./file-name.js";
import { jsonText, parseJson } from "./json.js";
import { numberShape, objectShape } from "./shape.js";
import type { LogEntry, Store, StoredValue } from "./store.js";

interface FileHandle {
  stat(): Promise<{ readonly size: number }>;
  read(buffer: Uint8Array): Promise<{ readonly bytesRead: number }>;
  writeFile(text: string): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

interface FileSystem extends LockFiles {
  open(path: string, flags: string): Promise<FileHandle>;
  appendFile(path: string, text: string): Promise<void>;
  truncate(path: string, size: number): Promise<void>;
  stat(path: string): Promise<{ readonly size: number }>;
  rename(from: string, to: string): Promise<void>;
  mkdir(path: string, options: { readonly recursive: true }): Promise<unknown>;
}

const newline = 10;
const valueFile = /* @__PURE__ */ objectShape({ version: numberShape, value: (value: unknown) => value });

/** What each file's last user left behind; the next one waits for it. Shared, so that several stores on one directory take turns. */
const turns = new Map<string, Promise<unknown>>();

/**
 * A store in a directory of its own: a JSON file for each key, a file of JSON lines for each log. A value is replaced by
 * renaming, so that a crash leaves the old one or the new one whole; a last line that a crash cut short was never
 * acknowledged and is dropped. Any number of stores and processes of one machine may write to the directory: a file that another process writes is
 * locked, and the lock of one that ended is not heeded. Processes of several machines wait for each other too, but a machine that is gone leaves
 * its lock behind. Needs Node, Deno or Bun: elsewhere it throws a `TwinError` "unsupported"; one "conflict" when a lock is not given up.
 */
export function fileStore(directory: string): Store {
  const files = builtin<FileSystem>("node:fs/promises");
  const paths = builtin<{ resolve(...parts: string[]): string }>("node:path");
  if (files === undefined || paths === undefined) {
    throw new TwinError({
      code: "unsupported",
      path: [],
      message: "this runtime has no files",
      fix: "use memoryStore()",
    });
  }
  return new FileStore(files, paths.resolve(directory));
}

class FileStore implements Store {
  readonly #files: FileSystem;
  readonly #directory: string;
  /** The logs that this store has checked: how long the file was then, and how many entries it had. */
  readonly #lengths = new Map<string, { readonly bytes: number; readonly entries: number }>();

  constructor(files: FileSystem, directory: string) {
    this.#files = files;
    this.#directory = directory;
  }

  async get(key: string): Promise<StoredValue | undefined> {
    const text = await unlessCode("ENOENT", this.#files.readFile(await this.#path("value", key), "utf8"));
    return text === undefined ? undefined : located(key, () => valueFile(parseJson(text)));
  }

  async put(key: string, value: unknown): Promise<number> {
    return this.#write(key, value, (version) => version + 1) as Promise<number>;
  }

  async compareAndSet(key: string, version: number, value: unknown): Promise<boolean> {
    return (await this.#write(key, value, (current) => (current === version ? current + 1 : undefined))) !== undefined;
  }

  async append(log: string, value: unknown): Promise<number> {
    const line = `${jsonText(value)}\n`;
    const path = await this.#path("log", log);
    return this.#alone(path, async () => {
      const { bytes, entries } = await this.#repaired(path);
      await this.#files.appendFile(path, line);
      this.#lengths.set(path, { bytes: bytes + new TextEncoder().encode(line).length, entries: entries + 1 });
      return entries;
    });
  }

  async *scan(log: string, from = 0): AsyncIterable<LogEntry> {
    let index = 0;
    for await (const line of this.#lines(await this.#path("log", log))) {
      if (index >= from) yield { index, value: located(log, () => parseJson(line), index) };
      index++;
    }
  }

  async #path(prefix: string, key: string): Promise<string> {
    return `${this.#directory}/${prefix}-${await fileName(key)}.json`;
  }

  /** Runs `action` when nobody else, here or in another process, writes to the file. */
  #alone<Value>(path: string, action: () => Promise<Value>): Promise<Value> {
    return inTurn(path, async () => {
      await this.#files.mkdir(this.#directory, { recursive: true });
      return withFileLock(this.#files, path, action);
    });
  }

  async #write(
    key: string,
    value: unknown,
    next: (version: number) => number | undefined,
  ): Promise<number | undefined> {
    const text = jsonText(value);
    const path = await this.#path("value", key);
    return this.#alone(path, async () => {
      const version = next((await this.get(key))?.version ?? 0);
      if (version === undefined) return undefined;
      const temporary = `${path}.new`;
      const handle = await this.#files.open(temporary, "w");
      try {
        await handle.writeFile(`{"version":${version},"value":${text}}`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await this.#files.rename(temporary, path);
      return version;
    });
  }

  /** How long a log is, after cutting off the line that a crash left unfinished. */
  async #repaired(path: string): Promise<{ readonly bytes: number; readonly entries: number }> {
    const size = (await unlessCode("ENOENT", this.#files.stat(path)))?.size ?? 0;
    const known = this.#lengths.get(path);
    if (known?.bytes === size) return known;
    let bytes = 0;
    let entries = 0;
    let position = 0;
    for await (const block of this.#blocks(path)) {
      for (let end = block.indexOf(newline); end >= 0; end = block.indexOf(newline, end + 1)) {
        bytes = position + end + 1;
        entries++;
      }
      position += block.length;
    }
    if (bytes < size) await this.#files.truncate(path, bytes);
    return { bytes, entries };
  }

  /** The finished lines of a file. */
  async *#lines(path: string): AsyncIterable<string> {
    const decoder = new TextDecoder();
    let rest = "";
    for await (const block of this.#blocks(path)) {
      const lines = (rest + decoder.decode(block, { stream: true })).split("\n");
      rest = lines.pop() as string;
      yield* lines;
    }
  }

  async *#blocks(path: string): AsyncIterable<Uint8Array> {
    const handle = await unlessCode("ENOENT", this.#files.open(path, "r"));
    if (handle === undefined) return;
    try {
      const buffer = new Uint8Array(65_536);
      // no further than now: what another process then cuts off and writes anew is no continuation
      for (let left = (await handle.stat()).size; left > 0; ) {
        const { bytesRead } = await handle.read(buffer);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, Math.min(bytesRead, left));
        left -= bytesRead;
      }
    } finally {
      await handle.close();
    }
  }
}

/** Runs `action` after everything that came before it for the same file. */
async function inTurn<Value>(path: string, action: () => Promise<Value>): Promise<Value> {
  const mine = (turns.get(path) ?? Promise.resolve()).then(action, action);
  turns.set(path, mine);
  try {
    return await mine;
  } finally {
    if (turns.get(path) === mine) turns.delete(path);
  }
}

/** Runs `read`; what it throws names the key, and the entry, that could not be read. */
function located<Value>(key: string, read: () => Value, ...place: readonly number[]): Value {
  try {
    return read();
  } catch (cause) {
    if (!TwinError.isInstance(cause)) throw cause;
    throw new TwinError(
      cause.issues.map((issue) => ({ ...issue, path: [key, ...place, ...issue.path] })),
      { cause },
    );
  }
}
