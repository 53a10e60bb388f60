import { type Issue, TwinError, unknownName } from "@sage-twin/kernel";

/**
 * How much the rows of each class count: `"balanced"` makes the classes count the same in sum (rows / (classes * rows of the class)), or a number above 0 by class;
 * a class that is not named counts 1.
 */
export type ClassWeights = "balanced" | Readonly<Record<string, number>>;

/** Each row's weight times that of its class; `target` holds the places of the classes. */
export function weighClasses(
  target: Float64Array,
  classes: readonly string[],
  weights: Float64Array | undefined,
  classWeights: ClassWeights | undefined,
): Float64Array | undefined {
  if (classWeights === undefined) return weights;
  const factors = new Float64Array(classes.length).fill(1);
  if (classWeights === "balanced") {
    const counts = new Float64Array(classes.length);
    for (const place of target) counts[place]++;
    for (let k = 0; k < factors.length; k++)
      if (counts[k] > 0) factors[k] = target.length / (classes.length * counts[k]);
  } else {
    const issues: Issue[] = [];
    for (const [name, factor] of Object.entries(classWeights)) {
      if (!classes.includes(name)) issues.push(...unknownName("class", name, classes, ["classWeights"]).issues);
      else if (!(factor > 0 && factor <= 1e100))
        issues.push({
          code: "invalid-argument",
          path: ["classWeights", name],
          message: `${factor} is not a number above 0`,
          fix: "give such a weight",
        });
      factors[classes.indexOf(name)] = factor;
    }
    if (issues.length > 0) throw new TwinError(issues);
  }
  return Float64Array.from(target, (place, row) => factors[place] * (weights === undefined ? 1 : weights[row]));
}
