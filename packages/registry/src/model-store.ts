import { type Store, TwinError, textShape, unknownName } from "@sage-twin/kernel";
import type { ContentId } from "./digest.js";
import { emptyState, type ModelState, modelStateShape } from "./model-state.js";
import { type ModelVersion, modelVersionShape } from "./model-version.js";

/** Versions, oldest first, and what can change about them, read together. */
export interface Reading {
  readonly versions: readonly ModelVersion[];
  readonly state: ModelState;
  /** How often the state was written. */
  readonly writes: number;
}

const mostAttempts = 1000; // each failed one means that someone else succeeded

/** How models are laid out in a store: a log of names, a log of versions and a state by name, a saved form by id. */
export class ModelStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async names(): Promise<readonly string[]> {
    const names = new Set<string>();
    for await (const { value } of this.#store.scan(namesLog)) names.add(textShape(value));
    return [...names];
  }

  /** What is there of a model; no versions where there is no such model. Of versions that were appended twice the first counts. */
  async read(name: string): Promise<Reading> {
    const stored = await this.#store.get(modelKey(name));
    const state = stored === undefined ? emptyState : modelStateShape(stored.value, [name]);
    const versions = new Map<ContentId, ModelVersion>();
    for await (const { value } of this.#store.scan(modelKey(name))) {
      const version = modelVersionShape(value, [name, versions.size]);
      if (!versions.has(version.id)) versions.set(version.id, { ...version, index: versions.size });
    }
    return { versions: [...versions.values()], state, writes: stored?.version ?? 0 };
  }

  /** As `read`; a `TwinError` "unknown-name" where there is no such model. */
  async readKnown(name: string): Promise<Reading> {
    const reading = await this.read(name);
    if (reading.versions.length === 0) throw unknownName("model", name, await this.names(), ["model"]);
    return reading;
  }

  /** Adds a version whose saved form is kept already. */
  async append(version: Omit<ModelVersion, "index">, first: boolean): Promise<void> {
    if (first) await this.#store.append(namesLog, version.name);
    await this.#store.append(modelKey(version.name), version);
  }

  /** Changes the state of a model by compare-and-set; `change` may run several times, and returns the same state to change nothing. */
  async change(name: string, change: (reading: Reading) => ModelState | Promise<ModelState>): Promise<void> {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const reading = await this.readKnown(name);
      const next = await change(reading);
      if (next === reading.state || (await this.#store.compareAndSet(modelKey(name), reading.writes, next))) return;
    }
    throw new TwinError({ code: "conflict", path: [name], message: "others keep changing this model's aliases" });
  }

  /** The saved form of a version; undefined when it was given up or lost. */
  async payload(id: ContentId): Promise<unknown> {
    const stored = await this.#store.get(payloadKey(id));
    return (stored?.value as { model: unknown } | null | undefined)?.model;
  }

  async keepPayload(id: ContentId, model: unknown): Promise<void> {
    await this.#store.put(payloadKey(id), { model });
  }

  /** How often the saved form was written; undefined when there is none. */
  async payloadWrites(id: ContentId): Promise<number | undefined> {
    const stored = await this.#store.get(payloadKey(id));
    return stored === undefined || stored.value === null ? undefined : stored.version;
  }

  /** Gives up a saved form, unless it was written again since. */
  async dropPayload(id: ContentId, writes: number): Promise<void> {
    await this.#store.compareAndSet(payloadKey(id), writes, null);
  }
}

const namesLog = "registry/models";
const modelKey = (name: string): string => `registry/model/${name}`;
const payloadKey = (id: ContentId): string => `registry/payload/${id}`;
