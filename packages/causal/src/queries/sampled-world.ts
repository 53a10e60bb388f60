import { TwinError, unknownName } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import { compileProgram, compileWorld } from "../compile.js";
import { type DrawPlan, independentDraws } from "../draws.js";
import type { Program, World } from "../program.js";
import { Tile, tileRuns } from "../tile.js";

/** One metric over the runs of a query. */
export interface SampledMetric {
  /** By step. */
  readonly mean: Float64Array;
  /** The quantile at `probability`, 0..1, by step. */
  quantile(probability: number): Float64Array;
  /** One value a run, at a step (the first unless stated). */
  samples(step?: number): Float64Array;
}

/** What a query came to. */
export interface SampledWorld {
  readonly metrics: readonly string[];
  readonly runs: number;
  readonly steps: number;
  metric(name: string): SampledMetric;
  /** The same runs without the intervention. */
  baseline(name: string): SampledMetric;
  /** The one less the other, run by run. */
  difference(name: string): SampledMetric;
  /** What to know: extrapolation. */
  readonly notes: readonly string[];
}

const mostValues = 2 ** 27;

/** Draws runs of a program, in the baseline and in a world beside it. */
export function sampleWorld(
  program: Program,
  world: World,
  options: { readonly runs: number; readonly seed: string; readonly notes: readonly string[] },
  draws: DrawPlan = independentDraws,
): SampledWorld {
  const { runs, seed, notes } = options;
  const { steps, nodes } = program;
  if (!(Number.isInteger(runs) && runs >= 1 && 2 * runs * steps * nodes.length <= mostValues)) {
    throw new TwinError({
      code: "out-of-range",
      path: ["runs"],
      message: `${runs} runs of ${steps} steps of ${nodes.length} metrics`,
      fix: "give a whole number of runs, from 1 to as many as fit in memory",
    });
  }
  const names = nodes.map(({ name }) => name);
  const values = [-1, 0].map(() => nodes.map(() => Array.from({ length: steps }, () => new Float64Array(runs))));
  const compiled = compileProgram(program);
  const worlds = [compileWorld(program, world)];
  for (let offset = 0; offset < runs; offset += tileRuns) {
    const tile = new Tile(compiled, worlds, seed, offset / tileRuns, draws);
    const width = Math.min(tileRuns, runs - offset);
    for (let step = 0; step < steps; step++) {
      tile.advance();
      for (let of = 0; of < 2; of++) {
        for (let node = 0; node < nodes.length; node++) {
          const levels = tile.level(node, of - 1);
          values[of][node][step].set(width === tileRuns ? levels : levels.subarray(0, width), offset);
        }
      }
    }
  }
  const find = (name: string): number => {
    const node = names.indexOf(name);
    if (node < 0) throw unknownName("metric", name, names, ["metric"]);
    return node;
  };
  return {
    metrics: names,
    runs,
    steps,
    notes,
    metric: (name) => sampledMetric(values[1][find(name)]),
    baseline: (name) => sampledMetric(values[0][find(name)]),
    difference(name) {
      const node = find(name);
      return sampledMetric(
        values[1][node].map((path, step) => path.map((value, run) => value - values[0][node][step][run])),
      );
    },
  };
}

/** Values by step and run as a metric to be asked. */
export function sampledMetric(bySteps: readonly Float64Array[]): SampledMetric {
  return {
    mean: Float64Array.from(bySteps, (values) => {
      let sum = 0;
      for (let run = 0; run < values.length; run++) sum += values[run] - values[0];
      return values[0] + sum / values.length;
    }),
    quantile: (probability) => Float64Array.from(bySteps, (values) => quantiles(values, [probability])[0]),
    samples: (step = 0) => {
      if (bySteps[step] === undefined)
        throw new TwinError({
          code: "out-of-range",
          path: ["step"],
          message: `there is no step ${step} of ${bySteps.length}`,
        });
      return bySteps[step].slice();
    },
  };
}
