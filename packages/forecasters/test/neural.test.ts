import { Rng, TwinError } from "@sage-twin/kernel";
import {
  type FixedLayer,
  float64Backend,
  type NeuralBackend,
  type NeuralNetwork,
  type ResidualLayer,
} from "@sage-twin/learners";
import { absoluteErrorScale, mase } from "@sage-twin/numerics";
import { forecasterContract } from "@sage-twin/testing";
import { describe, expect, it } from "vitest";
import { modelFromJSON, type NeuralOptions, neural, type Panel, seasonalNaive } from "../src/index.js";
import { neuralNetwork } from "../src/neural-network.js";

const contract: Readonly<Record<string, NeuralOptions>> = {
  nbeats: { seasonLength: 12, networks: 2 },
  "nbeats without season": { networks: 3 },
  nhits: { architecture: "nhits", seasonLength: 12, networks: 2, steps: 15 },
  lstm: { architecture: "lstm", seasonLength: 12, networks: 2, steps: 15 },
};
for (const [name, options] of Object.entries(contract)) {
  describe(`neural, ${name}`, () => {
    for (const check of forecasterContract(name, () => neural(options))) it(check.name, check.run);
  });
}

const season = [0, 3, 6, 2, -4, -7, -5, 0, 4, 5, -1, -3];
/** Series with one shape of season and trends that fade, at any level; the last `horizon` values are to be forecast. */
function simulate(count: number, length: number): Panel {
  const rng = new Rng("panel");
  return Object.fromEntries(
    Array.from({ length: count }, (_, series) => {
      const scale = 10 ** (series % 5);
      let slope = 0.01;
      let level = 0;
      const values = Array.from({ length }, (_, t) => {
        slope = 0.9 * slope + 0.002 * rng.normal();
        level += slope + 0.01 * rng.normal();
        return scale * (10 + (series % 3)) * (1 + level) * (1 + season[t % 12] / 50) * (1 + 0.01 * rng.normal());
      });
      return [`s${series}`, values.map((value) => Math.max(0.01, value))];
    }),
  );
}

const horizon = 12;
const whole = simulate(40, 84);
const past: Panel = Object.fromEntries(
  Object.entries(whole).map(([id, values]) => [id, Array.from(values).slice(0, -horizon)]),
);

describe.each(["nbeats", "nhits", "lstm"] as const)("neural across series, %s", (architecture) => {
  const options = { architecture, seasonLength: 12, horizon } as const;
  const fitted = neural(options).fitPanel(past);

  it("beats the seasonal naive by a fifth, and covers", () => {
    let [own, rival, inside] = [0, 0, 0];
    for (const [id, values] of Object.entries(whole)) {
      const actual = Array.from(values).slice(-horizon);
      const scale = absoluteErrorScale(past[id], 12);
      const forecast = fitted.get(id)?.forecast(horizon);
      if (forecast === undefined) throw new Error(id);
      own += mase(actual, forecast.mean, scale);
      rival += mase(actual, seasonalNaive({ seasonLength: 12 }).fit(past[id]).forecast(horizon).mean, scale);
      const { lower, upper } = forecast.interval(90);
      inside += actual.filter((value, step) => value >= lower[step] && value <= upper[step]).length;
    }
    expect(own).toBeLessThan(0.8 * rival);
    expect(inside / (40 * horizon)).toBeGreaterThan(0.8);
    expect(inside / (40 * horizon)).toBeLessThan(0.98);
  });

  it("does not depend on the unit of a series", () => {
    const scaled = { ...past, s3: Array.from(past.s3, (value) => value * 1024) };
    const other = neural(options).fitPanel(scaled);
    const [a, b] = [fitted.get("s3")?.forecast(6).mean ?? [], other.get("s3")?.forecast(6).mean ?? []];
    for (let step = 0; step < 6; step++) expect(b[step] / a[step]).toBeCloseTo(1024, 6);
  });

  it("gives each series a model that stands alone", () => {
    const one = fitted.get("s7");
    const back = modelFromJSON(JSON.parse(JSON.stringify(one)));
    expect(back.forecast(30).mean).toEqual(one?.forecast(30).mean);
    expect(back.update([500]).forecast(3).interval(80)).toEqual(one?.update([500]).forecast(3).interval(80));
    expect(one?.description).toContain(`6 networks (${architecture}) of 40 series`);
  });
});

/** The own backend, answering later, as one on a graphics card would; it counts what it holds. */
function laterBackend() {
  const held = { networks: 0, steps: 0 };
  const backend: NeuralBackend = {
    name: "later",
    synchronous: false,
    async create(spec, options) {
      const network = float64Backend.create(spec, options);
      held.networks++;
      return {
        ...network,
        async step(...given: Parameters<NeuralNetwork["step"]>) {
          held.steps++;
          return network.step(...given);
        },
        weights: async () => network.weights(),
        dispose() {
          held.networks--;
        },
      } satisfies NeuralNetwork;
    },
  };
  return { backend, held };
}

