import type { Budget } from "./budget.js";
import type { Correlations } from "./correlations.js";
import type { EdgeRules } from "./knowledge.js";
import { directByKnowledge, directByRules, type Pattern } from "./pattern.js";
import { checkDiscovery } from "./resample.js";
import { findSkeleton, fisherTest } from "./skeleton.js";
import { subsetsOf } from "./subsets.js";
import { suggestPattern } from "./suggest-pattern.js";
import type { DiscoveryOptions, Suggestion } from "./suggestion.js";

/** How PC searches. */
export interface PcOptions extends DiscoveryOptions {
  /** The level of the tests of independence. Default: 0.01. */
  readonly level?: number;
}

/** The most columns that a test accounts for. */
const largestSet = 8;
const mostColumns = 300;
const note = "holds where no hidden cause moves two columns and effects are linear";

/**
 * Suggests edges by tests of independence: PC in its stable variant (Spirtes, Glymour and Scheines 2000; Colombo and Maathuis 2014) with partial
 * correlations; a collider is one where the most convincing independence of its two causes leaves it out (Ramsey 2016).
 *
 * @param data columns of independent rows; rows with gaps are left out and counted in `notes`. At most 300 columns.
 * @throws TwinError `invalid-data` for constant or determined columns and too few rows; `too-large`; with every problem of what is known.
 *
 * @example
 * ```ts
 * import { pc } from "@sage-twin/causal";
 * import { Rng } from "@sage-twin/kernel";
 *
 * const rng = new Rng("example");
 * const ads = Array.from({ length: 300 }, () => rng.normal());
 * const season = Array.from({ length: 300 }, () => rng.normal());
 * const orders = ads.map((value, row) => value + season[row] + rng.normal());
 * const { edges } = await pc({ ads, season, orders });
 * edges.map(({ from, to, kind }) => [from, to, kind]); // => [["ads", "orders", "directed"], ["season", "orders", "directed"]]
 * ```
 */
export async function pc(
  data: Readonly<Record<string, ArrayLike<number>>>,
  options: PcOptions = {},
): Promise<Suggestion> {
  const { level = 0.01 } = options;
  checkDiscovery(options, level);
  return suggestPattern("pc", data, options, mostColumns, note, (correlations, rules, budget) =>
    searchPc(correlations, rules, level, budget),
  );
}

/** PC on correlations. */
export function searchPc(correlations: Correlations, rules: EdgeRules, level: number, budget: Budget): Pattern {
  const pattern = findSkeleton(correlations, rules, level, largestSet, budget);
  const colliders = findColliders(pattern, correlations, budget);
  directByKnowledge(pattern, rules);
  for (const { a, middle, c } of colliders) {
    const may = (end: number): boolean =>
      pattern.directed(end, middle) || (pattern.undirected(end, middle) && !pattern.leads(middle, end, false));
    if (!may(a) || !may(c)) continue;
    pattern.direct(a, middle);
    pattern.direct(c, middle);
  }
  directByRules(pattern);
  return pattern;
}

/** The middles of a - middle - c that the two ends' most convincing independence leaves out; the surest first. */
function findColliders(skeleton: Pattern, correlations: Correlations, budget: Budget) {
  const colliders: { a: number; middle: number; c: number; pValue: number }[] = [];
  for (let a = 0; a < skeleton.size; a++)
    for (let c = a + 1; c < skeleton.size; c++) {
      if (skeleton.adjacent(a, c)) continue;
      const middles = skeleton.adjacentTo(a).filter((node) => skeleton.adjacent(node, c));
      if (middles.length === 0) continue;
      const { given, pValue } = surestIndependence(skeleton, correlations, a, c, budget);
      for (const middle of middles) if (!given.includes(middle)) colliders.push({ a, middle, c, pValue });
    }
  return colliders.sort((one, other) => other.pValue - one.pValue);
}

function surestIndependence(skeleton: Pattern, correlations: Correlations, a: number, c: number, budget: Budget) {
  let pValue = -1;
  let best: readonly number[] = [];
  for (const end of [a, c])
    for (let width = end === a ? 0 : 1; width <= largestSet; width++)
      for (const given of subsetsOf(skeleton.adjacentTo(end), width)) {
        if (!budget.spend()) return { given: best, pValue };
        const found = fisherTest(correlations, a, c, given);
        if (found > pValue) [pValue, best] = [found, given];
      }
  return { given: best, pValue };
}
