export { customersDepartment } from "./departments/catalogue/customers.js";
export { hrDepartment } from "./departments/catalogue/hr.js";
export { marketingDepartment } from "./departments/catalogue/marketing.js";
export { operationsDepartment } from "./departments/catalogue/operations.js";
export { revenueDepartment } from "./departments/catalogue/revenue.js";
export { supplyChainDepartment } from "./departments/catalogue/supply-chain.js";
export { extendDepartment, inCurrency, pickMetrics } from "./departments/change-department.js";
export { type Department, department } from "./departments/department.js";
export {
  type AggregationRule,
  aggregationRule,
  type MetricDefinition,
  type MetricKind,
  type Threshold,
} from "./departments/metric.js";
export { type MetricStatus, metricStatus } from "./departments/metric-status.js";
export { type RowSchema, rowSchema } from "./departments/row-schema.js";
export { withChannels } from "./departments/with-channels.js";
export type { ArrowTable, Columns } from "./ingestion/arrow-columns.js";
export type { Batch, RowFault } from "./ingestion/batch.js";
export type { CellFormat } from "./ingestion/cell-format.js";
export { readCsv } from "./ingestion/csv.js";
export { columnsOf, type DanfoFrame, type Frame } from "./ingestion/frames.js";
export { ingest } from "./ingestion/ingest.js";
export { ingestHierarchy } from "./ingestion/ingest-hierarchy.js";
export type { IngestOptions, RowOptions } from "./ingestion/ingest-options.js";
export { type HeaderMatch, type HeaderReport, matchHeaders } from "./ingestion/match-headers.js";
export { type IngestStream, openIngest } from "./ingestion/open-ingest.js";
export type { ReadLimits, ReadOptions, SourceType } from "./ingestion/read-options.js";
export { type ReadRows, readRows } from "./ingestion/read-rows.js";
export type { RemoteFile } from "./ingestion/remote-file.js";
export type { IngestSource } from "./ingestion/source.js";
export type { StreamedPeriod, StreamOptions, StreamReport } from "./ingestion/stream-options.js";
export type { TextSource as CsvSource } from "./ingestion/text-source.js";
export { type CsvOptions, csvPieces, toCsv } from "./ingestion/to-csv.js";
export {
  compareQuality,
  type QualityChange,
  type QualityComparison,
  type QualityDifference,
} from "./quality/compare-quality.js";
export {
  type ColumnQuality,
  type DimensionScore,
  type Dimensions,
  overallQuality,
  type QualityDimension,
  type QualityOptions,
  type TableQuality,
  tableQuality,
} from "./quality/data-quality.js";
export type { Gap, IncompletePeriod, MetricQuality, QualityReport, RejectionReason } from "./quality/quality.js";
export { type AlignedTables, type Alignment, type AlignOptions, alignTables } from "./tables/align-tables.js";
export { type CalendarTable, resampleByCalendar } from "./tables/by-calendar.js";
export {
  type BusinessCalendar,
  type BusinessDayOptions,
  businessDays,
  type Calendar,
  type FiscalOptions,
  fiscalCalendar,
  type RetailOptions,
  retailCalendar,
} from "./tables/calendars.js";
export type { ColumnTable, ColumnValues } from "./tables/column-table.js";
export { type FillPolicy, fillMissing } from "./tables/fill-missing.js";
export {
  type Hierarchy,
  type HierarchyLeaf,
  hierarchy,
  type PartialTotal,
  type TotalDifference,
} from "./tables/hierarchy.js";
export type { HierarchyOptions } from "./tables/hierarchy-options.js";
export type { Imputation, ImputationPolicy } from "./tables/imputation.js";
export { type TableRow, TimeTable } from "./tables/time-table.js";
export type { PipelineData } from "./validation/column-view.js";
export { registerCheck } from "./validation/custom-checks.js";
export {
  crossDepartmentRules,
  departmentExpectations,
  departmentRules,
  joinTables,
} from "./validation/department-expectations.js";
export type {
  Bounds,
  CustomAnswer,
  CustomCheck,
  DistributionBounds,
  Expectation,
  ExpectationOf,
  ExpectationOptions,
  ReferenceTest,
  RowExpectationOptions,
  SetValue,
  Severity,
} from "./validation/expectation.js";
export {
  between,
  conforms,
  custom,
  distribution,
  freshness,
  holds,
  identity,
  inSet,
  matches,
  monotone,
  noJump,
  notNull,
  rowCount,
  unique,
} from "./validation/expectations.js";
export {
  type PipelinePolicy,
  type PipelineRunOptions,
  ValidationPipeline,
  validationPipeline,
} from "./validation/pipeline.js";
export type {
  Accepted,
  BasicCheck,
  BooleanCheck,
  CheckByLevel,
  CheckStatus,
  CompleteCheck,
  DetailLevel,
  PipelineResult,
  QuarantinedRow,
  SummaryCheck,
} from "./validation/pipeline-result.js";
export { type SchemaValidation, validateWith } from "./validation/standard-rows.js";
export { type Validation, validate } from "./validation/validate.js";
