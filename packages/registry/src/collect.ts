import type { ContentId } from "./digest.js";
import type { ModelState } from "./model-state.js";

/** What garbage collection keeps, and whether it only tells. */
export interface CollectOptions {
  /** Only tell what would be given up. Default false. */
  readonly dryRun?: boolean;
  /** How many of the newest versions are kept, whether an alias stands for them or not. Default 1. */
  readonly keepNewest?: number;
  /** Whether a version is kept because an alias once stood for it. Default true. */
  readonly keepHistory?: boolean;
}

/** What a collection gave up, or would give up. */
export interface Collection {
  readonly dryRun: boolean;
  readonly collected: readonly ContentId[];
  /** Why each other version is kept: `"alias champion"`, `"history of champion"`, `"newest"`. */
  readonly kept: Readonly<Record<ContentId, readonly string[]>>;
}

/** Which versions, given oldest first, are garbage, and why the others are not; what was collected before is neither. */
export function planCollection(
  versions: readonly ContentId[],
  state: ModelState,
  { dryRun = false, keepNewest = 1, keepHistory = true }: CollectOptions,
): Collection {
  const present = versions.filter((id) => !Object.hasOwn(state.collected, id));
  const newest = new Set(present.slice(Math.max(0, present.length - keepNewest)));
  const kept: Record<ContentId, string[]> = {};
  for (const id of present) {
    const reasons = Object.entries(state.aliases).flatMap(([alias, moves]) => {
      if (moves[moves.length - 1]?.version === id) return [`alias ${alias}`];
      return keepHistory && moves.some(({ version }) => version === id) ? [`history of ${alias}`] : [];
    });
    if (newest.has(id)) reasons.push("newest");
    if (reasons.length > 0) kept[id] = reasons;
  }
  return { dryRun, collected: present.filter((id) => kept[id] === undefined), kept };
}
