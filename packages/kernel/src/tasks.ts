import type { Task } from "./executor.js";
import { type TaskImplementation, type TaskOptions, taskKey, taskRegistry } from "./task-registry.js";
import { connect } from "./worker-runtime.js";

/**
 * Names a function, so that executors can run it: inline from the calling thread's registry, in a worker after importing
 * `task.module`, which makes the same call.
 *
 * @example
 * ```ts
 * import { inlineExecutor, registerTask } from "@sage-twin/kernel";
 *
 * const task = { name: "double", version: "1" };
 * registerTask(task, (input: number) => 2 * input);
 * const results = [];
 * for await (const { value } of inlineExecutor().map(task, [1, 2, 3])) results.push(value);
 * results; // => [2, 4, 6]
 * ```
 */
export function registerTask<Input, Output>(
  task: Task,
  implementation: TaskImplementation<Input, Output>,
  options: TaskOptions<Output> = {},
): void {
  const registry = taskRegistry();
  registry.connect ??= connect;
  registry.tasks.set(taskKey(task), { implementation, ...options } as never);
}
