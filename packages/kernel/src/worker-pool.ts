import { builtin } from "./builtin.js";
import { TwinError } from "./errors.js";
import type { ChunkResult, Executor, MapOptions, Task } from "./executor.js";
import { checkMap, closedError } from "./inline-executor.js";
import { MapJob } from "./map-job.js";
import type { WorkerReply } from "./worker-messages.js";
import { toError, transferable, unpackFailure, unsendable } from "./worker-runtime.js";
import { startWorker, type WorkerThread } from "./worker-thread.js";

/** How a pool of workers is made. */
export interface WorkerPoolOptions {
  /** The most workers at a time, from 1. Default: as many as the machine has threads. */
  readonly workers?: number;
  /**
   * The script of each worker: a module that imports the modules of its tasks and calls `serveTasks()`. Needed where a
   * Content Security Policy forbids `blob:` workers. Default: a built-in script that imports `task.module`.
   */
  readonly workerUrl?: string | URL;
}

interface Seat {
  readonly thread: WorkerThread;
  run?: {
    readonly id: number;
    readonly index: number;
    job?: MapJob;
    grace?: ReturnType<typeof setTimeout>;
  };
}

/** How long a worker may go on with a chunk that nobody waits for. It changes no result, only when the worker is free again. */
const graceMilliseconds = 100;

/**
 * Runs chunks on workers: web workers in browsers and Bun, `worker_threads` in Node and Deno. Workers start when the first
 * map needs them, stay warm, and keep no process alive while idle. A worker that dies is replaced and its chunk runs again;
 * a map whose chunk killed `retries + 1` workers ends with a `TwinError` "worker-failed".
 *
 * @example
 * ```ts
 * import { workerPool } from "@sage-twin/kernel";
 *
 * const pool = workerPool({ workers: 2 });
 * pool.concurrency; // => 2
 * await pool.close();
 * ```
 */
export function workerPool(options: WorkerPoolOptions = {}): Executor {
  return new WorkerPool(options);
}

class WorkerPool implements Executor {
  readonly concurrency: number;
  readonly #workerUrl: string | URL | undefined;
  readonly #seats = new Set<Seat>();
  readonly #jobs = new Set<MapJob>();
  #runs = 0;
  #closed = false;

  constructor({ workers = availableThreads(), workerUrl }: WorkerPoolOptions) {
    if (!Number.isInteger(workers) || workers < 1) {
      throw new TwinError({
        code: "invalid-argument",
        path: ["workers"],
        message: `the number of workers must be a whole number from 1, not ${workers}`,
      });
    }
    this.concurrency = workers;
    this.#workerUrl = workerUrl;
  }

