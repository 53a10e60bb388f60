export { checkRows, type Rows } from "./check-rows.js";
export type { Collection, CollectOptions } from "./collect.js";
export type {
  ColumnDifference,
  ColumnStatistics,
  DatasetDifference,
  DifferenceOptions,
  TableDifference,
  ValueChange,
} from "./dataset-difference.js";
export {
  type CheckedOut,
  type CommitOptions,
  type DatasetRegistry,
  datasetRegistry,
} from "./dataset-registry.js";
export type { ColumnSummary, Dataset, DatasetVersion, TableSummary } from "./dataset-version.js";
export { type ContentId, contentId, fileId } from "./digest.js";
export type { JsonSchema, SchemaSource, StandardJsonSchema } from "./json-schema.js";
export { Lineage, type LineageGraph, type LineageNode } from "./lineage.js";
export type { ModelCard, ModelQuery } from "./model-card.js";
export { type LoadedModel, type ModelRegistry, modelRegistry, type Remark } from "./model-registry.js";
export type { AliasMove, ModelNote } from "./model-state.js";
export type { ModelSubmission } from "./model-submission.js";
export type { ModelVersion, Signature } from "./model-version.js";
export {
  type DemandOutcome,
  type MetricDemand,
  type PromotionRule,
  ruleOutcomes,
} from "./promotion-rule.js";
