import { drift, naive } from "@sage-twin/forecasters";
import { exp, log, Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  CausalGraph,
  causalGraph,
  compileProgram,
  compileWorld,
  custom,
  fit,
  linear,
  logistic,
  lookup,
  type Mechanism,
  registerFunction,
  saturation,
  Tile,
} from "../src/index.js";
import { tableOf } from "./table-of.js";

const before = 10;
const horizon = 20;

/** A lever at 10 and an effect at `level`, both constant: what setting the lever to `after` makes of the effect, step by step. */
function response(mechanism: Mechanism, after: number, level = 50): Float64Array {
  const table = tableOf({ x: new Float64Array(40).fill(before), y: new Float64Array(40).fill(level) });
  const { program } = fit(causalGraph().cause("x", "y", mechanism), table, {
    horizon,
    forecaster: naive(),
    levers: { x: {} },
  });
  const x = program.nodes.findIndex(({ name }) => name === "x");
  const y = program.nodes.findIndex(({ name }) => name === "y");
  const edits = [{ node: x, factor: new Float64Array(horizon), shift: new Float64Array(horizon).fill(after) }];
  const tile = new Tile(compileProgram(program), [compileWorld(program, { edits })], "seed", 0);
  return Float64Array.from({ length: horizon }, () => {
    tile.advance();
    return tile.level(y, 0)[0];
  });
}

/** The chance of at least `least` hits in `trials` of probability `p`. */
function atLeast(least: number, trials: number, p: number): number {
  let below = 0;
  let ways = 1;
  for (let hits = 0; hits < least; hits++) {
    if (hits > 0) ways *= (trials - hits + 1) / hits;
    below += ways * p ** hits * (1 - p) ** (trials - hits);
  }
  return 1 - below;
}

describe("delays, in closed form", () => {
  it("first-order smoothing follows 1 - (1 - 1/T)^t", () => {
    const path = response(linear(2, { sd: 0, smoothing: "4W" }), 11);
    path.forEach((value, step) => {
      expect(value).toBeCloseTo(50 + 2 * (1 - 0.75 ** step), 9);
    });
  });

  it("a third-order delay follows the chance of three hits in t trials", () => {
    const path = response(linear(2, { sd: 0, smoothing: { over: "6W", order: 3 } }), 11);
    path.forEach((value, step) => {
      expect(value).toBeCloseTo(50 + 2 * atLeast(3, step, 0.5), 9);
    });
  });

  it("a fixed delay comes at once after its time", () => {
    const path = response(linear(2, { sd: 0, lag: "5W" }), 11);
    expect([...path]).toEqual(Array.from({ length: horizon }, (_, step) => (step < 5 ? 50 : 52)));
  });

  it("carry-over follows 1 - c^(t + 1)", () => {
    const path = response(linear(2, { sd: 0, carryover: 0.6 }), 11);
    path.forEach((value, step) => {
      expect(value).toBeCloseTo(50 + 2 * (1 - 0.6 ** (step + 1)), 9);
    });
  });
});

describe("curves, in closed form", () => {
  it("saturation adds its effect times the Hill curve", () => {
    const hill = (x: number): number => x ** 1.5 / (20 ** 1.5 + x ** 1.5);
    const path = response(saturation(0.4, { sd: 0, half: 20, slope: 1.5, carryover: 0.5 }), 40);
    path.forEach((value, step) => {
      const adstock = 40 + (before - 40) * 0.5 ** (step + 1);
      expect(value).toBeCloseTo(50 + 0.4 * (hill(adstock) - hill(before)), 9);
    });
  });

  it.each([
    [5, 0],
    [12, 50 + 0.4 - 0.4],
    [15, 50 + 1 - 0.4],
    [100, 50 + 2 - 0.4],
  ])("a lookup of %s is interpolated, and flat beyond its points", (after, expected) => {
    const path = response(
      lookup([
        [8, 0],
        [9, 0.4],
        [12, 0.4],
        [18, 1.6],
        [20, 2],
      ]),
      after,
    );
    expect(path[0]).toBeCloseTo(after === 5 ? 50 - 0.4 : expected, 9);
  });

  it("a logistic effect moves log-odds and never leaves its bounds", () => {
    const logit = (share: number): number => log(share / (1 - share));
    const [value] = response(logistic(0.3, { sd: 0, high: 100 }), 12);
    expect(logit(value / 100)).toBeCloseTo(logit(0.5) + 0.6, 9);
    const [far] = response(logistic(5, { sd: 0, high: 100 }), 1000);
    expect(far).toBeLessThanOrEqual(100);
    expect(far).toBeGreaterThan(99);
  });

  it("a custom function acts by its name", () => {
    registerFunction("beyond eleven", (x) => Math.max(0, x - 11));
    expect(response(custom("beyond eleven", -2, { sd: 0 }), 14)[3]).toBeCloseTo(44, 9);
    expect(() => response(custom("beyond twelve", 1, { sd: 0 }), 14)).toThrow("did you mean 'beyond eleven'?");
    expect(() => registerFunction("beyond eleven", () => 1)).toThrow("another function");
  });
});

