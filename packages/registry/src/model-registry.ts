import { type Clock, type Instant, type Store, systemClock, TwinError, unknownName } from "@sage-twin/kernel";
import { checkRows, type Rows } from "./check-rows.js";
import { type Collection, type CollectOptions, planCollection } from "./collect.js";
import { type ContentId, contentId } from "./digest.js";
import { Lineage } from "./lineage.js";
import { cardOf, type ModelCard, type ModelQuery, matches } from "./model-card.js";
import { resolve, splitReference } from "./model-reference.js";
import {
  type AliasMove,
  emptyState,
  holderOf,
  labelsOf,
  type ModelState,
  moved,
  movesOf,
  requireExpected,
  requireKept,
  rollbackTarget,
} from "./model-state.js";
import { ModelStore } from "./model-store.js";
import { type ModelSubmission, readSubmission } from "./model-submission.js";
import { type ModelVersion, modelVersionId, requireIntact } from "./model-version.js";
import { type PromotionRule, requireOutcomes, requireRule, ruleOutcomes } from "./promotion-rule.js";
import { requireAlias, requireName } from "./require-name.js";

/** Who does something, and why. */
export interface Remark {
  readonly by?: string;
  readonly note?: string;
}

/** A loaded model beside what it was registered with. */
export interface LoadedModel<Model> {
  readonly version: ModelVersion;
  readonly model: Model;
  /** The rows, once they fit the input signature; else a `TwinError` "invalid-data". */
  checkInput<Given extends Rows>(rows: Given): Given;
  /** The rows, once they fit the output signature; else a `TwinError` "invalid-data". */
  checkOutput<Given extends Rows>(rows: Given): Given;
}

/**
 * Versions of models over any store. A version never changes; aliases move from one to another, each move is kept. References are an id, the first six
 * or more digits of one, `"name@latest"`, or `"name@alias"`.
 *
 * @example
 * ```ts
 * import { naive, modelFromJSON } from "@sage-twin/forecasters";
 * import { memoryStore } from "@sage-twin/kernel";
 * import { modelRegistry } from "@sage-twin/registry";
 *
 * const models = modelRegistry(memoryStore());
 * const first = await models.register("revenue", { model: naive().fit([3, 5, 4]), metrics: { mase: 1 } });
 * await models.promote(first.id, "champion");
 * const { model } = await models.load("revenue@champion", { reader: modelFromJSON });
 * model.forecast(1).mean[0]; // => 4
 * ```
 */
export class ModelRegistry {
  readonly #store: ModelStore;
  readonly #clock: Clock;
  /** From what each version was made, and what was made from it; the same as the datasets' over the same store. */
  readonly lineage: Lineage;

  constructor(store: Store, clock: Clock) {
    this.#store = new ModelStore(store);
    this.#clock = clock;
    this.lineage = new Lineage(store);
  }

