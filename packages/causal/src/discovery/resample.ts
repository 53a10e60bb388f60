import { Rng, TwinError } from "@sage-twin/kernel";
import type { DiscoveryOptions } from "./suggestion.js";

/** Checks the options that every search shares. */
export function checkDiscovery({ resamples = 0, limit = 1 }: DiscoveryOptions, level = 0.5): void {
  const refuse = (path: string, message: string): never => {
    throw new TwinError({ code: "out-of-range", path: [path], message });
  };
  if (!Number.isInteger(resamples) || resamples < 0 || resamples > 10_000)
    refuse("resamples", `the number of resamples is a whole number from 0 to 10000, not ${resamples}`);
  if (!(limit >= 1)) refuse("limit", `a limit is 1 or more, not ${limit}`);
  if (!(level > 0 && level < 1)) refuse("level", `a level lies between 0 and 1, which ${level} does not`);
}

/**
 * Draws rows anew and counts in which share of the draws each edge is found; between two draws other work gets its turn.
 *
 * @param block how many rows that follow each other are drawn together.
 * @param find the keys of the edges that are found on these rows.
 */
export async function resampleEdges(
  method: string,
  rows: number,
  block: number,
  { resamples = 0, seed = "discovery", signal, onProgress }: DiscoveryOptions,
  find: (chosen: Int32Array) => readonly string[],
): Promise<((key: string) => number) | undefined> {
  if (resamples === 0) return undefined;
  const counts = new Map<string, number>();
  for (let resample = 0; resample < resamples; resample++) {
    await new Promise<void>((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    const rng = new Rng(seed).derive(method, resample);
    const chosen = new Int32Array(rows);
    for (let row = 0; row < rows; row += block) {
      const start = rng.integer(rows - block + 1);
      for (let at = 0; at < block && row + at < rows; at++) chosen[row + at] = start + at;
    }
    for (const key of find(chosen)) counts.set(key, (counts.get(key) ?? 0) + 1);
    onProgress?.({ stage: method, done: resample + 1, total: resamples });
  }
  return (key) => (counts.get(key) ?? 0) / resamples;
}
