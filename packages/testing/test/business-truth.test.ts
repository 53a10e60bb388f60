import { namesIn, parseExpression } from "@sage-twin/formulas";
import { log, Rng, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { makeGenerator, runHistory } from "../src/business/generator.js";
import { drawParameters } from "../src/business/parameters.js";
import type { ColumnName } from "../src/business/processes.js";
import { relationsOf } from "../src/business/relations.js";
import { type BusinessEdit, type BusinessMetric, type SimulatedBusiness, simulateBusiness } from "../src/index.js";
import { average, before, correlation, leastSquares, oracleRegressors, trendAndSeason } from "./business-helpers.js";

const businesses = Array.from({ length: 40 }, (_, seed) => simulateBusiness({ seed }));
const effectOf = ({ effects }: SimulatedBusiness, from: string, to: string) => {
  const found = effects.find((effect) => effect.from === from && effect.to === to);
  if (found === undefined) throw new Error(`no effect of ${from} on ${to}`);
  return found;
};

/** Everything that a metric can move, by the graph. */
function descendants({ graph }: SimulatedBusiness, metric: string): Set<string> {
  const pairs = [
    ...graph.edges.map(({ from, to }) => [from, to]),
    ...graph.identities.flatMap(({ name, expression }) =>
      namesIn(parseExpression(expression)).map((from) => [from, name]),
    ),
    ...graph.stocks.flatMap(({ name, inflow, outflow, proportional }) => [
      [inflow, name],
      [outflow, name],
      ...(proportional ? [[name, outflow]] : []),
    ]),
  ];
  const reached = new Set([metric]);
  for (const from of reached) for (const [cause, effect] of pairs) if (cause === from) reached.add(effect);
  return reached;
}

describe("the data of a simulated business", () => {
  it("is confounded: orders on price alone, and on all visible causes, are biased towards zero by about 0.9 and 0.5; the oracle, by 0.1", () => {
    const errors = businesses.map((business) => {
      const { complete, length, structuralBreak } = business;
      const orders = complete.orders.map(log);
      const step = orders.map((_, row) => (row >= structuralBreak.row ? 1 : 0));
      const truth = effectOf(business, "price", "orders").value;
      const oracle = [...oracleRegressors(business), step];
      const visible = oracle.filter((regressor) => regressor !== complete.demand && regressor !== complete.competitor);
      const naive = [complete.price.map(log), ...trendAndSeason(length)];
      return [naive, visible, oracle].map((regressors) => leastSquares(orders, regressors).coefficients[0] - truth);
    });
    const [naive, visible, oracle] = [0, 1, 2].map((index) => average(errors.map((error) => error[index])));
    expect(naive).toBeGreaterThan(0.75);
    expect(naive).toBeLessThan(1);
    expect(visible).toBeGreaterThan(0.4);
    expect(visible).toBeLessThan(0.65);
    expect(Math.abs(oracle)).toBeLessThan(0.15); // the capacity limit, which no log-linear regression has
  });

  it("has promotions that answer demand, seen and hidden, and orders that answer promotions", () => {
    const seen = businesses.map(({ complete: x }) => correlation(x.promotion.slice(1), before(x.utilisation).slice(1)));
    const hidden = businesses.map(({ complete: x }) => correlation(x.promotion, x.demand));
    expect(average(seen)).toBeLessThan(-0.4);
    expect(average(hidden)).toBeLessThan(-0.3);
    for (const business of businesses) expect(effectOf(business, "promotion", "orders").value).toBeGreaterThan(0);
  });

  it("breaks where it says, by as much as it says", () => {
    const found = businesses.slice(0, 20).map((business) => {
      const { complete, length, structuralBreak } = business;
      const regressors = oracleRegressors(business);
      const orders = complete.orders.map(log);
      const breakAt = (at: number) => {
        const step = orders.map((_, row) => (row >= at ? 1 : 0));
        return { at, ...leastSquares(orders, [...regressors, step]) };
      };
      const fits = Array.from({ length: length - 40 }, (_, index) => breakAt(20 + index));
      const best = fits.reduce((a, b) => (b.squares < a.squares ? b : a));
      const size = breakAt(structuralBreak.row).coefficients.at(-1) as number;
      expect(business.tables.revenue.dates[structuralBreak.row]).toBe(structuralBreak.date);
      return { distance: Math.abs(best.at - structuralBreak.row), error: size - log(structuralBreak.factor) };
    });
    expect(found.filter(({ distance }) => distance <= 1).length).toBeGreaterThanOrEqual(16);
    expect(Math.abs(average(found.map(({ error }) => error)))).toBeLessThan(0.04);
  });
});

describe("the true graph", () => {
  it.each(["D", "W", "M"] as const)("holds every influence of the generator and no other: %s", (frequency) => {
    const rng = new Rng("graph").derive("business");
    const parameters = drawParameters(rng);
    const generator = makeGenerator(rng, parameters, frequency, 60, 0);
    const columns = runHistory(generator);
    const { graph, hidden } = simulateBusiness({ seed: "graph", frequency, length: 60 });
    const stated = new Set<string>();
    for (const { from, to, lag, through } of relationsOf(parameters, generator.calendar))
      stated.add(`${through ?? from} -> ${to} ${lag}`);
    for (const { name, expression } of graph.identities)
      for (const input of namesIn(parseExpression(expression))) stated.add(`${input} -> ${name} 0`);
    for (const { name, inflow, outflow, proportional } of graph.stocks) {
      for (const text of [`${name} -> ${name} 1`, `${inflow} -> ${name} 0`, `${outflow} -> ${name} 0`])
        stated.add(text);
      if (proportional) stated.add(`${name} -> ${outflow} 1`);
    }
    for (const { name, touches } of hidden) for (const to of touches) stated.add(`${name} -> ${to} 0`);
    // Hidden columns act on one metric each, or remember one.
    const own = {
      pricePlan: "price",
      marketingPlan: "marketing",
      costPlan: "unitCost",
      delayPlan: "deliveryDelay",
      productivityDrift: "productivity",
    };
    for (const [plan, metric] of Object.entries(own)) stated.add(`${plan} -> ${metric} 0`);
    for (const memory of ["marketing", "satisfaction", "units"]) stated.add(`${memory} -> ${memory}Memory 0`);
    const recursive = [
      "demand",
      "competitor",
      ...Object.keys(own),
      "marketingMemory",
      "satisfactionMemory",
      "unitsMemory",
    ];
    for (const name of recursive) stated.add(`${name} -> ${name} 1`);
    const found = new Set<string>();
    const { end } = generator.calendar;
    for (const to of generator.names) {
      const { next } = generator.processes[to];
      for (const from of generator.names) {
        for (const lag of [0, 1, 2]) {
          for (let t = end - 55; t < end; t += 2) {
            const level = columns[from][t - lag];
            const shock = generator.shocks[to][t];
            const usual = next(columns, t, shock);
            columns[from][t - lag] = level * 1.05 + 1e-3;
            if (next(columns, t, shock) !== usual) found.add(`${from} -> ${to} ${lag}`);
            columns[from][t - lag] = level;
          }
        }
      }
    }
    expect([...found].sort()).toEqual([...stated].sort());
  });

  it("gives no effect away, and states lags in its own periods", () => {
    const { graph, effects } = simulateBusiness({ seed: 3, frequency: "M" });
    for (const [index, { mechanism }] of graph.edges.entries()) {
      expect(mechanism).toMatchObject({ evidence: "data", prior: { mean: 0 } });
      expect(mechanism.prior.sd / Math.abs(effects[index].value)).toBeGreaterThan(0.9);
    }
    const texts = graph.edges.map(({ from, to, mechanism }) => `${from} ${to} ${mechanism.lag} ${mechanism.carryover}`);
    expect(texts).toEqual(effects.map(({ from, to, lag, carryover }) => `${from} ${to} ${lag} ${carryover}`));
    expect(texts.filter((text) => text.includes(" 1M ")).length).toBeGreaterThan(5);
  });
});

describe("the true effects", () => {
  it("are those that interventions show", () => {
    const ratios = businesses.slice(0, 8).map((business) => {
      const once = (lever: string): BusinessEdit => ({ lever, kind: "scale", value: 1.001 });
      const slope = (lever: BusinessMetric, metric: BusinessMetric, step: number) => {
        const answer = business.intervene([once(lever)], { horizon: step + 1, runs: 100 });
        return log(answer.metric(metric).mean[step] / answer.baseline(metric).mean[step]) / log(1.001);
      };
      const price = effectOf(business, "price", "orders");
      const seen = slope("price", "orders", 0);
      expect(seen).toBeGreaterThan(price.low);
      expect(seen).toBeLessThan(price.high);
      const cost = effectOf(business, "unitCost", "price");
      expect(cost.high - cost.low).toBeLessThan(1e-6);
      expect(slope("unitCost", "price", 0)).toBeCloseTo(0, 12);
      expect(slope("unitCost", "price", 1)).toBeCloseTo(cost.value, 3);
      const marketing = effectOf(business, "marketing", "visitors");
      const short = slope("marketing", "visitors", 0);
      const long = slope("marketing", "visitors", 20);
      expect(short / marketing.value).toBeCloseTo(1 - marketing.carryover, 0);
      expect(long).toBeGreaterThan(marketing.low);
      expect(long).toBeLessThan(marketing.high);
      return seen / price.value;
    });
    expect(average(ratios)).toBeGreaterThan(0.8);
    expect(average(ratios)).toBeLessThan(1.25);
  });

  it("have forms that a constant effect does not fit: saturation, thresholds, a limit", () => {
    const business = businesses[1];
    for (const [from, to] of [
      ["marketing", "visitors"],
      ["promotion", "orders"],
      ["utilisation", "deliveryDelay"],
      ["capacity", "orders"],
      ["price", "orders"],
    ]) {
      const { value, low, high } = effectOf(business, from, to);
      expect((high - low) / Math.abs(value), `${from} on ${to}`).toBeGreaterThan(0.2);
    }
  });
});

describe("interventions and counterfactuals", () => {
  const business = businesses[5];
  const metrics = Object.values(business.tables).flatMap((table) => table.metrics as readonly BusinessMetric[]);

  it.each(["price", "marketing", "unitCost", "deliveryDelay", "overheads", "wage", "leadTime"] as const)(
    "an edit of %s moves its descendants and nothing else",
    (lever) => {
      const answer = business.intervene([{ lever, kind: "scale", value: 1.5 }], { horizon: 12, runs: 40 });
      const history = business.counterfactual([{ lever, kind: "scale", value: 1.5 }]);
      const reached = descendants(business, lever);
      expect(reached.size).toBeLessThan(metrics.length);
      for (const metric of metrics) {
        const moved = answer.difference(metric).samples.some((value) => value !== 0);
        expect(moved, metric).toBe(reached.has(metric));
        expect(
          history.difference(metric).some((value) => value !== 0),
          metric,
        ).toBe(reached.has(metric));
      }
    },
  );

  it("nothing edited is nothing changed, and the counterfactual's history is the history", () => {
    const answer = business.intervene([], { horizon: 5, runs: 10 });
    const history = business.counterfactual([]);
    for (const metric of metrics) {
      expect(answer.difference(metric).samples.every((value) => value === 0)).toBe(true);
      expect(history.metric(metric)).toEqual(business.complete[metric]);
    }
    expect(answer.dates).toHaveLength(5);
    expect(history.dates).toEqual(business.tables.revenue.dates);
    expect(Date.parse(answer.dates[0])).toBe(business.tables.revenue.instant(business.length));
  });

  it("begin when they are told, with the same futures whatever the number of runs and the horizon", () => {
    const { dates } = business.intervene([], { horizon: 12, runs: 1 });
    const edits: BusinessEdit[] = [{ lever: "price", kind: "shift", value: 1, from: dates[4], until: dates[8] }];
    const few = business.intervene(edits, { horizon: 9, runs: 5 });
    const many = business.intervene(edits, { horizon: 12, runs: 20 });
    for (let run = 0; run < 5; run++) {
      for (let step = 0; step < 9; step++) {
        for (const answer of ["metric", "baseline"] as const)
          expect(few[answer]("orders").samples[run * 9 + step]).toBe(many[answer]("orders").samples[run * 12 + step]);
      }
    }
    const price = many.difference("price").mean;
    expect([...price.slice(0, 4)]).toEqual([0, 0, 0, 0]);
    expect(price[5]).toBeCloseTo(1, 9);
    expect([...price.slice(8)]).toEqual([0, 0, 0, 0]);
    const orders = many.difference("orders").mean;
    expect([...orders.slice(0, 4)]).toEqual([0, 0, 0, 0]);
    expect(orders[4]).toBeLessThan(0);
    expect(orders[9]).not.toBe(0); // promotions, staff and customers remember
  });

  it("compose as scenarios do: the last set wins, later scales act on it, a ramp comes in evenly", () => {
    const one = (edits: BusinessEdit[]) => [
      ...business.intervene(edits, { horizon: 4, runs: 1 }).metric("price").samples,
    ];
    const edit = (kind: BusinessEdit["kind"], value: number): BusinessEdit => ({ lever: "price", kind, value });
    expect(one([edit("shift", 3), edit("set", 10), edit("scale", 1.2), edit("shift", 1)])).toEqual([13, 13, 13, 13]);
    const base = one([]);
    const ramped = one([{ ...edit("scale", 2), ramp: "4W" }]);
    ramped.forEach((value, step) => {
      expect(value / base[step]).toBeCloseTo(1 + (step + 1) / 4, 9);
    });
  });

  it("total as the metric's kind says", () => {
    const answer = business.intervene([{ lever: "price", kind: "scale", value: 1.1 }], { horizon: 3, runs: 2 });
    const { samples, total } = answer.metric("orders");
    expect(total.samples[1]).toBeCloseTo(samples[3] + samples[4] + samples[5], 9);
    expect(answer.metric("customers").total.samples[1]).toBe(answer.metric("customers").samples[5]);
    const price = answer.metric("price");
    expect(price.total.mean).toBeCloseTo(average(price.samples), 9);
    expect(average(answer.metric("profit").mean)).toBeCloseTo(answer.metric("profit").total.mean / 3, 6);
  });

  it("hold the identities in every sample", () => {
    const answer = business.intervene([{ lever: "marketing", kind: "set", value: 0 }], { horizon: 12, runs: 20 });
    const samples = (name: BusinessMetric) => answer.metric(name).samples;
    const [revenue, orders, value, profit, costs] = (
      ["revenue", "orders", "averageOrderValue", "profit", "costs"] as const
    ).map(samples);
    revenue.forEach((_, index) => {
      expect(revenue[index]).toBe(orders[index] * value[index]);
      expect(profit[index]).toBe(revenue[index] - costs[index]);
    });
  });

  it("refuse what cannot be edited, with every problem named", () => {
    const refused = (edits: readonly BusinessEdit[], options = { horizon: 4 }): TwinError => {
      try {
        business.intervene(edits, options);
      } catch (error) {
        if (TwinError.isInstance(error)) return error;
        throw error;
      }
      throw new Error("nothing was refused");
    };
    const all = refused([
      { lever: "prise", kind: "scale", value: 1 },
      { lever: "profit", kind: "scale", value: 1 },
      { lever: "staff", kind: "shift", value: 1 },
      { lever: "price", kind: "scale", value: Number.NaN },
      { lever: "price", kind: "set", value: 9, from: "2022-01-03" },
    ]);
    expect(all.issues.map(({ code }) => code)).toEqual([
      "unknown-name",
      "not-a-lever",
      "not-a-lever",
      "invalid-argument",
      "out-of-range",
    ]);
    expect(all.message).toContain("did you mean 'price'?");
    expect(all.message).toContain("revenue - costs");
    expect(refused([{ lever: "price", kind: "set", value: -1 }]).message).toContain("'price' would be -1");
    expect(refused([{ lever: "demand", kind: "scale", value: 2 }]).code).toBe("unknown-name");
    const horizons = refused([], { horizon: 0, runs: 1.5 } as never);
    expect(horizons.issues).toHaveLength(2);
    expect(refused([], { horizon: 1000, runs: 10_000 } as never).code).toBe("too-large");
    expect(() => business.intervene([], { horizon: 3, runs: 1 }).metric("prise" as never)).toThrow(
      "did you mean 'price'?",
    );
    expect(() => business.counterfactual([{ lever: "price", kind: "set", value: 9, from: "2030-01-07" }])).toThrow(
      "does not lie within",
    );
  });

  it("names columns that exist", () => {
    const { names } = makeGenerator(new Rng(1), drawParameters(new Rng(1)), "W", 30, 0);
    for (const metric of metrics) expect(names).toContain(metric satisfies ColumnName);
  });
});
