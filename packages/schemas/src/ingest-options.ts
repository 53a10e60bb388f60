import type { Frequency, RunOptions } from "@sage-twin/kernel";
import type { Department } from "./department.js";
import type { AggregationRule } from "./metric.js";

/** How a source becomes a table. */
export interface IngestOptions<Metric extends string> extends RunOptions {
  readonly schema: Department<Metric>;
  /**
   * The periods of the table; the rows of one period are aggregated by each metric's rule. Default: inferred as the coarsest
   * frequency of which every time starts a period of its own; two rows of one time are then an issue of the later one.
   */
  readonly frequency?: Frequency;
  /** The column that holds the times: ISO 8601 text, a `Date`, or milliseconds since 1970. Default `"date"`. */
  readonly time?: string;
  /**
   * The IANA zone of dates and local times without an offset, and the calendar of periods of a day and longer. A local time
   * that the zone skips is an issue; one that it has twice is the first and is counted. Default `"UTC"`.
   */
  readonly timeZone?: string;
  /** The source column that feeds a metric. Default: the one of the metric's name. */
  readonly columns?: Partial<Readonly<Record<Metric, string>>>;
  /** Default: the rule of the metric, else of its kind. */
  readonly aggregate?: Partial<Readonly<Record<Metric, AggregationRule>>>;
  /**
   * What happens to a row with a wrong cell. `"throw"` (default): one `TwinError` with the issues of all rows. `"reject"`: the
   * row is set aside, and `quality` counts it with its reason.
   */
  readonly invalid?: "throw" | "reject";
}
