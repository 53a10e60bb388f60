import {
  arrayShape,
  type Instant,
  numberShape,
  objectShape,
  optionalShape,
  recordShape,
  type Shape,
  TwinError,
  textShape,
  toInstant,
} from "@sage-twin/kernel";
import type { ContentId } from "./digest.js";
import { type PromotionRule, promotionRuleShape } from "./promotion-rule.js";

/** One move of an alias. */
export interface AliasMove {
  /** The version that the alias stood for from then on; null: for none. */
  readonly version: ContentId | null;
  /** When, in ISO 8601; never before the move that came before it. */
  readonly at: string;
  readonly by?: string;
  readonly note?: string;
  /** Of a rollback: the place in the history of the move that it went back to. */
  readonly backTo?: number;
}

/** A remark on a version. */
export interface ModelNote {
  readonly text: string;
  readonly at: string;
  readonly by?: string;
}

interface Labels {
  readonly tags: readonly string[];
  readonly notes: readonly ModelNote[];
}

/** All that can change about a model's versions: one stored value, so that every change is one compare-and-set. */
export interface ModelState {
  /** The moves of each alias, oldest first; the last one holds. */
  readonly aliases: Readonly<Record<string, readonly AliasMove[]>>;
  readonly rules: Readonly<Record<string, PromotionRule>>;
  readonly labels: Readonly<Record<ContentId, Labels>>;
  /** The versions whose saved form was given up, and when. */
  readonly collected: Readonly<Record<ContentId, string>>;
}

export const emptyState: ModelState = { aliases: {}, rules: {}, labels: {}, collected: {} };

const moveShape: Shape<AliasMove> = /* @__PURE__ */ objectShape({
  version: (value: unknown, path?: readonly (string | number)[]) => (value === null ? null : textShape(value, path)),
  at: textShape,
  by: /* @__PURE__ */ optionalShape(textShape),
  note: /* @__PURE__ */ optionalShape(textShape),
  backTo: /* @__PURE__ */ optionalShape(numberShape),
});

const noteShape: Shape<ModelNote> = /* @__PURE__ */ objectShape({
  text: textShape,
  at: textShape,
  by: /* @__PURE__ */ optionalShape(textShape),
});

export const modelStateShape: Shape<ModelState> = /* @__PURE__ */ objectShape({
  aliases: /* @__PURE__ */ recordShape(/* @__PURE__ */ arrayShape(moveShape)),
  rules: /* @__PURE__ */ recordShape(promotionRuleShape),
  labels: /* @__PURE__ */ recordShape(
    /* @__PURE__ */ objectShape({
      tags: /* @__PURE__ */ arrayShape(textShape),
      notes: /* @__PURE__ */ arrayShape(noteShape),
    }),
  ),
  collected: /* @__PURE__ */ recordShape(textShape),
});

/** The moves of an alias; none when it never moved. */
export function movesOf(state: ModelState, alias: string): readonly AliasMove[] {
  return Object.hasOwn(state.aliases, alias) ? state.aliases[alias] : [];
}

/** The version that an alias stands for, now or at an instant. */
export function holderOf(moves: readonly AliasMove[], at?: Instant): ContentId | null {
  const instant = at === undefined ? Number.POSITIVE_INFINITY : toInstant(at);
  return moves.findLast((move) => toInstant(move.at) <= instant)?.version ?? null;
}

/** The state after an alias moved. */
export function moved(state: ModelState, alias: string, move: AliasMove): ModelState {
  return { ...state, aliases: { ...state.aliases, [alias]: [...movesOf(state, alias), move] } };
}

/**
 * The place of the move that a rollback goes back to: the last one before the present holder's that gave the alias to another version. Rolling
 * back again goes further back.
 */
export function rollbackTarget(moves: readonly AliasMove[], alias: string): number {
  let place = moves.length - 1;
  const present = moves[place]?.version;
  for (let back = moves[place]?.backTo; back !== undefined; back = moves[place].backTo) place = back;
  for (place--; place >= 0; place--) {
    const { version } = moves[place];
    if (version !== null && version !== present) return place;
  }
  throw new TwinError({
    code: "not-found",
    path: [alias],
    message: `before ${moves.length === 0 ? "now" : "the present version"}, '${alias}' stood for no other`,
    fix: "promote a version instead",
  });
}

export function labelsOf(state: ModelState, id: ContentId): Labels {
  return Object.hasOwn(state.labels, id) ? state.labels[id] : { tags: [], notes: [] };
}

/** Throws a `TwinError` "conflict" when an alias does not stand for what is expected. */
export function requireExpected(
  name: string,
  alias: string,
  present: ContentId | null,
  expected: ContentId | null | undefined,
): void {
  if (expected === undefined || expected === present) return;
  throw new TwinError({
    code: "conflict",
    path: [name, alias],
    message: `'${alias}' stands for ${present?.slice(0, 12) ?? "nothing"}, not ${expected?.slice(0, 12) ?? "nothing"}`,
    fix: "someone else moved it: look again before you decide",
  });
}

/** Throws a `TwinError` "not-found" when the saved form of a version was given up. */
export function requireKept(state: ModelState, { name, id }: { readonly name: string; readonly id: ContentId }): void {
  if (!Object.hasOwn(state.collected, id)) return;
  throw new TwinError({
    code: "not-found",
    path: [name, id],
    message: `the saved model was collected on ${state.collected[id].slice(0, 10)}`,
    fix: "register it again first",
  });
}
