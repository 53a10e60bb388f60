import { type ChunkResult, type Executor, inlineExecutor, type MapOptions, type Progress } from "@sage-twin/kernel";
import { assert, assertSame, assertThrows, assertTwinError, type ContractCheck } from "./contract.js";
import { type ContractInput, contractTask, registerContractTask } from "./contract-tasks.js";

/** What kind of executor is tested. */
export interface ExecutorContractOptions {
  /** Whether chunks run apart from the calling thread, so that a worker can die and data must be sent. Default false. */
  readonly workers?: boolean;
}

type Results = readonly ChunkResult<Float64Array>[];

/** What every executor must do; `create` makes one, which the check closes. */
export function executorContract(
  create: () => Executor,
  { workers = false }: ExecutorContractOptions = {},
): readonly ContractCheck[] {
  const check = (name: string, body: (executor: Executor) => Promise<void>): ContractCheck => ({
    name,
    run: async () => {
      registerContractTask();
      const executor = create();
      try {
        await body(executor);
      } finally {
        await executor.close();
      }
    },
  });
  return [
    check("gives the bytes of the inline executor, in chunk order", async (executor) => {
      const chunks = inputs(9, (index) => ({ delay: (9 - index) % 4 }));
      assertSame(await run(executor, chunks), await run(inlineExecutor(), chunks), "the result");
    }),
    check("runs an empty list of chunks", async (executor) => {
      assertSame(await run(executor, []), [], "the result");
    }),
    check("reports progress that never falls and ends at the total", async (executor) => {
      const events: Progress[] = [];
      await run(executor, inputs(5), { onProgress: (event) => events.push(event) });
      for (const [index, { stage, done, total }] of events.entries()) {
        assertSame([stage, total], [contractTask.name, 5], "the stage and total");
        assert(done >= (events[index - 1]?.done ?? 0), `progress fell to ${done}`);
      }
      assert(events.length > 5, "shares of chunks should be reported, too");
      assertSame(events.at(-1)?.done, 5, "the last progress");
    }),
    check("hands on what onProgress throws", async (executor) => {
      const thrown = new Error("no more");
      const error = await assertThrows(() =>
        run(executor, inputs(3), {
          onProgress: () => {
            throw thrown;
          },
        }),
      );
      assertSame((error as Error).message, "no more", "the error");
      await stillWorks(executor);
    }),
    check("hands on a task's exception after the results before it", async (executor) => {
      const chunks = inputs(6, (index) => (index === 3 || index === 5 ? { act: "error" } : { delay: 2 }));
      const seen: number[] = [];
      const error = await assertThrows(async () => {
        for await (const { index } of executor.map(contractTask, chunks)) seen.push(index);
      });
      assertSame([(error as Error).name, (error as Error).message], ["RangeError", "chunk 3 is bad"], "the error");
      assertSame(seen, [0, 1, 2], "the chunks delivered");
      await stillWorks(executor);
    }),
    check("hands on a TwinError with its issues", async (executor) => {
      const error = await assertTwinError(
        () =>
          run(
            executor,
            inputs(1, () => ({ act: "issues" })),
          ),
        "domain",
      );
      assertSame(error.path, ["chunk", 0], "the path");
      assertSame(
        error.issues.map(({ message, fix }) => [message, fix]),
        [
          ["first", "none"],
          ["second", "none"],
        ],
        "the issues",
      );
    }),
    check("starts nothing when its signal is aborted already", async (executor) => {
      const reason = new Error("too late");
      const error = await assertThrows(() => run(executor, inputs(2), { signal: AbortSignal.abort(reason) }));
      assert(error === reason, "it should reject with signal.reason");
    }),
    check("rejects with signal.reason when aborted, and goes on working", async (executor) => {
      const controller = new AbortController();
      const reason = { why: "changed my mind" };
      const chunks = inputs(4, () => ({ act: "wait" }));
      setTimeout(() => controller.abort(reason), 20);
      const error = await assertThrows(() => run(executor, chunks, { signal: controller.signal }));
      assert(error === reason, "it should reject with signal.reason");
      await stillWorks(executor);
    }),
    check("rejects when aborted from inside the loop", async (executor) => {
      const controller = new AbortController();
      const seen: number[] = [];
      await assertThrows(async () => {
        for await (const { index } of executor.map(contractTask, inputs(5), { signal: controller.signal })) {
          seen.push(index);
          if (index === 1) controller.abort();
        }
      });
      assertSame(seen, [0, 1], "the chunks delivered");
    }),
    check("cancels the rest when the loop is left", async (executor) => {
      const chunks = inputs(4, (index) => (index > 0 ? { act: "wait" } : {}));
      for await (const { index } of executor.map(contractTask, chunks)) {
        assertSame(index, 0, "the first chunk");
        break;
      }
      await stillWorks(executor);
    }),
    check("runs several maps at once", async (executor) => {
      const many = [3, 1, 4].map((count) => inputs(count, () => ({ delay: 1 })));
      const together = await Promise.all(many.map((chunks) => run(executor, chunks)));
      for (const [at, chunks] of many.entries()) {
        assertSame(together[at], await run(inlineExecutor(), chunks), "the result");
      }
    }),
    check("refuses another version of a task, and an unknown one", async (executor) => {
      const other = { ...contractTask, version: "2" };
      await assertTwinError(() => collect(executor.map(other, inputs(1))), "conflict");
      const unknown = { ...contractTask, name: "executor-contrat" };
      const error = await assertTwinError(() => collect(executor.map(unknown, inputs(1))), "unknown-name");
      assert(error.message.includes(contractTask.name), "it should suggest the near name");
    }),
    check("refuses a number of retries that is none", async (executor) => {
      await assertTwinError(() => run(executor, inputs(1), { retries: -1 }), "invalid-argument");
    }),
    check("refuses to run after it was closed", async (executor) => {
      await executor.close();
      await assertTwinError(() => run(executor, inputs(1)), "conflict");
    }),
    ...(workers ? workerChecks(check) : []),
  ];
}