describe("fitting", () => {
  it("recovers the effect of a saturating, smoothed cause", () => {
    const rng = new Rng("saturation");
    const length = 200;
    const x = Float64Array.from({ length }, () => 20 * exp(0.8 * rng.normal()));
    let smooth = x[0];
    const y = x.map((value) => {
      const level = smooth;
      smooth += (value - smooth) / 2;
      return exp(4 + 0.8 * (level / (30 + level)) + 0.02 * rng.normal());
    });
    const graph = causalGraph()
      .cause("x", "y", saturation(undefined, { half: 30, smoothing: "2W" }))
      .link("y", { kind: "log" });
    const { effects } = fit(graph, tableOf({ x, y }), { horizon: 4, forecaster: drift(), levers: { x: {} } });
    const { mean, sd } = effects[0].posterior;
    expect(Math.abs(mean - 0.8)).toBeLessThan(3 * sd);
    expect(sd).toBeLessThan(0.05);
  });

  it("keeps an unstated effect's prior on the scale of the data", () => {
    const rng = new Rng("scale");
    const x = Float64Array.from({ length: 100 }, () => 10 + rng.normal());
    const y = x.map((value) => 1000 + 300 * Math.max(0, Math.min(1, (value - 8) / 4)) + 5 * rng.normal());
    registerFunction("ramp", (value) => Math.max(0, Math.min(1, (value - 8) / 4)));
    const { effects } = fit(causalGraph().cause("x", "y", custom("ramp")), tableOf({ x, y }), {
      horizon: 2,
      forecaster: naive(),
    });
    expect(effects[0].posterior.mean).toBeGreaterThan(280);
    expect(effects[0].posterior.mean).toBeLessThan(320);
  });
});

describe("saving", () => {
  it("keeps every mechanism", () => {
    const graph = causalGraph()
      .cause("a", "b", saturation(0.3, { half: 4, slope: 2, carryover: 0.3 }))
      .cause(
        "b",
        "c",
        lookup(
          [
            [0, 0],
            [1, 2],
          ],
          { link: "log" },
        ),
      )
      .cause("c", "d", logistic(0.1, { high: 100, smoothing: { over: "6W", order: 3 } }))
      .cause("d", "e", custom("some function", 2));
    expect(CausalGraph.fromJSON(JSON.parse(JSON.stringify(graph)))).toEqual(graph);
  });
});

describe("bad input", () => {
  const problem = (action: () => unknown): TwinError => {
    try {
      action();
    } catch (error) {
      if (TwinError.isInstance(error)) return error;
      throw error;
    }
    throw new Error("nothing was thrown");
  };

  it.each([
    ["half", () => saturation(0.3, { half: 0 })],
    ["slope", () => saturation(0.3, { half: 1, slope: Number.NaN })],
    ["low", () => logistic(0.3, { low: 1, high: 1 })],
    ["smoothing", () => linear(1, { smoothing: { over: "3W", order: 2 as never } })],
    ["smoothing", () => linear(1, { smoothing: "3W", carryover: 0.2 })],
  ])("names %s", (name, action) => {
    expect(problem(action).path).toContain(name);
  });

  it("gathers the points of a lookup that are wrong", () => {
    const { issues } = problem(() =>
      lookup([
        [0, 1],
        [0, 2],
        [1, Number.NaN],
        [2, 3],
      ]),
    );
    expect(issues.map(({ path }) => path[1])).toEqual([1, 2]);
    expect(problem(() => lookup([[0, 1]])).message).toContain("two points");
  });

  it("refuses a delay shorter than its stages, and one that is no whole number of periods", () => {
    const short = () => response(linear(1, { smoothing: { over: "2W", order: 3 } }), 11);
    expect(problem(short)).toMatchObject({ code: "invalid-time", path: ["causes", 0, "smoothing"] });
    expect(problem(() => response(linear(1, { smoothing: "1M" }), 11)).message).toContain("not a whole number");
  });

  it("refuses mechanisms of one metric that want different bounds", () => {
    const graph = causalGraph()
      .cause("x", "y", logistic(1, { high: 100 }))
      .cause("z", "y", logistic(1));
    const column = new Float64Array(20).fill(0.5);
    const table = tableOf({ x: column, y: column, z: column });
    expect(problem(() => fit(graph, table)).message).toContain("want different links");
  });
});
