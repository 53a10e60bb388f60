import {
  arrayShape,
  booleanShape,
  choiceShape,
  decodeNumbers,
  defineEnvelope,
  encodedNumbersShape,
  encodeNumbers,
  exp,
  numberShape,
  objectShape,
  optionalShape,
  type Path,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import { binCount, type FeatureBins, mostBins } from "./bins.js";
import { logistic } from "./logistic.js";
import { type LossName, lossNames } from "./losses.js";
import type { Tree } from "./tree.js";

/** A fitted ensemble. */
export interface TreesState {
  /** The learner's name; absent for `histogramTrees`. */
  readonly learner?: "randomForest";
  readonly loss: LossName;
  readonly features: readonly (FeatureBins & { readonly name: string })[];
  readonly start: number;
  readonly trees: readonly Tree[];
  readonly notes: readonly string[];
}

const numbers = encodedNumbersShape;

const savedShape = /* @__PURE__ */ (() =>
  objectShape({
    learner: /* @__PURE__ */ optionalShape(/* @__PURE__ */ choiceShape("randomForest")),
    loss: /* @__PURE__ */ choiceShape(...lossNames),
    features: /* @__PURE__ */ arrayShape(
      /* @__PURE__ */ objectShape({
        name: textShape,
        categorical: booleanShape,
        edges: numbers,
        labels: /* @__PURE__ */ optionalShape(/* @__PURE__ */ arrayShape(textShape)),
        rare: /* @__PURE__ */ optionalShape(booleanShape),
      }),
    ),
    start: numberShape,
    trees: /* @__PURE__ */ arrayShape(
      /* @__PURE__ */ objectShape({
        feature: numbers,
        threshold: numbers,
        left: numbers,
        right: numbers,
        missingLeft: numbers,
        value: numbers,
        gain: numbers,
        cover: numbers,
        sets: numbers,
      }),
    ),
    notes: /* @__PURE__ */ arrayShape(textShape),
  }))();

type Saved = ReturnType<typeof savedShape>;

const format = /* @__PURE__ */ (() =>
  defineEnvelope<Saved>({ kind: "learner/trees", version: 1, parse: savedShape }))();

/** The edges of columns that hold numbers are not needed to predict, and not saved. */
export function sealTrees({ learner, features, trees, ...rest }: TreesState): unknown {
  return format.seal({
    learner,
    ...rest,
    features: features.map(({ name, categorical, edges, labels, rare }) => ({
      name,
      categorical,
      edges: categorical ? encodeNumbers(edges) : [],
      labels,
      rare,
    })),
    trees: trees.map((tree) => ({
      feature: encodeNumbers(tree.feature),
      threshold: encodeNumbers(tree.threshold),
      left: encodeNumbers(tree.left),
      right: encodeNumbers(tree.right),
      missingLeft: encodeNumbers(tree.missingLeft),
      value: encodeNumbers(tree.value),
      gain: encodeNumbers(tree.gain),
      cover: encodeNumbers(tree.cover),
      sets: encodeNumbers(tree.sets),
    })),
  });
}

/** The ensemble in a saved form; a `TwinError` "corrupt" for one whose nodes do not make trees. */
export function openTrees(json: unknown, path: Path = []): TreesState {
  const saved = format.open(json, path);
  const corrupt = (at: Path, message: string): TwinError =>
    new TwinError({
      code: "corrupt",
      path: [...path, "state", ...at],
      message,
      fix: "give the whole JSON that was saved",
    });
  const features = saved.features.map((feature, index) => {
    const bins = { ...feature, edges: decodeNumbers(feature.edges) };
    const codes: ArrayLike<unknown> = bins.labels ?? bins.edges;
    const twice = new Set(Array.from(codes)).size < codes.length;
    if (feature.categorical && (binCount(bins) > mostBins + 1 || twice))
      throw corrupt(["features", index], `the categories are not 0 to ${mostBins} different ones`);
    return bins;
  });
  const trees = saved.trees.map((encoded, index) => {
    const tree: Tree = {
      feature: Int32Array.from(decodeNumbers(encoded.feature)),
      threshold: decodeNumbers(encoded.threshold),
      left: Int32Array.from(decodeNumbers(encoded.left)),
      right: Int32Array.from(decodeNumbers(encoded.right)),
      missingLeft: Uint8Array.from(decodeNumbers(encoded.missingLeft)),
      value: decodeNumbers(encoded.value),
      gain: decodeNumbers(encoded.gain),
      cover: decodeNumbers(encoded.cover),
      sets: Int32Array.from(decodeNumbers(encoded.sets)),
    };
    if (!isTree(tree, features)) throw corrupt(["trees", index], "the nodes do not make a tree");
    return tree;
  });
  return { ...saved, features, trees };
}

/** Each node but the root is the child of one node before it, so that no walk can loop or meet a node twice. */
function isTree(tree: Tree, features: readonly FeatureBins[]): boolean {
  const { feature, threshold, left, right, missingLeft, value, gain, cover, sets } = tree;
  const size = feature.length;
  if (size === 0 || [threshold, left, right, missingLeft, value, gain, cover].some(({ length }) => length !== size))
    return false;
  if (!value.every(Number.isFinite) || !cover.every((weight) => weight >= 0) || threshold.some(Number.isNaN))
    return false;
  const parents = new Uint8Array(size);
  const adopt = (node: number, child: number): boolean => child > node && child < size && ++parents[child] === 1;
  return feature.every((split, node) => {
    if (split === -1) return true;
    if (!(split >= 0 && split < features.length) || !adopt(node, left[node]) || !adopt(node, right[node])) return false;
    const place = threshold[node];
    return !features[split].categorical || (Number.isInteger(place) && place >= 0 && 8 * place + 8 <= sets.length);
  });
}

/** From the score to the unit of the target; absent where they are the same. */
export function linkOf(loss: LossName): ((score: number) => number) | undefined {
  return loss === "poisson" || loss === "tweedie" ? exp : loss === "logistic" ? logistic : undefined;
}
