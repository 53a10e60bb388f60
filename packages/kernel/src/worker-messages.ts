import type { Issue } from "./errors.js";
import type { Task } from "./executor.js";

/** One chunk, as a pool gives it to a worker. */
export interface RunRequest {
  readonly run: number;
  readonly task: Task;
  readonly index: number;
  readonly input: unknown;
}

/** What a pool tells a worker. */
export type WorkerRequest = RunRequest | { readonly abort: number };

/** What a worker tells its pool. */
export type WorkerReply =
  | { readonly run: number; readonly share: number }
  | { readonly run: number; readonly value: unknown }
  | { readonly run: number; readonly failure: Failure }
  | { readonly exit: true };

/** An exception, in a form that every runtime clones alike. */
export interface Failure {
  readonly issues?: readonly Issue[];
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** The worker's end of the channel to its pool. */
export interface Port {
  postMessage(reply: WorkerReply, transfer?: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: WorkerRequest }) => void): void;
}
