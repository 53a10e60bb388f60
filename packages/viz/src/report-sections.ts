import { formatChange, formatName, formatNumber, formatPercent, formatUnit } from "./format.js";
import { html, type Markup } from "./html.js";
import { type Cell, htmlTable } from "./html-table.js";
import type { CarriedVarianceRow, ReportContent, ReportEffect, ReportSection } from "./report-content.js";

/** Puts the pictures of these names side by side, or one under the other on a narrow page. */
export type PlaceCharts = (...names: readonly string[]) => Markup | undefined;

/** A part of the page. */
export interface PageSection {
  readonly id: string;
  readonly heading: string;
  readonly body: Markup;
}

/** An interval as people read it. */
function range({ lower, upper }: { readonly lower: number; readonly upper: number }): string {
  return `${formatNumber(lower)} to ${formatNumber(upper)}`;
}

export function mirrorSection({ state }: ReportContent, place: PlaceCharts): PageSection {
  const { parts, index } = state.health;
  const health =
    index === undefined
      ? html`<p>No metric says which way is good, so there is no health index.</p>`
      : html`<h3>Health</h3><p>The health index is ${formatNumber(index)} of 100. It compares the last value of each metric that has a good direction with up to 26 periods before: 50 is as usual, more is better. Departments weigh the same, and so do the metrics within one.</p>${place("health")}${htmlTable(
          "The parts of the health index",
          ["metric", "department", "#last value", "#usual (median)", "#score", "#weight"],
          parts.map(({ metric, department, value, usual, score, weight }) => [
            formatName(metric),
            department,
            value,
            usual,
            score,
            formatPercent(weight),
          ]),
        )}`;
  return { id: "mirror", heading: "What is going on", body: html`${place("indicators")}${health}` };
}

export function qualitySection({ quality }: ReportContent, place: PlaceCharts): PageSection {
  const departments = Object.entries(quality.departments);
  return {
    id: "data",
    heading: "How good the data are",
    body: html`<p>The data score ${formatNumber(quality.score)} of 100: the mean of the departments. A metric's score is its completeness times its validity; a department's is the mean of its metrics times the share of its rows that were accepted.</p>${place("quality")}${htmlTable(
      "What was read, by department",
      ["department", "#rows read", "#rejected", "#duplicates", "#gaps", "#score"],
      departments.map(([name, { rowsRead, rowsRejected, duplicates, gaps, score }]) => [
        name,
        rowsRead,
        rowsRejected,
        duplicates,
        gaps.length,
        score,
      ]),
    )}${list(quality.notes)}`,
  };
}

