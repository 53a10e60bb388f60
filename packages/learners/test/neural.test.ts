import { readFileSync } from "node:fs";
import { Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  type AdamOptions,
  float64Backend,
  type NetworkBatch,
  type NetworkLoss,
  type NetworkSpec,
  networkShape,
  outputsPerTarget,
} from "../src/index.js";
import { losses, networks } from "./neural/networks.js";

function numbers(rng: Rng, count: number): Float64Array {
  return Float64Array.from({ length: count }, () => rng.normal());
}

function farthest(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  expect(found.length).toBe(wanted.length);
  return Array.from(wanted).reduce((most, value, i) => Math.max(most, Math.abs(found[i] - value)), 0);
}

const rows = 7;

describe.each(Object.entries(networks))("gradients of %s", (_, spec) => {
  it.each(Object.entries(losses))("with the loss %s are finite differences'", (_, loss) => {
    const rng = new Rng(1);
    const network = float64Backend.create(spec, { seed: 3 });
    const { shape } = network;
    const weights = numbers(rng, shape.weights).map((value) => value / 2);
    const inputs = numbers(rng, rows * shape.inputs);
    const targets = numbers(rng, (rows * shape.outputs) / outputsPerTarget(loss));
    if (loss.kind !== "quantile") targets[4] = Number.NaN;
    const at = (changed: Float64Array): number => {
      network.setWeights(changed);
      return network.gradients({ inputs, targets, loss }).loss;
    };
    network.setWeights(weights);
    const { gradients } = network.gradients({ inputs, targets, loss });
    const step = 1e-6;
    const differences = weights.map((weight, i) => {
      const moved = weights.slice();
      moved[i] = weight + step;
      const above = at(moved);
      moved[i] = weight - step;
      return (above - at(moved)) / (2 * step);
    });
    expect(farthest(gradients, differences)).toBeLessThan(1e-8);
    expect(gradients.some((value) => Math.abs(value) > 0.01)).toBe(true);
  });

  it("follow given output gradients", () => {
    const rng = new Rng(2);
    const network = float64Backend.create(spec, { seed: 3 });
    const inputs = numbers(rng, rows * network.shape.inputs);
    const targets = numbers(rng, rows * network.shape.outputs);
    const wanted = network.gradients({ inputs, targets, loss: { kind: "squared" } });
    const outputGradients = network.predict(inputs).map((value, i) => (value - targets[i]) / targets.length);
    const kept = outputGradients.slice();
    const found = network.gradients({ inputs, outputGradients });
    expect(farthest(found.gradients, wanted.gradients)).toBeLessThan(1e-15);
    expect(found.loss).toBeNaN();
    expect(outputGradients).toEqual(kept);
  });

  it("do not depend on what a larger batch left behind", () => {
    const rng = new Rng(4);
    const network = float64Backend.create(spec);
    const batch = (count: number): NetworkBatch => ({
      inputs: numbers(rng, count * network.shape.inputs),
      targets: numbers(rng, count * network.shape.outputs),
      loss: { kind: "absolute" },
    });
    const small = batch(2);
    const before = network.gradients(small);
    network.gradients(batch(9));
    expect(network.gradients(small)).toEqual(before);
    const one = network.predict(small.inputs.slice(0, network.shape.inputs));
    expect(network.predict(small.inputs).slice(0, one.length)).toEqual(one);
  });
});

