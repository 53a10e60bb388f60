import { exp, fillNormal, Rng, registerTask, type Task, TwinError } from "@sage-twin/kernel";

/** What the contract's task is told to do with one chunk. */
export interface ContractInput {
  readonly seed: string;
  /** Turns of the event loop to wait for first. */
  readonly delay?: number;
  /** "error" and "issues" throw; "wait" waits for the abort signal; "die" ends the worker; "die-if-used" does so unless this is its first chunk. */
  readonly act?: "error" | "issues" | "wait" | "die" | "die-if-used";
  readonly values?: Float64Array;
}

export const contractTask: Task = {
  name: "executor-contract",
  version: "1",
  module: new URL("./worker.js", import.meta.url).href,
};

let chunksHere = 0;

/** Registers the task that executors are tested with: draws that use the whole of the kernel's arithmetic. */
export function registerContractTask(): void {
  registerTask(
    contractTask,
    async ({ seed, delay = 0, act, values }: ContractInput, { index, signal, progress }) => {
      chunksHere++;
      for (let turn = 0; turn < delay; turn++) await new Promise((resolve) => setTimeout(resolve));
      if (act === "die" || (act === "die-if-used" && chunksHere > 1)) await endThread();
      if (act === "error") throw new RangeError(`chunk ${index} is bad`);
      if (act === "issues") throw new TwinError([issue(index, "first"), issue(index, "second")]);
      if (act === "wait") await new Promise((resolve) => signal.addEventListener("abort", resolve));
      progress(0.5);
      const draws = new Float64Array(64);
      fillNormal(new Rng(seed).derive("chunk", index).words(), draws, 0, draws.length);
      return draws.map((draw, at) => exp(draw) + (values?.[at % values.length] ?? 0));
    },
    { transfer: (draws) => [draws.buffer] },
  );
}

function issue(index: number, message: string) {
  return { code: "domain", path: ["chunk", index], message, fix: "none" } as const;
}

/** Ends the worker, and never returns. */
function endThread(): Promise<never> {
  const { process, close } = globalThis as { process?: { exit(code: number): void }; close?: () => void };
  if (process?.exit !== undefined) process.exit(3);
  else close?.();
  return new Promise(() => {});
}
