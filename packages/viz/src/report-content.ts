import type { GraphNode } from "./causal-graph-chart.js";
import type { TornadoChartInput } from "./tornado-chart.js";
import type { WaterfallInput } from "./waterfall.js";

/** A central interval of one figure. */
interface Interval {
  readonly level: number;
  readonly lower: number;
  readonly upper: number;
}

/** A figure's distribution. */
interface Distribution {
  readonly mean: number;
  readonly median: number;
  readonly intervals: readonly Interval[];
}

/** A metric's forecast, as its outlook's `toJSON` gives it. */
export interface ReportForecast {
  readonly metric: string;
  readonly unit: string;
  /** The model behind it. */
  readonly model: string;
  readonly dates: readonly string[];
  readonly mean: readonly number[];
  readonly median: readonly number[];
  readonly intervals: readonly {
    readonly level: number;
    readonly lower: readonly number[];
    readonly upper: readonly number[];
  }[];
  readonly horizons: readonly {
    readonly horizon: string;
    readonly steps: number;
    readonly until: string;
    readonly total: Distribution;
    readonly end: Distribution;
  }[];
}

/** An effect as it was believed and as the data changed it. */
export interface ReportEffect {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly lag?: string;
  readonly carryover: number;
  readonly prior: { readonly mean: number; readonly sd: number };
  readonly posterior: { readonly mean: number; readonly sd: number };
  readonly evidence: "assumed" | "data" | "sourced";
  readonly source?: string;
  /** The share of the prior's variance that the data removed. */
  readonly learnt: number;
}

/** Scenarios beside the forecast, as the comparison's `toJSON` gives them. */
export interface ReportComparison {
  readonly scenarios: readonly {
    readonly name: string;
    readonly differences: Readonly<
      Record<
        string,
        {
          readonly unit: string;
          readonly total: Interval & { readonly mean: number };
          readonly probabilityBetter?: number;
          readonly why: readonly { readonly lever: string; readonly value: number }[];
        }
      >
    >;
    readonly assumptions: readonly (ReportEffect & { readonly note: string })[];
  }[];
}

/** The share of the variance of a scenario's difference in a metric that assumptions carry, and its Monte Carlo standard error. */
interface Share {
  readonly value: number;
  readonly error: number;
}

/** What assumptions carry of one metric in one scenario: all assumed ones together, and each with a note that says what it is. */
export interface CarriedVarianceRow {
  readonly scenario: string;
  readonly metric: string;
  readonly assumed: Share;
  readonly effects: readonly { readonly note: string; readonly share: Share }[];
}

/** A metric's path in a world. */
interface Path {
  readonly median: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** The quality of one department's data, as its table tells it. */
export interface ReportQuality {
  readonly rowsRead: number;
  readonly rowsAccepted: number;
  readonly rowsRejected: number;
  readonly duplicates: number;
  readonly gaps: readonly { readonly from: string; readonly to: string; readonly periods: number }[];
  readonly metrics: Readonly<
    Record<
      string,
      {
        readonly completeness: number;
        readonly validity: number;
        readonly score: number;
        readonly missing: number;
        readonly outliers: number;
      }
    >
  >;
  readonly score: number;
}

/** How wrong a forecast was on periods that it had not seen, beside a rival; mean absolute scaled errors. */
export interface HeldOutRow {
  readonly metric: string;
  readonly frequency: string;
  readonly model: string;
  readonly mase: number;
  readonly rival: string;
  readonly rivalMase: number;
  readonly dates: readonly string[];
  readonly actual: readonly number[];
  readonly forecast: readonly number[];
}

/** A part of the report that its author adds. */
export interface ReportSection {
  readonly heading: string;
  readonly paragraphs: readonly string[];
  /** The first column names its rows; a column whose heading begins with `#` holds numbers. The caption is the heading unless given. */
  readonly table?: {
    readonly caption?: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly (number | string)[])[];
  };
  /** A picture below the text. */
  readonly picture?:
    | ({ readonly kind: "tornado" } & TornadoChartInput)
    | ({ readonly kind: "waterfall" } & WaterfallInput);
  /** Before or after the answers. Default `"last"`. */
  readonly place?: "first" | "last";
}

/** Everything that a report shows, as plain JSON: every figure on the page is one of these. */
export interface ReportContent {
  readonly title: string;
  readonly twin: {
    readonly name: string;
    readonly version: number;
    readonly seed: string;
    readonly frequency: string;
    /** The starts of the first and the last period of the data. */
    readonly from: string;
    readonly until: string;
    readonly libraryVersion: string;
  };
  readonly state: {
    readonly date: string;
    readonly indicators: readonly {
      readonly metric: string;
      readonly department: string;
      readonly unit: string;
      readonly value: number;
      readonly date: string;
      readonly previous?: number;
      readonly change?: number;
      readonly better?: boolean;
    }[];
    readonly health: {
      readonly index?: number;
      readonly parts: readonly {
        readonly metric: string;
        readonly department: string;
        readonly score: number;
        readonly weight: number;
        readonly value: number;
        readonly usual: number;
      }[];
    };
  };
  /** Every metric's past, null where it is missing. */
  readonly history: {
    readonly dates: readonly string[];
    readonly metrics: Readonly<Record<string, readonly (number | null)[]>>;
  };
  readonly quality: {
    readonly score: number;
    readonly departments: Readonly<Record<string, ReportQuality>>;
    readonly notes: readonly string[];
  };
  readonly runs: number;
  readonly forecasts: readonly ReportForecast[];
  readonly heldOut: readonly HeldOutRow[];
  readonly comparison?: ReportComparison;
  /** How much of the variance of what the scenarios bring the assumptions carry. */
  readonly carried?: readonly CarriedVarianceRow[];
  /** How many runs the comparison is made of; 0 without one. */
  readonly comparedRuns: number;
  /** The scenarios' paths of the metrics that are shown. */
  readonly paths: readonly {
    readonly metric: string;
    readonly unit: string;
    readonly level: number;
    readonly dates: readonly string[];
    readonly baseline: Path;
    readonly scenarios: readonly (Path & { readonly name: string })[];
  }[];
  /** The metrics of the graph, and what they are made of by definition; its causes are the effects. */
  readonly graph: {
    readonly nodes: readonly GraphNode[];
    readonly definitions: readonly { readonly from: string; readonly to: string }[];
  };
  readonly effects: readonly ReportEffect[];
  readonly notes: readonly string[];
  readonly sections: readonly ReportSection[];
}
