import { type Instant, TwinError, unknownName } from "@sage-twin/kernel";
import { holderOf, type ModelState, movesOf } from "./model-state.js";
import type { ModelVersion } from "./model-version.js";

const idStart = /^[0-9a-f]{6,64}$/;

/** The parts of `"name@alias"`; without `@`, an id or the start of one. */
export function splitReference(reference: string): { readonly name?: string; readonly what: string } {
  const parts = typeof reference === "string" ? reference.split("@") : [];
  if (parts.length === 2) return { name: parts[0], what: parts[1] };
  if (parts.length === 1 && idStart.test(parts[0])) return { what: parts[0] };
  throw new TwinError({
    code: "invalid-argument",
    path: ["reference"],
    message: `${typeof reference === "string" ? `'${reference.slice(0, 80)}'` : String(reference)} is not a reference to a model`,
    fix: "give an id or its first six or more digits, 'name@latest', or 'name@alias'",
  });
}

/** The version among `versions`, oldest first, that is meant by the latest, an alias, an id or the start of one. */
export function resolve(
  versions: readonly ModelVersion[],
  state: ModelState,
  what: string,
  at?: Instant,
): ModelVersion {
  const moves = movesOf(state, what);
  if (moves.length > 0) {
    const holder = versions.find(({ id }) => id === holderOf(moves, at));
    if (holder !== undefined) return holder;
    throw new TwinError({
      code: "not-found",
      path: ["reference"],
      message: `'${what}' ${at === undefined ? "stands for nothing" : "stood for nothing then"}`,
      fix: "promote a version to it, or see moves(name, alias)",
    });
  }
  if (at !== undefined)
    throw new TwinError({
      code: "invalid-argument",
      path: ["at"],
      message: `'${what}' is not an alias: only what an alias stands for depends on the time`,
      fix: "give a reference such as 'churn@champion'",
    });
  const latest = versions.findLast(({ id }) => !Object.hasOwn(state.collected, id));
  if (what === "latest" && latest !== undefined) return latest;
  const found = idStart.test(what) ? versions.filter(({ id }) => id.startsWith(what)) : [];
  if (found.length === 1) return found[0];
  if (found.length > 1)
    throw new TwinError({
      code: "conflict",
      path: ["reference"],
      message: `'${what}' is the start of ${found.length} ids`,
      fix: "give more digits",
    });
  throw unknownName(
    "version",
    what,
    [...Object.keys(state.aliases), "latest", ...versions.map(({ id }) => id)],
    ["reference"],
  );
}
