import type { FittedProgram, Tile, World } from "@sage-twin/causal";
import { type RunChunk, runTiles } from "../run-tiles.js";
import type { Simulation } from "../simulate.js";

/** Runs a world beside the baseline and keeps of every metric and run its sum over time and its last value; `look` sees each tile after its first step. */
export function runTotals(
  fitted: FittedProgram,
  world: World,
  { seed, runs, steps, draws }: Pick<RunChunk, "draws" | "runs" | "seed" | "steps">,
  look?: (tile: Tile, offset: number, width: number) => void,
): Pick<Simulation, "fitted" | "metrics" | "runs" | "total"> {
  const { program } = fitted;
  const metrics = program.nodes.map(({ name }) => name);
  const keep = metrics.map((_, node) => node);
  const totals = [-1, 0].map(() => keep.map(() => ({ sum: new Float64Array(runs), last: new Float64Array(runs) })));
  const chunk = { program, worlds: [world], seed, firstTile: 0, runs, steps, draws, keep };
  runTiles(chunk, (tile, step, offset, width) => {
    if (step === 0) look?.(tile, offset, width);
    for (let of = 0; of < 2; of++) {
      for (const node of keep) {
        const levels = tile.level(node, of - 1);
        const { sum, last } = totals[of][node];
        for (let run = 0; run < width; run++) sum[offset + run] += levels[run];
        last.set(levels.subarray(0, width), offset);
      }
    }
  });
  return {
    fitted,
    metrics,
    runs,
    total(name, of, _from, _until, isLast) {
      const { sum, last } = totals[of + 1][metrics.indexOf(name)];
      return (isLast ? last : sum).slice();
    },
  };
}
