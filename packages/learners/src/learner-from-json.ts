import { describeValue } from "@sage-twin/kernel";
import { openHistogramTrees } from "./histogram-trees.js";
import { openLinear } from "./linear-regression.js";
import { openLogistic } from "./logistic-regression.js";
import { openMulticlassTrees } from "./multiclass-trees.js";
import { openMultinomial } from "./multinomial-regression.js";
import { refuse } from "./table.js";
import type { FittedClassifier, FittedLearner } from "./types.js";

/**
 * The fitted model that `toJSON()` saved. Throws a `TwinError`: "corrupt" for anything that is not one, "newer-version" for
 * one that a later version wrote.
 *
 * @example
 * ```ts
 * import { learnerFromJSON, linearRegression } from "@sage-twin/learners";
 *
 * const text = JSON.stringify(linearRegression().fit({ x: [0, 1] }, [1, 3]));
 * learnerFromJSON(JSON.parse(text)).predict({ x: [2] })[0].toFixed(6); // => "5.000000"
 * ```
 */
export function learnerFromJSON(json: unknown): FittedLearner {
  return openByKind<FittedLearner>(json, {
    "learner/linear": openLinear,
    "learner/logistic": openLogistic,
    "learner/trees": openHistogramTrees,
  });
}

/** The same for the fitted models of several classes. */
export function classifierFromJSON(json: unknown): FittedClassifier {
  return openByKind<FittedClassifier>(json, {
    "learner/multinomial": openMultinomial,
    "learner/multiclass-trees": openMulticlassTrees,
  });
}

function openByKind<Fitted>(json: unknown, kinds: Readonly<Record<string, (json: unknown) => Fitted>>): Fitted {
  const kind = typeof json === "object" && json !== null ? (json as { kind?: unknown }).kind : undefined;
  if (typeof kind === "string" && Object.hasOwn(kinds, kind)) return kinds[kind](json);
  return refuse(
    ["kind"],
    `${describeValue(kind ?? json)} is no saved learner`,
    `one of ${Object.keys(kinds).join(", ")} is expected`,
    "corrupt",
  );
}
