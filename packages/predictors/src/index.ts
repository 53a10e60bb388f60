export type { ChurnEvaluation } from "./churn/churn-evaluation.js";
export type { ChurnLearner } from "./churn/churn-learner.js";
export {
  type ChurnOptions,
  type ChurnPredictor,
  type ChurnRunOptions,
  type ChurnTransactionOptions,
  churnPredictor,
} from "./churn/churn-predictor.js";
export {
  type CustomerFeature,
  type CustomerFeatureOptions,
  type CustomerFeatures,
  customerFeatures,
} from "./churn/customer-features.js";
export type { ChurnPrediction, ChurnReason, FittedChurnPredictor } from "./churn/fitted-churn.js";
export { type RetentionCosts, type RetentionPlan, retentionPlan } from "./churn/retention-plan.js";
export type { Transactions } from "./churn/transactions.js";
export {
  type DemandPredictor,
  type DemandPredictorOptions,
  type DemandRunOptions,
  demandPredictor,
} from "./demand/demand-predictor.js";
export type { DemandPlan, DemandQuestion, FittedDemandPredictor } from "./demand/fitted-demand.js";
export { newsvendor, type StockDecision, type StockTarget } from "./demand/newsvendor.js";
export type { DemandHistory, DemandRow } from "./demand/read-demand.js";
export type { FittedPredictor } from "./fitted-predictor.js";
export { predictorFromJSON } from "./predictor-from-json.js";
export type { Term as DriverTerm } from "./revenue/driver-effects.js";
export type { FittedRevenueForecaster, RevenuePrediction } from "./revenue/fitted-revenue.js";
export { type RevenueForecaster, revenueForecaster } from "./revenue/revenue-forecaster.js";
export type { RevenueForecasterOptions } from "./revenue/revenue-options.js";
