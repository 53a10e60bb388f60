// What the pages of the tests do, as functions of the page.
import { indexedDbStore } from "@sage-twin/idb";
import { modelRegistry } from "@sage-twin/registry";
import { storeContract } from "@sage-twin/testing";

const saved = (value: number) => ({ kind: "test/constant", value });
const reader = (json: unknown): number => (json as { value: number }).value;

async function contract(): Promise<string[]> {
  let databases = 0;
  const failures: string[] = [];
  for (const { name, run } of storeContract(() => indexedDbStore(`contract ${databases++}`))) {
    try {
      await run();
    } catch (error) {
      failures.push(`${name}: ${error}`);
    }
  }
  return failures;
}

async function promote(who: string, tabs: number, count: number): Promise<void> {
  const store = indexedDbStore("shared");
  const models = modelRegistry(store);
  const ids: string[] = [];
  for (let index = 0; index < count; index++)
    ids.push((await models.register("shared", { model: saved(index), code: who })).id);
  await store.append("ready", who);
  for (let ready = 0; ready < tabs; ) {
    ready = 0;
    for await (const _ of store.scan("ready")) ready++;
  }
  for (const [index, id] of ids.entries()) await models.promote(id, "champion", { by: who, note: String(index) });
}

async function look() {
  const models = modelRegistry(indexedDbStore("shared"));
  const moves = (await models.moves("shared", "champion")).map(({ by, note }) => ({ by, note: Number(note) }));
  return { moves, champion: (await models.load("shared@champion", { reader })).model };
}

/** Registers and promotes version after version until the page is gone. */
async function endlessly(): Promise<never> {
  const models = modelRegistry(indexedDbStore("shared"));
  for (let index = (await models.history("shared")).length; ; index++) {
    const { id } = await models.register("shared", { model: saved(index) });
    await models.promote(id, "champion", { note: String(index) });
    (globalThis as { acknowledged?: number }).acknowledged = index;
  }
}

Object.assign(globalThis, { contract, promote, look, endlessly });
