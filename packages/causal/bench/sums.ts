// How often the 90 % interval of a twelve-step total holds the truth, for processes of different persistence.
import { causalGraph, compileProgram, fit, Tile, tileRuns } from "@sage-twin/causal";
import { Rng } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";

const series = 150;
const length = 120;
const horizon = 12;

const processes: Readonly<Record<string, (rng: Rng, row: number, last: number) => number>> = {
  "independent noise": (rng) => 100 + 10 * rng.normal(),
  "autoregression .7": (rng, row, last) => (row === 0 ? 100 : 100 + 0.7 * (last - 100) + 10 * rng.normal()),
  "random walk": (rng, row, last) => (row === 0 ? 100 : last + 2 * rng.normal()),
  "trend and noise": (rng, row) => 100 + 0.5 * row + 10 * rng.normal(),
};

for (const [name, next] of Object.entries(processes)) {
  let covered = 0;
  for (let index = 0; index < series; index++) {
    const rng = new Rng(name).derive(index);
    const values = new Float64Array(length + horizon);
    for (let row = 0; row < values.length; row++) values[row] = next(rng, row, values[row - 1]);
    const truth = values.subarray(length).reduce((sum, value) => sum + value, 0);
    const table = { frequency: "M", start: 0, length, metrics: ["y"], column: () => values.slice(0, length) } as const;
    const { program } = fit(causalGraph(), table, { horizon, seasonLength: 1 });
    const totals = new Float64Array(8 * tileRuns);
    for (let block = 0; block < 8; block++) {
      const tile = new Tile(compileProgram(program), [], "sums", block);
      for (let step = 0; step < horizon; step++) {
        tile.advance();
        const levels = tile.level(0);
        for (let run = 0; run < tileRuns; run++) totals[block * tileRuns + run] += levels[run];
      }
    }
    const [lower, upper] = quantiles(totals, [0.05, 0.95]);
    if (truth >= lower && truth <= upper) covered++;
  }
  console.log(`${name}: ${((100 * covered) / series).toFixed(0)} % of ${series} totals within the 90 % interval`);
}
