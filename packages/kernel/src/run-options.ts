import type { Executor } from "./executor.js";
import type { Progress } from "./progress.js";

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
