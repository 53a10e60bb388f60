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
  type Path,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import type { FeatureBins } from "./bins.js";
import { logistic } from "./logistic.js";
import { type LossName, lossNames } from "./losses.js";
import type { Tree } from "./tree.js";

/** A fitted ensemble. */
export interface TreesState {
  readonly loss: LossName;
  readonly features: readonly (FeatureBins & { readonly name: string })[];
  readonly start: number;
  readonly trees: readonly Tree[];
  readonly notes: readonly string[];
}

const numbers = encodedNumbersShape;

const format = /* @__PURE__ */ (() =>
  defineEnvelope({
    kind: "learner/trees",
    version: 1,
    parse: /* @__PURE__ */ objectShape({
      loss: /* @__PURE__ */ choiceShape(...lossNames),
      features: /* @__PURE__ */ arrayShape(
        /* @__PURE__ */ objectShape({ name: textShape, categorical: booleanShape, edges: numbers }),
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
    }),
  }))();

/** The edges of columns that hold numbers are not needed to predict, and not saved. */
export function sealTrees({ features, trees, ...rest }: TreesState): unknown {
  return format.seal({
    ...rest,
    features: features.map(({ name, categorical, edges }) => ({
      name,
      categorical,
      edges: categorical ? encodeNumbers(edges) : [],
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
export function openTrees(json: unknown, path?: Path): TreesState {
  const saved = format.open(json, path);
  const features = saved.features.map((feature) => ({ ...feature, edges: decodeNumbers(feature.edges) }));
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
    if (!isTree(tree, features))
      throw new TwinError({
        code: "corrupt",
        path: [...(path ?? []), "state", "trees", index],
        message: "the nodes do not make a tree",
        fix: "give the whole JSON that was saved",
      });
    return tree;
  });
  return { ...saved, features, trees };
}

/** Children come after their parents, so that no walk can loop. */
function isTree(tree: Tree, features: readonly FeatureBins[]): boolean {
  const { feature, threshold, left, right, missingLeft, value, gain, cover, sets } = tree;
  const size = feature.length;
  if (size === 0 || [threshold, left, right, missingLeft, value, gain, cover].some(({ length }) => length !== size))
    return false;
  if (!value.every(Number.isFinite)) return false;
  return feature.every((split, node) => {
    if (split === -1) return true;
    const inside = (child: number): boolean => child > node && child < size;
    if (!(split >= 0 && split < features.length) || !inside(left[node]) || !inside(right[node])) return false;
    return !features[split].categorical || 8 * threshold[node] + 8 <= sets.length;
  });
}

/** From the score to the unit of the target; absent where they are the same. */
export function linkOf(loss: LossName): ((score: number) => number) | undefined {
  return loss === "poisson" ? exp : loss === "logistic" ? logistic : undefined;
}
