import type { CausalGraph, Effect } from "@sage-twin/causal";
import { type Frequency, libraryVersion, TwinError, unknownName } from "@sage-twin/kernel";
import type { Comparison, MetricOutcome } from "@sage-twin/scenarios";
import {
  type ChartSpec,
  type HeldOutRow,
  type ReportComparison,
  type ReportContent,
  type ReportForecast,
  type ReportSection,
  reportPage,
} from "@sage-twin/viz";
import type { CatalogueEntry } from "./definition.js";
import type { Outlook } from "./outlook.js";
import type { TwinState } from "./state.js";

/** What a report tells. */
export interface ReportContents<Metric extends string = string> {
  /** Default: the twin's name. */
  readonly title?: string;
  /** A comparison of scenarios to show. */
  readonly comparison?: Comparison<Metric>;
  /** The metrics to forecast and to compare. Default: those with a good direction, of the comparison if there is one, at most 6. */
  readonly metrics?: readonly Metric[];
  /** Default: the twin's own horizon. */
  readonly horizons?: readonly Frequency[];
  /** How wrong forecasts were on periods that they had not seen. */
  readonly heldOut?: readonly HeldOutRow[];
  /** Parts of one's own. */
  readonly sections?: readonly ReportSection[];
}

/** A report on a twin: one plain JSON content, and the page and pictures made of it. */
export interface Report {
  /** One self-contained page: no script, nothing loaded, a strict content security policy. */
  toHTML(): string;
  /** Everything that the page shows, figures unrounded. */
  toJSON(): ReportContent;
  /** The pictures as Vega-Lite specs, by name. */
  readonly charts: Readonly<Record<string, ChartSpec>>;
}

/** What the twin hands over to its report. */
interface Findings<Metric extends string> {
  readonly name: string;
  readonly version: number;
  readonly seed: string;
  readonly frequency: Frequency;
  readonly dates: readonly string[];
  readonly history: ReadonlyMap<string, Float64Array>;
  readonly state: TwinState;
  readonly quality: ReportContent["quality"];
  readonly outlooks: readonly Outlook[];
  readonly effects: readonly Effect[];
  readonly graph: CausalGraph;
  readonly levers: Readonly<Record<string, unknown>>;
  readonly contents: ReportContents<Metric>;
  readonly runs: number;
}

const mostMetrics = 6;

/** The metrics that a report forecasts and compares. */
export function metricsToReport<Metric extends string>(
  catalogue: readonly CatalogueEntry[],
  { metrics, comparison }: ReportContents<Metric>,
): readonly Metric[] {
  const compared = new Set<string>(comparison?.results[0].metrics);
  if (metrics !== undefined) {
    const missing = metrics.find((metric) => comparison !== undefined && !compared.has(metric));
    if (missing !== undefined) throw unknownName("metric", missing, compared, ["metrics"]);
    if (metrics.length > 0) return metrics;
    throw new TwinError({ code: "invalid-argument", path: ["metrics"], message: "name at least one metric" });
  }
  const names = catalogue.filter(({ good }) => good !== undefined).map(({ metric }) => metric as Metric);
  const chosen = names.filter((metric) => comparison === undefined || compared.has(metric));
  return (chosen.length > 0 ? chosen : [...compared, ...catalogue.map(({ metric }) => metric)]).slice(
    0,
    mostMetrics,
  ) as Metric[];
}

/** Gathers what a twin says into one content, and renders the page. Needs vega, vega-lite and vega-interpreter. */
export async function makeReport<Metric extends string>(findings: Findings<Metric>): Promise<Report> {
  const {
    name,
    version,
    seed,
    frequency,
    dates,
    history,
    state,
    quality,
    outlooks,
    effects,
    graph,
    levers,
    contents,
    runs,
  } = findings;
  const { title = name, comparison, heldOut = [], sections = [] } = contents;
  const { indicators, health } = state;
  const shown = new Set([...indicators, ...outlooks].map(({ metric }) => metric));
  const content = plain<ReportContent>({
    title,
    twin: { name, version, seed, frequency, from: dates[0], until: dates[dates.length - 1], libraryVersion },
    state: { date: state.date, indicators, health },
    history: {
      dates,
      metrics: Object.fromEntries(
        [...history].filter(([metric]) => shown.has(metric)).map(([metric, values]) => [metric, [...values]]),
      ),
    },
    quality,
    runs,
    forecasts: outlooks.map((outlook) => outlook.toJSON() as ReportForecast),
    heldOut,
    comparison: comparison?.toJSON() as ReportComparison | undefined,
    carried: await carriedOf(
      outlooks.map(({ metric }) => metric as Metric),
      comparison,
    ),
    comparedRuns: comparison?.results[0].runs ?? 0,
    paths: comparison === undefined ? [] : outlooks.map(({ metric }) => pathsOf(comparison, metric as Metric)),
    graph: describeGraph(graph, levers),
    effects,
    notes: [
      ...new Set([
        ...outlooks.flatMap(({ notes }) => notes),
        ...(comparison?.results.flatMap(({ notes }) => notes) ?? []),
      ]),
    ],
    sections,
  });
  const { html, charts } = await reportPage(content);
  return { toHTML: () => html, toJSON: () => content, charts };
}

/** As JSON has it: NaN and undefined are null or absent, typed arrays are arrays. */
function plain<Content>(content: Content): Content {
  return JSON.parse(JSON.stringify(content));
}

/** What assumptions carry of each metric in each scenario. */
async function carriedOf<Metric extends string>(
  metrics: readonly Metric[],
  comparison: Comparison<Metric> | undefined,
): Promise<ReportContent["carried"]> {
  const rows = [];
  for (const result of comparison?.results ?? []) {
    const carried = await result.assumedVariance(metrics);
    for (const metric of metrics) {
      const { assumed, effects } = carried[metric];
      const shares = effects.map(({ note, share }) => ({ note, share }));
      rows.push({ scenario: result.scenario, metric, assumed, effects: shares });
    }
  }
  return rows;
}

const level = 90; // that of the comparison's totals

function pathsOf<Metric extends string>(
  comparison: Comparison<Metric>,
  metric: Metric,
): ReportContent["paths"][number] {
  const path = (outcome: MetricOutcome) => {
    const { lower, upper } = outcome.interval(level);
    return { median: [...outcome.quantile(0.5)], lower: [...lower], upper: [...upper] };
  };
  const [first] = comparison.results;
  return {
    metric,
    unit: first.metric(metric).unit,
    level,
    dates: first.dates,
    baseline: path(first.baseline(metric)),
    scenarios: comparison.results.map((result) => ({ name: result.scenario, ...path(result.metric(metric)) })),
  };
}

/** The metrics of the graph by kind, and what they are made of. */
function describeGraph(graph: CausalGraph, levers: Readonly<Record<string, unknown>>): ReportContent["graph"] {
  const identities = new Set(graph.identities.map(({ name }) => name));
  const stocks = new Set(graph.stocks.map(({ name }) => name));
  return {
    nodes: graph.metrics.map((name) => ({
      name,
      kind: Object.hasOwn(levers, name)
        ? "lever"
        : stocks.has(name)
          ? "stock"
          : identities.has(name)
            ? "identity"
            : "metric",
    })),
    definitions: graph.metrics.flatMap((name) => graph.partsOf(name).map((from) => ({ from, to: name }))),
  };
}
