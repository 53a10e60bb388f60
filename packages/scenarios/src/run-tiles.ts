import {
  type CompiledProgram,
  type CompiledWorld,
  compileProgram,
  compileWorld,
  type DrawPlan,
  type Program,
  Tile,
  tileRuns,
  type World,
} from "@sage-twin/causal";
import { TwinError } from "@sage-twin/kernel";

/** Runs to simulate: whole tiles from `firstTile` on, `runs` in all. */
export interface RunChunk {
  readonly program: Program;
  readonly worlds: readonly World[];
  readonly seed: string;
  readonly firstTile: number;
  readonly runs: number;
  readonly steps: number;
  readonly draws: DrawPlan;
  /** Nodes whose runs are wanted. */
  readonly keep: readonly number[];
}

/** What is told of a chunk's runs beside their values. */
export interface RunTally {
  readonly runs: number;
  /** Per edge: run-steps of the worlds in which the cause lay outside its observed range. */
  readonly outside: Float64Array;
  readonly floored: number;
  readonly clamped: number;
  readonly runaway: number;
}

/** One kept node in one world; `world` -1 is the baseline. */
export interface Slot {
  readonly world: number;
  readonly node: number;
}

/** The kept nodes that have runs of their own, first of the baseline, then of each world those that it can move. */
export function slotsOf(program: Program, worlds: readonly World[], keep: readonly number[]): Slot[] {
  return [
    ...keep.map((node) => ({ world: -1, node })),
    ...worlds.flatMap((world, index) => {
      const { from } = compileWorld(program, world);
      return keep.filter((node) => Number.isFinite(from[node])).map((node) => ({ world: index, node }));
    }),
  ];
}

/** A tile after a step: `width` of its runs count, and the first of them is the chunk's run `offset`. */
export type TakeStep = (tile: Tile, step: number, offset: number, width: number) => void;

/** Steps a chunk's tiles through time and hands each one over after every step. */
export function runTiles(chunk: RunChunk, take: TakeStep): RunTally {
  const { program, worlds, seed, firstTile, runs, steps, draws } = chunk;
  const compiled: CompiledProgram = compileProgram(program);
  const compiledWorlds: readonly CompiledWorld[] = worlds.map((world) => compileWorld(program, world));
  const outside = new Float64Array(program.edges.length);
  let floored = 0;
  let clamped = 0;
  let runaway = 0;
  for (let offset = 0; offset < runs; offset += tileRuns) {
    const tile = new Tile(compiled, compiledWorlds, seed, firstTile + offset / tileRuns, draws);
    const width = Math.min(tileRuns, runs - offset);
    for (let step = 0; step < steps; step++) {
      tile.advance();
      take(tile, step, offset, width);
    }
    for (let edge = 0; edge < outside.length; edge++) outside[edge] += tile.outside[edge];
    floored += tile.floored;
    clamped += tile.clamped;
    runaway += tile.runaway;
  }
  return { runs, outside, floored, clamped, runaway };
}

/** Refuses a tile's values unless all are finite: their sums are, four at a time. */
export function requireFinite(values: Float64Array, program: Program, node: number, step: number): void {
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
  if (Number.isFinite(a) && Number.isFinite(b) && Number.isFinite(c) && Number.isFinite(d)) return;
  throw new TwinError({
    code: "domain",
    path: ["simulate", program.nodes[node].name, step],
    message: `'${program.nodes[node].name}' is no finite number in some runs at step ${step}`,
    fix: "look for a division by zero, a cause taken to zero, or a loop that feeds itself",
  });
}
