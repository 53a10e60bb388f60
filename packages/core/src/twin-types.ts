import type { Frequency, RunOptions } from "@sage-twin/kernel";
import type { SimulateOptions } from "@sage-twin/scenarios";
import type { QualityReport } from "@sage-twin/schemas";
import type { ReportContents } from "./report.js";
import type { TwinState } from "./state.js";

/** The names that a builder knows so far. */
export interface TwinNames {
  readonly departments: string;
  readonly metrics: string;
  readonly levers: string;
  readonly models: string;
}

/** The names of a builder that knows none. */
export interface NoNames extends TwinNames {
  readonly departments: never;
  readonly metrics: never;
  readonly levers: never;
  readonly models: never;
}

/** What happened to a live twin. */
export interface TwinEvent {
  readonly type: "observed";
  readonly department: string;
  readonly rows: number;
  readonly version: number;
  readonly state: TwinState;
}

/** The quality of all data, by department. */
export interface TwinQuality {
  /** The mean of the departments' scores, 0..100. */
  readonly score: number;
  readonly departments: Readonly<Record<string, QualityReport>>;
  /** What had to be done to bring the departments' tables together. */
  readonly notes: readonly string[];
}

/** How a simulation of a twin is run. */
export interface TwinRunOptions<Metric extends string = string> extends RunOptions {
  /** Default 10,000. `"auto"` draws as many as the wanted `precision` takes. */
  readonly runs?: SimulateOptions["runs"];
  readonly precision?: SimulateOptions["precision"];
  readonly sampling?: SimulateOptions["sampling"];
  readonly uncertainty?: SimulateOptions["uncertainty"];
  /** How far ahead, at most the twin's own horizon. Default: that. */
  readonly horizon?: Frequency;
  /** Metrics whose samples are kept. Default: all. */
  readonly metrics?: readonly Metric[];
}

/** How a forecast is made. */
export interface TwinForecastOptions extends Omit<TwinRunOptions, "horizon" | "metrics"> {
  /** Default: the twin's own horizon. */
  readonly horizons?: readonly Frequency[];
  /** Levels of the intervals, in percent. Default 80 and 95. */
  readonly levels?: readonly number[];
}

/** What a report tells, and how it is run. */
export interface ReportOptions<Metric extends string = string>
  extends ReportContents<Metric>,
    Omit<TwinRunOptions, "horizon" | "metrics" | "runs"> {
  /** Default 10,000. */
  readonly runs?: number;
}
