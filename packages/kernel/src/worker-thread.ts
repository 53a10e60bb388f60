import { builtin } from "./builtin.js";
import type { WorkerReply, WorkerRequest } from "./worker-messages.js";

/** One worker, whatever the runtime calls it. */
export interface WorkerThread {
  post(request: WorkerRequest, transfer: ArrayBuffer[]): void;
  /** Whether it keeps the process alive. */
  hold(busy: boolean): void;
  end(): Promise<void>;
}

/** What a worker's owner wants to know. */
export interface WorkerEvents {
  reply(reply: WorkerReply): void;
  /** It died by itself, and why; told at most once, and never after `end()`. */
  death(reason: string): void;
}

interface WebWorker extends EventTarget {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  terminate(): void;
  ref?(): void;
  unref?(): void;
}

interface NodeWorker {
  on(event: string, listener: (value: never) => void): void;
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  terminate(): Promise<unknown>;
  ref(): void;
  unref(): void;
}

/**
 * What a worker runs when it has no script of its own: it imports the module of each task it is sent, and the kernel inside
 * that module does the rest. It must run as a module, and as CommonJS for Node.
 */
const bootstrap = `
const port = globalThis.postMessage ? globalThis : process.getBuiltinModule("node:worker_threads").parentPort;
const loaded = {};
let receive, turn = Promise.resolve();
const load = (url) => loaded[url] ??= import(url).then(() => {
  const { connect } = globalThis[Symbol.for("sage-twin.tasks")] ?? {};
  if (!connect) throw new Error("it does not call registerTask");
  receive ??= connect(port);
});
port.addEventListener("message", ({ data }) => {
  turn = turn.then(() => data.task && load(data.task.module)).then(() => receive(data)).catch((error) => {
    const message = "cannot load " + data.task?.module + ": " + error.message;
    const issue = { code: "worker-failed", path: ["task", "module"], message, fix: "give the absolute URL of a self-contained ES module" };
    port.postMessage({ run: data.run, failure: { issues: [issue], name: "TwinError", message } });
  });
});`;

let bootstrapUrl: string | undefined;

/** Starts a worker from `url`, or from the built-in bootstrap. */
export function startWorker(url: string | URL | undefined, events: WorkerEvents): WorkerThread {
  const { Worker: Web } = globalThis as {
    Worker?: new (url: string | URL, options: object) => WebWorker;
  };
  // Deno's own Worker neither tells that it exited nor lets the process end; its node:worker_threads does both.
  if (Web !== undefined && !("Deno" in globalThis)) {
    bootstrapUrl ??= URL.createObjectURL(new Blob([bootstrap], { type: "text/javascript" }));
    return webThread(new Web(url ?? bootstrapUrl, { type: "module", name: "sage-twin" }), events);
  }
  const threads = builtin<{
    Worker: new (source: string | URL, options: object) => NodeWorker;
  }>("node:worker_threads");
  if (threads === undefined) throw new Error("this runtime has no workers");
  const script = typeof url === "string" && URL.canParse(url) ? new URL(url) : url;
  return nodeThread(
    new threads.Worker(script ?? bootstrap, {
      eval: script === undefined,
      name: "sage-twin",
    }),
    events,
  );
}

function webThread(worker: WebWorker, { reply, death }: WorkerEvents): WorkerThread {
  let ended = false;
  const died = (reason: string): void => {
    if (!ended) death(reason);
    ended = true;
    worker.terminate();
  };
  worker.addEventListener("message", (event) => {
    const { data } = event as MessageEvent<WorkerReply>;
    if ("exit" in data) died("it closed itself");
    else reply(data);
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    died((event as ErrorEvent).message || "it could not start");
  });
  worker.addEventListener("messageerror", () => died("it sent what cannot be read"));
  worker.addEventListener("close", () => died("it exited")); // Bun
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    hold: (busy) => (busy ? worker.ref?.() : worker.unref?.()),
    end: async () => {
      ended = true;
      worker.terminate();
    },
  };
}

function nodeThread(worker: NodeWorker, { reply, death }: WorkerEvents): WorkerThread {
  let ended = false;
  const died = (reason: string): void => {
    if (!ended) death(reason);
    ended = true;
  };
  worker.on("message", (data: WorkerReply) => ("exit" in data ? died("it closed itself") : reply(data)));
  worker.on("error", (error: unknown) => died(error instanceof Error ? error.message : String(error)));
  worker.on("messageerror", () => died("it sent what cannot be read"));
  worker.on("exit", (code: number) => died(`it exited with code ${code}`));
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    // Once it ends it stays held: a late reply must not let the process go before `terminate` is through.
    hold: (busy) => {
      if (!ended) busy ? worker.ref() : worker.unref();
    },
    end: async () => {
      ended = true;
      await worker.terminate();
    },
  };
}
