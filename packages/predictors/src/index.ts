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
export {
  type BgNbdParameters,
  bgNbd,
  bgNbdFromJSON,
  type FittedBgNbd,
  type PurchaseColumns,
} from "./lifetime/bg-nbd.js";
export {
  type FittedGammaGamma,
  type GammaGammaParameters,
  gammaGamma,
  gammaGammaFromJSON,
  type SpendColumns,
} from "./lifetime/gamma-gamma.js";
export { type LifetimeValueOptions, lifetimeValues } from "./lifetime/lifetime-value.js";
export { type PurchaseSummary, purchaseSummary } from "./lifetime/purchase-summary.js";
export { type Adstock, geometricAdstock, hill, weibullAdstock } from "./marketing/adstock.js";
export type { SplitBounds } from "./marketing/best-split.js";
export type {
  BudgetSplit,
  ChannelReturn,
  Estimate,
  FittedMarketingPredictor,
  MarketingPrediction,
} from "./marketing/fitted-marketing.js";
export {
  type MarketingOptions,
  type MarketingPredictor,
  marketingPredictor,
} from "./marketing/marketing-predictor.js";
export { predictorFromJSON } from "./predictor-from-json.js";
export type { FittedRevenueForecaster, RevenuePrediction } from "./revenue/fitted-revenue.js";
export { type RevenueForecaster, revenueForecaster } from "./revenue/revenue-forecaster.js";
export type { RevenueForecasterOptions } from "./revenue/revenue-options.js";
export type { Term as DriverTerm } from "./revenue/surprises.js";
export type { FittedSentimentPredictor, SentimentLevel, SentimentPrediction } from "./sentiment/fitted-sentiment.js";
export { type LanguageModelScorerOptions, languageModelScorer } from "./sentiment/language-model-scorer.js";
export { lexiconScorer } from "./sentiment/lexicon-scorer.js";
export {
  type MeasuredSentiment,
  type SentimentPredictor,
  sentimentPredictor,
} from "./sentiment/sentiment-predictor.js";
export {
  type Review,
  type SentimentSeries,
  type SentimentSeriesOptions,
  sentimentSeries,
} from "./sentiment/sentiment-series.js";
export type { TextScore, TextScorer } from "./sentiment/text-scorer.js";
export { type ClassificationPipeline, transformerScorer } from "./sentiment/transformer-scorer.js";
export {
  discreteTimeHazard,
  type FittedHazard,
  type HazardOptions,
  hazardFromJSON,
  type SurvivalOptions,
} from "./survival/discrete-time-hazard.js";
export { type KaplanMeierCurve, kaplanMeier } from "./survival/kaplan-meier.js";
