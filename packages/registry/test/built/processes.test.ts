import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundle } from "../../../../.tools/bundle.js";
import { runScript, runtimePath, type ServerRuntimeName, serverRuntimes } from "../../../../.tools/runtimes.js";

const names = ["promote", "until-killed", "look"];
const output = bundle(import.meta.url, Object.fromEntries(names.map((name) => [name, `./processes/${name}.ts`])));
const script = (name: string): string => join(output, `${name}.js`);

interface Look {
  readonly moves: readonly { readonly by?: string; readonly note: number }[];
  readonly loaded: readonly number[];
  readonly collected: readonly number[];
  readonly champion: number;
}

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sage-twin-registry-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const there = serverRuntimes.filter((name) => runtimePath(name) !== undefined);
const runtimesOf = { file: there, sqlite: there.filter((name) => name !== "node20") };

describe.each(["file", "sqlite"] as const)("processes over one %s store", (kind) => {
  const runtimes = runtimesOf[kind];
  const place = (): string => join(directory, "store");
  const look = async (name: ServerRuntimeName): Promise<Look> =>
    JSON.parse(await runScript(name, script("look"), [kind, place()]));

  async function promoteAll(processes: readonly ServerRuntimeName[], count: number): Promise<void> {
    const promote = (name: ServerRuntimeName, index: number) =>
      runScript(name, script("promote"), [kind, place(), `${index}`, `${processes.length}`, `${count}`]);
    await Promise.all(processes.map(promote));
    const { moves, champion } = await look(processes[0]);
    expect(moves).toHaveLength(processes.length * count);
    for (const index of processes.keys())
      expect(moves.filter(({ by }) => by === `${index}`).map(({ note }) => note)).toEqual([...Array(count).keys()]);
    expect(champion).toBe(moves.at(-1)?.note);
    const turns = moves.filter(({ by }, index) => index > 0 && moves[index - 1].by !== by).length;
    expect(turns).toBeGreaterThan(processes.length); // they did run at the same time
  }

  it.skipIf(runtimes.length === 0)("lose no promotion of two at once", async () => {
    await promoteAll([runtimes[0], runtimes[0]], 60);
  });

  it.skipIf(runtimes.length < 2)("lose no promotion of different runtimes at once", async () => {
    await promoteAll(runtimes, 25);
  });

  it.skipIf(runtimes.length === 0)(
    "leave the last good state when killed at any moment",
    { timeout: 300_000 },
    async () => {
      let acknowledged = -1;
      for (let kill = 0; kill < 10; kill++) {
        acknowledged = await runAndKill(runtimes[0], kind, place(), (kill * 17.3) % 50, acknowledged);
        const { moves, loaded, collected, champion } = await look(runtimes[0]);
        const notes = moves.map(({ note }) => note);
        expect(notes.at(-1)).toBeGreaterThanOrEqual(acknowledged);
        expect(notes).toEqual([...notes].sort((a, b) => a - b));
        expect(new Set(notes).size).toBe(notes.length); // each once
        for (let index = 0; index <= acknowledged; index++)
          expect(loaded.includes(index) || collected.includes(index)).toBe(true);
        expect(champion).toBe(notes.at(-1));
        acknowledged = Math.max(acknowledged, loaded.at(-1) as number, ...collected); // where the next one goes on
      }
      if (kind === "file")
        expect(readdirSync(place()).filter((name) => /\.lock-\d+$/.test(name)).length).toBeLessThan(5);
    },
  );
});

/** Kills a process some milliseconds after it first said something; returns the last index that it acknowledged. */
async function runAndKill(
  name: ServerRuntimeName,
  kind: string,
  place: string,
  delay: number,
  before: number,
): Promise<number> {
  const child = spawn(runtimePath(name) as string, [script("until-killed"), kind, place], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  let complaints = "";
  child.stderr.on("data", (text) => {
    complaints += text;
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once("close", (_, signal) => resolve(signal)));
  const spoken = new Promise<void>((resolve) =>
    child.stdout.on("data", (text) => {
      said += text;
      resolve();
    }),
  );
  await Promise.race([spoken, ended]);
  await new Promise((resolve) => setTimeout(resolve, delay));
  child.kill("SIGKILL");
  expect(await ended, complaints).toBe("SIGKILL");
  const whole = said
    .slice(0, said.lastIndexOf("\n") + 1)
    .trim()
    .split("\n");
  return Math.max(before, Number(whole.at(-1)));
}
