import { formatNumber } from "./format.js";
import { html, Markup } from "./html.js";
import { reportCharts } from "./report-charts.js";
import type { ReportContent } from "./report-content.js";
import {
  assumptionSection,
  causesSection,
  extraSection,
  forecastSection,
  mirrorSection,
  type PageSection,
  qualitySection,
  scenarioSection,
} from "./report-sections.js";
import { style, styleDigest } from "./report-style.js";
import type { ChartSpec } from "./spec.js";
import { toSVG } from "./to-svg.js";

/** A report: the page, and the pictures on it. */
export interface ReportPage {
  readonly html: string;
  /** The specs of the pictures by name. */
  readonly charts: Readonly<Record<string, ChartSpec>>;
}

/** Frequencies as people say them. */
const periods: Readonly<Record<string, string>> = {
  h: "hour",
  D: "day",
  W: "week",
  M: "month",
  Q: "quarter",
  Y: "year",
};

const wide = { full: 846, half: 410 };
const narrow = { full: 330, half: 330 };

/**
 * Renders a report as one self-contained page: no script, nothing loaded, one stylesheet that the page's own policy names by its digest, right in
 * light and dark and on narrow screens and paper. Every figure on it comes from `content`; everything in it counts as untrusted text.
 */
export async function reportPage(content: ReportContent): Promise<ReportPage> {
  const charts = reportCharts(content, wide);
  const small = reportCharts(content, narrow);
  const figures = new Map<string, Markup>();
  for (const [index, [name, spec]] of Object.entries(charts).entries()) {
    const svg = new Markup(await toSVG(spec, { id: `c${index}` }));
    // The graph keeps its size and scrolls; every other picture has a narrow version of its own.
    if (name === "causes")
      figures.set(
        name,
        html`<figure class="natural" role="region" aria-label="${spec.description}" tabindex="0">${svg}</figure>`,
      );
    else {
      const compact = new Markup(await toSVG(small[name], { id: `n${index}` }));
      figures.set(name, html`<figure><div class="wide">${svg}</div><div class="narrow">${compact}</div></figure>`);
    }
  }
  const place = (...names: readonly string[]): Markup | undefined => {
    const found = names.flatMap((name) => figures.get(name) ?? []);
    if (found.length === 0) return undefined;
    return names.length === 1 && !isHalf(names[0]) ? found[0] : html`<div class="pair">${found}</div>`;
  };
  const extra = (wanted: "first" | "last") =>
    content.sections.flatMap((section, index) =>
      (section.place ?? "last") === wanted ? [extraSection(section, index, place)] : [],
    );
  const sections = [
    ...extra("first"),
    mirrorSection(content, place),
    qualitySection(content, place),
    forecastSection(content, place),
    scenarioSection(content, place),
    causesSection(content, place),
    assumptionSection(content),
    ...extra("last"),
  ].filter((section) => section !== undefined);
  return { html: page(content, sections).text, charts };
}

function isHalf(name: string): boolean {
  return /^(forecast|held out|difference) /.test(name);
}

function page({ title, twin, runs }: ReportContent, sections: readonly PageSection[]): Markup {
  const { name, version, seed, frequency, from, until, libraryVersion } = twin;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${new Markup(styleDigest)}'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="SAGE-Twin ${libraryVersion}">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="about">The twin \u201c${name}\u201d, version ${version}, on data of ${from} to ${until} by ${periods[frequency] ?? frequency}. Seed ${seed}, ${formatNumber(runs)} runs.</p>
<nav aria-label="Contents"><ul>${sections.map(({ id, heading }) => html`<li><a href="#${id}">${heading}</a></li>\n`)}</ul></nav>
</header>
<main>
${sections.map(({ id, heading, body }) => html`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${heading}</h2>\n${body}</section>\n`)}</main>
<footer>
<p>Made by SAGE-Twin ${libraryVersion}. The same data and seed give the same figures.</p>
</footer>
</body>
</html>
`;
}
