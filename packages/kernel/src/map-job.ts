import { TwinError } from "./errors.js";
import type { MapOptions, Task } from "./executor.js";

const defaultRetries = 2;
const windowPerWorker = 4;

type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** The bookkeeping of one map over chunks: what may start, what came back, and what the caller waits for. */
export class MapJob {
  readonly task: Task;
  readonly chunks: readonly unknown[];
  readonly options: MapOptions;
  readonly #window: number;
  readonly #retries: number;
  readonly #outcomes = new Map<number, Outcome>();
  readonly #deaths = new Map<number, number>();
  readonly #shares = new Map<number, number>();
  readonly #interrupted: number[] = [];
  #started = 0;
  #completed = 0;
  #taken = 0;
  /** Chunks from here on are not wanted: an earlier one failed, or all is over. */
  #end: number;
  #stopped: { readonly error: unknown } | undefined;
  #wake: () => void = () => {};

  constructor(task: Task, chunks: readonly unknown[], options: MapOptions, concurrency: number) {
    this.task = task;
    this.chunks = chunks;
    this.options = options;
    this.#window = windowPerWorker * concurrency;
    this.#retries = options.transferInput === undefined ? (options.retries ?? defaultRetries) : 0;
    this.#end = chunks.length;
  }

  /** The next chunk to run, interrupted ones first; undefined while none may start. Results not yet taken hold further chunks back. */
  next(): number | undefined {
    while (this.#interrupted.length > 0) {
      const index = this.#interrupted.shift() as number;
      if (this.#wants(index)) return index;
    }
    return this.#started < Math.min(this.#end, this.#taken + this.#window) ? this.#started++ : undefined;
  }

  complete(index: number, value: unknown): void {
    if (!this.#wants(index)) return;
    this.#completed++;
    this.#shares.delete(index);
    this.#settle(index, { value });
    this.#report();
  }

  /** A chunk failed: those before it are still delivered, none after it starts. */
  fail(index: number, error: unknown): void {
    if (!this.#wants(index)) return;
    this.#end = index + 1;
    this.#settle(index, { error });
  }

  /** A chunk's worker died: the chunk runs again, unless it was tried often enough. */
  interrupt(index: number, reason: string, fix: string): void {
    const deaths = (this.#deaths.get(index) ?? 0) + 1;
    this.#deaths.set(index, deaths);
    if (deaths <= this.#retries) this.#interrupted.push(index);
    else {
      const message = `the worker of task '${this.task.name}' died ${deaths === 1 ? "once" : `${deaths} times`} on this chunk: ${reason}`;
      this.fail(
        index,
        new TwinError({
          code: "worker-failed",
          path: ["chunks", index],
          message,
          fix,
        }),
      );
    }
  }

  progress(index: number, share: number): void {
    if (!this.#wants(index) || !(share > (this.#shares.get(index) ?? 0))) return;
    this.#shares.set(index, Math.min(share, 1));
    this.#report();
  }

  /** Ends the job: its caller gets `error`, whatever is still running. */
  stop(error: unknown): void {
    this.#stopped ??= { error };
    this.#end = 0;
    this.#wake();
  }

  /** The next result in chunk order, as soon as it is there. */
  async take(): Promise<unknown> {
    while (this.#stopped === undefined && !this.#outcomes.has(this.#taken)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#stopped !== undefined) throw this.#stopped.error;
    const outcome = this.#outcomes.get(this.#taken) as Outcome;
    if ("error" in outcome) throw outcome.error;
    this.#outcomes.delete(this.#taken++);
    return outcome.value;
  }

  #wants(index: number): boolean {
    return index < this.#end && index >= this.#taken && !this.#outcomes.has(index);
  }

  #settle(index: number, outcome: Outcome): void {
    this.#outcomes.set(index, outcome);
    this.#wake();
  }

  #report(): void {
    let done = this.#completed;
    for (const share of this.#shares.values()) done += share;
    try {
      this.options.onProgress?.({
        stage: this.task.name,
        done,
        total: this.chunks.length,
      });
    } catch (error) {
      this.stop(error);
    }
  }
}
