// Writes the data of the discovery comparison as JSON, for discovery.py:
//   npx tsx --conditions=@sage-twin/source packages/causal/test/golden/discovery-data.ts > data.json
import { laggedSystem, linearSystem } from "../discovery/systems.js";

const seeds = Array.from({ length: 20 }, (_, seed) => seed);
const rowsOf = (columns: Record<string, Float64Array>) => Object.values(columns).map((column) => Array.from(column));
console.log(
  JSON.stringify({
    linear: seeds.map((seed) => rowsOf(linearSystem(seed).columns)),
    lagged: seeds.map((seed) => rowsOf(laggedSystem(seed).columns)),
  }),
);
