// Registers and promotes version after version, and says so after each; it never ends by itself.
import { modelRegistry } from "@sage-twin/registry";
import { openStore, saved } from "./open-store.js";

const [kind, place] = process.argv.slice(2);
const models = modelRegistry(openStore(kind, place));
for (let index = (await models.history("shared")).length; ; index++) {
  const { id } = await models.register("shared", { model: saved(index, 20_000) });
  await models.promote(id, "champion", { note: String(index) });
  if (index % 3 === 2) await models.collect("shared", { keepHistory: false });
  process.stdout.write(`${index}\n`);
}
