import { TwinError } from "./errors.js";
import type { Task, TaskContext } from "./executor.js";
import { unknownName } from "./suggest.js";
import type { Port, WorkerRequest } from "./worker-messages.js";

/** What a task does with one chunk. It must not change its input, and its result must be structured-cloneable. */
export type TaskImplementation<Input, Output> = (input: Input, context: TaskContext) => Output | Promise<Output>;

/** How a task's results travel. */
export interface TaskOptions<Output> {
  /** The buffers in a result that leave the worker without being copied. Default: all is copied. */
  readonly transfer?: (output: Output) => readonly ArrayBufferLike[];
}

interface RegisteredTask extends TaskOptions<unknown> {
  readonly implementation: TaskImplementation<unknown, unknown>;
}

/** One for each thread, whichever copies of the kernel are loaded in it: a task's module brings its own. */
interface TaskRegistry {
  readonly tasks: Map<string, RegisteredTask>;
  connect?: (port: Port) => (request: WorkerRequest) => void;
}

const place = globalThis as { [key: symbol]: TaskRegistry | undefined };
const key = /* @__PURE__ */ Symbol.for("sage-twin.tasks");

/** The registry of this thread. */
export function taskRegistry(): TaskRegistry {
  place[key] ??= { tasks: new Map() };
  return place[key];
}

/** What a task is registered under. */
export function taskKey({ name, version }: Task): string {
  return `${name}@${version}`;
}

/** What this thread has for a task; a `TwinError` when it has nothing, or only another version. */
export function registeredTask(task: Task): RegisteredTask {
  const { tasks } = taskRegistry();
  const registered = tasks.get(taskKey(task));
  if (registered !== undefined) return registered;
  const names = new Map([...tasks.keys()].map((known) => [known.slice(0, known.lastIndexOf("@")), known]));
  const other = names.get(task.name);
  if (other === undefined) throw unknownName("task", task.name, names.keys(), ["task"]);
  throw new TwinError({
    code: "conflict",
    path: ["task", "version"],
    message: `task '${taskKey(task)}' is asked for, but '${other}' is registered`,
    fix: "load the same release on both sides",
  });
}
