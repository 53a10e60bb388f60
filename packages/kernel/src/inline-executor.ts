import { TwinError } from "./errors.js";
import type { ChunkResult, Executor, MapOptions, Task } from "./executor.js";
import { registeredTask } from "./task-registry.js";
import { toError } from "./worker-runtime.js";

/**
 * Runs chunks one after the other on the calling thread; between chunks, timers, messages and abort signals get their turn.
 * The task must be registered here. `retries` and `transferInput` have no effect: nothing dies, nothing travels.
 */
export function inlineExecutor(): Executor {
  let closed = false;
  return {
    concurrency: 1,
    async *map<Input, Output>(
      task: Task,
      chunks: readonly Input[],
      options: MapOptions<Input> = {},
    ): AsyncGenerator<ChunkResult<Output>, void, undefined> {
      const { signal = new AbortController().signal, onProgress } = options;
      checkMap(options);
      for (let index = 0; index < chunks.length; index++) {
        if (index > 0) await pause();
        signal.throwIfAborted();
        if (closed) throw closedError();
        let reached = 0;
        const report = (share: number): void => {
          if (!(share > reached)) return;
          reached = Math.min(share, 1);
          onProgress?.({
            stage: task.name,
            done: index + reached,
            total: chunks.length,
          });
        };
        const value = await unlessAborted(signal, async () => {
          const { implementation } = registeredTask(task);
          return implementation(chunks[index], {
            index,
            signal,
            progress: report,
          });
        });
        report(1);
        signal.throwIfAborted();
        yield { index, value: value as Output };
      }
    },
    async close() {
      closed = true;
    },
  };
}

/** What every executor checks before its first chunk. */
export function checkMap({ signal, retries = 0 }: MapOptions<never>): void {
  signal?.throwIfAborted();
  if (Number.isInteger(retries) && retries >= 0) return;
  throw new TwinError({
    code: "invalid-argument",
    path: ["retries"],
    message: `retries must be a whole number from 0, not ${retries}`,
  });
}

/** What a map gets from an executor that was closed. */
export function closedError(): TwinError {
  return new TwinError({
    code: "conflict",
    path: [],
    message: "the executor is closed",
    fix: "make another one",
  });
}

/** The result of `work`, or `signal.reason` as soon as the signal aborts. */
async function unlessAborted<Value>(signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
  });
  try {
    return await Promise.race([work(), aborted]);
  } catch (error) {
    throw signal.aborted ? signal.reason : toError(error);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** One turn of the event loop. */
function pause(): Promise<void> {
  const { setImmediate } = globalThis as {
    setImmediate?: (callback: () => void) => void;
  };
  return new Promise((resolve) => {
    if (setImmediate !== undefined) {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
