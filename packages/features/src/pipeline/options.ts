import type { Frequency } from "@sage-twin/kernel";
import type { WindowOptions } from "../windows/bounds.js";
import type { StatisticOptions } from "../windows/statistics.js";

/** What `featurePipeline` reads. */
export interface PipelineOptions<Column extends string, Text extends string> {
  /** The columns of numbers, each with its unit, `""` for none. */
  readonly numbers: Readonly<Record<Column, string>>;
  /** The columns of texts. Default none. */
  readonly texts?: readonly Text[];
  /** The column of a table without periods, and the member of a row, that holds the time. Default `"date"`. */
  readonly time?: string;
  /** The frequency of the rows, where a step needs it; a `TimeTable` brings its own. */
  readonly frequency?: Frequency;
}

type UpTo<Order extends number, Counted extends number[] = []> = number extends Order
  ? number
  : Counted["length"] extends Order | 64
    ? Counted[number]
    : UpTo<Order, [...Counted, [...Counted, 0]["length"] & number]>;

/** The names of a Fourier step's features: `weekSin1`, `weekCos1` ... */
export type FourierNames<Name extends string, Order extends number> = `${Name}${"Sin" | "Cos"}${UpTo<Order>}`;

/** Options of a rolling statistic in a pipeline: windows that end at, or before, their row. */
export interface RollingStepOptions<Column extends string>
  extends Pick<WindowOptions, "window" | "minPeriods" | "closed">,
    StatisticOptions {
  /** The second column of a covariance or correlation. */
  readonly other?: Column;
}
