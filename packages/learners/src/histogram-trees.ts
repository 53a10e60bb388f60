import { type Issue, type Path, Rng, TwinError, unknownName } from "@sage-twin/kernel";
import { boost } from "./boost.js";
import { weighClasses } from "./class-weights.js";
import { type FittedTrees, publishTrees } from "./fitted-trees.js";
import { lossOf } from "./losses.js";
import { alignHeld, type PreparedTable, prepareTrees } from "./prepare-trees.js";
import { checkBinary, readTraining, refuse, singleTargetNotes, type TrainingTable } from "./table.js";
import { checkTreesOptions, type HistogramTreesOptions, type TreesSettings } from "./trees-options.js";
import { openTrees } from "./trees-state.js";
import type { Columns, Learner, LearnerFitOptions } from "./types.js";

/** What `histogramTrees` may be told beside the rows. */
export interface TreesFitOptions extends LearnerFitOptions {
  /** Rows to stop early by. */
  readonly validation?: { readonly columns: Columns; readonly target: ArrayLike<number> };
}

/**
 * Gradient-boosted trees on histograms of up to 255 bins per column (Friedman 2001; Ke et al. 2017): leaf-wise growth, missing values sent the way that lowered the
 * loss (or, where training had none, the way of most rows), categories split in two groups. The same seed gives the same trees, byte for byte.
 *
 * @example
 * ```ts
 * import { histogramTrees } from "@sage-twin/learners";
 *
 * const size = Float64Array.from({ length: 200 }, (_, row) => row);
 * const fitted = histogramTrees({ trees: 50 }).fit({ size }, size.map((value) => (value < 120 ? 1 : 5)));
 * Array.from(fitted.predict({ size: [10, 190] }), (value) => value.toFixed(1)); // => ["1.0", "5.0"]
 * ```
 */
export function histogramTrees(options: HistogramTreesOptions = {}): Learner<FittedTrees, TreesFitOptions> {
  const settings = checkTreesOptions(options);
  return {
    name: "histogramTrees",
    fit: (columns, target, fitOptions = {}) => fitTrees(settings, columns, target, fitOptions),
  };
}

/** The fitted model that its `toJSON()` saved. */
export function openHistogramTrees(json: unknown, path?: Path): FittedTrees {
  return publishTrees(openTrees(json, path));
}

function fitTrees(
  settings: TreesSettings,
  columns: Columns,
  target: ArrayLike<number>,
  { weights, validation }: TreesFitOptions,
): FittedTrees {
  const { loss, rules, classWeights } = settings;
  const read = readTraining(columns, target, weights, true);
  const held =
    validation &&
    alignHeld(read, readTraining(validation.columns, validation.target, undefined, true), validation.columns);
  for (const part of held ? [read, held] : [read]) checkTarget(settings, part);
  const table = { ...read, weights: weighClasses(read.target, ["0", "1"], read.weights, classWeights) };
  const rng = new Rng(settings.seed);
  const prepared = prepareTrees(settings, table, held, rng);
  const { start, trees, grown } = boost(
    prepared,
    lossOf(loss, settings.quantile, settings.variancePower),
    { ...rules, monotone: directions(settings, prepared) },
    rng,
  );
  return publishTrees({
    loss,
    features: prepared.features,
    start,
    trees,
    notes: [...singleTargetNotes(read.target), ...prepared.notes, ...stopNotes(grown, trees.length)],
  });
}

export function stopNotes(grown: number, kept: number): string[] {
  return grown > kept ? [`stopped after ${grown} trees, the first ${kept} are kept`] : [];
}

function checkTarget({ loss }: TreesSettings, { target }: TrainingTable): void {
  if (loss === "logistic") checkBinary(target);
  const negative = loss === "poisson" || loss === "tweedie" ? target.findIndex((value) => value < 0) : -1;
  if (negative >= 0)
    refuse(["target", negative], `${target[negative]} is below 0`, "counts and rates start at 0", "invalid-data");
}

/** By column whether scores may only rise or fall with it. */
function directions({ monotone }: TreesSettings, { features }: PreparedTable): Int8Array | undefined {
  const entries = Object.entries(monotone);
  if (entries.length === 0) return undefined;
  const issues: Issue[] = [];
  const ways = new Int8Array(features.length);
  const names = features.map(({ name }) => name);
  for (const [name, way] of entries) {
    const place = names.indexOf(name);
    if (place < 0) issues.push(...unknownName("column", name, names, ["monotone"]).issues);
    else if (features[place].categorical)
      issues.push({
        code: "invalid-argument",
        path: ["monotone", name],
        message: "categories have no order",
        fix: "give numbers, or leave it out",
      });
    else ways[place] = way === "rising" ? 1 : -1;
  }
  if (issues.length > 0) throw new TwinError(issues);
  return ways;
}
