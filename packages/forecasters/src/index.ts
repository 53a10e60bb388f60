export { additive, type FittedAdditive } from "./additive.js";
export type { AdditiveHoliday, AdditiveOptions, AdditiveSeason } from "./additive-options.js";
export type { AdditiveParts } from "./additive-process.js";
export { adida } from "./adida.js";
export { type ArimaOptions, arima } from "./arima.js";
export { type AutoOptions, auto } from "./auto.js";
export { type AutoArimaOptions, autoArima } from "./auto-arima.js";
export { type AutoCesOptions, autoCes } from "./auto-ces.js";
export { type AutoEtsOptions, autoEts } from "./auto-ets.js";
export { autoTheta } from "./auto-theta.js";
export { type Backtest, backtest } from "./backtest.js";
export { type BacktestAsyncOptions, backtestAsync } from "./backtest-async.js";
export type { BacktestFold, BacktestOptions } from "./backtest-folds.js";
export type { Scores } from "./backtest-scores.js";
export { classifyDemand, type DemandClass } from "./classify-demand.js";
export type { AutoChoice, Comparison, FittedAuto } from "./combined.js";
export { compareAsync } from "./compare-async.js";
export { compare } from "./compare-models.js";
export type { ComparedModel, ComparedPair, ModelComparison } from "./comparison.js";
export { type Components, components } from "./components.js";
export { type ConformalOptions, conformal } from "./conformal.js";
export type { ConformalMethod } from "./conformal-scores.js";
export { croston } from "./croston.js";
export { type DiagnoseOptions, type Diagnosis, diagnose, type ResidualTest } from "./diagnose.js";
export { type DieboldMariano, dieboldMariano } from "./diebold-mariano.js";
export { drift } from "./drift.js";
export { dynamicOptimizedTheta } from "./dynamic-optimized-theta.js";
export { dynamicTheta } from "./dynamic-theta.js";
export { ensemble } from "./ensemble.js";
export type { EnsembleOptions } from "./ensemble-options.js";
export type { EnsembleMember, FittedEnsemble } from "./ensemble-process.js";
export type { ScumOptions } from "./ensemble-scum.js";
export type { EtsForm } from "./ets-form.js";
export { type ForecastManyOptions, forecastMany, type ManyForecasts, type SeriesForecast } from "./forecast-many.js";
export { forecastSums, type SumForecast, type SumOptions, type SumPeriod } from "./forecast-sums.js";
export {
  type GradientBoosting,
  type GradientBoostingOptions,
  gradientBoosting,
} from "./gradient-boosting.js";
export { historicMean } from "./historic-mean.js";
export { holt } from "./holt.js";
export { type HoltWintersOptions, holtWinters } from "./holt-winters.js";
export { imapa } from "./imapa.js";
export { intermittent } from "./intermittent.js";
export { linearTrend } from "./linear-trend.js";
export type { ModelDescription } from "./model-by-name.js";
export { modelFromJSON } from "./model-from-json.js";
export { type MstlModelOptions, mstl } from "./mstl.js";
export { naive } from "./naive.js";
export { type Neural, type NeuralOptions, type NeuralRunOptions, neural } from "./neural.js";
export type { NeuralArchitecture } from "./neural-network.js";
export { optimizedTheta } from "./optimized-theta.js";
export type { Panel } from "./panel.js";
export type { PanelRow } from "./panel-series.js";
export { type Reconciled, type ReconcileOptions, reconcile } from "./reconcile.js";
export { type RegressionOptions, regression } from "./regression.js";
export { sba } from "./sba.js";
export { seasonalNaive } from "./seasonal-naive.js";
export { ses } from "./ses.js";
export type { SummingStructure } from "./summing-structure.js";
export { theta } from "./theta.js";
export { type TransformOptions, transform } from "./transform.js";
export { type TsbOptions, tsb } from "./tsb.js";
export type {
  Exogenous,
  FitOptions,
  FittedForecaster,
  Forecast,
  Forecaster,
  ForecastOptions,
  Interval,
  PathOptions,
} from "./types.js";
export { windowAverage } from "./window-average.js";
