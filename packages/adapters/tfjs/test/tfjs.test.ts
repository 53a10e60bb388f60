import { neural } from "@sage-twin/forecasters";
import { Rng, TwinError } from "@sage-twin/kernel";
import { float64Backend, type NetworkLoss, outputsPerTarget } from "@sage-twin/learners";
import { describe, expect, it } from "vitest";
import { requirePeers } from "../../../../.tools/peers.js";
import { losses, networks } from "../../../learners/test/neural/networks.js";
import { type Tensorflow, tfjsBackend } from "../src/index.js";

type Module = Tensorflow & { memory(): { numTensors: number } };

const tf = requirePeers(new URL("peers/", import.meta.url))?.("@tensorflow/tfjs") as Module;

function numbers(rng: Rng, count: number): Float64Array {
  return Float64Array.from({ length: count }, () => rng.normal());
}

function farthest(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  expect(found.length).toBe(wanted.length);
  return Array.from(wanted).reduce((most, value, i) => Math.max(most, Math.abs(found[i] - value)), 0);
}

const rows = 9;

describe.skipIf(tf === undefined)("tfjs 4.22.0", () => {
  describe.each(Object.entries(networks))("%s", (_, spec) => {
    it.each(Object.entries(losses))(
      "answers as float64Backend does, with the loss %s, and leaks nothing",
      async (_, loss) => {
        const before = tf.memory().numTensors;
        const optimizer = { learningRate: 0.01, weightDecay: 0.1, clip: 0.5, epsilon: 1e-4 };
        const own = float64Backend.create(spec, { seed: 5, optimizer });
        const other = await tfjsBackend(tf).create(spec, { seed: 5, optimizer });
        const rng = new Rng(8);
        const inputs = numbers(rng, rows * own.shape.inputs);
        const targets = numbers(rng, (rows * own.shape.outputs) / outputsPerTarget(loss));
        targets[2] = Number.NaN;
        const batch = { inputs, targets, loss };
        expect(farthest(await other.weights(), own.weights())).toBeLessThan(1e-7);
        expect(farthest(await other.predict(inputs), own.predict(inputs))).toBeLessThan(1e-5);
        const [found, wanted] = [await other.gradients(batch), own.gradients(batch)];
        expect(Math.abs(found.loss - wanted.loss)).toBeLessThan(1e-5);
        expect(farthest(found.gradients, wanted.gradients)).toBeLessThan(1e-5);
        for (let step = 0; step < 5; step++)
          expect(Math.abs((await other.step(batch)) - own.step(batch))).toBeLessThan(1e-5);
        expect(farthest(await other.weights(), own.weights())).toBeLessThan(1e-5);
        await other.setWeights(own.weights());
        expect(farthest(await other.weights(), own.weights())).toBeLessThan(1e-6);
        other.dispose();
        expect(tf.memory().numTensors).toBe(before);
      },
    );

    it("follows given output gradients", async () => {
      const own = float64Backend.create(spec);
      const other = await tfjsBackend(tf).create(spec);
      const rng = new Rng(9);
      const batch = {
        inputs: numbers(rng, rows * own.shape.inputs),
        outputGradients: numbers(rng, rows * own.shape.outputs),
      };
      const found = await other.gradients(batch);
      expect(found.loss).toBeNaN();
      expect(farthest(found.gradients, own.gradients(batch).gradients)).toBeLessThan(1e-5 * rows);
      expect(await other.step(batch, { learningRate: 0.1 })).toBeNaN();
      own.step(batch, { learningRate: 0.1 });
      expect(farthest(await other.weights(), own.weights())).toBeLessThan(1e-5);
      other.dispose();
    });
  });

  const spec = networks["dense, tanh"];
  const loss: NetworkLoss = { kind: "squared" };

  it("questions asked together are answered in turn", async () => {
    const own = float64Backend.create(spec);
    const other = await tfjsBackend(tf).create(spec);
    const batch = { inputs: numbers(new Rng(1), 10), targets: numbers(new Rng(2), 6), loss };
    const wanted = [own.step(batch), own.step(batch), own.step(batch)];
    const found = await Promise.all([other.step(batch), other.step(batch), other.step(batch)]);
    expect(farthest(found, wanted)).toBeLessThan(1e-5);
    other.dispose();
  });

  it("refuses what does not fit, keeps its weights, and leaks nothing", async () => {
    const before = tf.memory().numTensors;
    const network = await tfjsBackend(tf).create(spec);
    const weights = await network.weights();
    const inputs = new Float64Array(5).fill(Number.NaN);
    await expect(network.step({ inputs, targets: new Float64Array(3), loss })).rejects.toThrow("not finite");
    await expect(network.step({ inputs, targets: new Float64Array(2), loss })).rejects.toThrow("targets");
    await expect(network.predict(new Float64Array(4))).rejects.toThrow("not rows of 5");
    await expect(network.setWeights(new Float64Array(4))).rejects.toThrow("66 weights");
    expect(await network.predict(new Float64Array(0))).toEqual(new Float64Array(0));
    expect(await network.weights()).toEqual(weights);
    network.dispose();
    network.dispose();
    await expect(network.weights()).rejects.toThrow("was disposed of");
    await expect(tfjsBackend(tf).create({ inputs: 1, layers: [] })).rejects.toThrow(TwinError);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("is disposed of in the middle of a step without a leak", async () => {
    const before = tf.memory().numTensors;
    const network = await tfjsBackend(tf).create(spec);
    const step = network.step({ inputs: new Float64Array(5), targets: new Float64Array(3), loss });
    await Promise.resolve();
    network.dispose();
    await expect(step).rejects.toThrow("was disposed of");
    expect(tf.memory().numTensors).toBe(before);
  });

  const panel = Object.fromEntries(
    Array.from({ length: 10 }, (_, series) => {
      const rng = new Rng(series);
      return [`s${series}`, Array.from({ length: 40 }, (_, t) => 20 + series + 3 * (t % 4) + t / 10 + rng.normal())];
    }),
  );

  it("trains a forecaster as float64Backend does, which then does not need it", async () => {
    const before = tf.memory().numTensors;
    const options = { seasonLength: 4, networks: 2, steps: 30 };
    const fitted = await neural({ ...options, backend: tfjsBackend(tf) }).fitAsync(panel);
    expect(tf.memory().numTensors).toBe(before);
    const wanted = neural(options).fitPanel(panel).get("s3")?.forecast(4).mean ?? [];
    expect(farthest(fitted.get("s3")?.forecast(4).mean ?? [], wanted)).toBeLessThan(0.01);
  });

  it("stops when it is aborted, and leaks nothing", async () => {
    const before = tf.memory().numTensors;
    const stop = new AbortController();
    const run = neural({ seasonLength: 4, steps: 100_000, backend: tfjsBackend(tf) }).fitAsync(panel, {
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 5) stop.abort(new Error("enough"));
      },
    });
    await expect(run).rejects.toThrow("enough");
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("without TensorFlow.js", () => {
  it("says what is missing", () => {
    expect(() => tfjsBackend(undefined as never)).toThrow("undefined is no TensorFlow.js");
    expect(() => tfjsBackend({} as never)).toThrow(TwinError);
  });
});
