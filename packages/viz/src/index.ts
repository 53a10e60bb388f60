export { type CausalGraphInput, causalGraphChart, type GraphEdge, type GraphNode } from "./causal-graph-chart.js";
export { type DataQualityInput, dataQuality, type MetricQualityRow } from "./data-quality.js";
export { type Band, type DatedValues, type ForecastFanInput, forecastFan } from "./forecast-fan.js";
export { type HealthPartsInput, healthParts } from "./health-parts.js";
export { type IndicatorTile, type IndicatorTilesInput, indicatorTiles } from "./indicator-tiles.js";
export { paletteStyle } from "./palette.js";
export type {
  CarriedVarianceRow,
  HeldOutRow,
  ReportComparison,
  ReportContent,
  ReportEffect,
  ReportForecast,
  ReportQuality,
  ReportSection,
} from "./report-content.js";
export { type ReportPage, reportPage } from "./report-page.js";
export { type ScenarioComparisonInput, scenarioComparison, type WorldPath } from "./scenario-comparison.js";
export {
  type ScenarioDifference,
  type ScenarioDifferencesInput,
  scenarioDifferences,
} from "./scenario-differences.js";
export type { ChartSize, ChartSpec } from "./spec.js";
export { type ToSvgOptions, toSVG } from "./to-svg.js";
export { type TornadoChartInput, type TornadoRow, tornadoChart } from "./tornado-chart.js";
export { type WaterfallInput, type WaterfallStep, waterfall } from "./waterfall.js";
