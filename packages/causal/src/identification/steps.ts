import type { NodeSet } from "../structure/node-set.js";
import { descendantsOf, namesOf } from "../structure/node-set.js";
import type { ResolvedQuery } from "./query.js";

/** Why adjusting for `set` gives the effect. */
export function adjustmentSteps({ graph, treatment, outcome }: ResolvedQuery, set: NodeSet): string[] {
  const [x, y, z] = [treatment, outcome, set].map((nodes) => namesOf(graph, nodes).join(", "));
  if (z === "")
    return [
      `P(${y} | do(${x})) = P(${y} | ${x}): rule 2, as no path joins ${x} and ${y} once the arrows from ${x} towards ${y} are removed`,
    ];
  const caused = descendantsOf(graph, treatment);
  if (set.some((inSet, node) => inSet !== 0 && caused[node] !== 0))
    return [
      `{${z}} holds nothing on the way from ${x} to ${y} and nothing that such a variable causes, and blocks every other path: P(${y} | do(${x})) = Σ[${z}] P(${y} | ${x}, ${z}) P(${z}) by the adjustment criterion (Shpitser, VanderWeele and Robins 2010)`,
    ];
  return [
    `P(${y} | do(${x})) = Σ[${z}] P(${y} | do(${x}), ${z}) P(${z} | do(${x})): split by ${z}`,
    `P(${z} | do(${x})) = P(${z}): rule 3, as ${x} causes none of ${z}`,
    `P(${y} | do(${x}), ${z}) = P(${y} | ${x}, ${z}): rule 2, as ${z} blocks every path between ${x} and ${y} that is not the effect`,
  ];
}

/** Why the front door through `set` gives the effect. */
export function frontDoorSteps({ graph, treatment, outcome }: ResolvedQuery, set: NodeSet): string[] {
  const [x, y, m] = [treatment, outcome, set].map((nodes) => namesOf(graph, nodes).join(", "));
  return [
    `P(${y} | do(${x})) = Σ[${m}] P(${y} | do(${x}), ${m}) P(${m} | do(${x})): split by ${m}`,
    `P(${m} | do(${x})) = P(${m} | ${x}): rule 2, as no back-door path joins ${x} and ${m}`,
    `P(${y} | do(${x}), ${m}) = P(${y} | do(${x}), do(${m})): rule 2, as ${x} blocks every back-door path from ${m} to ${y}`,
    `P(${y} | do(${x}), do(${m})) = P(${y} | do(${m})): rule 3, as ${x} acts on ${y} through ${m} alone`,
    `P(${y} | do(${m})) = Σ[${x}′] P(${y} | ${x}′, ${m}) P(${x}′): adjustment for ${x}, as in the back door`,
  ];
}
