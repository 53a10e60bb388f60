import { modelFromJSON } from "@sage-twin/forecasters";
import {
  arrayShape,
  booleanShape,
  choiceShape,
  defineEnvelope,
  describeValue,
  type Issue,
  nearest,
  numberShape,
  objectShape,
  optionalShape,
  type Path,
  Rng,
  type Shape,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import type { JsonSchema, Rows } from "@sage-twin/registry";
import type { FittedPredictor } from "../fitted-predictor.js";
import { rowObjects } from "../row-objects.js";
import { sumsOf } from "./demand-candidates.js";
import { type ItemState, itemPaths } from "./fit-item.js";
import { decide, meanShortage, type StockTarget, sampleQuantile, targetIssues } from "./newsvendor.js";

/** The stock for one item. Quantities are in the unit of its history. */
export interface DemandPlan {
  readonly item: string;
  readonly demandClass: ItemState["kind"];
  readonly model: string;
  readonly leadTime: number;
  readonly reviewPeriod: number;
  readonly serviceLevel: number;
  /** Over lead time and review period. */
  readonly meanDemand: number;
  /** Of the demand over lead time and review period: 5 % of the paths are below, 5 % above `upperDemand`. */
  readonly lowerDemand: number;
  readonly upperDemand: number;
  /** Covers the demand over lead time and review period with the probability `serviceLevel`: the newsvendor's quantity. */
  readonly orderUpTo: number;
  /** Covers the demand over the lead time alone with that probability: where a watched stock is ordered again. */
  readonly reorderPoint: number;
  /** `orderUpTo` less `meanDemand`. */
  readonly safetyStock: number;
  /** Of stock `orderUpTo`, over lead time and review period, and what is left over. */
  readonly expectedShortage: number;
  readonly expectedSurplus: number;
  readonly stockoutProbability: number;
  /** The share of the demand met from stock: of a review period once stock has settled, of the lead time where there is none. */
  readonly fillRate: number;
  /** Of shortage and surplus, where the target is costs. */
  readonly expectedCost?: number;
  /** What to order now, where the row says the stock on hand and on order. */
  readonly order?: number;
}

/** A row to predict: what it leaves out is as the predictor was set. */
export interface DemandQuestion {
  readonly item: string;
  readonly leadTime?: number;
  readonly reviewPeriod?: number;
  readonly serviceLevel?: number;
  readonly underageCost?: number;
  readonly overageCost?: number;
  /** On hand and on order, less what is owed. */
  readonly stock?: number;
}

/** Knows the demand of every item. */
export interface FittedDemandPredictor extends FittedPredictor<Rows, readonly DemandPlan[]> {
  readonly items: readonly string[];
}

interface State {
  readonly leadTime: number;
  readonly reviewPeriod: number;
  readonly target: StockTarget;
  readonly paths: number;
  readonly seed: string;
  readonly frequency?: string;
  readonly next?: number;
  readonly items: readonly ItemState[];
  readonly notes: readonly string[];
}

const corrupt = (path: Path | undefined, message: string): TwinError =>
  new TwinError({ code: "corrupt", path: path ?? [], message });

function whole(least: number, most: number): Shape<number> {
  return (value, path) => {
    if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
    throw corrupt(path, `${describeValue(value)} is not a whole number from ${least} to ${most}`);
  };
}

const demandShape: Shape<number> = (value, path) => {
  if (numberShape(value, path) >= 0) return value as number;
  throw corrupt(path, `${value} is no demand`);
};

const targetShape: Shape<StockTarget> = (value, path) => {
  const costs = objectShape({
    serviceLevel: optionalShape(numberShape),
    underageCost: optionalShape(numberShape),
    overageCost: optionalShape(numberShape),
  })(value, path);
  const issues = targetIssues(costs, path === undefined ? [] : [...path]);
  if (issues.length > 0) throw new TwinError(issues.map((issue) => ({ ...issue, code: "corrupt" })));
  return costs as StockTarget;
};

const itemFields = /* @__PURE__ */ objectShape({
  item: textShape,
  kind: /* @__PURE__ */ choiceShape("smooth", "erratic", "intermittent", "lumpy", "none"),
  averageInterval: /* @__PURE__ */ optionalShape(demandShape),
  squaredVariation: demandShape,
  model: textShape,
  forecaster: (value: unknown) => value,
  history: /* @__PURE__ */ optionalShape(/* @__PURE__ */ arrayShape(demandShape)),
  whole: booleanShape,
  origins: demandShape,
});

const itemShape: Shape<ItemState> = (value, path = []) => {
  const state = itemFields(value, path) as ItemState;
  if ((state.history === undefined) === (state.forecaster === undefined) || state.history?.length === 0)
    throw corrupt(path, "an item has a forecaster or a history");
  if (state.forecaster !== undefined) {
    try {
      modelFromJSON(state.forecaster);
    } catch (error) {
      throw TwinError.isInstance(error)
        ? new TwinError(error.issues.map((issue) => ({ ...issue, path: [...path, "forecaster", ...issue.path] })))
        : error;
    }
  }
  return state;
};

const itemsShape: Shape<readonly ItemState[]> = (value, path) => {
  const items = arrayShape(itemShape)(value, path);
  if (new Set(items.map(({ item }) => item)).size < items.length) throw corrupt(path, "an item stands there twice");
  return items;
};

const format = /* @__PURE__ */ defineEnvelope<State>({
  kind: "predictor/demand",
  version: 1,
  parse: /* @__PURE__ */ objectShape({
    leadTime: /* @__PURE__ */ whole(1, 1000),
    reviewPeriod: /* @__PURE__ */ whole(0, 1000),
    target: targetShape,
    paths: /* @__PURE__ */ whole(100, 100_000),
    seed: textShape,
    frequency: /* @__PURE__ */ optionalShape(textShape),
    next: /* @__PURE__ */ optionalShape(numberShape),
    items: itemsShape,
    notes: /* @__PURE__ */ arrayShape(textShape),
  }) as (state: unknown) => State,
});

/** Opens what `toJSON()` saved. */
export function demandFromJSON(json: unknown): FittedDemandPredictor {
  return publishDemand(format.open(json));
}

const number = { type: "number" };
const input: JsonSchema = {
  type: "object",
  properties: {
    item: { type: "string" },
    leadTime: { type: "integer", minimum: 1, maximum: 1000 },
    reviewPeriod: { type: "integer", minimum: 0, maximum: 1000 },
    serviceLevel: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
    underageCost: { type: "number", exclusiveMinimum: 0 },
    overageCost: { type: "number", exclusiveMinimum: 0 },
    stock: number,
  },
  required: ["item"],
  additionalProperties: false,
};
const texts = ["item", "demandClass", "model"];
const always =
  "leadTime reviewPeriod serviceLevel meanDemand lowerDemand upperDemand orderUpTo reorderPoint safetyStock expectedShortage expectedSurplus stockoutProbability fillRate".split(
    " ",
  );
const output: JsonSchema = {
  type: "object",
  properties: Object.fromEntries([
    ...texts.map((name) => [name, { type: "string" }]),
    ...[...always, "expectedCost", "order"].map((name) => [name, number]),
  ]),
  required: [...texts, ...always],
  additionalProperties: false,
};

/** The fitted predictor of a state. */
export function publishDemand(state: State): FittedDemandPredictor {
  const byItem = new Map(state.items.map((item) => [item.item, item]));
  const samplers = new Map<string, ReturnType<typeof itemPaths>>();
  return Object.freeze({
    name: "demand",
    notes: Object.freeze([...state.notes]),
    signature: { input, output },
    items: Object.freeze([...byItem.keys()]),
    predict(rows: Rows) {
      const questions = rowObjects<DemandQuestion>(input, rows);
      const issues: Issue[] = questions.flatMap((question, row) => questionIssues(question, row, byItem));
      if (issues.length > 0) throw new TwinError(issues);
      return questions.map((question) => {
        const item = byItem.get(question.item) as ItemState;
        const sample = samplers.get(item.item) ?? itemPaths(item);
        samplers.set(item.item, sample);
        return planOf(state, item, sample, question);
      });
    },
    toJSON: () => format.seal(state),
  });
}

function questionIssues(question: DemandQuestion, row: number, items: ReadonlyMap<string, ItemState>): Issue[] {
  const { item, serviceLevel, underageCost, overageCost } = question;
  const own = serviceLevel !== undefined || underageCost !== undefined || overageCost !== undefined;
  const issues = own ? targetIssues({ serviceLevel, underageCost, overageCost }, ["rows", row]) : [];
  if (items.has(item)) return issues;
  const near = nearest(item, items.keys());
  return [
    ...issues,
    {
      code: "unknown-name",
      path: ["rows", row, "item"],
      message: `the history had no item ${describeValue(item)}`,
      fix: near === undefined ? "fit with its history" : `did you mean '${near}'?`,
    },
  ];
}

function planOf(
  state: State,
  item: ItemState,
  sample: ReturnType<typeof itemPaths>,
  { leadTime = state.leadTime, reviewPeriod = state.reviewPeriod, stock, ...asked }: DemandQuestion,
): DemandPlan {
  const own = asked.serviceLevel !== undefined || asked.underageCost !== undefined;
  const target = own ? (asked as unknown as StockTarget) : state.target;
  const horizon = leadTime + reviewPeriod;
  const paths = sample(horizon, state.paths, new Rng(state.seed).derive(item.item).seed);
  const lead = sumsOf(paths, horizon, leadTime, item.whole);
  const protection = reviewPeriod > 0 ? sumsOf(paths, horizon, horizon, item.whole) : lead;
  const meanDemand = meanShortage(protection, 0);
  const choice = decide(
    protection,
    "serviceLevel" in target && target.serviceLevel !== undefined ? { serviceLevel: target.serviceLevel } : target,
  );
  const reviewed = meanDemand - meanShortage(lead, 0);
  const late = choice.expectedShortage - meanShortage(lead, choice.quantity);
  return {
    item: item.item,
    demandClass: item.kind,
    model: item.model,
    leadTime,
    reviewPeriod,
    serviceLevel: choice.serviceLevel,
    meanDemand,
    lowerDemand: sampleQuantile(protection, 0.05),
    upperDemand: sampleQuantile(protection, 0.95),
    orderUpTo: choice.quantity,
    reorderPoint: sampleQuantile(lead, choice.serviceLevel),
    safetyStock: choice.safetyStock,
    expectedShortage: choice.expectedShortage,
    expectedSurplus: choice.expectedSurplus,
    stockoutProbability: choice.stockoutProbability,
    fillRate: reviewPeriod > 0 ? (reviewed > 0 ? 1 - late / reviewed : 1) : choice.fillRate,
    ...(choice.expectedCost !== undefined && { expectedCost: choice.expectedCost }),
    ...(stock !== undefined && { order: Math.max(0, choice.quantity - stock) }),
  };
}
