import { arrayShape, defineEnvelope, objectShape, type Path, Rng, TwinError, textShape } from "@sage-twin/kernel";
import { boostClasses, softmax } from "./boost-classes.js";
import { weighClasses } from "./class-weights.js";
import { publishClassifier } from "./classifier.js";
import { type FittedTrees, publishTrees } from "./fitted-trees.js";
import { stopNotes } from "./histogram-trees.js";
import { alignHeld, prepareTrees } from "./prepare-trees.js";
import { readClasses } from "./read-classes.js";
import { readTraining } from "./table.js";
import { type BoostOptions, type BoostSettings, checkBoostOptions } from "./trees-options.js";
import { openTrees, sealTrees, type TreesState } from "./trees-state.js";
import type { Classifier, Columns, FittedClassifier, LearnerFitOptions } from "./types.js";

/** What `multiclassTrees` may be told beside the rows. */
export interface ClassTreesFitOptions extends LearnerFitOptions {
  /** Rows to stop early by. */
  readonly validation?: { readonly columns: Columns; readonly target: ArrayLike<number> | ArrayLike<string> };
}

/** What `multiclassTrees` tells beyond every fitted classifier. */
export interface FittedClassTrees extends FittedClassifier {
  /** By class the trees whose sum is its score; probabilities are the softmax of the scores. */
  readonly scores: Readonly<Record<string, FittedTrees>>;
}

interface ClassTreesState {
  readonly classes: readonly string[];
  readonly scores: readonly TreesState[];
  readonly notes: readonly string[];
}

const format = /* @__PURE__ */ (() =>
  defineEnvelope({
    kind: "learner/multiclass-trees",
    version: 1,
    parse: /* @__PURE__ */ objectShape({
      classes: /* @__PURE__ */ arrayShape(textShape),
      scores: /* @__PURE__ */ arrayShape((value) => value),
      notes: /* @__PURE__ */ arrayShape(textShape),
    }),
  }))();

/**
 * Gradient-boosted trees of several classes: one tree a class and round on the derivatives of the softmax (Friedman 2001), grown as `histogramTrees` grows them.
 *
 * @example
 * ```ts
 * import { multiclassTrees } from "@sage-twin/learners";
 *
 * const size = Float64Array.from({ length: 300 }, (_, row) => row);
 * const fitted = multiclassTrees({ trees: 20 }).fit({ size }, Array.from(size, (value) => (value < 100 ? "small" : value < 200 ? "medium" : "large")));
 * fitted.classes; // => ["large", "medium", "small"]
 * fitted.predict({ size: [10, 150, 290] }); // => ["small", "medium", "large"]
 * ```
 */
export function multiclassTrees(options: BoostOptions = {}): Omit<Classifier, "fit"> & {
  fit(
    columns: Columns,
    target: ArrayLike<number> | ArrayLike<string>,
    options?: ClassTreesFitOptions,
  ): FittedClassTrees;
} {
  const settings = checkBoostOptions(options);
  return {
    name: "multiclassTrees",
    fit: (columns, target, fitOptions = {}) => publish(fitClasses(settings, columns, target, fitOptions)),
  };
}

/** The fitted model that its `toJSON()` saved. */
export function openMulticlassTrees(json: unknown, path: Path = []): FittedClassTrees {
  const saved = format.open(json, path);
  const scores = saved.scores.map((score, index) => openTrees(score, [...path, "state", "scores", index]));
  const names = (state: TreesState | undefined): string => JSON.stringify(state?.features.map(({ name }) => name));
  const { classes } = saved;
  if (
    classes.length < 2 ||
    new Set(classes).size !== classes.length ||
    scores.length !== classes.length ||
    scores.some((state) => state.loss !== "squared" || names(state) !== names(scores[0]))
  )
    throw new TwinError({
      code: "corrupt",
      path: [...path, "state"],
      message: "the scores are not one for each class, of the same columns",
      fix: "give the whole JSON that was saved",
    });
  return publish({ ...saved, scores });
}

function fitClasses(
  settings: BoostSettings,
  columns: Columns,
  target: ArrayLike<number> | ArrayLike<string>,
  { weights, validation }: ClassTreesFitOptions,
): ClassTreesState {
  const { classes, places } = readClasses(target);
  const read = readTraining(columns, places, weights, true);
  const held =
    validation &&
    alignHeld(
      read,
      readTraining(validation.columns, readClasses(validation.target, classes).places, undefined, true),
      validation.columns,
    );
  const table = { ...read, weights: weighClasses(places, classes, read.weights, settings.classWeights) };
  const rng = new Rng(settings.seed);
  const prepared = prepareTrees(settings, table, held, rng);
  const { features, notes } = prepared;
  const grown = boostClasses(prepared, classes.length, settings.rules, rng);
  return {
    classes,
    scores: grown.map(({ start, trees }) => ({ loss: "squared", features, start, trees, notes: [] })),
    notes: [...notes, ...stopNotes(grown[0].grown, grown[0].trees.length)],
  };
}

function publish(state: ClassTreesState): FittedClassTrees {
  const { classes, notes } = state;
  const scores = state.scores.map((score) => publishTrees(score));
  return Object.freeze({
    ...publishClassifier("multiclassTrees", scores[0].features, classes, notes, (columns) => {
      const own = scores.map((score) => score.predict(columns));
      softmax(own, own);
      return own;
    }),
    scores: Object.freeze(Object.fromEntries(classes.map((name, place) => [name, scores[place]]))),
    toJSON: () => format.seal({ ...state, scores: state.scores.map(sealTrees) }),
  });
}
