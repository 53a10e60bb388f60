import { type RunOptions, TwinError, unknownName } from "@sage-twin/kernel";
import { regressWithAutocorrelation } from "@sage-twin/numerics";
import type { MetricBounds } from "../choose-links.js";
import { CausalGraph } from "../graph.js";
import type { Edge } from "../graph-state.js";
import type { HistoryTable } from "../history.js";
import type { Link } from "../link.js";
import { elasticity } from "../mechanisms/elasticity.js";
import { linear } from "../mechanisms/linear.js";
import { logistic } from "../mechanisms/logistic.js";
import { lookup } from "../mechanisms/lookup.js";
import type { Mechanism, MechanismOptions } from "../mechanisms/mechanism.js";
import { saturation } from "../mechanisms/saturation.js";
import { type PrepareOptions, prepareGraph } from "../prepare.js";
import { fitAdditive, type MechanismForm, over } from "./additive-fit.js";
import { type ChildData, childData } from "./child-data.js";
import { meanDifference } from "./roll-origin.js";
import { complexity, type FormSearch, meanOf, searchForms, simplest } from "./search-forms.js";

/** How mechanisms are chosen. */
export interface ChooseOptions extends PrepareOptions, Pick<RunOptions, "signal"> {
  /** As the graph will be fitted: over time, or `"structural"`, rows independent of each other. Default `"forecast"`. */
  readonly mode?: "forecast" | "structural";
  /**
   * By edge, as `"price -> orders"`: the forms to choose from; one form is taken without comparison. Default: for each edge of which no effect is stated,
   * all that its data allow; other edges stay as they are.
   */
  readonly candidates?: Readonly<Record<string, readonly MechanismForm[]>>;
}

/** One form that an edge's mechanism could have taken. */
export interface MechanismCandidate {
  readonly form: MechanismForm;
  /** The scale on which the effect's causes add up with it. */
  readonly link: Link["kind"];
  /** Root of the mean squared error on held-out rows, in the outcome's unit, other edges as chosen for that link; NaN where it was not tried. */
  readonly error: number;
  /** By how much its mean squared error exceeds that of the best, in standard errors of the difference. */
  readonly behind: number;
  /** Why it was not chosen; undefined for the one that was. */
  readonly lost: string | undefined;
}

/** What was chosen for one edge. */
export interface MechanismChoice {
  readonly from: string;
  readonly to: string;
  readonly lag?: string;
  /** `"kept"` where the mechanism stayed as it was. */
  readonly form: MechanismForm | "kept";
  readonly mechanism: Mechanism;
  /** The effect and its standard deviation: a coefficient, or for a curve of points the factor on it that held-out rows want. NaN where it was kept. */
  readonly effect: { readonly mean: number; readonly sd: number };
  readonly candidates: readonly MechanismCandidate[];
  readonly reason: string;
}

/** A graph with mechanisms chosen by data. */
export interface ChosenMechanisms {
  readonly graph: CausalGraph;
  /** In the order of the graph's edges. */
  readonly choices: readonly MechanismChoice[];
  readonly criterion: string;
  toString(): string;
}

const forms = Object.keys(complexity) as readonly MechanismForm[];
const criterion =
  "mean squared error in the outcome's unit on held-out rows, rolling origin (five folds, in order of time); the simplest form within one standard error of the best";

/**
 * Chooses the mechanism of each edge by data: straight, an elasticity (positive metrics), logistic (outcomes with bounds), a saturation (causes from 0), straight
 * lines between five quantiles, or a boosted curve, stored as the points of a `lookup`. Criterion: squared error on held-out rows with a rolling origin, in the
 * outcome's own unit so that scales of addition compare; of forms within one standard error of the best (of their difference), the simplest (Breiman et al. 1984).
 * Lags, carry-over and smoothing stay; the links found are declared in the graph.
 *
 * @throws TwinError for edges and forms that do not exist, for forms asked for that the data do not allow, and as `prepareGraph` does.
 *
 * @example
 * ```ts
 * import { causalGraph, chooseMechanisms, linear } from "@sage-twin/causal";
 * import { Rng } from "@sage-twin/kernel";
 *
 * const rng = new Rng("example");
 * const ads = Float64Array.from({ length: 300 }, () => 10 * rng.uniform());
 * const orders = ads.map((value) => (value > 5 ? 8 : 2) + 0.5 * rng.normal());
 * const columns: Record<string, Float64Array> = { ads, orders };
 * const table = { frequency: "D", start: 0, length: 300, metrics: ["ads", "orders"], column: (name: string) => columns[name] } as const;
 * const { choices, graph } = chooseMechanisms(causalGraph().cause("ads", "orders", linear()), table, { mode: "structural" });
 * choices[0].form; // => "boosted"
 * graph.edges[0].mechanism.kind; // => "lookup"
 * ```
 */