describe("against TensorFlow 2.21.0", () => {
  interface Case {
    readonly weights: number[];
    readonly inputs: number[];
    readonly targets: number[];
    readonly outputs: number[];
    readonly loss: number;
    readonly gradients: number[];
    readonly after: number[];
  }
  const golden = JSON.parse(readFileSync(new URL("golden/neural.json", import.meta.url), "utf8")) as {
    readonly optimizer: AdamOptions;
    readonly cases: Readonly<Record<string, Case>>;
  };
  const cases: Readonly<Record<string, { readonly spec: NetworkSpec; readonly loss: NetworkLoss }>> = {
    dense: {
      spec: {
        inputs: 5,
        layers: [
          { kind: "dense", units: 7, activation: "tanh" },
          { kind: "dense", units: 6, activation: "relu" },
          { kind: "dense", units: 3 },
        ],
      },
      loss: losses.huber,
    },
    lstm: {
      spec: {
        inputs: 10,
        layers: [
          { kind: "lstm", units: 4, features: 2 },
          { kind: "dense", units: 3 },
        ],
      },
      loss: losses.quantile,
    },
    residual: {
      spec: {
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
              [{ kind: "dense", units: 7 }],
            ],
          },
        ],
      },
      loss: losses.squared,
    },
  };
  it.each(Object.entries(cases))("%s: outputs, loss, gradients and five steps", (name, { spec, loss }) => {
    const wanted = golden.cases[name];
    const [inputs, targets] = [Float64Array.from(wanted.inputs), Float64Array.from(wanted.targets)];
    const weights = Float64Array.from(wanted.weights);
    const network = float64Backend.create(spec, { weights, optimizer: golden.optimizer });
    expect(farthest(network.predict(inputs), wanted.outputs)).toBeLessThan(1e-13);
    const first = network.gradients({ inputs, targets, loss });
    expect(first.loss).toBeCloseTo(wanted.loss, 13);
    expect(farthest(first.gradients, wanted.gradients)).toBeLessThan(1e-13);
    for (let step = 0; step < 5; step++) network.step({ inputs, targets, loss });
    expect(farthest(network.weights(), wanted.after)).toBeLessThan(1e-8);
    expect(farthest(weights, wanted.weights)).toBe(0);
  });
});

describe("training", () => {
  const spec = networks["dense, relu"];
  const train = (seed: number, optimizer: AdamOptions = { learningRate: 0.01 }) => {
    const network = float64Backend.create(spec, { seed, optimizer });
    const rng = new Rng("rows");
    let loss = 0;
    for (let step = 0; step < 400; step++) {
      const inputs = numbers(rng, 32 * 5);
      const targets = Float64Array.from({ length: 32 * 3 }, (_, i) => {
        const at = 5 * Math.floor(i / 3);
        return i % 3 === 0 ? inputs[at] * inputs[at + 1] : i % 3 === 1 ? inputs[at + 2] : Number.NaN;
      });
      loss = network.step({ inputs, targets, loss: { kind: "squared" } });
    }
    return { loss, weights: network.weights() };
  };

  it("learns, and the same seed gives the same bytes", () => {
    const first = train(1);
    expect(first.loss).toBeLessThan(0.2);
    expect(train(1)).toEqual(first);
    expect(train(2).weights).not.toEqual(first.weights);
  });

  it("weight decay and clipping hold the weights back", () => {
    const size = ({ weights }: { weights: Float64Array }): number => weights.reduce((sum, w) => sum + w * w, 0);
    expect(size(train(1, { learningRate: 0.01, weightDecay: 2 }))).toBeLessThan(0.5 * size(train(1)));
  });

  it("takes another learning rate for one step", () => {
    const [a, b] = [0.5, 0.25].map((learningRate) => float64Backend.create(spec, { optimizer: { learningRate } }));
    const batch = { inputs: new Float64Array(5).fill(1), outputGradients: Float64Array.of(1, 0, -1) };
    a.step(batch, { learningRate: 0.25 });
    b.step(batch);
    expect(a.weights()).toEqual(b.weights());
  });

  it("refuses a step whose gradients are not finite, and changes nothing", () => {
    const network = float64Backend.create(spec);
    const before = network.weights();
    const inputs = new Float64Array(5).fill(Number.NaN);
    const step = () => network.step({ inputs, targets: new Float64Array(3), loss: { kind: "absolute" } });
    expect(step).toThrow("the gradients are not finite");
    expect(network.weights()).toEqual(before);
  });

  it("a batch without a known target changes nothing", () => {
    const network = float64Backend.create(spec);
    const before = network.weights();
    const targets = new Float64Array(3).fill(Number.NaN);
    expect(network.step({ inputs: new Float64Array(5).fill(1), targets, loss: { kind: "absolute" } })).toBe(0);
    expect(network.weights()).toEqual(before);
  });
});

