// The answers under a Content Security Policy without blob: workers and without eval.
import * as sdk from "@sage-twin/core";
import { answers } from "./answers.js";

const pool = sdk.workerPool({ workers: 2, workerUrl: new URL("./pool.js", import.meta.url) });
const { report } = globalThis as unknown as { report: (text: string) => void };
report(JSON.stringify(await answers(sdk, { executor: pool, pictures: true })));
