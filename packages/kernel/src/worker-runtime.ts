import { builtin } from "./builtin.js";
import { type Path, TwinError } from "./errors.js";
import { registeredTask } from "./task-registry.js";
import type { Failure, Port, RunRequest, WorkerRequest } from "./worker-messages.js";

/** Makes a worker ready to run tasks for the pool at the other end of `port`; returns what to do with each message. */
export function connect(port: Port): (request: WorkerRequest) => void {
  const running = new Map<number, AbortController>();
  announceClose(port);
  return (request) => {
    if ("abort" in request) {
      running.get(request.abort)?.abort();
      return;
    }
    const controller = new AbortController();
    running.set(request.run, controller);
    void perform(port, request, controller.signal).finally(() => running.delete(request.run));
  };
}

/** A web worker that closes itself tells nobody. */
function announceClose(port: Port): void {
  const scope = globalThis as { close?: () => void };
  const close = scope.close;
  if (typeof close !== "function") return;
  scope.close = () => {
    port.postMessage({ exit: true });
    close.call(globalThis);
  };
}

async function perform(port: Port, { run, task, index, input }: RunRequest, signal: AbortSignal): Promise<void> {
  try {
    const { implementation, transfer } = registeredTask(task);
    const progress = (share: number): void => port.postMessage({ run, share });
    const value = await implementation(input, { index, signal, progress });
    const buffers = transferable(transfer?.(value));
    try {
      port.postMessage({ run, value }, buffers);
    } catch (cause) {
      throw unsendable(["task", task.name], "its result", cause);
    }
  } catch (error) {
    port.postMessage({ run, failure: packFailure(error) });
  }
}

/** Each buffer once, without those that threads share anyway. */
export function transferable(buffers: readonly ArrayBufferLike[] = []): ArrayBuffer[] {
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}

/** The `TwinError` for what structured cloning refuses. */
export function unsendable(path: Path, what: string, cause: unknown): TwinError {
  const message = `${what} cannot pass between threads: ${toError(cause).message}`;
  return new TwinError(
    {
      code: "not-serialisable",
      path,
      message,
      fix: "use plain data and typed arrays",
    },
    { cause },
  );
}

/** What was thrown, as an `Error`. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function packFailure(thrown: unknown): Failure {
  const { name, message, stack } = toError(thrown);
  return {
    issues: TwinError.isInstance(thrown) ? thrown.issues : undefined,
    name,
    message,
    stack,
  };
}

/** The exception that a worker packed. */
export function unpackFailure({ issues, name, message, stack }: Failure): Error {
  const error = issues === undefined ? new Error(message) : new TwinError(issues);
  const hidden = { configurable: true, writable: true };
  if (issues === undefined) Object.defineProperty(error, "name", { ...hidden, value: name });
  return Object.defineProperty(error, "stack", { ...hidden, value: stack });
}

/**
 * Makes the worker that calls it run tasks for a `workerPool`. Call it from the module that the pool's `workerUrl` names,
 * after the imports that register the tasks.
 */
export function serveTasks(): void {
  const port =
    "postMessage" in globalThis
      ? (globalThis as unknown as Port)
      : builtin<{ parentPort: Port | null }>("node:worker_threads")?.parentPort;
  if (!port) {
    throw new TwinError({
      code: "unsupported",
      path: [],
      message: "serveTasks() was called outside a worker",
      fix: "call it in the module that workerPool's workerUrl names",
    });
  }
  const receive = connect(port);
  port.addEventListener("message", ({ data }) => receive(data));
}
