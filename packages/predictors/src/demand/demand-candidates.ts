import { adida, autoEts, classifyDemand, croston, type Forecaster, imapa, sba, ses, tsb } from "@sage-twin/forecasters";
import { Rng } from "@sage-twin/kernel";

/** How one item's demand is forecast. */
export interface DemandCandidate {
  readonly name: string;
  /** Absent for blocks of the history itself. */
  readonly model?: Forecaster;
}

const blocks: DemandCandidate = { name: "historyBlocks" };
const of = (model: Forecaster): DemandCandidate => ({ name: model.name, model });

/** The candidates for a demand: those for rare demands, or those for regular ones; and blocks of the history for both. */
export function candidatesFor(values: Float64Array, seasonLength: number): readonly DemandCandidate[] {
  const { kind } = classifyDemand(values);
  if (kind === "none") return [of(croston())];
  if (kind === "intermittent" || kind === "lumpy")
    return [
      of(sba()),
      of(croston()),
      of(tsb({ alphaDemand: 0.1, alphaProbability: 0.1 })),
      of(adida()),
      of(imapa()),
      blocks,
    ];
  const seasonal = seasonLength > 1 && values.length >= 2 * seasonLength + 4;
  return [of(croston()), of(sba()), of(ses()), ...(seasonal ? [of(autoEts({ seasonLength }))] : []), blocks];
}

/** The periods that blocks are drawn from. */
export const longestMemory = 104;

/** Sample paths, `count` x `horizon`, of whole stretches of the history: what followed itself follows itself again. */
export function blockPaths(values: Float64Array, horizon: number, count: number, seed: string): Float64Array {
  const rng = new Rng(seed);
  const memory = values.subarray(Math.max(0, values.length - longestMemory));
  const length = Math.min(horizon, Math.max(1, Math.floor(memory.length / 3)));
  const starts = memory.length - length + 1;
  const paths = new Float64Array(count * horizon);
  for (let path = 0; path < count; path++)
    for (let step = 0; step < horizon; step += length) {
      const from = rng.integer(starts);
      for (let k = 0; k < length && step + k < horizon; k++) paths[path * horizon + step + k] = memory[from + k];
    }
  return paths;
}

/** The demands of the first `steps` of each path, added up; ascending. Below 0 counts as 0, and whole demands stay whole. */
export function sumsOf(paths: Float64Array, horizon: number, steps: number, whole: boolean): Float64Array {
  const sums = new Float64Array(paths.length / horizon);
  for (let path = 0; path < sums.length; path++) {
    let sum = 0;
    for (let step = 0; step < steps; step++) sum += Math.max(0, paths[path * horizon + step]);
    sums[path] = whole ? Math.round(sum) : sum;
  }
  return sums.sort();
}
