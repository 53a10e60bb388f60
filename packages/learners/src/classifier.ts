import type { Columns, FittedClassifier } from "./types.js";

/** What every fitted classifier is, from the probabilities of its classes. */
export function publishClassifier(
  name: string,
  features: readonly string[],
  classes: readonly string[],
  notes: readonly string[],
  probabilities: (columns: Columns) => readonly Float64Array[],
): Omit<FittedClassifier, "toJSON"> {
  return {
    name,
    features,
    classes,
    notes,
    probabilities(columns) {
      const own = probabilities(columns);
      return Object.fromEntries(classes.map((label, place) => [label, own[place]]));
    },
    predict(columns) {
      const own = probabilities(columns);
      return Array.from(own[0], (_, row) => {
        let best = 0;
        for (let k = 1; k < own.length; k++) if (own[k][row] > own[best][row]) best = k;
        return classes[best];
      });
    },
  };
}
