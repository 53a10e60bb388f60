import { compileColumns, namesIn, parseExpression } from "@sage-twin/formulas";
import { Rng } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { drawShocks } from "../src/business/noise.js";
import { type BusinessMetric, type SimulatedBusiness, simulateBusiness } from "../src/index.js";

const frequencies = ["D", "W", "M"] as const;
const bytes = ({ tables, effects, graph, complete }: SimulatedBusiness) =>
  JSON.stringify({ tables, effects, graph, complete: Object.values(complete).map((values) => [...values]) });

describe("simulateBusiness", () => {
  it.each(frequencies)("gives the same bytes for the same seed, and another business for another: %s", (frequency) => {
    const one = bytes(simulateBusiness({ seed: 1, frequency }));
    expect(bytes(simulateBusiness({ seed: 1, frequency }))).toBe(one);
    const [a, b] = [1, 2].map((seed) => simulateBusiness({ seed, frequency }));
    for (const metric of Object.keys(a.complete) as BusinessMetric[])
      expect([...a.complete[metric]], metric).not.toEqual([...b.complete[metric]]);
  });

  it("has three years of weeks unless told, six departments, and every metric finite and within its definition", () => {
    expect(simulateBusiness({ seed: 1 })).toMatchObject({ frequency: "W", length: 156 });
    for (const frequency of frequencies) {
      for (let seed = 0; seed < 20; seed++) {
        const { departments, tables, complete } = simulateBusiness({ seed, frequency });
        expect(Object.keys(tables)).toEqual(["marketing", "revenue", "customers", "operations", "hr", "supplyChain"]);
        for (const [name, { metrics }] of Object.entries(departments)) {
          expect(tables[name as "hr"].metrics).toEqual(Object.keys(metrics));
          for (const [metric, definition] of Object.entries(metrics)) {
            const { minimum = -Number.MAX_VALUE, maximum = Number.MAX_VALUE } = definition as {
              minimum?: number;
              maximum?: number;
            };
            const wrong = complete[metric as BusinessMetric].find((value) => !(value >= minimum && value <= maximum));
            expect(wrong, `${metric} by ${frequency}, seed ${seed}`).toBeUndefined();
          }
        }
        for (const stock of ["inventory", "staff", "customers"] as const)
          expect(Math.min(...complete[stock]), stock).toBeGreaterThan(0);
      }
    }
  });

  it.each(frequencies)("holds identities and stocks bit by bit, in the tables too: %s", (frequency) => {
    const { graph, tables, complete } = simulateBusiness({ seed: "identities", frequency });
    const seen: Record<string, Float64Array> = {};
    for (const table of Object.values(tables))
      for (const metric of table.metrics)
        seen[metric] = (table.column as (name: string) => Float64Array).call(table, metric);
    expect(graph.identities.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["revenue", "profit", "averageOrderValue", "costs", "capacity", "load"]),
    );
    for (const columns of [complete as Record<string, Float64Array>, seen]) {
      const length = columns.orders.length;
      let compared = 0;
      for (const { name, expression } of graph.identities) {
        const parsed = parseExpression(expression);
        const computed = new Float64Array(length);
        compileColumns(parsed, namesIn(parsed))(
          namesIn(parsed).map((input) => columns[input]),
          computed,
          length,
        );
        computed.forEach((value, row) => {
          if (Number.isNaN(value) || Number.isNaN(columns[name][row])) return;
          compared++;
          if (value !== columns[name][row]) expect.fail(`${name} at ${row}: ${columns[name][row]}, not ${value}`);
        });
      }
      for (const { name, inflow, outflow } of graph.stocks) {
        for (let row = 1; row < length; row++) {
          const next = columns[name][row - 1] + columns[inflow][row] - columns[outflow][row];
          if (Number.isNaN(next) || Number.isNaN(columns[name][row])) continue;
          compared++;
          if (next !== columns[name][row]) expect.fail(`${name} at ${row}: ${columns[name][row]}, not ${next}`);
        }
      }
      expect(compared).toBeGreaterThan(0.8 * length * (graph.identities.length + graph.stocks.length));
    }
  });

  it("counts what is missing, and misses it in the tables alone", () => {
    let [rows, cells] = [0, 0];
    for (let seed = 0; seed < 10; seed++) {
      const { tables, missing, complete, length } = simulateBusiness({ seed });
      let holes = 0;
      for (const [name, table] of Object.entries(tables)) {
        const gaps = table.quality.gaps.reduce((sum, { periods }) => sum + periods, 0);
        expect(gaps).toBe(missing.rows[name as "hr"]);
        expect(gaps).toBeGreaterThan(0);
        rows += gaps;
        for (const metric of table.metrics as readonly BusinessMetric[]) {
          const values = (table.column as (name: string) => Float64Array).call(table, metric);
          const lost = values.filter(Number.isNaN).length;
          holes += lost - gaps;
          expect([...values]).toEqual(
            [...complete[metric]].map((value, row) => (values[row] === value ? value : Number.NaN)),
          );
          expect(Number.isNaN(values[0]) || Number.isNaN(values[length - 1])).toBe(false);
        }
      }
      expect(holes).toBe(missing.cells);
      cells += holes;
    }
    expect(rows / (10 * 6 * 156)).toBeGreaterThan(0.01);
    expect(cells).toBeGreaterThan(100);
  });

  it("draws each process from a stream of its own, whose shocks have mean 0, about unit variance, and not all normal tails", () => {
    const kurtosis = (["normal", "student", "laplace", "skewed", "bursts"] as const).map((noise) => {
      const [few, many] = [100, 40_000].map((count) => {
        const shocks = new Float64Array(count);
        drawShocks(noise, new Rng("noise").derive(noise), shocks, 0, count);
        return shocks;
      });
      expect([...many.subarray(0, 100)]).toEqual([...few]);
      const moment = (power: number) => many.reduce((sum, value) => sum + value ** power, 0) / many.length;
      expect(Math.abs(moment(1)), noise).toBeLessThan(0.03);
      expect(Math.abs(moment(2) - 1), noise).toBeLessThan(0.3);
      return moment(4) / moment(2) ** 2;
    });
    expect(kurtosis[0]).toBeCloseTo(3, 0);
    for (const heavy of kurtosis.slice(1)) expect(heavy).toBeGreaterThan(4);
  });

  it.each([
    [{ seed: 1, frequency: "Q" as never }, "frequency"],
    [{ seed: 1, frequency: "constructor" as never }, "frequency"],
    [{ seed: 1, length: 29 }, "30 to 1040, received 29"],
    [{ seed: 1, length: 100_000 }, "received 100000"],
    [{ seed: 1, length: 60.5 }, "received 60.5"],
    [{ seed: 1, frequency: "M" as const, length: Number.NaN }, "12 to 240"],
    [{ seed: Number.NaN }, "seed"],
    [{} as never, "not undefined"],
    [{ seed: 1, frequency: "W" as const, length: 0 }, "received 0"],
  ])("refuses %j", (options, message) => {
    expect(() => simulateBusiness(options)).toThrow(expect.objectContaining({ name: "TwinError" }));
    expect(() => simulateBusiness(options)).toThrow(message);
  });
});
