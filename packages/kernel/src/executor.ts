import type { Progress } from "./run-options.js";

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
export interface MapOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** How often a chunk runs again after its worker died. Default 2. */
  readonly retries?: number;
  /** Names the job, so that results of chunk `index` are keyed `jobKey:index` and delivery twice changes nothing. */
  readonly jobKey?: string;
}

/**
 * Runs a task over chunks: inline, on a pool of workers, or elsewhere. Results come in chunk order, whatever order they
 * finished in, and are the same bytes on every executor.
 */
export interface Executor {
  /** How many chunks run at the same time. */
  readonly concurrency: number;
  map<Input, Output>(task: Task, chunks: readonly Input[], options?: MapOptions): AsyncIterable<ChunkResult<Output>>;
  /** Ends its workers; the executor cannot be used after. */
  close(): Promise<void>;
}