function workerChecks(
  check: (name: string, body: (executor: Executor) => Promise<void>) => ContractCheck,
): readonly ContractCheck[] {
  return [
    check("replaces a worker that died and runs its chunk again", async (executor) => {
      const last = 2 * executor.concurrency;
      const chunks = inputs(last + 1, (index) => (index === last ? { act: "die-if-used" } : {}));
      const results = await run(executor, chunks, { retries: executor.concurrency });
      assertSame(results, await run(inlineExecutor(), inputs(last + 1)), "the result");
    }),
    check("gives up on a chunk that kills every worker, and goes on working", async (executor) => {
      const chunks = inputs(3, (index) => (index === 1 ? { act: "die" } : {}));
      const error = await assertTwinError(() => run(executor, chunks, { retries: 1 }), "worker-failed");
      assertSame(error.path, ["chunks", 1], "the path");
      assert(error.message.includes("2 times"), "it should say how often it tried");
      await stillWorks(executor);
    }),
    check("refuses input that cannot be sent", async (executor) => {
      const chunk = { seed: "1", callback: () => {} };
      const error = await assertTwinError(() => run(executor, [chunk]), "not-serialisable");
      assertSame(error.path, ["chunks", 0], "the path");
      await stillWorks(executor);
    }),
    check("refuses a task without a module", async (executor) => {
      const { module: _, ...task } = contractTask;
      await assertTwinError(() => collect(executor.map(task, inputs(1))), "not-serialisable");
    }),
    check("takes over the buffers of the input when told", async (executor) => {
      const make = (): ContractInput[] => inputs(2, () => ({ values: Float64Array.of(1, 2, 3) }));
      const chunks = make();
      const results = await run(executor, chunks, { transferInput: ({ values }) => (values ? [values.buffer] : []) });
      assertSame(results, await run(inlineExecutor(), make()), "the result");
      assertSame(
        chunks.map(({ values }) => values?.length),
        [0, 0],
        "the length of what was given away",
      );
    }),
    check("ends its maps when it is closed", async (executor) => {
      const pending = assertTwinError(
        () =>
          run(
            executor,
            inputs(2, () => ({ act: "wait" })),
          ),
        "conflict",
      );
      await new Promise((resolve) => setTimeout(resolve, 20));
      await executor.close();
      await pending;
    }),
  ];
}

function inputs(count: number, more: (index: number) => Partial<ContractInput> = () => ({})): ContractInput[] {
  return Array.from({ length: count }, (_, index) => ({ seed: `${index}`, ...more(index) }));
}

async function collect(results: AsyncIterable<ChunkResult<Float64Array>>): Promise<Results> {
  const all = [];
  for await (const result of results) all.push(result);
  return all;
}

function run(
  executor: Executor,
  chunks: readonly ContractInput[],
  options?: MapOptions<ContractInput>,
): Promise<Results> {
  return collect(executor.map(contractTask, chunks, options));
}

async function stillWorks(executor: Executor): Promise<void> {
  assertSame(await run(executor, inputs(3)), await run(inlineExecutor(), inputs(3)), "a later result");
}
