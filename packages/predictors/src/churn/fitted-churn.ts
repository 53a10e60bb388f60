import {
  arrayShape,
  choiceShape,
  defineEnvelope,
  type Frequency,
  type Instant,
  objectShape,
  optionalShape,
  parseFrequency,
  recordShape,
  type Shape,
  TwinError,
  textShape,
  toInstant,
} from "@sage-twin/kernel";
import {
  type Columns,
  type FittedLearner,
  learnerFromJSON,
  type Row,
  type SmallestChange,
  type SmallestChangeOptions,
  smallestChange,
} from "@sage-twin/learners";
import { type Calibrator, calibrate, calibratorShape } from "@sage-twin/numerics";
import { checkRows, type JsonSchema, type Rows } from "@sage-twin/registry";
import type { FittedPredictor } from "../fitted-predictor.js";
import { type ChurnEvaluation, evaluationShape } from "./churn-evaluation.js";
import { type ChurnLearner, contributionsOf } from "./churn-learner.js";
import { featuresAt } from "./customer-features.js";
import { readTransactions, type Transactions } from "./transactions.js";

/** Why a customer's probability is what it is. */
export interface ChurnReason {
  readonly column: string;
  readonly value: number | string | null;
  /** What the value adds to the log-odds of leaving, before calibration, against the mean customer of training (a Shapley value). */
  readonly effect: number;
}

/** What is said of one customer. */
export interface ChurnPrediction {
  /** Of leaving, calibrated. */
  readonly probability: number;
  /** The three columns that add or take most. */
  readonly reasons: readonly ChurnReason[];
}

/** A churn model that has learnt from customers. */
export interface FittedChurnPredictor extends FittedPredictor<Rows, readonly ChurnPrediction[]> {
  readonly name: "churn";
  readonly evaluation: ChurnEvaluation;
  /** The uncalibrated model, for the explanations of `@sage-twin/learners`. */
  readonly learner: FittedLearner;
  /** The probabilities alone, for many rows. */
  probabilities(columns: Columns): Float64Array;
  /** For a model of transactions: every customer who bought at or before `at` (default: the last row's time), from the transactions up to then. */
  predictTransactions(
    transactions: Transactions,
    options?: { readonly at?: Instant },
  ): readonly ({ readonly customer: string } & ChurnPrediction)[];
  /** The cheapest change of one customer's row that brings the probability below or above a bound. */
  smallestChange(row: Row, options: SmallestChangeOptions): Promise<SmallestChange | undefined>;
}

/** Everything that a fitted churn model is made of, as plain JSON. */
export interface ChurnState {
  readonly learner: ChurnLearner;
  readonly model: unknown;
  readonly calibrator: Calibrator;
  readonly kinds: Readonly<Record<string, "number" | "text">>;
  readonly evaluation: ChurnEvaluation;
  readonly notes: readonly string[];
  /** Of a model of transactions. */
  readonly horizon?: string;
}

const format = /* @__PURE__ */ (() =>
  defineEnvelope<ChurnState>({
    kind: "predictor/churn",
    version: 1,
    parse: objectShape({
      learner: choiceShape("trees", "logistic"),
      model: (value: unknown) => value,
      calibrator: calibratorShape,
      kinds: recordShape(choiceShape("number", "text")),
      evaluation: evaluationShape,
      notes: arrayShape(textShape),
      horizon: optionalShape(textShape),
    }) as Shape<ChurnState>,
  }))();

const reasonsShown = 3;

/** The churn model that `toJSON` saved. */
export function churnFromJSON(json: unknown): FittedChurnPredictor {
  return publishChurn(format.open(json));
}

/** A fitted churn model of its state. */
export function publishChurn(state: ChurnState): FittedChurnPredictor {
  const model = learnerFromJSON(state.model);
  const unknown = model.features.find((feature) => !Object.hasOwn(state.kinds, feature));
  if (unknown !== undefined)
    throw new TwinError({ code: "corrupt", path: ["state", "kinds", unknown], message: "the column has no kind" });
  const horizon = state.horizon === undefined ? undefined : parseFrequency(state.horizon);
  const signature = { input: inputSchema(state.kinds, model.features), output: outputSchema };
  const probabilities = (columns: Columns): Float64Array => calibrate(state.calibrator, model.predict(columns));
  const predictColumns = (columns: Columns): ChurnPrediction[] => {
    const chances = probabilities(columns);
    const { columns: parts } = contributionsOf(state.learner, model, columns);
    return Array.from(chances, (probability, row) => ({
      probability,
      reasons: model.features
        .map((column) => ({ column, value: plain(columns[column][row]), effect: parts[column]?.[row] ?? 0 }))
        .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
        .slice(0, reasonsShown),
    }));
  };
  return {
    name: "churn",
    notes: state.notes,
    signature,
    evaluation: state.evaluation,
    learner: model,
    probabilities,
    predict: (rows) => predictColumns(columnsOf(rows, state.kinds, signature.input)),
    predictTransactions(transactions, options = {}) {
      const at = options.at === undefined ? undefined : toInstant(options.at, ["at"]);
      const history = readTransactions(transactions);
      const { customers, columns } = featuresAt(history, at ?? history.last, requireHorizon(horizon));
      return predictColumns(columns).map((prediction, row) => ({ customer: customers[row], ...prediction }));
    },
    smallestChange: (row, options) =>
      smallestChange({ features: model.features, predict: probabilities }, row, options),
    toJSON: () => format.seal(state),
  };
}

function requireHorizon(horizon: Frequency | undefined): Frequency {
  if (horizon !== undefined) return horizon;
  throw new TwinError({
    code: "unsupported",
    path: ["predictTransactions"],
    message: "the model was fitted to a table of customers, not to transactions",
    fix: "call predict with rows like that table, or fit with fitTransactions",
  });
}

const outputSchema: JsonSchema = {
  type: "object",
  properties: {
    probability: { type: "number", minimum: 0, maximum: 1 },
    reasons: {
      type: "array",
      items: {
        type: "object",
        properties: {
          column: { type: "string" },
          value: { type: ["number", "string", "null"] },
          effect: { type: "number" },
        },
        required: ["column", "value", "effect"],
      },
    },
  },
  required: ["probability", "reasons"],
};

function inputSchema(kinds: ChurnState["kinds"], features: readonly string[]): JsonSchema {
  return {
    type: "object",
    properties: Object.fromEntries(
      features.map((name) => [name, { type: [kinds[name] === "number" ? "number" : "string", "null"] }]),
    ),
    required: [...features],
  };
}

/** Rows as columns: what is missing is NaN among numbers, null among texts. */
function columnsOf(rows: Rows, kinds: ChurnState["kinds"], schema: JsonSchema): Columns {
  if (!Array.isArray(rows)) return rows as Columns;
  checkRows(schema, rows);
  return Object.fromEntries(
    Object.entries(kinds).map(([name, kind]) => {
      const cells = rows.map((row) => (row as Record<string, number | string | null>)[name] ?? null);
      return [name, kind === "number" ? cells.map((cell) => (cell === null ? Number.NaN : Number(cell))) : cells];
    }),
  ) as Columns;
}

function plain(value: number | string | null): number | string | null {
  return typeof value === "number" && Number.isNaN(value) ? null : value;
}