describe("descriptions", () => {
  it("counts outputs and weights", () => {
    expect(Object.values(networks).map((spec) => networkShape(spec).weights)).toEqual([66, 135, 178, 139]);
    expect(networkShape(networks["an LSTM"]).blocks.map(({ rows, columns, start }) => [rows, columns, start])).toEqual([
      [20, 7, 0],
      [20, 1, 140],
      [3, 5, 160],
      [3, 1, 175],
    ]);
  });

  it("starts forget gates at one and other biases at zero", () => {
    const weights = float64Backend.create(networks["an LSTM"]).weights();
    expect(Array.from(weights.slice(140, 160))).toEqual(
      Array.from({ length: 20 }, (_, i) => (i >= 5 && i < 10 ? 1 : 0)),
    );
    expect(Math.max(...weights.slice(0, 140).map(Math.abs))).toBeLessThan(Math.sqrt(6 / 12));
  });

  it("lists every layer that does not fit", () => {
    const wrong = {
      inputs: 6,
      layers: [
        { kind: "dense", units: 0 },
        { kind: "fixed", matrix: [[1, 2]] },
        { kind: "lstm", units: 3, features: 4 },
        { kind: "convolution" },
        { kind: "residual", outputs: 2, blocks: [] },
      ],
    } as unknown as NetworkSpec;
    try {
      networkShape(wrong);
      expect.unreachable();
    } catch (error) {
      expect(TwinError.isInstance(error) && error.issues.map(({ path }) => path.join("."))).toEqual([
        "network.layers.0.units",
        "network.layers.2.features",
        "network.layers.3",
        "network.layers.4.blocks",
      ]);
    }
    const one = (inputs: number, layer: unknown) => () => networkShape({ inputs, layers: [layer as never] });
    expect(one(6, { kind: "fixed", matrix: [[1, 2]] })).toThrow("does not take 6 inputs");
    expect(one(6, { kind: "lstm", units: 3, features: 4 })).toThrow("not steps of 4");
    expect(one(3, { kind: "residual", outputs: 2, blocks: [[{ kind: "dense", units: 4 }]] })).toThrow(
      "has 4 outputs, not inputs + outputs = 5",
    );
    expect(one(3, { kind: "dense", units: 2, activation: "gelu" })).toThrow("'gelu' is no activation");
    expect(() => networkShape(null as never)).toThrow(TwinError);
    expect(() => networkShape({ inputs: 60_000, layers: [{ kind: "dense", units: 60_000 }] })).toThrow("are allowed");
  });

  it("refuses batches, losses, weights and rules that do not fit", () => {
    const network = float64Backend.create(networks["dense, tanh"]);
    const inputs = new Float64Array(10);
    const loss: NetworkLoss = { kind: "squared" };
    expect(() => network.predict(new Float64Array(7))).toThrow("not rows of 5");
    expect(() => network.predict([1, 2, 3, 4, 5] as never)).toThrow("is not a Float64Array");
    expect(() => network.step({ inputs, targets: new Float64Array(5), loss })).toThrow("for 2 rows of 3 outputs");
    expect(() => network.step({ inputs, targets: new Float64Array(6), loss: losses.quantile })).toThrow("targets");
    expect(() => network.step({ inputs, targets: new Float64Array(6), loss: { kind: "hinge" } as never })).toThrow(
      "is no loss",
    );
    expect(() => network.step({ inputs, targets: new Float64Array(6), loss: { kind: "huber", delta: 0 } })).toThrow(
      "loss.delta",
    );
    expect(() => network.step({ inputs: new Float64Array(0), outputGradients: new Float64Array(0) })).toThrow(
      "no rows",
    );
    expect(() => network.setWeights(new Float64Array(3))).toThrow("3 numbers, the network has 66 weights");
    expect(() => network.setWeights(new Float64Array(66).fill(Number.NaN))).toThrow("weights[0]");
    expect(() => float64Backend.create(networks["dense, tanh"], { optimizer: { learningRate: -1, beta1: 1 } })).toThrow(
      "2 problems",
    );
    expect(network.predict(new Float64Array(0))).toEqual(new Float64Array(0));
  });
});
