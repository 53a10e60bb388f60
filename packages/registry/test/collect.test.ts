import { memoryStore } from "@sage-twin/kernel";
import { manualClock } from "@sage-twin/testing";
import fc from "fast-check";
import { expect, it } from "vitest";
import { modelRegistry } from "../src/index.js";

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("register" as const), value: fc.nat(7) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("promote" as const),
      value: fc.nat(7),
      alias: fc.constantFrom("champion", "spare"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("rollback" as const), alias: fc.constantFrom("champion", "spare") }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("retire" as const), alias: fc.constantFrom("champion", "spare") }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("collect" as const), keepHistory: fc.boolean(), keepNewest: fc.nat(2) }),
  },
);

it("collects just what a model that knows everything would", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const models = modelRegistry(memoryStore(), { clock: manualClock("2026-01-01") });
      const reader = (json: unknown): number => (json as { value: number }).value;
      const order: number[] = []; // values by first registration
      const alive = new Set<number>();
      const held = new Map<string, (number | null)[]>();
      const ids = new Map<number, string>();
      await models.register("m", { model: { kind: "k", value: -1 } }); // so that the model is known
      order.push(-1);
      alive.add(-1);
      for (const action of steps) {
        const moves = action.kind === "register" || action.kind === "collect" ? [] : (held.get(action.alias) ?? []);
        if (action.kind === "register") {
          const { id } = await models.register("m", { model: { kind: "k", value: action.value } });
          ids.set(action.value, id);
          if (!order.includes(action.value)) order.push(action.value);
          alive.add(action.value);
        } else if (action.kind === "promote") {
          const id = ids.get(action.value);
          if (id === undefined) continue;
          const refused = await models.promote(id, action.alias).then(
            () => false,
            () => true,
          );
          expect(refused).toBe(!alive.has(action.value));
          if (!refused && moves.at(-1) !== action.value) held.set(action.alias, [...moves, action.value]);
        } else if (action.kind === "rollback") {
          const back = await models.rollback("m", action.alias).catch(() => undefined);
          if (back !== undefined) {
            const value = (await models.load(back.id, { reader })).model;
            expect(moves).toContain(value);
            held.set(action.alias, [...moves, value]);
          }
        } else if (action.kind === "retire") {
          if (moves.length === 0) continue;
          await models.retire("m", action.alias);
          if (moves.at(-1) !== null) held.set(action.alias, [...moves, null]);
        } else {
          const { keepHistory, keepNewest } = action;
          const present = order.filter((value) => alive.has(value));
          const roots = new Set<number | null | undefined>(keepNewest === 0 ? [] : present.slice(-keepNewest));
          for (const moves of held.values())
            for (const value of keepHistory ? moves : moves.slice(-1)) roots.add(value);
          const dry = await models.collect("m", { keepHistory, keepNewest, dryRun: true });
          const { collected } = await models.collect("m", { keepHistory, keepNewest });
          expect(dry.collected).toEqual(collected);
          for (const value of present) if (!roots.has(value)) alive.delete(value);
        }
        for (const { version, collected } of await models.search()) {
          const value = await models.load(version.id, { reader }).then(
            ({ model }) => model,
            () => undefined,
          );
          expect(value !== undefined).toBe(collected === undefined);
          if (value !== undefined) expect(alive.has(value)).toBe(true);
        }
        expect((await models.search()).filter(({ collected }) => collected === undefined)).toHaveLength(alive.size);
      }
    }),
    { numRuns: 150 },
  );
});

it("never gives up what is promoted or registered at the same time", async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.constantFrom(0, 1, 2, 2, 2, 2), async (scheduler, target) => {
      const plain = memoryStore();
      const store = {
        ...plain,
        get: (key: string) =>
          key.includes("lineage") ? plain.get(key) : scheduler.schedule(Promise.resolve()).then(() => plain.get(key)),
        put: (key: string, value: unknown) => scheduler.schedule(Promise.resolve()).then(() => plain.put(key, value)),
        compareAndSet: (key: string, version: number, value: unknown) =>
          scheduler.schedule(Promise.resolve()).then(() => plain.compareAndSet(key, version, value)),
      };
      const reader = (json: unknown): number => (json as { value: number }).value;
      const calm = modelRegistry(plain);
      const model = (value: number) => ({ model: { kind: "k", value } });
      const ids: string[] = [];
      for (let value = 0; value < 4; value++) ids.push((await calm.register("m", model(value))).id);
      if (target === 2) await calm.collect("m"); // 0 to 2 are gone, and come back
      const busy = modelRegistry(store);
      const collectOften = async (): Promise<void> => {
        for (let round = 0; round < 8; round++) await busy.collect("m", { keepNewest: 4 });
      };
      const promote = () => busy.promote(ids[target], "champion").catch(() => {});
      const work =
        target === 2
          ? [collectOften(), busy.register("m", model(0))]
          : [busy.collect("m", { keepNewest: 0 }), promote(), busy.collect("m", { keepNewest: 0 })];
      await scheduler.waitFor(Promise.all(work));
      for (const { version, collected, aliases } of await calm.search()) {
        if (aliases.length > 0) expect(collected).toBe(undefined);
        if (collected === undefined) expect(typeof (await calm.load(version.id, { reader })).model).toBe("number");
      }
    }),
    { numRuns: 1500 },
  );
});
