import type { NetworkLoss, NetworkSpec } from "../../src/index.js";

/** Small networks with every kind of layer. */
export const networks: Readonly<Record<string, NetworkSpec>> = {
  "dense, tanh": {
    inputs: 5,
    layers: [
      { kind: "dense", units: 7, activation: "tanh" },
      { kind: "dense", units: 3 },
    ],
  },
  "dense, relu": {
    inputs: 5,
    layers: [
      { kind: "dense", units: 9, activation: "relu" },
      { kind: "dense", units: 6, activation: "relu" },
      { kind: "dense", units: 3 },
    ],
  },
  "an LSTM": {
    inputs: 8,
    layers: [
      { kind: "lstm", units: 5, features: 2 },
      { kind: "dense", units: 3 },
    ],
  },
  "residual blocks with fixed maps": {
    inputs: 4,
    layers: [
      {
        kind: "residual",
        outputs: 3,
        blocks: [
          [
            {
              kind: "fixed",
              matrix: [
                [0.5, 0.5, 0, 0],
                [0, 0, 0.5, 0.5],
              ],
            },
            { kind: "dense", units: 6, activation: "tanh" },
            { kind: "dense", units: 7 },
          ],
          [
            { kind: "dense", units: 5, activation: "relu" },
            { kind: "dense", units: 2 },
            { kind: "fixed", matrix: Array.from({ length: 7 }, (_, row) => [1, row / 7 - 0.5]) },
          ],
          [{ kind: "dense", units: 7 }],
        ],
      },
    ],
  },
};

export const losses: Readonly<Record<string, NetworkLoss>> = {
  absolute: { kind: "absolute" },
  squared: { kind: "squared" },
  huber: { kind: "huber", delta: 0.7 },
  quantile: { kind: "quantile", quantiles: [0.1, 0.5, 0.95] },
};
