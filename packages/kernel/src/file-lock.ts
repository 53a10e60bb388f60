import { builtin } from "./builtin.js";
import { TwinError } from "./errors.js";

/** What a lock needs of `node:fs/promises`. */
export interface LockFiles {
  readFile(path: string, encoding: "utf8"): Promise<string>;
  writeFile(path: string, text: string): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

interface Process {
  readonly pid: number;
  kill(pid: number, signal: 0): unknown;
}

const longestPause = 20;
const mostPauses = 600; // about 12 s of one holder

/**
 * Runs `action` while no other process holds the lock beside `path`.
 *
 * The lock is `path.lock-1`, linked into place whole, so that one of many gets it. It names its holder; when that process is gone, the next holder
 * links `path.lock-2`, looks again whether every lock before it is still the one it saw, and so on. A holder removes the locks from the first to its
 * own: whoever links a number that was freed in between finds that an earlier lock is another one, and starts again.
 */
export async function withFileLock<Value>(
  files: LockFiles,
  path: string,
  action: () => Promise<Value>,
): Promise<Value> {
  const held = await acquire(files, path);
  try {
    return await action();
  } finally {
    for (let number = 1; number <= held; number++) await unlessCode("ENOENT", files.unlink(lockName(path, number)));
  }
}

async function acquire(files: LockFiles, path: string): Promise<number> {
  const me = `${path}.${crypto.randomUUID()}`;
  await files.writeFile(me, await signature(files));
  try {
    let seen = "";
    for (let pauses = 0; pauses < mostPauses; ) {
      const dead: string[] = [];
      const holder = await firstAlive(files, path, dead);
      if (holder === undefined) {
        const number = dead.length + 1;
        if (
          (await unlessCode(
            "EEXIST",
            files.link(me, lockName(path, number)).then(() => true),
          )) !== true
        )
          continue;
        if (await same(files, path, dead)) return number;
        await files.unlink(lockName(path, number));
        continue;
      }
      pauses = holder === seen ? pauses + 1 : 0;
      seen = holder;
      await new Promise((resolve) => setTimeout(resolve, Math.min(1 + pauses, longestPause)));
    }
  } finally {
    await files.unlink(me);
  }
  throw new TwinError({
    code: "conflict",
    path: [lockName(path, 1)],
    message: "another process keeps this file locked",
    fix: "if no process uses the directory, remove the file",
  });
}

/** What the first lock of a living process says; the locks of dead ones before it are put into `dead`. */
async function firstAlive(files: LockFiles, path: string, dead: string[]): Promise<string | undefined> {
  for (;;) {
    const found = await lockText(files, path, dead.length + 1);
    if (found === undefined) return undefined;
    if (await alive(files, found)) return found;
    dead.push(found);
  }
}

async function same(files: LockFiles, path: string, dead: readonly string[]): Promise<boolean> {
  for (const [index, text] of dead.entries()) if ((await lockText(files, path, index + 1)) !== text) return false;
  return true;
}

const lockText = (files: LockFiles, path: string, number: number): Promise<string | undefined> =>
  unlessCode("ENOENT", files.readFile(lockName(path, number), "utf8"));

const lockName = (path: string, number: number): string => `${path}.lock-${number}`;

/** This process: machine, number, when it began, and a token of its own for every lock. */
async function signature(files: LockFiles): Promise<string> {
  const { pid } = thisProcess();
  return [machine(), pid, await began(files, pid), crypto.randomUUID()].join("\n");
}

/** Whether the process that wrote a lock may still run: yes when that cannot be told. */
async function alive(files: LockFiles, text: string): Promise<boolean> {
  const [host, pid, start] = text.split("\n");
  if (host !== machine()) return true;
  try {
    thisProcess().kill(Number(pid), 0);
  } catch (error) {
    if ((error as { code?: string }).code === "ESRCH") return false;
  }
  const now = await began(files, Number(pid));
  return start === "" || now === "" || start === now;
}

/** When a process began, in the words of Linux: numbers of processes come again. Elsewhere empty. */
async function began(files: LockFiles, pid: number): Promise<string> {
  const text = await files.readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return text.slice(text.lastIndexOf(")") + 1).split(" ")[20] ?? "";
}

const thisProcess = (): Process => (globalThis as unknown as { process: Process }).process;

const machine = (): string => builtin<{ hostname(): string }>("node:os")?.hostname() ?? "";

/** What a file operation gives, or undefined when it fails with `code`. */
export async function unlessCode<Value>(code: string, operation: Promise<Value>): Promise<Value | undefined> {
  try {
    return await operation;
  } catch (error) {
    if ((error as { code?: string }).code === code) return undefined;
    throw error;
  }
}
