import { seasonLengths, TwinError } from "@sage-twin/kernel";
import { regressWithAutocorrelation } from "@sage-twin/numerics";
import { featureHistory } from "../features.js";
import { trendAndSeason } from "../fit-effects.js";
import { toLink } from "../link.js";
import { marginOf } from "../margin.js";

import { type ObservedProgram, viewIn } from "./observed-program.js";

/** What a metric did of its own, beyond its level, trend, season and causes: e(t) = decay e(t - 1) + z(t), on its link scale. */
export interface OwnErrors {
  /** Level, trend and season by row, with the causes at what is usual for them. */
  readonly usual: Float64Array;
  /** e by row; NaN where something is missing. */
  readonly errors: Float64Array;
  readonly decay: number;
  /** Standard deviation of z outside of the rows asked about. */
  readonly sd: number;
  /** z outside of these rows, NaN where there is none. */
  readonly innovations: Float64Array;
  /** What normal errors become; undefined where they are normal. */
  readonly margin: Float64Array | undefined;
}

/** A fitted graph taken apart: every metric's own errors, and what of its features is usual. */
export interface TakenApart {
  /** By node; undefined for identities and stocks. */
  readonly own: readonly (OwnErrors | undefined)[];
  /** By feature and row: all of it, and the part that is level, trend and season. */
  readonly features: readonly { readonly values: Float64Array; readonly usual: Float64Array }[];
  /** By edge: its mean effect. */
  readonly effects: Float64Array;
}

const fewestRows = 12;
const unknown = { mean: 0, sd: Number.POSITIVE_INFINITY };

/**
 * Takes the data apart by a fitted graph, effects at their means. `rows` are left out of everything that is learnt here, so that what is unusual in
 * them does not count as usual. Rows of a structural fit are independent; else each metric has a trend, a season and errors that persist.
 *
 * @throws TwinError `invalid-data` for a metric of which too few other rows are known.
 */
export function takeApart(model: ObservedProgram, rows: { readonly first: number; readonly rows: number }): TakenApart {
  const { program, observations, graph, models } = model;
  const { nodes, edges } = program;
  const structural = Object.values(models).every((name) => name === "causes" || name === "distribution");
  const length = observations.length;
  const season = seasonLengths(program.frequency).find((count) => length >= 2 * count) ?? 1;
  const asked = (row: number): boolean => row >= rows.first && row < rows.first + rows.rows;
  /** What is usual of values over time, learnt from the other rows; and how what is not persists. */
  const usualOf = (values: Float64Array, name: string): { usual: Float64Array; decay: number } => {
    const learnt = values.map((value, row) => (asked(row) ? Number.NaN : value));
    const regressors = structural ? [new Float64Array(length).fill(1)] : trendAndSeason(learnt, 0, season);
    const priors = regressors.map(() => unknown);
    const found =
      learnt.filter(Number.isFinite).length < fewestRows
        ? undefined
        : regressWithAutocorrelation(learnt, regressors, priors, structural ? [0] : undefined);
    if (found === undefined) {
      throw new TwinError({
        code: "invalid-data",
        path: ["data", name],
        message: `'${name}' is known, with its causes, in fewer than ${fewestRows} rows beside those asked about`,
        fix: "ask about fewer rows, or give more data",
      });
    }
    const usual = new Float64Array(length);
    regressors.forEach((regressor, index) => {
      for (let row = 0; row < length; row++) usual[row] += found.mean[index] * regressor[row];
    });
    return { usual, decay: structural ? 0 : found.autocorrelation };
  };
  const features = program.features.map((feature) => {
    const { name } = nodes[feature.node];
    const { bridged } = featureHistory(name, observations.history.get(name) as Float64Array, viewIn(feature));
    return { values: bridged, usual: usualOf(bridged, name).usual };
  });
  const effects = new Float64Array(edges.length);
  for (const group of program.effects)
    group.edges.forEach((edge, index) => {
      effects[edge] = group.mean[index];
    });
  const own = nodes.map((node): OwnErrors | undefined => {
    if (node.kind !== "metric") return undefined;
    const seen = observations.history.get(node.name) as Float64Array;
    const rest = seen.map((value, row) => {
      let left = toLink(node.link, value);
      for (const edge of node.edges) {
        const { values, usual } = features[edges[edge].feature];
        const past = Math.max(0, row - edges[edge].lag);
        left -= effects[edge] * (values[past] - usual[past]);
      }
      return left;
    });
    const { usual, decay } = usualOf(rest, node.name);
    const errors = rest.map((value, row) => value - usual[row]);
    const innovations = errors.map((value, row) =>
      asked(row) || (row > 0 && asked(row - 1)) ? Number.NaN : value - (row > 0 ? decay * errors[row - 1] : 0),
    );
    const known = innovations.filter(Number.isFinite);
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const square = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const sd = Math.sqrt(square / Math.max(1, known.length - 1 - node.edges.length));
    const size = rest.reduce((most, value) => (Math.abs(value) > most ? Math.abs(value) : most), 0);
    const noise = graph.noises[node.name] ?? {
      kind: structural && node.edges.length === 0 ? "empirical" : "gaussian",
    };
    const varies = sd > 1e-12 * size;
    return {
      usual,
      errors,
      decay,
      sd: varies ? sd : 0,
      innovations,
      margin: varies ? marginOf(noise, innovations) : undefined,
    };
  });
  return { own, features, effects };
}

/** How many rows back what leads to a node can reach: the longest way through lags, with what carries over or is smoothed until little is left. */
export function reachBack({ program }: ObservedProgram, target: number): number {
  const { nodes, features, edges } = program;
  const back = new Map([[target, 0]]);
  for (let round = 0, moved = true; moved && round < nodes.length; round++) {
    moved = false;
    for (const [node, far] of back) {
      const definition = nodes[node];
      const causes: (readonly [number, number])[] =
        definition.kind === "identity"
          ? definition.inputs.map((input) => [input, 0] as const)
          : definition.kind === "stock"
            ? [definition.inflow, definition.outflow].map((flow) => [flow, 0] as const)
            : definition.edges.map((edge) => {
                const { node: cause, carryover, smoothing } = features[edges[edge].feature];
                let spread = smoothing === undefined ? 0 : Math.ceil(2 * smoothing.periods * smoothing.stages.length);
                for (let left = carryover; left > 0.1; left *= carryover) spread++;
                return [cause, edges[edge].lag + spread] as const;
              });
      for (const [cause, later] of causes) {
        const reached = Math.min(mostBack, far + later);
        if (reached <= (back.get(cause) ?? -1)) continue;
        back.set(cause, reached);
        moved = true;
      }
    }
  }
  return Math.max(...back.values());
}

const mostBack = 60;
