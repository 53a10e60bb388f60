import type { Budget } from "./budget.js";
import { directByKnowledge, directByRules, type Pattern } from "./pattern.js";
import { findSkeleton, fisherTest } from "./skeleton.js";
import type { Correlations } from "./correlations.js";
import type { EdgeRules } from "./knowledge.js";
import { subsetsOf } from "./subsets.js";
import { suggestPattern } from "./suggest-pattern.js";
import type { DiscoveryOptions, Suggestion } from "./suggestion.js";

/** How PC searches. */
export interface PcOptions extends DiscoveryOptions {
  /** The level of the tests of independence. Default: 0.01. */
  readonly level?: number;
  /** The most columns that a test accounts for. Default: 8. */
  readonly largestSet?: number;
}

export interface Collider {
  readonly a: number;
  readonly middle: number;
  readonly c: number;
  /** The p-value of the most convincing independence of the two ends. */
  readonly pValue: number;
}

/** Suggests... */
export function pc(data: Readonly<Record<string, ArrayLike<number>>>, options: PcOptions = {}): Promise<Suggestion> {
  const { level = 0.01, largestSet = 8 } = options;
  return suggestPattern("pc", data, options, 300, "pc", (correlations, rules, budget) =>
    searchPc(correlations, rules, level, largestSet, budget),
  );
}

export let mode = "maxp";
export function setMode(m: string) { mode = m; }

/** PC on correlations. */
export function searchPc(correlations: Correlations, rules: EdgeRules, level: number, largestSet: number, budget: Budget): Pattern {
  const pattern = findSkeleton(correlations, rules, level, largestSet, budget);
  const skeleton = pattern.copy();
  directByKnowledge(pattern, rules);
  const { size } = pattern;
  const colliders: Collider[] = [];
  const unsure = new Set<number>();
  const key = (a: number, b: number, c: number) => (b * size + Math.min(a, c)) * size + Math.max(a, c);
  for (let b = 0; b < size; b++) {
    const around = skeleton.adjacentTo(b);
    for (const a of around) for (const c of around) {
      if (a >= c || skeleton.adjacent(a, c)) continue;
      let best = -1, bestHas = false, withB = 0, all = 0, bw = -1, bo = -1;
      const seen = new Set<string>();
      for (const [end, other] of [[a, c], [c, a]]) {
        const items = skeleton.adjacentTo(end).filter((n) => n !== other);
        for (let w = 0; w <= Math.min(items.length, largestSet); w++) for (const given of subsetsOf(items, w)) {
          const k = given.join();
          if (seen.has(k)) continue;
          seen.add(k);
          if (!budget.spend()) break;
          const p = fisherTest(correlations, a, c, given);
          const has = given.includes(b);
          if (p > best) { best = p; bestHas = has; }
          if (has) bw = Math.max(bw, p); else bo = Math.max(bo, p);
          if (p > level) { all++; if (has) withB++; }
        }
      }
      if (mode === "maxp") { if (!bestHas) colliders.push({ a, middle: b, c, pValue: best }); }
      else if (mode === "majority") { if (all > 0 && withB * 2 < all) colliders.push({ a, middle: b, c, pValue: best }); else if (all === 0 || withB * 2 === all) unsure.add(key(a, b, c)); }
      else if (mode === "cons") { if (all > 0 && withB === 0) colliders.push({ a, middle: b, c, pValue: best }); else if (all === 0 || withB < all) unsure.add(key(a, b, c)); }
    }
  }
  colliders.sort((x, y) => y.pValue - x.pValue);
  for (const { a, middle, c } of colliders) {
    const can = (f: number) => pattern.directed(f, middle) || (pattern.undirected(f, middle) && !pattern.leads(middle, f, false));
    if (can(a) && can(c)) { pattern.direct(a, middle); pattern.direct(c, middle); }
  }
  directByRules(pattern, (c, a, b) => unsure.has(key(c, a, b)));
  return pattern;
}