export function chooseMechanisms(
  graph: CausalGraph,
  table: HistoryTable,
  options: ChooseOptions = {},
): ChosenMechanisms {
  const { signal, candidates = {}, mode = "forecast" } = options;
  checkAsked(graph, candidates);
  const asked = graph.edges.map((edge) => formsAsked(edge, candidates));
  // Open edges are prepared as straight ones, which any data allow.
  const plain = graph.edges.map((edge, index) =>
    asked[index] === undefined ? edge : { ...edge, mechanism: linear(undefined, timing(edge.mechanism)) },
  );
  const prepared = prepareGraph(withEdges(graph, plain, {}), table, options);
  const choices = graph.edges.map((edge) => kept(edge, "its effect is stated"));
  const links: Record<string, Link> = {};
  const keep = (index: number, why: string): void => {
    const edge = graph.edges[index];
    const key = `${edge.from} -> ${edge.to}`;
    if (Object.hasOwn(candidates, key)) throw refusal(key, why, "ask for no form of this edge, or give other data");
    choices[index] = kept(edge, why);
  };
  for (const child of new Set(graph.edges.map(({ to }) => to))) {
    signal?.throwIfAborted();
    const data = childData(child, prepared, asked, table.frequency, mode, keep);
    if (data === undefined) continue;
    const found = searchLinks(data, graph, options, signal);
    links[child] = found.link;
    for (const [index, choice] of found.choices) choices[index] = choice;
  }
  const chosen = graph.edges.map((edge, index) => ({ ...edge, mechanism: choices[index].mechanism }));
  return {
    graph: withEdges(graph, chosen, links),
    choices,
    criterion,
    toString: () => [`by ${criterion}`, ...choices.map(describe)].join("\n"),
  };
}

/** The forms that an edge may take; undefined where it stays as it is. */
function formsAsked(
  { from, to, mechanism }: Edge,
  asked: NonNullable<ChooseOptions["candidates"]>,
): readonly MechanismForm[] | undefined {
  const key = `${from} -> ${to}`;
  if (Object.hasOwn(asked, key)) return asked[key];
  return mechanism.evidence === "data" && mechanism.curve.kind !== "lookup" ? forms : undefined;
}

function checkAsked(graph: CausalGraph, asked: NonNullable<ChooseOptions["candidates"]>): void {
  const keys = [...new Set(graph.edges.map(({ from, to }) => `${from} -> ${to}`))];
  for (const [key, list] of Object.entries(asked)) {
    if (!keys.includes(key)) throw unknownName("edge", key, keys, ["candidates"]);
    for (const form of list)
      if (!forms.includes(form)) throw unknownName("form", String(form), forms, ["candidates", key]);
    if (list.length === 0) throw refusal(key, "no form to choose from", `name one of ${forms.join(", ")}`);
  }
}

/** Every link that the outcome allows, searched by itself; then the link is chosen as forms are. */
function searchLinks(
  data: ChildData,
  graph: CausalGraph,
  { bounds = {} }: ChooseOptions,
  signal: AbortSignal | undefined,
): { readonly link: Link; readonly choices: ReadonlyMap<number, MechanismChoice> } {
  const { child, parts } = data;
  const impossible: string[] = [];
  const searches = linksFor(data, graph.links[child], bounds[child]).flatMap((link): FormSearch[] => {
    const found = searchForms(data, link, graph.links[child] !== undefined, signal);
    if (typeof found !== "string") return [found];
    impossible.push(found);
    return [];
  });
  if (searches.length === 0)
    throw refusal(child, impossible.join("; ") || "no link suits its causes", "allow forms that can stand together");
  const best = simplest(searches.map(({ trial }) => trial));
  const search = searches.find(({ trial }) => trial === best) as FormSearch;
  const choices = new Map<number, MechanismChoice>();
  parts.forEach(({ edge, index, forms: allowed }, position) => {
    const form = search.trial.forms[position];
    if (allowed === undefined || form === undefined) return;
    const trials = searches.flatMap(({ link, tried }) =>
      [...(tried.get(position) ?? [])].map(([name, trial]) => ({ link, name, trial })),
    );
    const least = trials.reduce((low, { trial }) => (meanOf(trial) < meanOf(low) ? trial : low), search.trial);
    const candidates = trials.map(({ link, name, trial }): MechanismCandidate => {
      const { mean, error } = meanDifference(trial.held.squares, least.held.squares);
      const behind = trial === least ? 0 : mean / error;
      const lost =
        link.kind === search.link.kind && name === form
          ? undefined
          : link.kind !== search.link.kind
            ? `on a ${link.kind} scale ${child} is foretold ${meanOf(trial) < meanOf(search.trial) ? "no better by more than a standard error" : "worse"}`
            : behind > 1
              ? `its error is ${behind.toFixed(1)} standard errors above the least`
              : `within one standard error of the least, but less simple or no better than ${form}`;
      return { form: name, link: link.kind, error: Math.sqrt(meanOf(trial)), behind, lost };
    });
    for (const { link, unfit } of searches)
      for (const [name, why] of unfit.get(position) ?? [])
        candidates.push({ form: name, link: link.kind, error: Number.NaN, behind: Number.NaN, lost: why });
    const made = mechanismOf(data, search, position, form);
    const behind = candidates.find(({ lost }) => lost === undefined)?.behind ?? 0;
    const reason =
      allowed.length === 1
        ? "asked for"
        : behind === 0
          ? "least error on held-out rows"
          : `the simplest within one standard error of the least (${behind.toFixed(1)} above)`;
    const { from, to, mechanism } = edge;
    choices.set(index, {
      from,
      to,
      ...(mechanism.lag === undefined ? {} : { lag: mechanism.lag }),
      form,
      ...made,
      candidates,
      reason,
    });
  });
  return { link: search.link, choices };
}

