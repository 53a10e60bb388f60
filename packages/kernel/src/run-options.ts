import type { Executor } from "./executor.js";

/** How far a long call has come. */
export interface Progress {
  /** What is being done: `"fit"`, `"simulate"`, ... */
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/** The last argument of every long call. */
export interface RunOptions {
  /** Stops the call, which then rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
  /** Same seed, same bytes. Default: the seed of the object that the call is made on. */
  readonly seed?: string | number;
  readonly onProgress?: (progress: Progress) => void;
  /** Where chunks of work run. Default: inline, on the calling thread. */
  readonly executor?: Executor;
}
