import { compileProgram, compileWorld, type Program, Tile, tileRuns, type World } from "@sage-twin/causal";
import { libraryVersion, registerTask, type Task, TwinError } from "@sage-twin/kernel";

/** Runs to simulate: whole tiles from `firstTile` on, `runs` in all. */
export interface SimulateChunk {
  readonly program: Program;
  readonly worlds: readonly World[];
  readonly seed: string;
  readonly firstTile: number;
  readonly runs: number;
  readonly steps: number;
  /** Nodes whose samples come back. */
  readonly keep: readonly number[];
}

/** What a chunk's runs came to. */
export interface SimulatedChunk {
  readonly runs: number;
  /** Samples by slot, step and run: the kept nodes of the baseline, then of each world those that it can move. */
  readonly samples: Float64Array;
  /** Per edge: run-steps of the worlds in which the cause lay outside its observed range. */
  readonly outside: Float64Array;
  readonly floored: number;
  readonly clamped: number;
  readonly runaway: number;
}

/** The kept nodes that have samples, first of the baseline (`world` -1), then of each world. */
export function slotsOf(
  program: Program,
  worlds: readonly World[],
  keep: readonly number[],
): { world: number; node: number }[] {
  return [
    ...keep.map((node) => ({ world: -1, node })),
    ...worlds.flatMap((world, index) => {
      const { from } = compileWorld(program, world);
      return keep.filter((node) => Number.isFinite(from[node])).map((node) => ({ world: index, node }));
    }),
  ];
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
function simulateChunk(chunk: SimulateChunk): SimulatedChunk {
  const { program, worlds, seed, firstTile, runs, steps, keep } = chunk;
  const compiled = compileProgram(program);
  const compiledWorlds = worlds.map((world) => compileWorld(program, world));
  const slots = slotsOf(program, worlds, keep);
  const samples = new Float64Array(slots.length * steps * runs);
  const outside = new Float64Array(program.edges.length);
  let floored = 0;
  let clamped = 0;
  let runaway = 0;
  for (let offset = 0; offset < runs; offset += tileRuns) {
    const tile = new Tile(compiled, compiledWorlds, seed, firstTile + offset / tileRuns);
    const width = Math.min(tileRuns, runs - offset);
    for (let step = 0; step < steps; step++) {
      tile.advance();
      for (let slot = 0; slot < slots.length; slot++) {
        const { world, node } = slots[slot];
        const values = tile.level(node, world);
        if (!allFinite(values)) throw notFinite(program, node, step);
        samples.set(width === tileRuns ? values : values.subarray(0, width), (slot * steps + step) * runs + offset);
      }
    }
    for (let edge = 0; edge < outside.length; edge++) outside[edge] += tile.outside[edge];
    floored += tile.floored;
    clamped += tile.clamped;
    runaway += tile.runaway;
  }
  return { runs, samples, outside, floored, clamped, runaway };
}

/** Whether a tile's values are all finite: their sums are, four at a time. */
function allFinite(values: Float64Array): boolean {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let run = 0; run < tileRuns; run += 4) {
    a += values[run];
    b += values[run + 1];
    c += values[run + 2];
    d += values[run + 3];
  }
  return Number.isFinite(a) && Number.isFinite(b) && Number.isFinite(c) && Number.isFinite(d);
}

function notFinite(program: Program, node: number, step: number): TwinError {
  return new TwinError({
    code: "domain",
    path: ["simulate", program.nodes[node].name, step],
    message: `'${program.nodes[node].name}' is no finite number in some runs at step ${step}`,
    fix: "look for a division by zero in its formula, an edit that takes a cause to zero, or a loop that feeds itself",
  });
}