describe("neural", () => {
  const small = { seasonLength: 12, networks: 2, steps: 20 } as const;

  it("same seed, same bytes; another seed, other forecasts", () => {
    const mean = (seed?: number): Float64Array =>
      neural({ ...small, seed })
        .fit(whole.s1)
        .forecast(5).mean;
    expect(mean()).toEqual(mean());
    expect(mean(1)).not.toEqual(mean(2));
  });

  it("fits later what it fits now, with any backend, and frees its networks", async () => {
    const { backend, held } = laterBackend();
    const progress: number[] = [];
    const later = await neural({ ...small, backend }).fitAsync(past, {
      onProgress: ({ stage, done, total }) => {
        expect([stage, total]).toEqual(["fit", 40]);
        progress.push(done);
      },
    });
    const now = neural(small).fitPanel(past);
    expect([...later.keys()]).toEqual([...now.keys()]);
    expect(later.get("s4")?.forecast(20).mean).toEqual(now.get("s4")?.forecast(20).mean);
    expect(progress).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(held).toEqual({ networks: 0, steps: 40 });
    const one = await neural(small).fitAsync(past.s1);
    expect(one.forecast(4).mean).toEqual(neural(small).fit(past.s1).forecast(4).mean);
  });

  it("stops when it is aborted, with the reason, and frees its networks", async () => {
    const { backend, held } = laterBackend();
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("enough")), 20);
    const run = neural({ ...small, steps: 100_000, backend }).fitAsync(past, { signal: stop.signal });
    await expect(run).rejects.toThrow("enough");
    expect(held.networks).toBe(0);
    expect(held.steps).toBeLessThan(10_000);
    const before = neural({ ...small, backend }).fitAsync(past, { signal: stop.signal });
    await expect(before).rejects.toThrow("enough");
  });

  it("hands on what a backend fails with, and frees its networks", async () => {
    const { backend, held } = laterBackend();
    const broken: NeuralBackend = {
      ...backend,
      create: async (spec, options) => ({
        ...(await backend.create(spec, options)),
        step: () => Promise.reject(new Error("the device is lost")),
      }),
    };
    await expect(neural({ ...small, backend: broken }).fitAsync(past)).rejects.toThrow("the device is lost");
    expect(held.networks).toBe(0);
  });

  it("refuses to fit now with a backend that answers later", () => {
    const model = neural({ ...small, backend: laterBackend().backend });
    expect(() => model.fit(whole.s1)).toThrow("backend: the backend 'later' answers later; use fitAsync");
    expect(() => model.fitPanel(past)).toThrow("use fitAsync");
  });

  it("leaves constant and short series to the naive model, with a note", () => {
    const fitted = neural(small).fitPanel({ ...past, flat: [3, 3, 3, 3], one: [5], two: [4, 8] });
    expect(fitted.get("flat")?.notes.at(-1)).toContain("constant");
    expect(fitted.get("one")?.name).toBe("naive");
    expect(fitted.get("two")?.name).toBe("neural");
    expect(fitted.get("two")?.forecast(40).interval(95).upper.every(Number.isFinite)).toBe(true);
    expect(neural().fit([1, 2, 4]).notes.at(-1)).toContain("too few for networks");
    expect(
      neural()
        .fitPanel({ a: [1, 1], b: [2] })
        .get("a")?.name,
    ).toBe("naive");
  });

  it("lists every series that it cannot take, and what is wrong with its options", async () => {
    const wrong = { a: [1, 2, Number.POSITIVE_INFINITY], b: [], c: [1, 2, 3] };
    expect(() => neural().fitPanel(wrong)).toThrow("2 problems");
    expect(() => neural().fitPanel({})).toThrow("no series");
    await expect(neural().fitAsync(wrong)).rejects.toThrow("panel.a.values[2]");
    await expect(neural().fitAsync([])).rejects.toThrow("the series is empty");
    await expect(neural().fitAsync(null as never)).rejects.toThrow("no series");
    expect(() => neural({ architecture: "rnn" as never })).toThrow('give "nbeats", "nhits" or "lstm"');
    expect(() => neural({ networks: 1 })).toThrow("at least 2");
    expect(() => neural({ steps: 0 })).toThrow("steps: 0 is not a whole number");
    expect(() => neural({ backend: {} as never })).toThrow("is no backend");
  });

  it("refuses saved networks that were changed", () => {
    const json = JSON.parse(JSON.stringify(neural(small).fit(whole.s1)));
    const open = (change: (model: Record<string, never>) => void) => () => {
      const copy = structuredClone(json);
      change(copy.state.process.model);
      return modelFromJSON(copy);
    };
    const code = (action: () => unknown): unknown => {
      try {
        return action();
      } catch (error) {
        return TwinError.isInstance(error) && error.code;
      }
    };
    const changes: ((model: Record<string, never>) => void)[] = [
      (model) => (model.weights as unknown[]).splice(0),
      (model) => (model.weights[0] as unknown[]).pop(),
      (model) => (model.weights[0] as unknown[]).splice(3, 1, null),
      (model) => Object.assign(model.settings, { inputLength: 5 }),
      (model) => Object.assign(model.settings, { seasonLength: 1e12 }),
      (model) => Object.assign(model.settings, { seasonLength: 0.5 }),
      (model) => Object.assign(model.network, { layers: [] }),
      (model) => Object.assign(model, { network: null }),
    ];
    for (const change of changes) expect(code(open(change))).toBe("corrupt");
  });
});

describe("networks", () => {
  it("N-HiTS pools the last values together and answers on straight lines", () => {
    const { layers } = neuralNetwork("nhits", 6, 8);
    const { blocks } = layers[0] as ResidualLayer;
    const matrix = (block: number, layer: number) => (blocks[block].at(layer) as FixedLayer).matrix;
    expect(matrix(0, 0).map((row) => row.slice(0, 6))).toEqual([
      [0.5, 0.5, 0, 0, 0, 0],
      [0, 0, 0.25, 0.25, 0.25, 0.25],
      ...Array.from({ length: 12 }, () => new Array(6).fill(0)),
    ]);
    const answers = (block: number) =>
      matrix(block, -1)
        .slice(-8)
        .map((row) => row.at(-1)?.toFixed(3));
    expect(answers(0)).toEqual(new Array(8).fill("1.000"));
    expect(answers(1)).toEqual(["0.000", "0.143", "0.286", "0.429", "0.571", "0.714", "0.857", "1.000"]);
  });
});
