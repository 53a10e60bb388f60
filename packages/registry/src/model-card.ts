import type { ContentId } from "./digest.js";
import { holderOf, labelsOf, type ModelNote, type ModelState } from "./model-state.js";
import type { ModelVersion } from "./model-version.js";

/** A version and what can change about it. */
export interface ModelCard {
  readonly version: ModelVersion;
  /** The aliases that stand for it now. */
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  readonly notes: readonly ModelNote[];
  /** When its saved form was given up. */
  readonly collected?: string;
}

/** What a version must fit, every part of it. */
export interface ModelQuery {
  readonly name?: string;
  readonly kind?: string;
  readonly tag?: string;
  readonly alias?: string;
  readonly data?: ContentId;
  /** Bounds of metrics, both included; a version without the metric does not fit. */
  readonly metrics?: Readonly<Record<string, { readonly atLeast?: number; readonly atMost?: number }>>;
  /** Text, in letters of any size, of the name, kind, parameters, code, author, tags or notes. */
  readonly text?: string;
}

export function cardOf(version: ModelVersion, state: ModelState): ModelCard {
  const aliases = Object.keys(state.aliases).filter((alias) => holderOf(state.aliases[alias]) === version.id);
  const collected = Object.hasOwn(state.collected, version.id) ? { collected: state.collected[version.id] } : {};
  return { version, aliases, ...labelsOf(state, version.id), ...collected };
}

export function matches({ version, aliases, tags, notes }: ModelCard, query: ModelQuery): boolean {
  const { name, kind, tag, alias, data, metrics = {}, text } = query;
  const bounded = Object.entries(metrics).every(([metric, { atLeast, atMost }]) => {
    if (!Object.hasOwn(version.metrics, metric)) return false;
    const value = version.metrics[metric];
    return value >= (atLeast ?? value) && value <= (atMost ?? value);
  });
  const { parameters, code, author } = version;
  const said = [
    version.name,
    version.kind,
    JSON.stringify(parameters),
    code,
    author,
    ...tags,
    ...notes.map((note) => note.text),
  ];
  return (
    bounded &&
    (name === undefined || name === version.name) &&
    (kind === undefined || kind === version.kind) &&
    (tag === undefined || tags.includes(tag)) &&
    (alias === undefined || aliases.includes(alias)) &&
    (data === undefined || data === version.data) &&
    (text === undefined || said.join("\n").toLowerCase().includes(text.toLowerCase()))
  );
}
