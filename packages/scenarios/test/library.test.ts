import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileStore, memoryStore } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import {
  fromShortForm,
  isStale,
  Scenario,
  ScenarioLibrary,
  scenario,
  scenarioChanges,
  simulateScenarios,
  toShortForm,
} from "../src/index.js";
import { catalogue, fittedShop, levers } from "./shop.js";

const study = { fitted: fittedShop(), levers, catalogue };
const plan = scenario("spring push", levers)
  .scale("marketing", 1.2, { from: "2026-02-02" })
  .scale("price", { kind: "normal", mean: 1, sd: 0.01 });

describe("a scenario library", () => {
  it.each([
    ["memory", () => memoryStore()],
    ["files", () => fileStore(mkdtempSync(join(tmpdir(), "scenarios-")))],
  ])("keeps every version in %s, and a saved scenario runs to the same bytes", async (_, store) => {
    const library = new ScenarioLibrary(await store(), levers);
    expect(await library.names()).toEqual([]);
    await library.save(plan, { notes: "first thoughts", dataset: "7", model: "a" });
    await library.save(plan.scale("price", 1.05), { notes: "dearer too", dataset: "8" });
    await library.save(scenario("other", levers).set("price", 4));
    expect(await library.names()).toEqual(["spring push", "other"]);
    const history = await library.history("spring push");
    expect(history.map(({ version, notes }) => [version, notes])).toEqual([
      [1, "first thoughts"],
      [2, "dearer too"],
    ]);
    const first = await library.open("spring push", 1);
    const [again] = await simulateScenarios(study, [first.scenario], { runs: 300, seed: 4 });
    const [before] = await simulateScenarios(study, [plan], { runs: 300, seed: 4 });
    expect(JSON.stringify(again.toJSON())).toBe(JSON.stringify(before.toJSON()));
    expect((await library.open("spring push")).version).toBe(2);
    await expect(library.open("spring push", 3)).rejects.toThrow("has no version 3");
    await expect(library.open("nothing")).rejects.toMatchObject({ code: "not-found" });
  });

  it("tells versions apart, and whether the data moved on", () => {
    const later = plan.scale("price", 1.05);
    expect(scenarioChanges(plan, later).map(({ change, edit }) => [change, edit.lever, edit.value])).toEqual([
      ["added", "price", 1.05],
    ]);
    expect(scenarioChanges(later, plan).map(({ change }) => change)).toEqual(["removed"]);
    expect(scenarioChanges(plan, plan)).toEqual([]);
    expect(isStale({ madeFrom: { dataset: "7" } }, { dataset: "8" })).toBe(true);
    expect(isStale({ madeFrom: { dataset: "7" } }, { dataset: "7", model: "b" })).toBe(false);
  });

  it("refuses what others wrote into the store", async () => {
    const store = memoryStore();
    await store.append("scenario/bad", { name: "bad" });
    await expect(new ScenarioLibrary(store).history("bad")).rejects.toMatchObject({ code: "corrupt" });
    await store.append("scenario/foreign", {
      name: "foreign",
      notes: "",
      madeFrom: {},
      libraryVersion: "0",
      scenario: scenario("foreign").set("tax", 1).toJSON(),
    });
    await expect(new ScenarioLibrary(store, levers).history("foreign")).rejects.toMatchObject({ code: "not-a-lever" });
  });
});

describe("the short form", () => {
  it("comes back the same, in letters that an address takes, whatever the text", () => {
    for (const name of ["plan", "Frühling & mehr", "計画", "a", "ab", "abc", "😀"]) {
      const named = plan.named(name);
      const text = toShortForm(named);
      expect(text).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(fromShortForm(text, levers).toJSON()).toEqual(named.toJSON());
    }
  });

  it.each(["", "%%%", "AAAA", "e30", "WzEsMl0", "x".repeat(70_000), "__8"])("refuses %j", (text) => {
    expect(() => fromShortForm(text.slice(0, 70_000))).toThrow(expect.objectContaining({ code: "corrupt" }));
  });

  it("refuses a lever that is none", () => {
    expect(() => fromShortForm(toShortForm(scenario("x").set("tax", 1)), levers)).toThrow("not a lever");
    expect(Scenario.fromJSON(scenario("x").set("tax", 1).toJSON()).edits.length).toBe(1);
  });
});
