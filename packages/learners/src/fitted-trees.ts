import { describeValue } from "@sage-twin/kernel";
import { categoryBinner } from "./binner.js";
import { RowScorer } from "./score-rows.js";
import { readFeatures, refuse, type Table } from "./table.js";
import { linkOf, sealTrees, type TreesState } from "./trees-state.js";
import type { Columns, FittedLearner } from "./types.js";

/** What trees tell beyond every fitted learner. */
export interface FittedTrees extends FittedLearner {
  /** How many trees there are. */
  readonly trees: number;
  /** Each column's share of the gain of all splits; they sum to 1, or are all 0 without a split. */
  readonly importance: Readonly<Record<string, number>>;
}

const states = /* @__PURE__ */ new WeakMap<object, TreesState>();

/** What a model of trees consists of. */
export function treesOf(fitted: FittedLearner): TreesState {
  return (
    states.get(fitted) ??
    refuse(
      ["model"],
      `${describeValue(fitted?.name)} has no trees`,
      "give a model that histogramTrees or randomForest fitted",
    )
  );
}

/** The features of `columns`: texts as places in their labels. */
function readTable({ features }: TreesState, columns: Columns): Table {
  return readFeatures(
    columns,
    features.map(({ name }) => name),
    true,
    features.map(({ labels }) => labels),
  );
}

/** The features of `columns` as a `Tree` reads them: categories as bins. */
export function readForTrees(state: TreesState, columns: Columns): Pick<Table, "columns" | "rows"> {
  const table = readTable(state, columns);
  return {
    rows: table.rows,
    columns: table.columns.map((column, index) => {
      if (!state.features[index].categorical) return column;
      const bins = new Int32Array(column.length);
      categoryBinner(state.features[index]).fill(column, 0, column.length, bins);
      return Float64Array.from(bins);
    }),
  };
}

/** `more` is what this fit tells beyond its state. */
export function publishTrees<More extends object = object>(state: TreesState, more?: More): FittedTrees & More {
  const { features, trees, notes, start, loss, learner } = state;
  const gains = new Float64Array(features.length);
  for (const { feature, gain } of trees)
    for (let node = 0; node < feature.length; node++) if (feature[node] >= 0) gains[feature[node]] += gain[node];
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  const link = linkOf(loss);
  let scorer: RowScorer | undefined;
  const fitted = Object.freeze({
    ...(more as More),
    name: learner ?? "histogramTrees",
    features: features.map(({ name }) => name),
    notes,
    trees: trees.length,
    importance: Object.freeze(
      Object.fromEntries(features.map(({ name }, index) => [name, total > 0 ? gains[index] / total : 0])),
    ),
    predict(columns: Columns) {
      const table = readTable(state, columns);
      const scores = new Float64Array(table.rows).fill(start);
      scorer ??= new RowScorer(trees, features);
      scorer.add(table.columns, scores);
      if (link !== undefined) for (let row = 0; row < scores.length; row++) scores[row] = link(scores[row]);
      return scores;
    },
    toJSON: () => sealTrees(state),
  } satisfies FittedTrees);
  states.set(fitted, state);
  return fitted;
}