  async *map<Input, Output>(
    task: Task,
    chunks: readonly Input[],
    options: MapOptions<Input> = {},
  ): AsyncGenerator<ChunkResult<Output>, void, undefined> {
    const { signal } = options;
    checkMap(options);
    this.#checkModule(task);
    const job = new MapJob(task, chunks, options as MapOptions, this.concurrency);
    const abort = (): void => job.stop(signal?.reason);
    signal?.addEventListener("abort", abort);
    this.#jobs.add(job);
    try {
      for (let index = 0; index < chunks.length; index++) {
        signal?.throwIfAborted();
        if (this.#closed) throw closedError();
        this.#assign();
        yield { index, value: (await job.take()) as Output };
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#jobs.delete(job);
      for (const seat of this.#seats) if (seat.run?.job === job) this.#abandon(seat);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const seats = [...this.#seats];
    this.#seats.clear();
    for (const job of this.#jobs) job.stop(closedError());
    for (const { run } of seats) clearTimeout(run?.grace);
    await Promise.all(seats.map(({ thread }) => thread.end()));
  }

  #checkModule(task: Task): void {
    if (this.#workerUrl !== undefined || (task.module !== undefined && URL.canParse(task.module))) return;
    throw new TwinError({
      code: "not-serialisable",
      path: ["task", "module"],
      message:
        task.module === undefined
          ? `task '${task.name}' names no module, so that a worker cannot import it`
          : `'${task.module.slice(0, 80)}' is not an absolute URL`,
      fix: 'give the module: new URL("./tasks.js", import.meta.url).href, or run it inline',
    });
  }

  /** Gives waiting chunks to idle workers, the maps in turn. */
  #assign(): void {
    while (!this.#closed) {
      const idle = [...this.#seats].find(({ run }) => run === undefined);
      if (idle === undefined && this.#seats.size >= this.concurrency) return;
      const work = this.#nextChunk();
      if (work === undefined) return;
      const { job, index } = work;
      try {
        this.#start(idle ?? this.#addSeat(), job, index);
      } catch (error) {
        job.fail(index, error);
      }
    }
  }

  #nextChunk(): { readonly job: MapJob; readonly index: number } | undefined {
    for (const job of this.#jobs) {
      const index = job.next();
      if (index === undefined) continue;
      this.#jobs.delete(job); // to the end of the queue
      this.#jobs.add(job);
      return { job, index };
    }
    return undefined;
  }

  #addSeat(): Seat {
    try {
      const seat: Seat = {
        thread: startWorker(this.#workerUrl, {
          reply: (reply) => this.#reply(seat, reply),
          death: (reason) => this.#replace(seat, reason),
        }),
      };
      seat.thread.hold(false);
      this.#seats.add(seat);
      return seat;
    } catch (cause) {
      const message = `no worker could be started: ${toError(cause).message}`;
      throw new TwinError({ code: "worker-failed", path: [], message, fix: deathFix }, { cause });
    }
  }

  #start(seat: Seat, job: MapJob, index: number): void {
    const input = job.chunks[index];
    const id = ++this.#runs;
    try {
      const { name, version, module } = job.task;
      const buffers = transferable(job.options.transferInput?.(input));
      seat.thread.post({ run: id, task: { name, version, module }, index, input }, buffers);
    } catch (cause) {
      throw unsendable(["chunks", index], "this chunk", cause);
    }
    seat.run = { id, index, job };
    seat.thread.hold(true);
  }

  #reply(seat: Seat, reply: WorkerReply): void {
    const { run } = seat;
    if (run === undefined || !("run" in reply) || reply.run !== run.id) return;
    if ("share" in reply) {
      run.job?.progress(run.index, reply.share);
      return;
    }
    clearTimeout(run.grace);
    seat.run = undefined;
    seat.thread.hold(false);
    if ("failure" in reply) run.job?.fail(run.index, unpackFailure(reply.failure));
    else run.job?.complete(run.index, reply.value);
    this.#assign();
  }

  /** Nobody waits for its chunk any more: it is told, and ended unless it stops soon. */
  #abandon(seat: Seat): void {
    const { run, thread } = seat;
    if (run === undefined) return;
    run.job = undefined;
    thread.post({ abort: run.id }, []);
    thread.hold(false);
    run.grace = setTimeout(() => this.#replace(seat, ""), graceMilliseconds);
  }

  /** Ends a worker that is dead or does not listen; a new one comes when there is work for it. */
  #replace(seat: Seat, reason: string): void {
    if (!this.#seats.delete(seat)) return;
    void seat.thread.end();
    clearTimeout(seat.run?.grace);
    seat.run?.job?.interrupt(seat.run.index, reason, deathFix);
    this.#assign();
  }
}

const deathFix =
  "look for what ends the process or exhausts its memory; where a Content Security Policy forbids blob: workers, give workerUrl";

function availableThreads(): number {
  const { navigator } = globalThis as {
    navigator?: { readonly hardwareConcurrency?: number };
  };
  return (
    navigator?.hardwareConcurrency ??
    builtin<{ availableParallelism(): number }>("node:os")?.availableParallelism() ??
    1
  );
}
