// What a task costs on a warm pool beyond its own work, and what moving its data costs.
import { workerPool } from "@sage-twin/kernel";

// A module that registers its task by hand, so that this needs no bundle of its own.
const kernel = import.meta.resolve("@sage-twin/kernel");
const code = `import { registerTask } from ${JSON.stringify(kernel)};
registerTask({ name: "echo", version: "1" }, (values) => values.slice(), { transfer: (values) => [values.buffer] });`;
const task = { name: "echo", version: "1", module: `data:text/javascript,${encodeURIComponent(code)}` };

const pool = workerPool({ workers: 2 });

async function run(chunks: readonly Float64Array[]): Promise<number> {
  const start = performance.now();
  for await (const _ of pool.map(task, chunks));
  return (performance.now() - start) / chunks.length;
}

async function median(chunks: readonly Float64Array[]): Promise<string> {
  const times: number[] = [];
  for (let round = 0; round < 9; round++) times.push(await run(chunks));
  return times.sort((a, b) => a - b)[4].toFixed(3);
}

const start = performance.now();
await run([new Float64Array(1), new Float64Array(1)]);
console.log(`first map, two workers started: ${(performance.now() - start).toFixed(0)} ms`);
console.log(`a task of 8 bytes: ${await median(new Array(500).fill(new Float64Array(1)))} ms`);
console.log(`a task of 1 MB in and out: ${await median(new Array(50).fill(new Float64Array(131_072)))} ms`);
await pool.close();
