import { tileRuns } from "@sage-twin/causal";
import { type Executor, inlineExecutor, type RunOptions, type Task, TwinError } from "@sage-twin/kernel";
import {
  countedDistributions,
  type Distributions,
  type Drawn,
  meanOf,
  sampledDistributions,
  standardError,
} from "./distributions.js";
import { addCounts, countCell, emptyCounts, type Grid, placeCell } from "./grid.js";
import type { RunChunk, RunTally, Slot } from "./run-tiles.js";
import { registerSimulation, type SimulatedChunk, simulateTask } from "./simulate-task.js";
import { registerSummary, type SummariseChunk, type SummarisedChunk, summariseTask } from "./summarise-task.js";

/** What is simulated, apart from how many runs. */
export interface RunPlan extends Omit<RunChunk, "firstTile" | "runs"> {
  readonly slots: readonly Slot[];
  readonly last: readonly number[];
  readonly drawn: Drawn;
}

/** Runs, kept or counted; figures by slot. */
export interface CollectedRuns {
  readonly runs: number;
  readonly tallies: readonly RunTally[];
  readonly notes: readonly string[];
  distributions(slot: number): Distributions;
  differences(slot: number, baseline: number): Distributions;
  total(slot: number, from: number, until: number, last: boolean): Float64Array;
}

const keptPerChunk = 4 * tileRuns;
const countedPerChunk = 32 * tileRuns;
/** Values that are kept; more are counted. */
const mostKept = 2 ** 25;
const pilotRuns = 16 * tileRuns;
const mostAutoRuns = 1_000_000;
const mostRounds = 4;
/** Numbers that counting takes: on a grid, and for totals. */
const mostCounted = 2 ** 26;

/** Simulates as many runs as asked for, or as a precision takes. */
export async function collectRuns(
  plan: RunPlan,
  runs: number | { readonly precision: number },
  options: RunOptions,
): Promise<CollectedRuns> {
  if (typeof runs === "number") return collect(plan, runs, options);
  let collected = await collect(plan, pilotRuns, options);
  for (let round = 0; round < mostRounds; round++) {
    const wanted = Math.ceil(runsFor(plan, collected, runs.precision) / keptPerChunk) * keptPerChunk;
    if (wanted <= collected.runs) return collected;
    const next = Math.min(mostAutoRuns, wanted);
    if (next <= collected.runs) break;
    collected = await collect(plan, next, options);
  }
  if (runsFor(plan, collected, runs.precision) <= collected.runs) return collected;
  const note = `${collected.runs} runs do not reach a precision of ${runs.precision} for every metric`;
  return { ...collected, notes: [...collected.notes, note] };
}

/** How many runs bring every total's standard error down to what is wanted. */
function runsFor({ slots, steps, last, keep, drawn }: RunPlan, collected: CollectedRuns, precision: number): number {
  let most = 0;
  slots.forEach(({ node, world }, slot) => {
    const isLast = last.includes(node);
    const total = collected.total(slot, 0, steps, isLast);
    const baseline = world < 0 ? total : collected.total(keep.indexOf(node), 0, steps, isLast);
    const scale = Math.abs(meanOf(baseline));
    const deviation = standardError(baseline, "independent") * Math.sqrt(baseline.length);
    const allowed = precision * Math.max(scale, 10 * deviation);
    const values = world < 0 ? total : total.map((value, run) => value - baseline[run]);
    const ratio = standardError(values, drawn) / allowed;
    if (ratio > 0) most = Math.max(most, collected.runs * ratio * ratio);
  });
  return most;
}

async function collect(plan: RunPlan, runs: number, options: RunOptions): Promise<CollectedRuns> {
  const { slots, steps, keep } = plan;
  const cells = (2 * slots.length - keep.length) * steps;
  if (slots.length * steps * runs <= mostKept) {
    const report = progress(options, runs);
    const chunks = chunksOf(plan, 0, runs, keptPerChunk);
    return kept(plan, await mapChunks<RunChunk, SimulatedChunk>(simulateTask, chunks, options, report));
  }
  if (cells * 1024 + slots.length * runs > mostCounted) {
    throw new TwinError({
      code: "too-large",
      path: ["runs"],
      message: `${runs} runs of ${steps} steps of ${slots.length} metrics do not fit in memory`,
      fix: "use fewer runs, a shorter horizon, or name the `metrics` that are wanted",
    });
  }
  const report = progress(options, runs);
  const pilotChunks = chunksOf(plan, 0, Math.min(runs, pilotRuns), keptPerChunk);
  const pilot = kept(plan, await mapChunks<RunChunk, SimulatedChunk>(simulateTask, pilotChunks, options, report));
  return counted(plan, pilot, runs, options, report);
}

