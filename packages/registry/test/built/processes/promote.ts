// Registers versions of its own, waits for the other processes, and promotes each to the one alias.
import { modelRegistry } from "@sage-twin/registry";
import { openStore, saved } from "./open-store.js";

const [kind, place, who, processes, count] = process.argv.slice(2);
const store = openStore(kind, place);
const models = modelRegistry(store);
const ids: string[] = [];
for (let index = 0; index < Number(count); index++)
  ids.push((await models.register("shared", { model: saved(index), code: who })).id);

await store.append("ready", who);
for (let ready = 0; ready < Number(processes); ) {
  ready = 0;
  for await (const _ of store.scan("ready")) ready++;
  await new Promise((resolve) => setTimeout(resolve, 5));
}
for (const [index, id] of ids.entries()) await models.promote(id, "champion", { by: who, note: String(index) });
