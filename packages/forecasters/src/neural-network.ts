import type { NetworkLayer, NetworkSpec } from "@sage-twin/learners";
import { summaries } from "./neural-window.js";

/** How the networks are built. */
export type NeuralArchitecture = "nbeats" | "nhits" | "lstm";

const units = 32;
const blocks = 3;
const pools = [4, 2, 1];
const stepNumbers = 6;

/** The network of an architecture, from a window and its summaries to `horizon` steps. */
export function neuralNetwork(architecture: NeuralArchitecture, inputLength: number, horizon: number): NetworkSpec {
  const inputs = inputLength + summaries;
  const hidden: NetworkLayer[] = [0, 1].map(() => ({ kind: "dense", units, activation: "tanh" }));
  const residual = (parts: readonly (readonly NetworkLayer[])[]): NetworkSpec => ({
    inputs,
    layers: [{ kind: "residual", outputs: horizon, blocks: parts }],
  });
  switch (architecture) {
    case "nbeats":
      return residual(Array.from({ length: blocks }, () => [...hidden, { kind: "dense", units: inputs + horizon }]));
    case "nhits":
      return residual(pools.map((pool) => pooledBlock(pool, inputLength, horizon, hidden)));
    case "lstm": {
      // The window and its summaries are read some numbers at a time; numbers that do not fill a step are left at its front.
      const spare = (stepNumbers - (inputs % stepNumbers)) % stepNumbers;
      const padding: NetworkLayer = {
        kind: "fixed",
        matrix: [...Array.from({ length: spare }, () => new Array<number>(inputs).fill(0)), ...identity(inputs)],
      };
      return {
        inputs,
        layers: [
          ...(spare > 0 ? [padding] : []),
          { kind: "lstm", units, features: stepNumbers },
          { kind: "dense", units: horizon },
        ],
      };
    }
  }
}

/** A block of N-HiTS: it sees means of `pool` values and answers with every `2 pool`-th step, those between on straight lines. */
function pooledBlock(
  pool: number,
  inputLength: number,
  horizon: number,
  hidden: readonly NetworkLayer[],
): NetworkLayer[] {
  const pooled = Math.ceil(inputLength / pool);
  const knots = Math.ceil(horizon / (2 * pool));
  const rest = identity(summaries);
  return [
    { kind: "fixed", matrix: blockDiagonal(pooling(inputLength, pool), rest) },
    ...hidden,
    { kind: "dense", units: pooled + summaries + knots },
    { kind: "fixed", matrix: blockDiagonal(interpolation(pooled, inputLength), rest, interpolation(knots, horizon)) },
  ];
}

type Matrix = readonly (readonly number[])[];

function identity(size: number): Matrix {
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => (row === column ? 1 : 0)),
  );
}

/** Means of `pool` values each, counted from the last one. */
function pooling(length: number, pool: number): Matrix {
  const rows = Math.ceil(length / pool);
  return Array.from({ length: rows }, (_, row) => {
    const to = length - (rows - 1 - row) * pool;
    const from = Math.max(0, to - pool);
    return Array.from({ length }, (_, column) => (column >= from && column < to ? 1 / (to - from) : 0));
  });
}

/** Straight lines through `knots` values at equal distances. */
function interpolation(knots: number, length: number): Matrix {
  return Array.from({ length }, (_, row) => {
    const place = length > 1 ? (row * (knots - 1)) / (length - 1) : 0;
    return Array.from({ length: knots }, (_, knot) => Math.max(0, 1 - Math.abs(place - knot)));
  });
}

function blockDiagonal(...parts: readonly Matrix[]): Matrix {
  const width = parts.reduce((sum, part) => sum + part[0].length, 0);
  let before = 0;
  return parts.flatMap((part) => {
    const start = before;
    before += part[0].length;
    return part.map((row) => {
      const whole = new Array<number>(width).fill(0);
      row.forEach((value, column) => {
        whole[start + column] = value;
      });
      return whole;
    });
  });
}
