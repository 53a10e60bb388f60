import type { Progress } from "@sage-twin/kernel";

/**
 * Work that a backend may do at once or later: it yields what the backend answered and is given its value. Run now, no answer may be a promise; run later, they are awaited. The
 * work says how far it has come with `report`.
 */
export type Work<Result> = (report: (done: number, total: number) => void) => Generator<unknown, Result, unknown>;

/** Runs work whose answers all come at once. */
export function runNow<Result>(work: Work<Result>): Result {
  const steps = work(() => {});
  let step = steps.next();
  while (step.done !== true) step = steps.next(step.value);
  return step.value;
}

const stepsPerTurn = 8;

/** Runs work whose answers may be promises; every few of them timers, messages and abort signals get their turn. The work is told to clean up when it is ended early. */
export async function runLater<Result>(
  work: Work<Result>,
  stage: string,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: Progress) => void },
): Promise<Result> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const steps = work((done, total) => onProgress?.({ stage, done, total }));
  try {
    let step = steps.next();
    for (let count = 1; step.done !== true; count++) {
      const value = await step.value;
      if (count % stepsPerTurn === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
      step = steps.next(value);
    }
    return step.value;
  } finally {
    steps.return(undefined as Result);
  }
}