/** The declared link; else those that kept mechanisms need; else linear, a logarithm for positive outcomes and a logit between bounds. */
function linksFor(
  { parts, outcome }: ChildData,
  declared: Link | undefined,
  bounds: MetricBounds | undefined,
): readonly Link[] {
  if (declared !== undefined) return [declared];
  const stays = parts.filter(({ forms: open }) => open === undefined).map(({ edge }) => edge.mechanism);
  const needed = stays.flatMap(({ link }) => (link === undefined ? [] : [link]));
  if (needed.length > 0) return [needed[0]];
  if (stays.some(({ kind }) => kind === "linear")) return [{ kind: "linear" }];
  const { minimum, maximum } = bounds ?? {};
  const links: Link[] = [{ kind: "linear" }];
  if (outcome.every((value) => value > 0)) links.push({ kind: "log" });
  if (minimum !== undefined && maximum !== undefined) links.push({ kind: "logit", low: minimum, high: maximum });
  return links;
}

/** The mechanism of a form, learnt on all rows, and its effect. */
function mechanismOf(
  data: ChildData,
  { link, additive, trial }: FormSearch,
  position: number,
  form: MechanismForm,
): { readonly mechanism: Mechanism; readonly effect: { readonly mean: number; readonly sd: number } } {
  const options = timing(data.parts[position].edge.mechanism);
  const place = additive.positions.indexOf(position);
  const fit = fitAdditive(additive.data, additive.parts(trial.forms), additive.data.response.length);
  const curve = fit.curves[place];
  if (form === "lookup" || form === "boosted") {
    if (curve.kind !== "lookup") throw new Error("unreachable");
    const points = curve.x.map((x, index) => [x, curve.y[index]] as const);
    // The points were learnt on these very rows, so the factor on them starts out wide.
    const mechanism: Mechanism = { ...lookup(points, { ...options, sd: 1 }), evidence: "data" };
    return { mechanism, effect: trial.held.slopes[place] };
  }
  const columns = fit.curves.map((own, index) => over(own, additive.data.causes[index]));
  const regressors = [columns[place], ...columns.filter((_, index) => index !== place), ...additive.data.nuisance];
  const found = regressWithAutocorrelation(
    additive.data.response,
    regressors,
    regressors.map(() => ({ mean: 0, sd: Number.POSITIVE_INFINITY })),
    data.independent ? [0] : undefined,
  );
  const effect = { mean: found?.mean[0] ?? Number.NaN, sd: Math.sqrt(found?.covariance[0] ?? Number.NaN) };
  if (form === "elasticity") return { mechanism: elasticity(undefined, options), effect };
  if (form === "saturation" && curve.kind === "hill")
    return { mechanism: saturation(undefined, { ...options, half: curve.half, slope: curve.slope }), effect };
  if (form === "logistic" && link.kind === "logit")
    return { mechanism: logistic(undefined, { ...options, low: link.low, high: link.high }), effect };
  return { mechanism: linear(undefined, options), effect };
}

function timing({ lag, carryover, smoothing }: Mechanism): MechanismOptions {
  return {
    ...(lag === undefined ? {} : { lag }),
    ...(smoothing === undefined ? { carryover } : { smoothing }),
  };
}

function kept({ from, to, mechanism }: Edge, reason: string): MechanismChoice {
  const { lag } = mechanism;
  const effect = { mean: Number.NaN, sd: Number.NaN };
  return { from, to, ...(lag === undefined ? {} : { lag }), form: "kept", mechanism, effect, candidates: [], reason };
}

function withEdges(graph: CausalGraph, edges: readonly Edge[], links: Readonly<Record<string, Link>>): CausalGraph {
  const { identities, stocks, confounders, lone, noises } = graph;
  return new CausalGraph({ edges, identities, stocks, links: { ...graph.links, ...links }, confounders, lone, noises });
}

function describe({ from, to, form, effect, reason, candidates }: MechanismChoice): string {
  const size = form === "kept" ? "" : ` ${effect.mean.toPrecision(3)} ± ${effect.sd.toPrecision(2)}`;
  const lost = candidates.flatMap(({ form: name, link, error, lost: why }) =>
    why === undefined
      ? []
      : [`  - ${name} (${link})${Number.isNaN(error) ? "" : `, error ${error.toPrecision(3)}`}: ${why}`],
  );
  return [`${from} -> ${to}: ${form}${size}, ${reason}`, ...lost].join("\n");
}

function refusal(key: string, message: string, fix: string): TwinError {
  return new TwinError({ code: "invalid-argument", path: ["candidates", key], message, fix });
}
