import { tileRuns } from "@sage-twin/causal";
import { registerTask, type Task } from "@sage-twin/kernel";
import { countCell, emptyCounts, type Grid, type GridCounts } from "./grid.js";
import { type RunChunk, type RunTally, requireFinite, runTiles, slotsOf } from "./run-tiles.js";
import { simulateTask } from "./simulate-task.js";

/** Runs to be counted on a grid instead of kept. */
export interface SummariseChunk extends RunChunk {
  /** By cell: every slot at every step, then the difference from the baseline of every slot of a world at every step. */
  readonly grid: Grid;
  /** Kept nodes whose total over time is their last value; that of others is the sum. */
  readonly last: readonly number[];
}

/** A chunk's runs as counts. */
export interface SummarisedChunk extends RunTally {
  readonly counts: GridCounts;
  /** By slot and run: the total over all steps. */
  readonly totals: Float64Array;
}

/** The name under which executors count a chunk. */
export const summariseTask: Task = { ...simulateTask, name: "scenarios/summarise" };

/** Makes the task known to this thread. */
export function registerSummary(): void {
  registerTask(summariseTask, summariseChunk, {
    transfer: ({ counts, totals, outside }) => [
      totals.buffer,
      outside.buffer,
      ...Object.values(counts as GridCounts).map(({ buffer }) => buffer),
    ],
  });
}

/** Simulates one chunk and counts its runs where the grid has them. */
function summariseChunk(chunk: SummariseChunk): SummarisedChunk {
  const { program, worlds, runs, steps, keep, grid, last } = chunk;
  const slots = slotsOf(program, worlds, keep);
  const counts = emptyCounts(grid.low.length, runs);
  const totals = new Float64Array(slots.length * runs);
  const difference = new Float64Array(tileRuns);
  const isLast = slots.map(({ node }) => last.includes(node));
  const tally = runTiles(chunk, (tile, step, offset, width) => {
    for (let slot = 0; slot < slots.length; slot++) {
      const { world, node } = slots[slot];
      const values = tile.level(node, world);
      // The sum is no finite number as soon as one value is none.
      if (!Number.isFinite(countCell(grid, counts, slot * steps + step, values, width)))
        requireFinite(values, program, node, step);
      const at = slot * runs + offset;
      if (isLast[slot]) totals.set(values.subarray(0, width), at);
      else for (let run = 0; run < width; run++) totals[at + run] += values[run];
      if (world < 0) continue;
      const baseline = tile.level(node);
      for (let run = 0; run < width; run++) difference[run] = values[run] - baseline[run];
      countCell(grid, counts, (slots.length + slot - keep.length) * steps + step, difference, width);
    }
  });
  return { ...tally, counts, totals };
}
