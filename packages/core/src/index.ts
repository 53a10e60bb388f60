export {
  type CausalGraph,
  causalGraph,
  custom,
  type Effect,
  elasticity,
  formula,
  linear,
  logistic,
  lookup,
  registerFunction,
  saturation,
} from "@sage-twin/causal";
export { TwinError, workerPool } from "@sage-twin/kernel";
export type { Comparison, Lever, Scenario, SimulationResult } from "@sage-twin/scenarios";
export { type Department, department, ingest, TimeTable } from "@sage-twin/schemas";
export type { CatalogueEntry } from "./definition.js";
export type { Health, HealthPart } from "./health.js";
export type { LeverControl } from "./lever-controls.js";
export type { BuildOptions } from "./live-model.js";
export type { ModelSource, RowModel, TwinModel } from "./models.js";
export type { HorizonOutlook, Outlook } from "./outlook.js";
export type { Report } from "./report.js";
export type { Indicator, TwinState } from "./state.js";
export { Twin, TwinBuilder } from "./twin.js";
export type {
  ReportOptions,
  TwinEvent,
  TwinForecastOptions,
  TwinNames,
  TwinQuality,
  TwinRunOptions,
} from "./twin-types.js";
