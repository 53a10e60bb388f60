export {
  type Anomaly,
  type AnomalyOptions,
  type AnomalyReport,
  anomalyColumns,
  detectAnomalies,
} from "./anomalies/detect.js";
export type { AnomalyMethod } from "./anomalies/method.js";
export { type CalendarField, type CalendarOptions, calendarFeatures, type PaydayRule } from "./calendar/calendar.js";
export { type FourierOptions, fourierTerms } from "./calendar/fourier.js";
export { type HolidayCalendar, holidayDates } from "./calendar/holidays.js";
export { difference, lag, logChange, percentageChange } from "./lags.js";
export { FeatureTable } from "./pipeline/feature-table.js";
export { type FeatureRow, FittedPipeline, fittedPipelineFromJSON } from "./pipeline/fitted.js";
export type { FeatureSource } from "./pipeline/inputs.js";
export { findLeaks, type Leak, type LeakOptions } from "./pipeline/leakage.js";
export type { FourierNames, PipelineOptions, RollingStepOptions } from "./pipeline/options.js";
export { FeaturePipeline, type FitResult, featurePipeline, featurePipelineFromJSON } from "./pipeline/pipeline.js";
export type { FeatureMetadata } from "./pipeline/steps.js";
export {
  detectSeasonality,
  type SeasonalityOptions,
  type SeasonalityReport,
  type SeasonEvidence,
} from "./seasonality/detect.js";
export type { Closed, WindowOptions } from "./windows/bounds.js";
export { expanding } from "./windows/expanding.js";
export { type ExponentialOptions, type ExponentialStatistics, exponential } from "./windows/exponential.js";
export { rolling } from "./windows/rolling.js";
export type { StatisticOptions, WindowStatistic, WindowStatistics } from "./windows/statistics.js";
