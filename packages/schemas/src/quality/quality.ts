import type { ErrorCode } from "@sage-twin/kernel";

/** Why rows or cells were not accepted: one kind of reason, how often, and the first few places. */
export interface RejectionReason {
  readonly code: ErrorCode;
  /** The source column; absent where the row as a whole is at fault. */
  readonly column?: string;
  readonly reason: string;
  readonly count: number;
  readonly examples: readonly {
    readonly row: number;
    readonly message: string;
  }[];
}

/** A run of periods without any row. */
export interface Gap {
  /** The first period without a row. */
  readonly from: string;
  /** The last period without a row. */
  readonly to: string;
  readonly periods: number;
}

/** A period of a resampled table that lacks some of its finer periods. */
export interface IncompletePeriod {
  readonly date: string;
  /** Finer periods that were there. */
  readonly periods: number;
  /** Finer periods that a whole one has. */
  readonly expected: number;
  /** Whether the period was left out of the table, as asked. */
  readonly dropped: boolean;
}

/** The quality of one metric. Shares are 0..1, scores 0..100. */
export interface MetricQuality {
  /** Source cells read, those without a value, and those with a wrong one. */
  readonly cells: {
    readonly read: number;
    readonly empty: number;
    readonly invalid: number;
  };
  /** Periods without a value, those of gaps included. */
  readonly missing: number;
  /** Periods whose modified z-score, .6745 |x - median| / MAD, is above 3.5 (Iglewicz and Hoaglin 1993). */
  readonly outliers: number;
  /** Whether all values are the same. */
  readonly constant: boolean;
  /** 1 - missing / periods. */
  readonly completeness: number;
  /** 1 - invalid cells / cells that were not empty; 1 where there were none. */
  readonly validity: number;
  /** 100 x completeness x validity. */
  readonly score: number;
}

/** What was read, what became of it, and how good it is. Plain JSON. */
export interface QualityReport {
  /** Rows of data read: without the header and blank lines. `rowsRead = rowsAccepted + rowsRejected`. */
  readonly rowsRead: number;
  readonly rowsAccepted: number;
  /** Rows set aside, for the reasons below. */
  readonly rowsRejected: number;
  readonly reasons: readonly RejectionReason[];
  /** Accepted rows that fell in a period which already had one, and were aggregated with it. */
  readonly duplicates: number;
  /** Rows that were earlier than the row before them. Their order changes no result. */
  readonly unsorted: number;
  /** Local times that the end of summer time makes twice; each was taken for the first. */
  readonly ambiguousTimes: number;
  readonly gaps: readonly Gap[];
  readonly incomplete: readonly IncompletePeriod[];
  readonly metrics: Readonly<Record<string, MetricQuality>>;
  /** The mean of the metrics' scores x rowsAccepted / rowsRead, 0..100. */
  readonly score: number;
}

/** The part of a report that tells of the reading, not of the values. */
export interface IntakeFigures {
  readonly rowsRead: number;
  readonly rowsRejected: number;
  readonly reasons: readonly RejectionReason[];
  readonly duplicates: number;
  readonly unsorted: number;
  readonly ambiguousTimes: number;
  readonly cells: ReadonlyMap<string, MetricQuality["cells"]>;
}

const modifiedZLimit = 3.5;

/** The score of a column, 0..100, from the shares (0..1) that are known of it: 100 x their product. */
export function scoreOf(shares: readonly number[]): number {
  return shares.reduce((product, share) => product * share, 100);
}

/** The score of a table, 0..100: the mean of its columns' x the share of rows that were accepted. */
export function tableScore(columns: readonly number[], rowsAccepted: number, rowsRead: number): number {
  const accepted = rowsRead > 0 ? rowsAccepted / rowsRead : 0;
  return columns.length > 0 ? (columns.reduce((sum, score) => sum + score, 0) / columns.length) * accepted : 0;
}

/** The report of columns of one value per period, NaN where missing. */
export function assess(
  intake: IntakeFigures,
  columns: ReadonlyMap<string, Float64Array>,
  gaps: readonly Gap[] = [],
  incomplete: readonly IncompletePeriod[] = [],
): QualityReport {
  const { rowsRead, rowsRejected, reasons, duplicates, unsorted, ambiguousTimes } = intake;
  const metrics: Record<string, MetricQuality> = {};
  const scores: number[] = [];
  for (const [metric, values] of columns) {
    const cells = intake.cells.get(metric) ?? {
      read: values.length,
      empty: 0,
      invalid: 0,
    };
    const known = values.filter((value) => !Number.isNaN(value)).sort();
    const completeness = values.length === 0 ? 0 : known.length / values.length;
    const filled = cells.read - cells.empty;
    const validity = filled > 0 ? 1 - cells.invalid / filled : 1;
    const score = scoreOf([completeness, validity]);
    scores.push(score);
    metrics[metric] = {
      cells,
      missing: values.length - known.length,
      outliers: countOutliers(known),
      constant: known.length > 1 && known[0] === known[known.length - 1],
      completeness,
      validity,
      score,
    };
  }
  const rowsAccepted = rowsRead - rowsRejected;
  return {
    rowsRead,
    rowsAccepted,
    rowsRejected,
    reasons,
    duplicates,
    unsorted,
    ambiguousTimes,
    gaps,
    incomplete,
    metrics,
    score: tableScore(scores, rowsAccepted, rowsRead),
  };
}

/** The intake of a table that was made of columns, without reading: its periods are its rows. */
export function madeOf(columns: ReadonlyMap<string, Float64Array>, present: Uint8Array): IntakeFigures {
  const rowsRead = present.reduce((sum, row) => sum + row, 0);
  const cells = new Map<string, MetricQuality["cells"]>();
  for (const [metric, values] of columns) {
    const known = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : 1), 0);
    cells.set(metric, { read: rowsRead, empty: rowsRead - known, invalid: 0 });
  }
  return { rowsRead, rowsRejected: 0, reasons: [], duplicates: 0, unsorted: 0, ambiguousTimes: 0, cells };
}

/** The intake that a report tells of, so that a new report on other values can be made of it. */
export function intakeOf(report: QualityReport): IntakeFigures {
  return {
    ...report,
    cells: new Map(Object.entries(report.metrics).map(([metric, { cells }]) => [metric, cells])),
  };
}

function countOutliers(ascending: Float64Array): number {
  const middle = median(ascending);
  const distances = ascending.map((value) => Math.abs(value - middle)).sort();
  const limit = (modifiedZLimit / 0.6745) * median(distances);
  let outliers = 0;
  // where more than half of the values are the same, the deviation is 0 and no distance can be called far
  if (limit > 0) for (const distance of distances) if (distance > limit) outliers++;
  return outliers;
}

function median(ascending: Float64Array): number {
  const half = ascending.length >> 1;
  return ascending.length % 2 === 1 ? ascending[half] : (ascending[half - 1] + ascending[half]) / 2;
}
