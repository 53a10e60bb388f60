import { type Issue, TwinError } from "@sage-twin/kernel";
import type { CausalGraph } from "./graph.js";
import type { Edge } from "./graph-state.js";
import { inDomain, type Link } from "./link.js";

/** What is known of a metric's range. */
export interface MetricBounds {
  readonly minimum?: number;
  readonly maximum?: number;
}

/**
 * One link per metric: the declared one, else the one its mechanisms need, else by range and data: logit between two bounds, log where all
 * values are positive and the metric has a lower bound of zero or is the cause of an elasticity, else linear.
 *
 * @throws TwinError where mechanisms want different links, and where a logarithm meets a value that is not positive.
 */
export function chooseLinks(
  graph: CausalGraph,
  edges: readonly Edge[],
  history: ReadonlyMap<string, Float64Array>,
  metrics: readonly string[],
  bounds: Readonly<Record<string, MetricBounds>>,
  notes: string[],
): Readonly<Record<string, Link>> {
  const issues: Issue[] = [];
  const links: Record<string, Link> = {};
  for (const name of metrics) {
    const values = history.get(name) as Float64Array;
    const declared = graph.links[name];
    const wanted = edges.flatMap(({ to, mechanism }) =>
      to === name && mechanism.link !== undefined ? [mechanism.link] : [],
    );
    if (declared !== undefined) wanted.unshift(declared);
    if (new Set(wanted.map(describeLink)).size > 1) {
      issues.push({
        code: "invalid-graph",
        path: ["causes", name],
        message: `the causes of '${name}' want different links: ${[...new Set(wanted.map(describeLink))].join(" and ")}`,
        fix: "state all its mechanisms on one scale; a formula can be written for any",
      });
    }
    const hasLinear = edges.some(({ to, mechanism }) => to === name && mechanism.kind === "linear");
    // A cause whose logarithm is taken must stay positive in every draw.
    const loggedCause = edges.some(({ from, mechanism }) => from === name && mechanism.curve.kind === "log");
    const link: Link = wanted[0] ?? (hasLinear ? { kind: "linear" } : linkByData(values, bounds[name], loggedCause));
    if (link.kind === "log") {
      const row = values.findIndex((value) => value <= 0);
      if (row >= 0) {
        issues.push({
          code: "domain",
          path: ["data", name, row],
          message: `'${name}' is ${values[row]} there, and its logarithm is needed`,
          fix: `use linear() or formula() for the causes of '${name}', or graph.link("${name}", { kind: "asinh", scale: ... })`,
        });
      }
    }
    links[name] = link;
    if (link.kind === "logit") {
      const outside = values.filter((value) => Number.isFinite(value) && !inDomain(link, value)).length;
      if (outside > 0)
        notes.push(`${name}: ${outside} values at or beyond ${link.low}..${link.high} are taken as just inside`);
    }
  }
  edges.forEach(({ from, to, mechanism }, index) => {
    if (mechanism.curve.kind !== "log") return;
    const values = history.get(from) as Float64Array;
    const row = values.findIndex((value) => value <= 0);
    if (row >= 0) {
      issues.push({
        code: "domain",
        path: ["causes", index],
        message: `an elasticity of '${to}' to '${from}' needs positive values, and '${from}' is ${values[row]} at row ${row}`,
        fix: `use linear(), or formula("log(${from} + scale)", ...) with a scale of its usual size`,
      });
    }
  });
  if (issues.length > 0) throw new TwinError(issues);
  return links;
}

function describeLink(link: Link): string {
  return link.kind === "logit" ? `logit between ${link.low} and ${link.high}` : link.kind;
}

function linkByData(values: Float64Array, { minimum, maximum }: MetricBounds = {}, loggedCause: boolean): Link {
  if (minimum !== undefined && maximum !== undefined) return { kind: "logit", low: minimum, high: maximum };
  const positive = values.every((value) => !(value <= 0));
  return positive && (loggedCause || (minimum !== undefined && minimum >= 0)) ? { kind: "log" } : { kind: "linear" };
}
