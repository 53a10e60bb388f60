import {
  cos,
  exp,
  expm1,
  fillNormal,
  log,
  log1p,
  normalDistribution,
  pow,
  Rng,
  registerTask,
  sin,
} from "@sage-twin/kernel";

const functions = [exp, log, log1p, expm1, sin, cos, normalDistribution, (x: number) => pow(Math.abs(x), 2.7)];

export const drawsTask = { name: "draws", version: "1", module: import.meta.url };

/** Draws, and every function of the kernel's arithmetic of each. */
registerTask(
  drawsTask,
  (count: number, { index }) => {
    const draws = new Float64Array(count);
    const rng = new Rng("anywhere").derive("chunk", index);
    fillNormal(rng.words(), draws, 0, count);
    for (let i = 0; i < count; i += 2) draws[i] = rng.normal() * 10;
    return Float64Array.from({ length: count * functions.length }, (_, i) =>
      functions[i % functions.length](draws[i % count]),
    );
  },
  { transfer: (values) => [values.buffer] },
);
