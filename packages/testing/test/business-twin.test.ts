import { type Department, Twin, type TwinBuilder, type TwinNames } from "@sage-twin/core";
import { naive } from "@sage-twin/forecasters";
import { expect, it } from "vitest";
import { type SimulatedBusiness, simulateBusiness } from "../src/index.js";

/** The twin of all that is visible of a business. */
function twinOf({ departments, tables, graph, levers }: SimulatedBusiness) {
  const described = Object.entries<Department>(departments).reduce<TwinBuilder<TwinNames>>(
    (builder, [name, department]) => builder.department(name, department).data(name, tables[name as "hr"]),
    Twin.describe("simulated") as unknown as TwinBuilder<TwinNames>,
  );
  return described.causes(graph).levers(levers).build({ horizon: "3M", forecaster: naive() });
}

it.each(["W", "M"] as const)(
  "a twin is built from its tables and true graph, and answers beside the truth: %s",
  async (frequency) => {
    const business = simulateBusiness({ seed: "twin", frequency });
    const twin = await twinOf(business);
    const plan = twin.scenario("more marketing").scale("marketing", 1.2);
    const answer = await twin.simulate(plan, { runs: 500, horizon: "2M" });
    const truth = business.intervene(plan.edits, { horizon: answer.dates.length });
    expect(truth.dates).toEqual(answer.dates);
    expect(answer.difference("marketing").mean[0]).toBeGreaterThan(0);
    expect(truth.difference("visitors").total.mean).toBeGreaterThan(0);
    expect(answer.difference("visitors").total.mean).toBeGreaterThan(0);
    expect(answer.difference("leadTime").total.mean).toBe(0);
    const revenue = answer.metric("revenue").at(answer.dates[1]);
    const [orders, value] = ["orders", "averageOrderValue"].map((metric) => answer.metric(metric).at(answer.dates[1]));
    expect([...revenue]).toEqual([...orders].map((count, run) => count * value[run]));
    const fitted = (await twin.effects()).map(({ from, to, lag }) => `${from} ${to} ${lag}`);
    expect(fitted.slice(0, business.effects.length)).toEqual(
      business.effects.map(({ from, to, lag }) => `${from} ${to} ${lag}`),
    );
  },
);
