import { causalGraphChart, type GraphEdge } from "./causal-graph-chart.js";
import { dataQuality } from "./data-quality.js";
import { forecastFan } from "./forecast-fan.js";
import { formatName, formatNumber } from "./format.js";
import { healthParts } from "./health-parts.js";
import { indicatorTiles } from "./indicator-tiles.js";
import type { ReportContent } from "./report-content.js";
import { scenarioComparison } from "./scenario-comparison.js";
import { scenarioDifferences } from "./scenario-differences.js";
import type { ChartSpec } from "./spec.js";
import { tornadoChart } from "./tornado-chart.js";
import { waterfall } from "./waterfall.js";

const shownBeforeForecast = 52;
const shownBeforeHeldOut = 20;
const largestGraph = { nodes: 60, edges: 120 };

/** How wide the pictures are: across the page or half of it on a wide one, and on a narrow one. */
export interface PageWidths {
  readonly full: number;
  readonly half: number;
}

/** Every picture of a report by its name, which is also the name of its place on the page. */
export function reportCharts(content: ReportContent, { full, half }: PageWidths): Readonly<Record<string, ChartSpec>> {
  const { state, history, quality, forecasts, heldOut, comparison, paths, graph, effects } = content;
  const charts: Record<string, ChartSpec> = {
    indicators: indicatorTiles({
      title: `The period of ${state.date}`,
      indicators: state.indicators
        .filter(({ department }) => department !== "levers")
        .map(({ metric, ...indicator }) => ({
          ...indicator,
          label: formatName(metric),
          history: history.metrics[metric]?.slice(-shownBeforeForecast),
        })),
      width: full,
    }),
    quality: dataQuality({
      score: quality.score,
      metrics: Object.values(quality.departments).flatMap(({ metrics }) =>
        Object.entries(metrics).map(([metric, figures]) => ({ ...figures, label: formatName(metric) })),
      ),
      gaps: uniqueGaps(content),
      width: full,
    }),
  };
  if (state.health.parts.length > 0) {
    charts.health = healthParts({
      index: state.health.index,
      parts: state.health.parts.map((part) => ({ ...part, label: formatName(part.metric) })),
      width: full,
    });
  }
  const past = (metric: string, end: number, count: number) => {
    const from = Math.max(0, end - count);
    return { dates: history.dates.slice(from, end), values: history.metrics[metric].slice(from, end) };
  };
  for (const { metric, unit, dates, median, intervals } of forecasts) {
    charts[`forecast ${metric}`] = forecastFan({
      metric: formatName(metric),
      unit,
      history: past(metric, history.dates.length, shownBeforeForecast),
      outlook: { dates, median, bands: intervals },
      width: half,
    });
  }
  for (const { metric, frequency, dates, actual, forecast } of heldOut) {
    const end = history.dates.indexOf(dates[0]);
    if (history.metrics[metric] === undefined || end < 0 || history.dates[end + dates.length - 1] !== dates.at(-1))
      continue;
    charts[`held out ${metric} ${frequency}`] = forecastFan({
      metric: formatName(metric),
      title: `${formatName(metric)}: held-out periods`,
      unit: state.indicators.find((indicator) => indicator.metric === metric)?.unit ?? "",
      history: past(metric, end, shownBeforeHeldOut),
      outlook: { dates, median: forecast, bands: [] },
      actual: { dates, values: actual },
      width: half,
    });
  }
  if (paths.length > 0) {
    charts["scenarios"] = scenarioComparison({ ...paths[0], metric: formatName(paths[0].metric), width: full });
  }
  for (const { metric, unit } of comparison === undefined ? [] : paths) {
    const totals = comparison?.scenarios.map(({ name, differences }) => ({ name, ...differences[metric] })) ?? [];
    charts[`difference ${metric}`] = scenarioDifferences({
      metric: formatName(metric),
      unit,
      level: totals[0].total.level,
      differences: totals.map(({ name, total, probabilityBetter }) => ({ name, ...total, probabilityBetter })),
      width: half,
    });
  }
  content.sections.forEach(({ picture }, index) => {
    if (picture?.kind === "waterfall") charts[`section ${index + 1}`] = waterfall({ ...picture, width: full });
    if (picture?.kind === "tornado") charts[`section ${index + 1}`] = tornadoChart({ ...picture, width: full });
  });
  const edges = [
    ...effects.map(({ from, to, evidence, lag, posterior: { mean, sd } }): GraphEdge => {
      const size = sd > 0 ? `${formatNumber(mean)} \u00b1 ${formatNumber(sd)}` : formatNumber(mean);
      return { from, to, evidence, lagged: lag !== undefined, label: lag === undefined ? size : `${size}, lag ${lag}` };
    }),
    ...graph.definitions.map((ends): GraphEdge => ({ ...ends, evidence: "definition" })),
  ];
  if (edges.length > 0 && graph.nodes.length <= largestGraph.nodes && edges.length <= largestGraph.edges) {
    charts.causes = causalGraphChart({
      title: "Causes above, effects below",
      nodes: graph.nodes.map((node) => ({ ...node, label: formatName(node.name) })),
      edges,
      width: full,
    });
  }
  return charts;
}

/** Every department's gaps, each once. */
function uniqueGaps({ quality }: ReportContent) {
  const gaps = Object.values(quality.departments).flatMap(({ gaps }) => gaps);
  return gaps.filter((gap, index) => gaps.findIndex(({ from, to }) => from === gap.from && to === gap.to) === index);
}
