// Under a Content Security Policy without blob: workers.
import { TwinError, workerPool } from "@sage-twin/kernel";
import { digest, tell } from "./digest.js";

const refused = await digest(workerPool({ workers: 2 })).catch((error) =>
  TwinError.isInstance(error) ? error.code : error,
);
tell({ refused, digest: await digest(workerPool({ workerUrl: "/worker-script.js" })) });
