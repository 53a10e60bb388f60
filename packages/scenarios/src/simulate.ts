import { type FittedProgram, tileRuns, type World } from "@sage-twin/causal";
import { type Executor, inlineExecutor, type RunOptions, TwinError, unknownName } from "@sage-twin/kernel";
import { Samples } from "./samples.js";
import { registerSimulation, type SimulateChunk, type SimulatedChunk, simulateTask, slotsOf } from "./simulate-task.js";

/** How a simulation is run. */
export interface SimulateOptions extends RunOptions {
  /** Default 10,000. */
  readonly runs?: number;
  /** Steps to simulate, from the program's first. Default: all. */
  readonly steps?: number;
  /** Metrics whose samples are kept. Default: all. */
  readonly metrics?: readonly string[];
}

/** Samples of the baseline and of worlds beside it, run by run with the same draws. */
export interface Simulation {
  readonly fitted: FittedProgram;
  readonly runs: number;
  readonly steps: number;
  readonly seed: string;
  /** Copies the runs of a metric at a step; `world` -1 is the baseline. */
  read(metric: string, step: number, world: number, output: Float64Array): Float64Array;
  /** Whether a world can move a metric at all. */
  moves(metric: string, world: number): boolean;
  readonly metrics: readonly string[];
  /** What to know about the runs: extrapolation, floors. */
  readonly notes: readonly string[];
}

const tilesPerChunk = 4;
const mostRuns = 10_000_000;
const mostValues = 2 ** 28; // 2 GiB of samples

/**
 * Simulates a program in the baseline and in each world, with one set of draws for all.
 *
 * @throws TwinError for runs or steps that are not whole numbers in range, and for more samples than memory holds.
 */
export async function simulateWorlds(
  fitted: FittedProgram,
  worlds: readonly World[],
  options: SimulateOptions = {},
): Promise<Simulation> {
  const { program } = fitted;
  const { runs = 10_000, steps = program.steps, metrics, signal, onProgress } = options;
  const seed = String(options.seed ?? "sage-twin");
  checkCount("runs", runs, mostRuns);
  checkCount("horizon", steps, program.steps, "build the twin with a longer horizon");
  const names = program.nodes.map(({ name }) => name);
  const keep = (metrics ?? names).map((name) => {
    const node = names.indexOf(name);
    if (node < 0) throw unknownName("metric", name, names, ["metrics"]);
    return node;
  });
  const slots = slotsOf(program, worlds, keep);
  if (slots.length * steps * runs > mostValues) {
    throw new TwinError({
      code: "too-large",
      path: ["runs"],
      message: `${runs} runs of ${steps} steps of ${slots.length} metrics do not fit in memory`,
      fix: "use fewer runs, a shorter horizon, or name the `metrics` to keep",
    });
  }
  const chunkRuns = tilesPerChunk * tileRuns;
  const chunks = Array.from(
    { length: Math.ceil(runs / chunkRuns) },
    (_, index): SimulateChunk => ({
      program,
      worlds,
      seed,
      firstTile: index * tilesPerChunk,
      runs: Math.min(chunkRuns, runs - index * chunkRuns),
      steps,
      keep,
    }),
  );
  const blocks: SimulatedChunk[] = [];
  for await (const { value } of executorOf(options).map<SimulateChunk, SimulatedChunk>(simulateTask, chunks, {
    signal,
    onProgress: onProgress && (({ done, total }) => onProgress({ stage: "simulate", done, total })),
  })) {
    blocks.push(value);
  }
  const samples = new Samples(blocks, steps);
  const slotOf = new Map(slots.map(({ world, node }, slot) => [`${world}/${names[node]}`, slot]));
  return {
    fitted,
    runs,
    steps,
    seed,
    metrics: keep.map((node) => names[node]),
    read: (metric, step, world, output) =>
      samples.read(slotOf.get(`${world}/${metric}`) ?? (slotOf.get(`-1/${metric}`) as number), step, output),
    moves: (metric, world) => slotOf.has(`${world}/${metric}`),
    notes: describeRuns(fitted, worlds.length, blocks, runs * steps),
  };
}

function executorOf({ executor }: RunOptions): Executor {
  if (executor !== undefined) return executor;
  registerSimulation();
  return inlineExecutor();
}

function checkCount(what: string, value: number, most: number, fix?: string): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new TwinError({
    code: "out-of-range",
    path: [what],
    message: `expected a whole number from 1 to ${most}, received ${value}`,
    ...(value > most && fix !== undefined ? { fix } : {}),
  });
}

function describeRuns(
  { program, effects }: FittedProgram,
  worlds: number,
  blocks: readonly SimulatedChunk[],
  cells: number,
): string[] {
  const notes: string[] = [];
  program.edges.forEach((_, edge) => {
    const outside = blocks.reduce((sum, block) => sum + block.outside[edge], 0) / (cells * Math.max(1, worlds));
    if (outside > 0.05) {
      notes.push(
        `'${effects[edge].from}' lies outside its observed range in ${Math.round(100 * outside)} % of the run-steps: its effect on '${effects[edge].to}' is extrapolated there`,
      );
    }
  });
  const runaway = blocks.reduce((sum, block) => sum + block.runaway, 0);
  if (runaway > 0)
    notes.push(`a loop of causes fed itself without bound ${runaway} times, and was held at e^30 times the forecast`);
  const clamped = blocks.reduce((sum, block) => sum + block.clamped, 0);
  if (clamped > 0)
    notes.push(`a cause that must be positive was not, ${clamped} times, and was taken as just above zero`);
  const floored = blocks.reduce((sum, block) => sum + block.floored, 0);
  if (floored > 0) notes.push(`a stock was held at its floor ${floored} times`);
  return notes;
}
