import { TwinError } from "@sage-twin/kernel";
import { escapeHtml } from "./html.js";
import { tones } from "./palette.js";
import type { ChartSpec } from "./spec.js";
import { textWidth } from "./text-width.js";

/** How a picture is drawn. */
export interface ToSvgOptions {
  /** Begins every id within the picture; unlike that of any other picture on the page. Default `"chart"`. */
  readonly id?: string;
}

/**
 * Draws a spec as an SVG text, the same bytes in every runtime. It has no style, no script and no background; the colours of the palette are CSS
 * custom properties `--twin-NAME`, which `paletteStyle` sets; where a page does not, the light tones hold. Needs vega, vega-lite and vega-interpreter.
 *
 * @throws TwinError "missing-peer" when one of them is not installed.
 *
 * @example
 * ```ts
 * import { healthParts, toSVG } from "@sage-twin/viz";
 *
 * const svg = await toSVG(healthParts({ index: 62, parts: [{ label: "orders", score: 62, weight: 1 }] }));
 * svg.slice(0, 4); // => "<svg"
 * ```
 */
export function toSVG(spec: ChartSpec, options: ToSvgOptions = {}): Promise<string> {
  const turn = last.then(() => draw(spec, options));
  last = turn.catch(() => {});
  return turn;
}

/** Pictures are drawn one at a time: Vega keeps how it measures text, and how it counts ids, for all of them together. */
let last: Promise<unknown> = Promise.resolve();

async function draw(spec: ChartSpec, { id = "chart" }: ToSvgOptions): Promise<string> {
  const { vega, vegaLite, expressionInterpreter } = await loadPeers();
  const measured = vega.textMetrics.width;
  vega.textMetrics.width = (item, text) =>
    textWidth(text, item.fontSize ?? 11) * (item.fontWeight === "bold" ? 1.06 : 1);
  try {
    // A copy, for Vega marks the rows that it is given.
    const { spec: compiled } = vegaLite.compile(structuredClone(spec) as never);
    const view = new vega.View(vega.parse(compiled, undefined, { ast: true } as never), {
      renderer: "none",
      expr: expressionInterpreter,
    } as never);
    const svg = await view.toSVG();
    view.finalize();
    return tidy(svg, spec.description, id);
  } finally {
    vega.textMetrics.width = measured;
  }
}

const namesOfTones: ReadonlyMap<string, string> = new Map<string, string>(
  Object.entries(tones).map(([name, { light }]) => [light, name]),
);

/** What a strict page needs, without what is not seen: unique ids, no styles, colours that follow the page, and a text alternative. */
function tidy(svg: string, description: string, id: string): string {
  const ids: string[] = [];
  for (const [, name] of svg.matchAll(/ id="([^"]*)"/g)) if (!ids.includes(name)) ids.push(name);
  const rename = (name: string): string => (ids.includes(name) ? `${id}-${ids.indexOf(name)}` : name);
  return svg
    .replace(/<path class="(?:back|fore)ground"(?![^>]* (?:fill|stroke)=)[^>]*\/>/g, "")
    .replace(/ (?:style|class|role|aria-\w+|pointer-events)="[^"]*"/g, "")
    .replace(/ id="([^"]*)"/g, (_, name: string) => ` id="${rename(name)}"`)
    .replace(/url\(#([^)]*)\)/g, (_, name: string) => `url(#${rename(name)})`)
    .replace(/ (fill|stroke)="(#[0-9a-f]{6})"/g, (whole, attribute: string, tone: string) => {
      const name = namesOfTones.get(tone);
      return name === undefined ? whole : ` ${attribute}="var(--twin-${name}, ${tone})"`;
    })
    .replace(/<svg /, `<svg role="img" aria-label="${escapeHtml(description)}" `);
}

/** The peers, as far as they are used. */
interface Vega {
  readonly textMetrics: { width: (item: { fontSize?: number; fontWeight?: unknown }, text: string) => number };
  readonly parse: (spec: unknown, config: undefined, options: never) => unknown;
  readonly View: new (runtime: unknown, options: never) => { toSVG(): Promise<string>; finalize(): unknown };
}

async function loadPeers() {
  try {
    const [vega, vegaLite, { expressionInterpreter }] = await Promise.all([
      import("vega"),
      import("vega-lite"),
      import("vega-interpreter"),
    ]);
    return { vega: vega as unknown as Vega, vegaLite, expressionInterpreter };
  } catch (cause) {
    throw new TwinError(
      {
        code: "missing-peer",
        path: ["toSVG"],
        message: "drawing needs vega, vega-lite and vega-interpreter, which could not be loaded",
        fix: "install them: npm install vega@6 vega-lite@6 vega-interpreter@2",
      },
      { cause },
    );
  }
}
