import { describe, expect, it } from "vitest";
import { discover, experiment, morris, oneAtATime, scenario, sobol, tornado } from "../src/index.js";
import { logLinear } from "./log-linear.js";

const study = logLinear({ elasticities: [0.5, 0.2, -0.3], sd: 0.1 });
const plan = scenario("push").scale("lever0", 1.2).scale("lever1", 1.5).scale("lever2", "1 + x / 100");
const parameters = { x: [-10, 20] } as const;
const sales = (a: number, b: number, c: number, x: number): number => 100 * 1.2 ** a * 1.5 ** b * (1 + x / 100) ** c;

describe("an experiment", () => {
  it("is the closed form of its inputs", () => {
    const { inputs, evaluate } = experiment(study, plan, { metric: "sales", of: "total", parameters });
    expect(inputs.map(({ name, kind, base }) => [name, kind, base])).toEqual([
      ["x", "parameter", 5],
      ["lever0 -> sales", "effect", 0.5],
      ["lever1 -> sales", "effect", 0.2],
      ["lever2 -> sales", "effect", -0.3],
    ]);
    const found = evaluate(
      [
        [5, 20, -10],
        [0.5, 0.1, 0.9],
        [0.2, 0.2, 0],
        [-0.3, 0, 1],
      ].map((values) => Float64Array.from(values)),
    );
    [sales(0.5, 0.2, -0.3, 5), sales(0.1, 0.2, 0, 20), sales(0.9, 0, 1, -10)].forEach((value, row) => {
      expect(found[row]).toBeCloseTo(value, 8);
    });
  });

  it("takes an edit's drawn size for an input, and nothing by chance", () => {
    const drawn = scenario("drawn")
      .scale("lever0", { kind: "uniform", low: 1, high: 1.4 })
      .scale("lever2", 0.5, { chance: 0.4 });
    const { inputs, evaluate } = experiment(study, drawn, { metric: "sales", of: "total" });
    expect(inputs.map(({ name, base }) => [name, base])).toEqual([
      ["scale of lever0", 1.2],
      ["lever0 -> sales", 0.5],
    ]);
    const found = evaluate([Float64Array.of(1.2, 1, 1.4), Float64Array.of(0.5, 0.5, 0.5)]);
    [1.2, 1, 1.4].forEach((factor, row) => {
      expect(found[row]).toBeCloseTo(100 * Math.sqrt(factor), 8);
    });
    const { bars } = tornado(study, drawn, { metric: "sales" });
    expect(bars[0].input).toBe("scale of lever0");
  });

  it("refuses parameters without a range, unknown names and ranges that break a lever's own", () => {
    expect(() => experiment(study, plan, { metric: "sales" })).toThrow("nothing is said of what 'x' may be");
    expect(() => experiment(study, plan, { metric: "sale", parameters })).toThrow("did you mean 'sales'");
    expect(() => experiment(study, plan, { metric: "sales", parameters, inputs: ["y"] })).toThrow("unknown input");
    expect(() => experiment(study, plan, { metric: "sales", parameters: { x: [3, 1] } })).toThrow("no range");
    const bound = logLinear({ elasticities: [0.5, 0.2, -0.3], sd: 0.1, max: 11 });
    expect(() => experiment(bound, plan, { metric: "sales", parameters })).toThrow("outside");
  });
});

describe("a tornado", () => {
  it("has each input's reach in closed form, the widest first", () => {
    const { base, bars, between } = tornado(study, plan, { metric: "sales", parameters });
    const middle = sales(0.5, 0.2, -0.3, 5);
    expect(base).toBeCloseTo(middle - 100, 8);
    expect(between).toEqual([expect.closeTo(0.1, 12), expect.closeTo(0.9, 12)]);
    expect(bars.map(({ width }) => width)).toEqual([...bars.map(({ width }) => width)].sort((a, b) => b - a));
    const z = 1.2815515655446004;
    const bar = bars.find(({ input }) => input === "lever1 -> sales");
    expect(bar?.high.answer).toBeCloseTo(sales(0.5, 0.2 + 0.1 * z, -0.3, 5) - 100, 6);
    expect(bars.find(({ input }) => input === "x")?.low).toEqual({
      at: -7,
      answer: expect.closeTo(sales(0.5, 0.2, -0.3, -7) - 100, 6),
    });
  });
});

describe("one at a time", () => {
  it("finds the breakeven", () => {
    const raise = scenario("dearer").scale("lever0", 1.2).scale("lever2", "1 + x / 100");
    const [curve] = oneAtATime(study, raise, {
      metric: "sales",
      parameters: { x: [0, 80] },
      inputs: ["x"],
      points: 401,
    });
    // 1.2^0.5 = (1 + x / 100)^0.3
    expect(curve.breakeven).toEqual([expect.closeTo(100 * (1.2 ** (0.5 / 0.3) - 1), 1)]);
    expect(oneAtATime(study, plan, { metric: "sales", parameters, inputs: ["x"], target: 1e9 })[0].breakeven).toEqual(
      [],
    );
    expect(() => oneAtATime(study, plan, { metric: "sales", parameters, points: 1 })).toThrow("1 points");
  });
});

describe("indices over a scenario's inputs", () => {
  const options = { metric: "sales", parameters, inputs: ["lever0 -> sales", "lever1 -> sales"] } as const;

  it("share the variance by the squares of the slopes, nearly", () => {
    const { inputs, first, total } = sobol(study, plan, options);
    expect(inputs).toEqual(["lever0 -> sales", "lever1 -> sales"]);
    const [a, b] = [Math.log(1.2) ** 2, Math.log(1.5) ** 2];
    expect(first[0].value).toBeCloseTo(a / (a + b), 2);
    expect(total[1].value).toBeCloseTo(b / (a + b), 2);
  });

  it("order the inputs as walks do", () => {
    const effects = morris(study, plan, options);
    expect(effects.map(({ input }) => input)).toEqual(["lever0 -> sales", "lever1 -> sales"]);
    expect(effects[1].meanAbsolute / effects[0].meanAbsolute).toBeCloseTo(Math.log(1.5) / Math.log(1.2), 0);
  });
});

describe("discovery", () => {
  it("finds the range that flips the decision", () => {
    const raise = scenario("dearer").scale("lever0", 1.2).scale("lever2", "1 + x / 100");
    const { flips, box } = discover(study, raise, { metric: "sales", parameters: { x: [0, 80] }, inputs: ["x"] });
    const flip = 100 * (1.2 ** (0.5 / 0.3) - 1);
    expect(flips).toBeCloseTo(1 - flip / 80, 2);
    expect(box?.ranges.map(({ input }) => input)).toEqual(["x"]);
    expect(Math.abs((box?.ranges[0].low as number) - flip)).toBeLessThan(6);
    expect(box?.density).toBeGreaterThan(0.89);
    expect(box?.coverage).toBeGreaterThan(0.9);
  });

  it("has no box where nothing flips", () => {
    expect(discover(study, plan, { metric: "sales", parameters, threshold: -1000 })).toEqual({
      flips: 0,
      box: undefined,
    });
  });
});
