import { log, normalQuantile, type Rng } from "@sage-twin/kernel";

/** The shape of a process's shocks, each of mean about 0 and variance about 1. */
export type Noise = "bursts" | "laplace" | "none" | "normal" | "skewed" | "student";

const studentFreedom = 5;
const burstShare = 0.06;
const burstSize = 3;

/** Fills `output[from..until)` with shocks from a stream of their own. */
export function drawShocks(noise: Noise, rng: Rng, output: Float64Array, from: number, until: number): void {
  if (noise === "none") return;
  for (let t = from; t < until; t++) output[t] = draw(noise, rng);
}

function draw(noise: Exclude<Noise, "none">, rng: Rng): number {
  const uniform = rng.uniform();
  switch (noise) {
    case "normal":
      return normalQuantile(uniform);
    case "student": {
      let squares = 0;
      for (let i = 0; i < studentFreedom; i++) squares += rng.normal() ** 2;
      return rng.normal() * Math.sqrt((studentFreedom - 2) / squares);
    }
    case "laplace":
      return (uniform < 0.5 ? log(2 * uniform) : -log(2 * (1 - uniform))) / Math.SQRT2;
    case "skewed":
      return -log(uniform) - 1; // exponential, centred
    case "bursts": {
      // Mostly small, now and then a large one upwards.
      const size = uniform < burstShare ? burstSize : 0;
      return 0.5 * rng.normal() + size - burstShare * burstSize;
    }
  }
}
