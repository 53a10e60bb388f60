import type { Frequency, RunOptions } from "@sage-twin/kernel";
import type { Department } from "../departments/department.js";
import type { AggregationRule } from "../departments/metric.js";
import type { CellFormat } from "./cell-format.js";
import type { HeaderReport } from "./match-headers.js";
import type { ReadOptions } from "./read-options.js";

/** How the rows of a source become the values of metrics. */
export interface RowOptions<Metric extends string> extends ReadOptions {
  readonly schema: Department<Metric>;
  /** The column that holds the times: ISO 8601 text, a `Date`, or milliseconds since 1970. Default `"date"`. */
  readonly time?: string;
  /**
   * The IANA zone of dates and local times without an offset, and the calendar of periods of a day and longer. A local time
   * that the zone skips is an issue; one that it has twice is the first and is counted. Default `"UTC"`.
   */
  readonly timeZone?: string;
  /**
   * The source column that feeds a metric; default: the one of the metric's name. `"match"`: the headers are matched by
   * `matchHeaders`, the time's too unless `time` names it, and a metric without a clear match is an issue.
   */
  readonly columns?: Partial<Readonly<Record<Metric, string>>> | "match";
  /** Told what `columns: "match"` matched, and why. */
  readonly onMatch?: (report: HeaderReport) => void;
  /** How numbers and dates are written in text. Default: numbers with a point and without separators, dates as ISO 8601. */
  readonly format?: CellFormat;
  /** Default: the rule of the metric, else of its kind. */
  readonly aggregate?: Partial<Readonly<Record<Metric, AggregationRule>>>;
  /**
   * What happens to a row with a wrong cell. `"throw"` (default): one `TwinError` with the issues of all rows. `"reject"`: the
   * row is set aside, and `quality` counts it with its reason.
   */
  readonly invalid?: "throw" | "reject";
}

/** How a source becomes a table. */
export interface IngestOptions<Metric extends string>
  extends RowOptions<Metric>,
    Pick<RunOptions, "seed" | "executor"> {
  /**
   * The periods of the table; the rows of one period are aggregated by each metric's rule. Default: inferred as the coarsest
   * frequency of which every time starts a period of its own; two rows of one time are then an issue of the later one.
   */
  readonly frequency?: Frequency;
}