/** Runs as the chunks returned them, never copied together. */
function kept(plan: RunPlan, blocks: readonly SimulatedChunk[]): CollectedRuns {
  const { steps } = plan;
  const runs = blocks.reduce((sum, block) => sum + block.runs, 0);
  const reader =
    (slot: number) =>
    (step: number, output: Float64Array): Float64Array => {
      let offset = 0;
      for (const { runs: width, samples } of blocks) {
        const start = (slot * steps + step) * width;
        output.set(samples.subarray(start, start + width), offset);
        offset += width;
      }
      return output;
    };
  return {
    runs,
    tallies: blocks,
    notes: [],
    distributions: (slot) => sampledDistributions(runs, plan.drawn, reader(slot)),
    differences(slot, baseline) {
      const read = reader(slot);
      const readBaseline = reader(baseline);
      const other = new Float64Array(runs);
      return sampledDistributions(runs, plan.drawn, (step, output) => {
        read(step, output);
        readBaseline(step, other);
        for (let run = 0; run < runs; run++) output[run] -= other[run];
        return output;
      });
    },
    total(slot, from, until, last) {
      const read = reader(slot);
      const total = new Float64Array(runs);
      if (last) return read(until - 1, total);
      const values = new Float64Array(runs);
      for (let step = from; step < until; step++) {
        read(step, values);
        for (let run = 0; run < runs; run++) total[run] += values[run];
      }
      return total;
    },
  };
}

/** Further runs, counted on the grid that the pilot places. */
async function counted(
  plan: RunPlan,
  pilot: CollectedRuns,
  runs: number,
  options: RunOptions,
  report: (runs: number) => void,
): Promise<CollectedRuns> {
  const { slots, steps, keep, last } = plan;
  const outputs = 2 * slots.length - keep.length;
  const grid: Grid = { low: new Float64Array(outputs * steps), scale: new Float64Array(outputs * steps) };
  const all = emptyCounts(outputs * steps, runs);
  const values = new Float64Array(pilot.runs);
  for (let output = 0; output < outputs; output++) {
    const slot = output < slots.length ? output : output - slots.length + keep.length;
    const distributions =
      output < slots.length ? pilot.distributions(slot) : pilot.differences(slot, keep.indexOf(slots[slot].node));
    for (let step = 0; step < steps; step++) {
      const cell = output * steps + step;
      distributions.samples(step, values);
      placeCell(grid, cell, values);
      for (let run = 0; run < pilot.runs; run += tileRuns)
        countCell(grid, all, cell, values.subarray(run, run + tileRuns), Math.min(tileRuns, pilot.runs - run));
    }
  }
  const totals = slots.map(({ node }, slot) => {
    const total = new Float64Array(runs);
    total.set(pilot.total(slot, 0, steps, last.includes(node)));
    return total;
  });
  const tallies = pilot.tallies.map(tallyOf);
  let offset = pilot.runs;
  const chunks = chunksOf(plan, pilot.runs, runs, countedPerChunk).map(
    (chunk): SummariseChunk => ({ ...chunk, grid, last }),
  );
  await mapChunks<SummariseChunk, SummarisedChunk>(summariseTask, chunks, options, report, (chunk) => {
    addCounts(all, chunk.counts);
    totals.forEach((total, slot) => {
      total.set(chunk.totals.subarray(slot * chunk.runs, (slot + 1) * chunk.runs), offset);
    });
    offset += chunk.runs;
    tallies.push(tallyOf(chunk));
  });
  return {
    runs,
    tallies,
    notes: [],
    distributions: (slot) => countedDistributions(runs, plan.drawn, grid, all, slot * steps),
    differences: (slot, baseline) =>
      slot === baseline
        ? nothing
        : countedDistributions(runs, plan.drawn, grid, all, (slots.length + slot - keep.length) * steps),
    total(slot, from, until, isLast) {
      if (from === 0 && until === steps && isLast === last.includes(slots[slot].node)) return totals[slot].slice();
      throw new TwinError({
        code: "unsupported",
        path: ["steps"],
        message: `of ${runs} counted runs only the total over all ${steps} steps is kept`,
        fix: `use \`steps: ${until}\`, fewer runs, or fewer \`metrics\``,
      });
    },
  };
}

/** A tally without the runs it came with, which would stay in memory. */
function tallyOf({ runs, outside, floored, clamped, runaway }: RunTally): RunTally {
  return { runs, outside, floored, clamped, runaway };
}

/** The difference of a metric that a world does not move. */
const nothing: Distributions = {
  mean: () => 0,
  error: () => 0,
  quantiles: (_, probabilities) => new Float64Array(probabilities.length),
  samples: (_, output) => output.fill(0),
};

function chunksOf(
  { program, worlds, seed, steps, draws, keep }: RunPlan,
  from: number,
  until: number,
  size: number,
): RunChunk[] {
  return Array.from({ length: Math.ceil((until - from) / size) }, (_, index) => {
    const first = from + index * size;
    const runs = Math.min(size, until - first);
    return { program, worlds, seed, firstTile: first / tileRuns, runs, steps, draws, keep };
  });
}

/** Reports runs done out of `total`, whatever chunks they come in. */
function progress({ onProgress }: RunOptions, total: number): (runs: number) => void {
  let done = 0;
  return (runs) => {
    done += runs;
    onProgress?.({ stage: "simulate", done, total });
  };
}

/** Runs chunks and gives back what they return, or hands each over and keeps nothing. */
async function mapChunks<Chunk extends RunChunk, Result extends RunTally>(
  task: Task,
  chunks: readonly Chunk[],
  options: RunOptions,
  report: (runs: number) => void,
  take?: (result: Result) => void,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for await (const { value } of executorOf(options).map<Chunk, Result>(task, chunks, { signal: options.signal })) {
    report(value.runs);
    if (take === undefined) results.push(value);
    else take(value);
  }
  return results;
}

function executorOf({ executor }: RunOptions): Executor {
  if (executor !== undefined) return executor;
  registerSimulation();
  registerSummary();
  return inlineExecutor();
}
