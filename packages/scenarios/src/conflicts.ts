import type { Edit } from "./edit.js";

/** Two edits of one lever that meet in time, the later of which undoes the earlier. */
export interface Conflict {
  readonly lever: string;
  /** Places in the scenario's edits. */
  readonly edits: readonly [number, number];
  readonly message: string;
}

/** Finds edits that a later `set` of the same lever undoes, in whole or in part. */
export function conflictsIn(edits: readonly Edit[]): readonly Conflict[] {
  return edits.flatMap((later, second) =>
    later.kind !== "set"
      ? []
      : edits.slice(0, second).flatMap((earlier, first): Conflict[] => {
          if (earlier.lever !== later.lever || !meet(earlier, later)) return [];
          if (earlier.segment && later.segment && earlier.segment.name !== later.segment.name) return [];
          const message = `'${later.lever}' is ${past[earlier.kind]} by edit ${first + 1} and set by edit ${second + 1} at the same time: the later one holds`;
          return [{ lever: later.lever, edits: [first, second], message }];
        }),
  );
}

const past = { scale: "scaled", set: "set", shift: "shifted" } as const;

function meet(a: Edit, b: Edit): boolean {
  const from = Math.max(a.from ?? Number.NEGATIVE_INFINITY, b.from ?? Number.NEGATIVE_INFINITY);
  const until = Math.min(a.until ?? Number.POSITIVE_INFINITY, b.until ?? Number.POSITIVE_INFINITY);
  return from < until;
}