export function forecastSection({ forecasts, runs, heldOut }: ReportContent, place: PlaceCharts): PageSection {
  const levels = forecasts[0]?.intervals.map(({ level }) => level) ?? [];
  const rows = forecasts.flatMap(({ metric, unit, horizons }) =>
    horizons.map(({ horizon, until, total }): readonly Cell[] => [
      formatName(metric),
      formatUnit(unit),
      horizon,
      until,
      total.median,
      ...total.intervals.map(range),
    ]),
  );
  return {
    id: "forecast",
    heading: "What will happen",
    body: html`<p>The forecast is the simulation of ${formatNumber(runs)} runs without any edit. Flows are summed over each horizon, stocks are at its end, prices and rates are averaged or computed again from their totals.</p>${place(
      ...forecasts.map(({ metric }) => `forecast ${metric}`),
    )}${htmlTable(
      "Forecasts by horizon",
      ["metric", "unit", "horizon", "last period", "#median", ...levels.map((level) => `#${level} % interval`)],
      rows,
    )}${htmlTable(
      "The models behind them",
      ["metric", "model"],
      forecasts.map(({ metric, model }) => [formatName(metric), model]),
    )}${heldOut.length === 0 ? undefined : heldOutPart(heldOut, place)}`,
  };
}

function heldOutPart(heldOut: ReportContent["heldOut"], place: PlaceCharts): Markup {
  const better = heldOut.filter(({ mase, rivalMase }) => mase < rivalMase).length;
  return html`<h3>How wrong it was before</h3><p>The last periods were held out, forecast from what came before, and compared. The error is the mean absolute scaled error (Hyndman and Koehler 2006): 1 is the average error of repeating the last season within the data; lower is better. The model was better than its rival in ${better} of ${heldOut.length} cases.</p>${place(
    ...heldOut.map(({ metric, frequency }) => `held out ${metric} ${frequency}`),
  )}${htmlTable(
    "Held-out periods: the model against its rival",
    ["metric", "by", "model", "#error", "rival", "#rival's error", "verdict"],
    heldOut.map(({ metric, frequency, model, mase, rival, rivalMase }) => [
      formatName(metric),
      frequency,
      model,
      mase,
      rival,
      rivalMase,
      mase < rivalMase ? "better" : "not better",
    ]),
  )}`;
}

export function scenarioSection(
  { comparison, paths, comparedRuns }: ReportContent,
  place: PlaceCharts,
): PageSection | undefined {
  if (comparison === undefined) return undefined;
  const { scenarios } = comparison;
  const each = <Row>(read: (metric: string, scenario: (typeof scenarios)[number]) => readonly Row[]): readonly Row[] =>
    paths.flatMap(({ metric }) => scenarios.flatMap((scenario) => read(metric, scenario)));
  const totals = each((metric, { name, differences }): readonly (readonly Cell[])[] => {
    const { unit, total, probabilityBetter } = differences[metric];
    const about = [formatName(metric), name, formatUnit(unit)];
    if (total.mean === 0 && total.lower === 0 && total.upper === 0) return [[...about, "unchanged", "", ""]];
    return [[...about, formatChange(total.mean), range(total), formatPercent(probabilityBetter)]];
  });
  const why = each((metric, { name, differences }): readonly (readonly Cell[])[] =>
    differences[metric].why
      .filter(({ value }) => value !== 0)
      .map(({ lever, value }) => [formatName(metric), name, formatName(lever), formatChange(value)]),
  );
  const level = paths[0] === undefined ? 90 : scenarios[0].differences[paths[0].metric].total.level;
  return {
    id: "scenarios",
    heading: "What if",
    body: html`<p>Each scenario is run beside the forecast with the same ${formatNumber(comparedRuns)} draws, so the difference is what the edits cause, not chance. The interval tells how uncertain the effects themselves are.</p>${place("scenarios")}${place(
      ...paths.map(({ metric }) => `difference ${metric}`),
    )}${htmlTable(
      "Scenario less forecast, over the whole horizon",
      ["metric", "scenario", "unit", "#mean", `#${level} % interval`, "#better in"],
      totals,
    )}${htmlTable("Why: what each lever brings to the mean difference (Shapley values)", ["metric", "scenario", "lever", "#contribution"], why)}`,
  };
}

const evidenceNames = { data: "fitted from the data", sourced: "sourced", assumed: "assumed" } as const;

export function causesSection({ effects, graph }: ReportContent, place: PlaceCharts): PageSection | undefined {
  if (effects.length + graph.definitions.length === 0) return undefined;
  const spread = ({ mean, sd }: ReportEffect["prior"]): string => `${formatNumber(mean)} \u00b1 ${formatNumber(sd)}`;
  return {
    id: "causes",
    heading: "What causes what",
    body: html`${place("causes") ?? html`<p>The graph is too large to be drawn; the table holds its causes.</p>`}<p>Each effect is given as its mean and standard deviation before and after the data. Learnt is the share of the variance before that the data removed.</p>${htmlTable(
      "Effects before and after the data",
      ["cause", "effect", "kind", "#before", "#after", "#learnt", "evidence"],
      effects.map(({ from, to, kind, lag, carryover, prior, posterior, learnt, evidence, source }) => [
        formatName(from),
        formatName(to),
        [
          kind,
          ...(lag === undefined ? [] : [`lag ${lag}`]),
          ...(carryover === 0 ? [] : [`carry-over ${formatNumber(carryover)}`]),
        ].join(", "),
        spread(prior),
        spread(posterior),
        formatPercent(learnt),
        source === undefined ? evidenceNames[evidence] : `${evidenceNames[evidence]}: ${source}`,
      ]),
    )}`,
  };
}

export function assumptionSection({ comparison, carried = [], notes }: ReportContent): PageSection {
  const used = new Map<string, string[]>();
  for (const { name, assumptions } of comparison?.scenarios ?? []) {
    for (const { note } of assumptions) used.set(note, [...(used.get(note) ?? []), name]);
  }
  const table =
    used.size === 0
      ? html`<p>No scenario leans on an effect that the data did not settle.</p>`
      : htmlTable(
          "Effects that the data did not settle by themselves",
          ["effect", "scenarios that lean on it"],
          [...used].map(([note, scenarios]) => [note, scenarios.join(", ")]),
        );
  return {
    id: "assumptions",
    heading: "What these answers lean on",
    body: html`${table}${carriedTable(carried)}${list(notes)}`,
  };
}

/** One row for each scenario and assumption, one column for each metric. */
function carriedTable(carried: readonly CarriedVarianceRow[]): Markup | undefined {
  const metrics = [...new Set(carried.map(({ metric }) => metric))];
  const rows = [...new Set(carried.map(({ scenario }) => scenario))].flatMap((scenario) => {
    const answers = metrics.map((name) => carried.find((row) => row.scenario === scenario && row.metric === name));
    const notes = [...new Set(answers.flatMap((answer) => answer?.effects.map(({ note }) => note) ?? []))];
    if (notes.length === 0) return [];
    const cells = (pick: (row: CarriedVarianceRow) => CarriedVarianceRow["assumed"] | undefined): readonly string[] =>
      answers.map((answer) => {
        const share = answer === undefined ? undefined : pick(answer);
        return share === undefined ? "" : `${formatPercent(share.value)} \u00b1 ${formatPercent(share.error)}`;
      });
    return [
      [scenario, "all assumed effects together", ...cells(({ assumed }) => assumed)],
      ...notes.map((note) => [
        scenario,
        note,
        ...cells(({ effects }) => effects.find((effect) => effect.note === note)?.share),
      ]),
    ];
  });
  if (rows.length === 0) return undefined;
  const caption = "Share of the variance of scenario less forecast that they carry, and its standard error";
  return htmlTable(caption, ["scenario", "effect", ...metrics.map((name) => `#${formatName(name)}`)], rows);
}

export function extraSection(
  { heading, paragraphs, table }: ReportSection,
  index: number,
  place: PlaceCharts,
): PageSection {
  return {
    id: `part-${index + 1}`,
    heading,
    body: html`${paragraphs.map((text) => html`<p>${text}</p>\n`)}${place(`section ${index + 1}`)}${table === undefined ? undefined : htmlTable(table.caption ?? heading, table.columns, table.rows)}`,
  };
}

function list(items: readonly string[]): Markup | undefined {
  return items.length === 0 ? undefined : html`<ul>${items.map((item) => html`<li>${item}</li>\n`)}</ul>`;
}
