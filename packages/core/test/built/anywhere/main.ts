// The answers of the built package, on the calling thread and on two workers.
import * as sdk from "@sage-twin/core";
import { answers } from "./answers.js";

const workers = sdk.workerPool({ workers: 2 });
let maps = 0;
const pool: typeof workers = {
  concurrency: workers.concurrency,
  map: (...job) => {
    maps++;
    return workers.map(...job);
  },
  close: () => workers.close(),
};
const answer = {
  inline: await answers(sdk, { pictures: true }),
  pool: await answers(sdk, { executor: pool, pictures: true }),
  maps,
};
await pool.close();
const { report = console.log } = globalThis as { report?: (text: string) => void };
report(JSON.stringify(answer));
