// The executor contract on a worker pool, and digests of one job on several executors.
import { inlineExecutor, workerPool } from "@sage-twin/kernel";
import { executorContract } from "@sage-twin/testing";
import { digest, tell } from "./digest.js";

const failures: string[] = [];
for (const { name, run } of executorContract(() => workerPool({ workers: 2 }), { workers: true })) {
  try {
    await run();
  } catch (error) {
    failures.push(`${name}: ${error}`);
  }
}

const workerUrl = new URL("./worker-script.js", import.meta.url);
const executors = [inlineExecutor(), ...[1, 2, 3].map((workers) => workerPool({ workers })), workerPool({ workerUrl })];
const digests = [];
for (const executor of executors) digests.push(await digest(executor));

tell({ failures, digests });
