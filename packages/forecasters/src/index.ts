export { type AutoOptions, auto } from "./auto.js";
export { type AutoEtsOptions, autoEts } from "./auto-ets.js";
export {
  type Backtest,
  type BacktestFold,
  type BacktestOptions,
  backtest,
  type Scores,
} from "./backtest.js";
export type { AutoChoice, Comparison, FittedAuto } from "./combined.js";
export { dynamicOptimizedTheta } from "./dynamic-optimized-theta.js";
export type { EtsForm } from "./ets-form.js";
export { modelFromJSON } from "./model-from-json.js";
export { naive } from "./naive.js";
export { seasonalNaive } from "./seasonal-naive.js";
export type {
  FitOptions,
  FittedForecaster,
  Forecast,
  Forecaster,
  ForecastOptions,
  Interval,
  PathOptions,
} from "./types.js";
