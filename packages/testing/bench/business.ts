/** What it costs to simulate a business of 156 weeks, and the truth of one slider over 12 weeks in 200 runs: `npm run bench -- business`. */
import { simulateBusiness } from "@sage-twin/testing";

/** The median of CPU time, in milliseconds. */
function median(count: number, work: (index: number) => unknown): number {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const start = process.cpuUsage();
    work(index);
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1000);
  }
  return times.sort((a, b) => a - b)[count >> 1];
}

const business = simulateBusiness({ seed: "bench", frequency: "W", length: 156 });
console.log(
  `simulateBusiness, 156 weeks: ${median(60, (seed) => simulateBusiness({ seed, frequency: "W", length: 156 })).toFixed(1)} ms`,
);
console.log(
  `intervene, 200 runs x 12 weeks: ${median(20, () => business.intervene([{ lever: "price", kind: "scale", value: 1.05 }], { horizon: 12 })).toFixed(1)} ms`,
);
