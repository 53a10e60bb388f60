// What a store holds: moves of the alias, versions whose model can be loaded, and the value of the champion.
import { modelRegistry } from "@sage-twin/registry";
import { openStore } from "./open-store.js";

const [kind, place] = process.argv.slice(2);
const models = modelRegistry(openStore(kind, place));
const reader = (json: unknown): number => (json as { value: number }).value;
const loaded: number[] = [];
const collected: number[] = [];
for (const { version, collected: gone } of await models.search()) {
  if (gone === undefined) loaded.push((await models.load(version.id, { reader })).model);
  else collected.push(version.index);
}
const moves = (await models.moves("shared", "champion")).map(({ by, note }) => ({ by, note: Number(note) }));
const champion = (await models.load("shared@champion", { reader })).model;
process.stdout.write(JSON.stringify({ moves, loaded, collected, champion }));
