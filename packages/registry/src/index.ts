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
export { Lineage, type LineageGraph, type LineageNode } from "./lineage.js";