  /**
   * Keeps a version and returns it; the same content again gives the version that is there. Throws a `TwinError`: "not-found" for data, features or
   * parents that nothing is known of, "not-serialisable" or "invalid-argument", with every issue, for what cannot be kept.
   */
  async register(name: string, submission: ModelSubmission): Promise<ModelVersion> {
    const parents: ContentId[] = [];
    for (const parent of submission.parents ?? []) parents.push((await this.version(parent)).id);
    const { json, content } = readSubmission(name, submission, parents);
    const id = modelVersionId(content);
    const { versions, state } = await this.#store.read(name);
    const known = versions.find((version) => version.id === id);
    const collected = Object.hasOwn(state.collected, id);
    if (known !== undefined && !collected && (await this.#store.payload(id)) !== undefined) return known;
    const inputs = [content.data, content.features, ...parents].filter((input) => input !== undefined);
    await this.lineage.record({ id, kind: "model", name, details: { kind: content.kind } }, inputs);
    await this.#store.keepPayload(id, json);
    if (known === undefined) await this.#store.append({ ...content, id, at: this.#now() }, versions.length === 0);
    if (collected) {
      await this.#store.change(name, (now) => {
        const { [id]: _, ...others } = now.state.collected;
        return { ...now.state, collected: others };
      });
      await this.#store.keepPayload(id, json); // a collection that was under way may have emptied it
    }
    return known ?? resolve((await this.#store.read(name)).versions, emptyState, id);
  }

  /** The names of the models that have a version, in the order of their first. */
  async names(): Promise<readonly string[]> {
    return this.#store.names();
  }

  /** The versions of a model, oldest first, collected ones too; none when there is no such model. */
  async history(name: string): Promise<readonly ModelVersion[]> {
    return (await this.#store.read(name)).versions;
  }

  /**
   * One version; with `at`, the one that an alias stood for at that instant. Throws a `TwinError`: "unknown-name" or "not-found" when there is none,
   * "corrupt" when what is stored of it does not come to its id.
   */
  async version(reference: string, options: { readonly at?: Instant } = {}): Promise<ModelVersion> {
    const { name, what } = splitReference(reference);
    if (name === undefined) {
      const all: ModelVersion[] = [];
      for (const model of await this.names()) all.push(...(await this.#store.read(model)).versions);
      return requireIntact(resolve(all, emptyState, what, options.at));
    }
    const { versions, state } = await this.#store.readKnown(name);
    return requireIntact(resolve(versions, state, what, options.at));
  }

  /** A version with what can change about it: aliases, tags, notes, whether it was collected. */
  async card(reference: string): Promise<ModelCard> {
    const version = await this.version(reference);
    return cardOf(version, (await this.#store.read(version.name)).state);
  }

  /** The versions that fit every part of a query, models in the order of their names' first use, versions oldest first. */
  async search(query: ModelQuery = {}): Promise<readonly ModelCard[]> {
    const found: ModelCard[] = [];
    for (const name of await this.names()) {
      const { versions, state } = await this.#store.read(name);
      found.push(...versions.map((version) => cardOf(version, state)).filter((card) => matches(card, query)));
    }
    return found;
  }

  /**
   * A version's model as `reader` makes it of the saved form: `modelFromJSON`, `learnerFromJSON`, or the caller's own. Throws a `TwinError` "not-found"
   * when the saved form was collected, "corrupt" when it was changed, and whatever `reader` throws.
   */
  async load<Model>(
    reference: string,
    options: { readonly reader: (json: unknown) => Model; readonly at?: Instant },
  ): Promise<LoadedModel<Model>> {
    const version = await this.version(reference, options);
    const json = await this.#store.payload(version.id);
    if (json === undefined)
      throw new TwinError({
        code: "not-found",
        path: [version.name, version.id],
        message: "the saved model is no longer kept",
        fix: "register it again, or load another version",
      });
    if (contentId(json) !== version.payload)
      throw new TwinError({
        code: "corrupt",
        path: [version.name, version.id],
        message: "the saved model was changed in the store",
        fix: "restore the store from a copy, or register the model again",
      });
    const check = (side: "input" | "output") => {
      const schema = version.signature[side];
      return <Given extends Rows>(rows: Given): Given => (schema === undefined ? rows : checkRows(schema, rows));
    };
    return { version, model: options.reader(json), checkInput: check("input"), checkOutput: check("output") };
  }

  /**
   * Moves an alias to a version, if the alias's rule allows it, and returns the version. Of many at the same time each is kept as a move, one after the other.
   *
   * @param options.expected what the alias must stand for now, as an id or null; otherwise a `TwinError` "conflict". Default: anything.
   * @throws TwinError `out-of-range` that says by how much each demand of the rule failed; `not-found` for a collected version.
   */
  async promote(
    reference: string,
    alias: string,
    options: Remark & { readonly expected?: ContentId | null } = {},
  ): Promise<ModelVersion> {
    requireAlias("alias", alias);
    const { name, id } = await this.version(reference);
    const { what } = splitReference(reference);
    let version: ModelVersion | undefined;
    await this.#store.change(name, ({ versions, state }) => {
      version = requireIntact(resolve(versions, state, reference.includes("@") ? what : id));
      const moves = movesOf(state, alias);
      const present = holderOf(moves);
      requireExpected(name, alias, present, options.expected);
      requireKept(state, version);
      const rule = Object.hasOwn(state.rules, alias) ? state.rules[alias] : undefined;
      if (rule !== undefined) {
        const holder = versions.find((other) => other.id === present && other.id !== version?.id);
        requireOutcomes(ruleOutcomes(rule, version, holder), rule, [name, alias]);
      }
      return present === version.id ? state : moved(state, alias, this.#move(moves, version.id, options));
    });
    return version as unknown as ModelVersion;
  }

  /** Moves an alias back to the version before the present one, whatever its rule says, and returns that; again, further back. */
  async rollback(name: string, alias: string, remark: Remark = {}): Promise<ModelVersion> {
    let version: ModelVersion | undefined;
    await this.#store.change(name, ({ versions, state }) => {
      const moves = this.#movesOf(state, alias);
      const backTo = rollbackTarget(moves, alias);
      version = requireIntact(resolve(versions, state, moves[backTo].version as ContentId));
      requireKept(state, version);
      return moved(state, alias, { ...this.#move(moves, version.id, remark), backTo });
    });
    return version as unknown as ModelVersion;
  }

  /** Lets an alias stand for nothing. Its history stays. */
  async retire(name: string, alias: string, remark: Remark = {}): Promise<void> {
    await this.#store.change(name, ({ state }) => {
      const moves = this.#movesOf(state, alias);
      return holderOf(moves) === null ? state : moved(state, alias, this.#move(moves, null, remark));
    });
  }

  /** The aliases of a model and the ids that they stand for now. */
  async aliases(name: string): Promise<Readonly<Record<string, ContentId>>> {
    const { state } = await this.#store.read(name);
    return Object.fromEntries(
      Object.entries(state.aliases).flatMap(([alias, moves]) => {
        const holder = holderOf(moves);
        return holder === null ? [] : [[alias, holder]];
      }),
    );
  }

  /** Every move of an alias, oldest first. */
  async moves(name: string, alias: string): Promise<readonly AliasMove[]> {
    return this.#movesOf((await this.#store.read(name)).state, alias);
  }

  /** What must hold before an alias of a model moves to a version; null takes the rule away. */
  async setRule(name: string, alias: string, rule: PromotionRule | null): Promise<void> {
    requireAlias("alias", alias);
    const checked = rule === null ? undefined : requireRule(rule);
    await this.#store.change(name, ({ state }) => {
      const { [alias]: _, ...others } = state.rules;
      return { ...state, rules: checked === undefined ? others : { ...others, [alias]: checked } };
    });
  }

  /** Gives a version tags. */
  async tag(reference: string, ...tags: readonly string[]): Promise<void> {
    for (const tag of tags) requireName("tag", tag);
    await this.#label(reference, (labels) => ({ ...labels, tags: [...new Set([...labels.tags, ...tags])] }));
  }

  /** Takes tags from a version; those that it has not are ignored. */
  async untag(reference: string, ...tags: readonly string[]): Promise<void> {
    await this.#label(reference, (labels) => ({ ...labels, tags: labels.tags.filter((tag) => !tags.includes(tag)) }));
  }

  /** Adds a note to a version. */
  async note(reference: string, text: string, by?: string): Promise<void> {
    const note = { text, at: this.#now(), ...(by === undefined ? {} : { by }) };
    await this.#label(reference, (labels) => ({ ...labels, notes: [...labels.notes, note] }));
  }

  /**
   * Gives up the saved forms of a model's versions that nothing holds: no alias, now or (unless `keepHistory` is false) ever, and not one of the newest.
   * What is said of a version stays, so that history and lineage stay whole; registering it again brings it back.
   */
  async collect(name: string, options: CollectOptions = {}): Promise<Collection> {
    const { keepNewest = 1 } = options;
    if (!Number.isInteger(keepNewest) || keepNewest < 0)
      throw new TwinError({
        code: "invalid-argument",
        path: ["keepNewest"],
        message: `${String(keepNewest)} is not a number of versions`,
        fix: "give 0, 1, 2, ...",
      });
    let plan: Collection | undefined;
    let written: (readonly [ContentId, number])[] = [];
    await this.#store.change(name, async ({ versions, state }) => {
      plan = planCollection(
        versions.map(({ id }) => id),
        state,
        options,
      );
      if (plan.dryRun) return state;
      const gone = { ...state.collected, ...Object.fromEntries(plan.collected.map((id) => [id, this.#now()])) };
      written = [];
      for (const id of Object.keys(gone)) {
        const writes = await this.#store.payloadWrites(id);
        if (writes !== undefined) written.push([id, writes]);
      }
      return written.length === 0 && plan.collected.length === 0 ? state : { ...state, collected: gone };
    });
    // What was registered again since then has another version and is left alone.
    for (const [id, writes] of written) await this.#store.dropPayload(id, writes);
    return plan as unknown as Collection;
  }

  async #label(
    reference: string,
    change: (labels: ReturnType<typeof labelsOf>) => ReturnType<typeof labelsOf>,
  ): Promise<void> {
    const { name, id } = await this.version(reference);
    await this.#store.change(name, ({ state }) => ({
      ...state,
      labels: { ...state.labels, [id]: change(labelsOf(state, id)) },
    }));
  }

  #movesOf(state: ModelState, alias: string): readonly AliasMove[] {
    const moves = movesOf(state, alias);
    if (moves.length === 0) throw unknownName("alias", String(alias), Object.keys(state.aliases), ["alias"]);
    return moves;
  }

  /** A move made now, or at the time of the last one where the clock went back. */
  #move(moves: readonly AliasMove[], version: ContentId | null, { by, note }: Remark): AliasMove {
    const now = this.#now();
    const last = moves.at(-1)?.at ?? now;
    return {
      version,
      at: now < last ? last : now,
      ...(by === undefined ? {} : { by }),
      ...(note === undefined ? {} : { note }),
    };
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }
}

/**
 * Versions of models over a store.
 *
 * @param options.clock tells when a version is registered and an alias moves. Default: the machine's.
 */
export function modelRegistry(store: Store, options: { readonly clock?: Clock } = {}): ModelRegistry {
  return new ModelRegistry(store, options.clock ?? systemClock);
}
