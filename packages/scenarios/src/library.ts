import {
  arrayShape,
  libraryVersion,
  objectShape,
  optionalShape,
  type Shape,
  type Store,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import type { Edit } from "./edit.js";
import type { Levers } from "./levers.js";
import { Scenario } from "./scenario.js";

/** What a saved scenario was made from. */
export interface MadeFrom {
  /** The version of the data, such as that of a dataset registry or of a live twin. */
  readonly dataset?: string;
  /** The version of the model. */
  readonly model?: string;
}

/** One version of a saved scenario. */
export interface SavedScenario {
  readonly name: string;
  /** From 1. */
  readonly version: number;
  readonly notes: string;
  readonly madeFrom: MadeFrom;
  readonly libraryVersion: string;
  readonly scenario: Scenario;
}

/** An edit that only one of two versions has. */
export interface ScenarioChange {
  readonly change: "added" | "removed";
  readonly edit: Edit;
}

const recordShape = objectShape({
  name: textShape,
  notes: textShape,
  madeFrom: objectShape({ dataset: optionalShape(textShape), model: optionalShape(textShape) }),
  libraryVersion: textShape,
  scenario: ((value) => value) as Shape<unknown>,
});

const namesShape = arrayShape(textShape);
const mostTries = 20;

/**
 * Scenarios in a store, every version of them: nothing that was saved is overwritten.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@sage-twin/kernel";
 * import { scenario, ScenarioLibrary } from "@sage-twin/scenarios";
 *
 * const library = new ScenarioLibrary(memoryStore());
 * await library.save(scenario("push").scale("marketing", 1.2), { notes: "for spring" });
 * const saved = await library.save(scenario("push").scale("marketing", 1.3));
 * saved.version; // => 2
 * ```
 */
export class ScenarioLibrary {
  readonly #store: Store;
  readonly #levers: Levers | undefined;

  /** @param levers where given, what is read must be of them. */
  constructor(store: Store, levers?: Levers) {
    this.#store = store;
    this.#levers = levers;
  }

  /** Saves a scenario as the next version under its name. */
  async save(
    scenario: Scenario,
    { notes = "", ...madeFrom }: { readonly notes?: string } & MadeFrom = {},
  ): Promise<SavedScenario> {
    const { name } = scenario;
    const record = { name, notes, madeFrom, libraryVersion, scenario: scenario.toJSON() };
    const index = await this.#store.append(logOf(name), JSON.parse(JSON.stringify(record)));
    if (index === 0) await this.#list(name);
    return { name, version: index + 1, notes, madeFrom, libraryVersion, scenario };
  }

  /** Every name under which something is saved, in the order of their first saving. */
  async names(): Promise<readonly string[]> {
    const stored = await this.#store.get(namesKey);
    return stored === undefined ? [] : namesShape(stored.value, [namesKey]);
  }

  /** Every version of a scenario, the oldest first. */
  async history(name: string): Promise<readonly SavedScenario[]> {
    const versions: SavedScenario[] = [];
    for await (const { index, value } of this.#store.scan(logOf(name))) {
      const record = recordShape(value, [name, index]);
      const scenario = Scenario.fromJSON(record.scenario, this.#levers);
      versions.push({ ...record, version: index + 1, scenario });
    }
    return versions;
  }

  /**
   * One version of a scenario, the last unless stated.
   *
   * @throws TwinError `not-found`, and what `Scenario.fromJSON` throws.
   */
  async open(name: string, version?: number): Promise<SavedScenario> {
    const history = await this.history(name);
    const found = version === undefined ? history.at(-1) : history[version - 1];
    if (found !== undefined) return found;
    throw new TwinError({
      code: "not-found",
      path: ["scenarios", name],
      message: history.length === 0 ? `no scenario is saved as '${name}'` : `'${name}' has no version ${version}`,
      fix:
        history.length === 0
          ? `saved: ${(await this.names()).join(", ") || "none"}`
          : `give one from 1 to ${history.length}`,
    });
  }

  async #list(name: string): Promise<void> {
    for (let attempt = 0; attempt < mostTries; attempt++) {
      const stored = await this.#store.get(namesKey);
      const names = stored === undefined ? [] : namesShape(stored.value, [namesKey]);
      if (names.includes(name) || (await this.#store.compareAndSet(namesKey, stored?.version ?? 0, [...names, name])))
        return;
    }
    throw new TwinError({
      code: "conflict",
      path: ["scenarios", name],
      message: "others keep changing the list of scenarios",
    });
  }
}

const namesKey = "scenarios";

function logOf(name: string): string {
  return `scenario/${name}`;
}

/** What to do to the edits of one scenario to have those of another. */
export function scenarioChanges(before: Scenario, after: Scenario): readonly ScenarioChange[] {
  const text = (edit: Edit): string => JSON.stringify(Object.entries(edit).sort(([a], [b]) => (a < b ? -1 : 1)));
  const missing = (edits: readonly Edit[], others: readonly Edit[]): readonly Edit[] => {
    const left = others.map(text);
    return edits.filter((edit) => {
      const at = left.indexOf(text(edit));
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
  };
  return [
    ...missing(before.edits, after.edits).map((edit): ScenarioChange => ({ change: "removed", edit })),
    ...missing(after.edits, before.edits).map((edit): ScenarioChange => ({ change: "added", edit })),
  ];
}

/** Whether the data or the model moved on since a scenario was saved; where either is not known, nothing is said of it. */
export function isStale({ madeFrom }: Pick<SavedScenario, "madeFrom">, now: MadeFrom): boolean {
  return (["dataset", "model"] as const).some(
    (what) => madeFrom[what] !== undefined && now[what] !== undefined && madeFrom[what] !== now[what],
  );
}
