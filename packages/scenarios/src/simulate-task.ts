import { tileRuns } from "@sage-twin/causal";
import { libraryVersion, registerTask, type Task } from "@sage-twin/kernel";
import { type RunChunk, type RunTally, requireFinite, runTiles, slotsOf } from "./run-tiles.js";

/** A chunk's runs, all of them. */
export interface SimulatedChunk extends RunTally {
  /** By slot, step and run. */
  readonly samples: Float64Array;
}

/** The name under which executors run a chunk. */
export const simulateTask: Task = {
  name: "scenarios/simulate",
  version: libraryVersion,
  // A classic script (the IIFE build) has no URL of its own: there, workers need `workerUrl`.
  ...(import.meta.url === undefined ? {} : { module: new URL("./worker.js", import.meta.url).href }),
};

/** Makes the task known to this thread. */
export function registerSimulation(): void {
  registerTask(simulateTask, simulateChunk, { transfer: ({ samples, outside }) => [samples.buffer, outside.buffer] });
}

/** Simulates one chunk. Each tile is seeded by its own number, so that chunks of any size give the same samples. */
function simulateChunk(chunk: RunChunk): SimulatedChunk {
  const { program, worlds, runs, steps, keep } = chunk;
  const slots = slotsOf(program, worlds, keep);
  const samples = new Float64Array(slots.length * steps * runs);
  const tally = runTiles(chunk, (tile, step, offset, width) => {
    for (let slot = 0; slot < slots.length; slot++) {
      const { world, node } = slots[slot];
      const values = tile.level(node, world);
      requireFinite(values, program, node, step);
      samples.set(width === tileRuns ? values : values.subarray(0, width), (slot * steps + step) * runs + offset);
    }
  });
  return { ...tally, samples };
}
