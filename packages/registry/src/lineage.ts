import {
  arrayShape,
  objectShape,
  optionalShape,
  recordShape,
  requireJson,
  type Store,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import type { ContentId } from "./digest.js";

/** A thing that was made or given: a raw file, a dataset, features, a model. */
export interface LineageNode {
  /** Its digest: of a file's bytes, of a dataset's content, of a pipeline's or model's JSON. */
  readonly id: ContentId;
  /** `"file"`, `"dataset"`, `"features"`, `"model"`, or a word of your own. */
  readonly kind: string;
  readonly name: string;
  /** What else is worth knowing, as plain JSON. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Things and what was made from what: every edge runs from what was used to what was made of it. */
export interface LineageGraph {
  /** In an order in which what was used comes before what was made of it. */
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly { readonly from: ContentId; readonly to: ContentId }[];
}

const storedShape = /* @__PURE__ */ objectShape({
  node: /* @__PURE__ */ objectShape({
    id: textShape,
    kind: textShape,
    name: textShape,
    details: /* @__PURE__ */ optionalShape(/* @__PURE__ */ recordShape((value: unknown) => value)),
  }),
  inputs: /* @__PURE__ */ arrayShape(textShape),
});

interface Stored {
  readonly node: LineageNode;
  readonly inputs: readonly ContentId[];
}

/**
 * What was made from what, over a store: from a raw file to a dataset to features to a model, and back.
 *
 * @example
 * ```ts
 * import { memoryStore } from "@sage-twin/kernel";
 * import { contentId, fileId, Lineage } from "@sage-twin/registry";
 *
 * const lineage = new Lineage(memoryStore());
 * const file = await fileId("date,sales\n2026-01-05,10");
 * await lineage.record({ id: file.id, kind: "file", name: "sales.csv" });
 * const model = contentId({ kind: "naive" });
 * await lineage.record({ id: model, kind: "model", name: "naive" }, [file.id]);
 * (await lineage.upstream(model)).nodes.map(({ name }) => name); // => ["sales.csv", "naive"]
 * (await lineage.downstream(file.id)).nodes.length; // => 2
 * ```
 */
export class Lineage {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Records a thing and what it was made from. The same thing may be recorded again: inputs add up.
   *
   * @throws TwinError `not-found` for an input that was never recorded, `cycle` for one that was itself made from the thing.
   */
  async record(node: LineageNode, inputs: readonly ContentId[] = []): Promise<void> {
    const { id, kind, name, details } = node;
    requireJson(details ?? null, "not-serialisable");
    for (const input of inputs) {
      if (input === id || (await this.upstream(input)).nodes.some((ancestor) => ancestor.id === id))
        throw new TwinError({
          code: "cycle",
          path: ["inputs", input],
          message: `'${name}' cannot be made from what was made from it`,
        });
    }
    const key = nodeKey(id);
    for (let attempt = 0; attempt < 20; attempt++) {
      const stored = await this.#store.get(key);
      const known = stored === undefined ? [] : storedShape(stored.value, [id]).inputs;
      const added = inputs.filter((input) => !known.includes(input));
      const next: Stored = {
        node: { id, kind, name, ...(details === undefined ? {} : { details }) },
        inputs: [...known, ...new Set(added)],
      };
      if (!(await this.#store.compareAndSet(key, stored?.version ?? 0, next))) continue;
      for (const input of new Set(added)) await this.#store.append(usesLog(input), id);
      return;
    }
    throw new TwinError({ code: "conflict", path: [id], message: `others keep recording '${name}'` });
  }

  /** The thing and all that it was made from. */
  upstream(id: ContentId): Promise<LineageGraph> {
    return this.#walk(id, async (_, inputs) => inputs, true);
  }

  /** The thing and all that was made from it: what a mistake in it would reach. */
  downstream(id: ContentId): Promise<LineageGraph> {
    return this.#walk(id, (at) => this.#uses(at), false);
  }

  async #uses(id: ContentId): Promise<readonly ContentId[]> {
    const uses = new Set<ContentId>();
    for await (const { value } of this.#store.scan(usesLog(id))) uses.add(textShape(value, [id]));
    return [...uses];
  }

  async #walk(
    start: ContentId,
    next: (id: ContentId, inputs: readonly ContentId[]) => Promise<readonly ContentId[]>,
    upwards: boolean,
  ): Promise<LineageGraph> {
    const found = new Map<ContentId, LineageNode>();
    const edges: { from: ContentId; to: ContentId }[] = [];
    const waiting = [start];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (found.has(id)) continue;
      const { node, inputs } = await this.#load(id);
      found.set(id, node);
      for (const other of await next(id, inputs)) {
        edges.push(upwards ? { from: other, to: id } : { from: id, to: other });
        waiting.push(other);
      }
    }
    return { nodes: inOrder(found, edges), edges };
  }

  async #load(id: ContentId): Promise<Stored> {
    const stored = await this.#store.get(nodeKey(id));
    if (stored !== undefined) return storedShape(stored.value, [id]);
    throw new TwinError({
      code: "not-found",
      path: ["lineage", id],
      message: `nothing is recorded under ${String(id).slice(0, 12)}`,
      fix: "record it first, with its kind and name",
    });
  }
}

/** Kahn's order: what was used first; ties in the order of discovery. */
function inOrder(
  nodes: ReadonlyMap<ContentId, LineageNode>,
  edges: readonly { readonly from: ContentId; readonly to: ContentId }[],
): LineageNode[] {
  const open = new Map(Array.from(nodes.keys(), (id) => [id, edges.filter(({ to }) => to === id).length]));
  const ordered: LineageNode[] = [];
  const ready = [...nodes.keys()].filter((id) => open.get(id) === 0);
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    ordered.push(nodes.get(id) as LineageNode);
    for (const { from, to } of edges) {
      if (from !== id) continue;
      const left = (open.get(to) as number) - 1;
      open.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  return ordered;
}

const nodeKey = (id: ContentId): string => `registry/lineage/${id}`;
const usesLog = (id: ContentId): string => `registry/uses/${id}`;
