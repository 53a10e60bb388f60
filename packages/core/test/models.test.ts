import { memoryStore, TwinError } from "@sage-twin/kernel";
import { classifierFromJSON, learnerFromJSON, logisticRegression, multinomialRegression } from "@sage-twin/learners";
import { modelRegistry } from "@sage-twin/registry";
import { beforeEach, describe, expect, it } from "vitest";
import { Twin } from "../src/index.js";
import { describeShop } from "./shop.js";

const visits = [1, 2, 3, 4, 5, 6, 7, 8];
const plan = visits.map((visit) => (visit % 2 ? "basic" : "gold"));
const left = [1, 1, 1, 0, 1, 0, 0, 0];
const model = (ridge: number) => logisticRegression({ ridge }).fit({ visits, plan }, left);
const input = {
  type: "object",
  properties: { visits: { type: "number" }, plan: { type: "string" } },
  required: ["visits", "plan"],
};
const rows = { visits: [2, 7], plan: ["basic", "gold"] };
const options = { seed: "2026", horizon: "3M" } as const;

let registry: ReturnType<typeof modelRegistry>;
let first: string;
let second: string;

beforeEach(async () => {
  registry = modelRegistry(memoryStore());
  first = (await registry.register("churn", { model: model(1), signature: { input } })).id;
  second = (await registry.register("churn", { model: model(0.1), signature: { input } })).id;
  await registry.promote(first, "champion");
});

const source = () => ({ registry, reader: learnerFromJSON });
const build = () =>
  describeShop()
    .models({ churn: "churn@champion" })
    .build({ ...options, models: source() });

async function issues(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (TwinError.isInstance(error))
      return error.issues.map(({ code, path }) => `${code} ${path.join(".")}`).join("; ");
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("a twin's models", () => {
  it("predict rows by the version that the twin was built with", async () => {
    const twin = await build();
    const expected = [...model(1).predict({ visits: [2, 7], plan: ["basic", "gold"] })];
    const predict = (own: Pick<typeof twin, "predict">) => own.predict("churn", rows);
    expect(await predict(twin)).toEqual(expected);
    expect(await twin.models()).toMatchObject([
      { name: "churn", reference: "churn@champion", current: true, aliases: ["champion"], version: { id: first } },
    ]);

    await registry.promote(second, "champion");
    expect(await predict(twin)).toEqual(expected);
    expect(await twin.models()).toMatchObject([{ current: false, aliases: [], version: { id: first } }]);
    const next = await build();
    expect(await predict(next)).not.toEqual(await predict(twin));

    await registry.rollback("churn", "champion");
    expect((await twin.models())[0].current).toBe(true);
  });

  it("are saved as references to versions and found again", async () => {
    const twin = await build();
    const saved = JSON.parse(JSON.stringify(twin));
    expect(saved.state.models).toEqual({ churn: { reference: "churn@champion", version: first } });
    await registry.promote(second, "champion");
    const again = Twin.fromJSON(saved, { models: source() });
    expect(await again.predict("churn", rows)).toEqual(await twin.predict("churn", rows));
    expect((again.toJSON().state as { models: unknown }).models).toEqual(saved.state.models);
    const alone = Twin.fromJSON(saved);
    expect(await issues(() => alone.predict("churn", rows))).toBe("invalid-argument models");
    expect(await issues(() => Twin.fromJSON({ ...saved, state: { ...saved.state, models: { churn: 3 } } }))).toMatch(
      "corrupt",
    );
  });

  it("tell classes of learners that know several", async () => {
    const classes = visits.map((visit) => ["low", "middle", "high"][Math.trunc((visit - 1) / 3)]);
    await registry.register("size", { model: multinomialRegression({ ridge: 0.1 }).fit({ visits }, classes) });
    const twin = await describeShop()
      .models({ size: "size@latest" })
      .build({ ...options, models: { registry, reader: classifierFromJSON } });
    expect(await twin.predict("size", { visits: [1, 8] })).toEqual(["low", "high"]);
  });

  it("refuse what does not fit, and names that mean nothing, all at once", async () => {
    const twin = await build();
    expect(await issues(() => twin.predict("churn", [{ visits: "many", plan: "gold" }]))).toBe(
      "invalid-data rows.0.visits",
    );
    expect(await issues(() => twin.predict("chrun" as "churn", rows))).toBe("unknown-name model");
    // @ts-expect-error a model that was not named
    expect(await issues(() => twin.predict("lifetime", rows))).toBe("unknown-name model");
    const unknown = describeShop().models({ a: "churn@nobody", b: "absent@champion" });
    expect(await issues(() => unknown.build({ ...options, models: source() }))).toBe(
      "unknown-name reference; unknown-name model",
    );
    expect(await issues(() => unknown.build(options))).toBe("invalid-argument models");
  });
});
