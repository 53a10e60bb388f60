// Nanoseconds for one exp, log and normal draw: the median of several rounds.
import { exp, expInto, fillNormal, log, normalQuantile, Rng } from "@sage-twin/kernel";

const count = 65_536;
const repeats = 20;
const rounds = 9;
const input = new Float64Array(count);
const output = new Float64Array(count);
const words = new Rng("bench").words();
fillNormal(words, input, 0, count);
const positive = input.map(Math.abs);
const probabilities = Float64Array.from(input, () => words.uniform());

function measure(name: string, work: () => void): void {
  work();
  const times = Array.from({ length: rounds }, () => {
    const start = performance.now();
    for (let repeat = 0; repeat < repeats; repeat++) work();
    return ((performance.now() - start) * 1e6) / (repeats * count);
  }).sort((a, b) => a - b);
  console.log(`${name}: ${times[rounds >> 1].toFixed(1)} ns`);
}

const each = (values: Float64Array, compute: (x: number) => number) => () => {
  for (let i = 0; i < count; i++) output[i] = compute(values[i]);
};

measure("exp", each(input, exp));
measure("exp of a column", () => expInto(output, input, 0, count));
measure("Math.exp", each(input, Math.exp));
measure("log", each(positive, log));
measure("Math.log", each(positive, Math.log));
measure("normal draw", () => fillNormal(words, output, 0, count));
measure("normal quantile", each(probabilities, normalQuantile));
