import type { Progress } from "./progress.js";

/** The name of a function that workers can run: never a closure. */
export interface Task {
  readonly name: string;
  /** A worker refuses a task of another version than its own. */
  readonly version: string;
  /** Where a worker imports the task's implementation from: the absolute URL of a self-contained ES module that calls `registerTask`. */
  readonly module?: string;
}

/** What a task's implementation is given beside its input. */
export interface TaskContext {
  readonly index: number;
  /** Aborted when nobody waits for this chunk any more; a chunk that then goes on for long loses its worker. */
  readonly signal: AbortSignal;
  /** Reports the share of this chunk that is done, 0..1. */
  progress(share: number): void;
}

/** One chunk's result. */
export interface ChunkResult<Output> {
  readonly index: number;
  readonly value: Output;
}

/** How a map over chunks is run. */
export interface MapOptions<Input = unknown> {
  readonly signal?: AbortSignal;
  /** Told of each advance: `stage` is the task's name, `done` counts chunks and shares of running ones, `total` all chunks. */
  readonly onProgress?: (progress: Progress) => void;
  /** How often a chunk runs again after its worker died. Default 2. */
  readonly retries?: number;
  /** Names the job, so that results of chunk `index` are keyed `jobKey:index` and delivery twice changes nothing. */
  readonly jobKey?: string;
  /** The buffers of an input that workers take over instead of copying. A chunk whose buffers were taken cannot run again after its worker died. */
  readonly transferInput?: (input: Input) => readonly ArrayBufferLike[];
}

/**
 * Runs a task over chunks: inline, on a pool of workers, or elsewhere. Results come in chunk order, whatever order they
 * finished in, and are the same bytes on every executor. The first chunk that throws ends the map with its error, after
 * the results of the chunks before it; leaving the loop early cancels the rest.
 */
export interface Executor {
  /** How many chunks run at the same time. */
  readonly concurrency: number;
  map<Input, Output>(
    task: Task,
    chunks: readonly Input[],
    options?: MapOptions<Input>,
  ): AsyncIterable<ChunkResult<Output>>;
  /** Ends its workers; the executor cannot be used after. */
  close(): Promise<void>;
}
