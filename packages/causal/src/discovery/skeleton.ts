import { log, normalDistribution } from "@sage-twin/kernel";
import type { Budget } from "./budget.js";
import type { Correlations } from "./correlations.js";
import type { EdgeRules } from "./knowledge.js";
import { Pattern } from "./pattern.js";
import { subsetsOf } from "./subsets.js";

/** The p-value of a partial correlation by Fisher's z (1924). */
export function fisherTest(correlations: Correlations, a: number, b: number, given: readonly number[]): number {
  const correlation = correlations.partial(a, b, given);
  const freedom = correlations.rows - given.length - 3;
  if (!(freedom > 0)) return 1;
  const z = 0.5 * log((1 + correlation) / (1 - correlation)) * Math.sqrt(freedom);
  return 2 * normalDistribution(-Math.abs(z));
}

/**
 * Which columns are joined: edges are removed where the two are independent given a set of neighbours, with sets that grow by one
 * (Spirtes, Glymour and Scheines 2000) and neighbours kept as they were at each size, so that the order of columns changes nothing
 * (Colombo and Maathuis 2014).
 */
export function findSkeleton(
  correlations: Correlations,
  { allowed: [allowed], required: [required] }: EdgeRules,
  level: number,
  largestSet: number,
  budget: Budget,
): Pattern {
  const { size } = correlations;
  const skeleton = new Pattern(size);
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++) if (a !== b && (allowed[a * size + b] || allowed[b * size + a])) skeleton.join(a, b);
  const open = (a: number, b: number): boolean =>
    skeleton.adjacent(a, b) && required[a * size + b] === 0 && required[b * size + a] === 0;
  for (let width = 0; ; width++) {
    const around = Array.from({ length: size }, (_, node) => skeleton.adjacentTo(node));
    if (around.every((list) => list.length <= width)) return skeleton;
    if (width > largestSet) {
      budget.complete = false;
      return skeleton;
    }
    for (let a = 0; a < size; a++)
      for (const b of around[a]) {
        if (width === 0 && b < a) continue;
        if (!open(a, b)) continue;
        for (const given of subsetsOf(
          around[a].filter((node) => node !== b),
          width,
        )) {
          if (!budget.spend()) return skeleton;
          if (fisherTest(correlations, a, b, given) <= level) continue;
          skeleton.separate(a, b);
          break;
        }
      }
  }
}
