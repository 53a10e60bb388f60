// Nobody closes this pool: its idle workers must let the process end.
import { workerPool } from "@sage-twin/kernel";
import { digest } from "./digest.js";

const pool = workerPool({ workers: 2 });
console.log(await digest({ ...pool, map: pool.map.bind(pool), close: async () => {} }));
