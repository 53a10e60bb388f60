import { type Issue, TwinError, unknownName } from "@sage-twin/kernel";
import { compileProgram, compileWorld } from "../compile.js";
import type { FittedModel, QueryOptions } from "../fitted-model.js";
import { Tile, tileRuns } from "../tile.js";
import { type Arrow, withArrows } from "./arrows.js";
import { type Intervention, worldOf } from "./intervention.js";
import { type SampledMetric, sampledMetric } from "./sampled-world.js";

/** Which effect is asked about. */
export interface EffectsOverTimeOptions extends QueryOptions {
  readonly cause: string;
  /** What is done to the cause: a level, or as in `intervene`. */
  readonly change: number | Intervention;
  readonly target: string;
  /**
   * Ways to tell apart, by names of the caller's: each a list of chains of metrics, `[["price", "orders", "revenue"]]`, of two for one arrow. A way is
   * open where its chains go, all arrows of them together. Default: every directed path from the cause to the target, up to 100.
   */
  readonly through?: Readonly<Record<string, readonly (readonly string[])[]>>;
}

/** What a change of one metric does to another, by step, and by which way. Each figure is the difference from the baseline, run by run. */
export interface EffectsOverTime {
  readonly total: SampledMetric;
  /** Along the arrow from the cause to the target alone, everything between as in the baseline: the pure (natural) direct effect. */
  readonly direct: SampledMetric;
  /** Along all ways but that arrow, which sees the cause as in the baseline: the pure (natural) indirect effect. */
  readonly indirect: SampledMetric;
  /** What both bring only together: the total less the direct and the indirect effect. 0 where effects add up. */
  readonly interaction: SampledMetric;
  /** By way, each alone with all other arrows as in the baseline. */
  readonly ways: readonly { readonly way: string; readonly effect: SampledMetric }[];
  /** The total less the effects of all ways: 0 where effects add up and the ways are all paths. */
  readonly remainder: SampledMetric;
  /** What to know: extrapolation. */
  readonly notes: readonly string[];
}

const mostPaths = 100;
const mostWalked = 100_000;
const mostValues = 2 ** 26;

/**
 * The effect of a change of one metric on another over the program's steps: in total, along the arrow between them, along all other ways, and along each way
 * by itself, others blocked (edge-specific effects, Avin, Shpitser and Pearl 2005). Direct and indirect are the pure ones, each with the other closed (Robins
 * and Greenland 1992; Pearl 2001); what is left of the total is their interaction. The runs are those of `intervene`.
 *
 * @throws TwinError for unknown metrics and arrows, for a cause that follows from others, and for more than 100 paths where no ways are named.
 *
 * @example
 * ```ts
 * import { causalGraph, effectsOverTime, fit, linear } from "@sage-twin/causal";
 *
 * const price = Float64Array.from({ length: 60 }, (_, row) => 5 + (row % 3));
 * const orders = price.map((value, row) => 100 - 10 * value + (row % 7));
 * const columns: Record<string, Float64Array> = { price, orders };
 * const table = { frequency: "D", start: 0, length: 60, metrics: ["price", "orders"], column: (name: string) => columns[name] } as const;
 * const graph = causalGraph().cause("price", "orders", linear()).identity("revenue", "orders * price");
 * const model = fit(graph, table, { mode: "structural" });
 * const { ways } = effectsOverTime(model, { cause: "price", change: { shift: 1 }, target: "revenue" });
 * ways.map(({ way }) => way); // => ["price -> orders -> revenue", "price -> revenue"]
 * ```
 */
export function effectsOverTime(model: FittedModel, options: EffectsOverTimeOptions): EffectsOverTime {
  const { cause, change, target, runs = 10_000, seed = "sage-twin" } = options;
  const names = model.program.nodes.map(({ name }) => name);
  for (const [label, name] of Object.entries({ cause, target }))
    if (!names.includes(name)) throw unknownName("metric", name, names, [label]);
  if (cause === target) {
    throw new TwinError({
      code: "invalid-argument",
      path: ["target"],
      message: `'${target}' is both cause and target`,
      fix: "name a metric that the cause leads to",
    });
  }
  const { program, arrows } = withArrows(model.program);
  const notes: string[] = [];
  const { edits, shocks } = worldOf(program, { [cause]: change }, model.ranges, notes);
  const ways = options.through === undefined ? pathsOf(arrows, cause, target) : waysOf(arrows, options.through);
  const direct = arrows.filter(({ from, to }) => from === cause && to === target);
  const open = [
    arrows,
    direct,
    arrows.filter((arrow) => !direct.includes(arrow)),
    ...ways.map(({ arrows: own }) => own),
  ];
  const { steps } = program;
  if (!(Number.isInteger(runs) && runs >= 1 && runs * steps * (open.length + 2) <= mostValues)) {
    throw new TwinError({
      code: "out-of-range",
      path: ["runs"],
      message: `${runs} runs of ${steps} steps along ${ways.length} ways`,
      fix: "give a whole number of runs, from 1 to as many as fit in memory",
    });
  }
  const worlds = open.map((own) => {
    const carrying = new Set(own.flatMap(({ edges }) => edges));
    const blocked = program.edges.flatMap((_, edge) => (carrying.has(edge) ? [] : [edge]));
    return compileWorld(program, { edits, ...(shocks === undefined ? {} : { shocks }), blocked });
  });
  const node = program.nodes.findIndex(({ name }) => name === target);
  const values = open.map(() => Array.from({ length: steps }, () => new Float64Array(runs)));
  const compiled = compileProgram(program);
  for (let offset = 0; offset < runs; offset += tileRuns) {
    const tile = new Tile(compiled, worlds, String(seed), offset / tileRuns);
    const width = Math.min(tileRuns, runs - offset);
    for (let step = 0; step < steps; step++) {
      tile.advance();
      const base = tile.level(node);
      values.forEach((paths, world) => {
        const levels = tile.level(node, world);
        for (let run = 0; run < width; run++) paths[step][offset + run] = levels[run] - base[run];
      });
    }
  }
  const [total, ...parts] = values;
  const without = (others: typeof parts): SampledMetric =>
    sampledMetric(
      total.map((path, step) =>
        path.map((value, run) => others.reduce((left, other) => left - other[step][run], value)),
      ),
    );
  return {
    total: sampledMetric(total),
    direct: sampledMetric(parts[0]),
    indirect: sampledMetric(parts[1]),
    interaction: without(parts.slice(0, 2)),
    ways: ways.map(({ way }, index) => ({ way, effect: sampledMetric(parts[2 + index]) })),
    remainder: without(parts.slice(2)),
    notes,
  };
}

interface Way {
  readonly way: string;
  readonly arrows: readonly Arrow[];
}

/** Every directed path without a metric twice. */
function pathsOf(arrows: readonly Arrow[], cause: string, target: string): Way[] {
  const leading = new Set([target]);
  for (const name of leading) for (const { from, to } of arrows) if (to === name) leading.add(from);
  const found: Way[] = [];
  let walked = 0;
  const walk = (chain: readonly string[], taken: readonly Arrow[]): void => {
    const last = chain[chain.length - 1];
    if (found.length > mostPaths || walked++ > mostWalked) {
      throw new TwinError({
        code: "too-large",
        path: ["through"],
        message: `too many paths lead from '${cause}' to '${target}' to tell them apart`,
        fix: 'name the ways of interest: through: { "by price": [["price", "orders"]] }',
      });
    }
    if (last === target) {
      found.push({ way: chain.join(" -> "), arrows: taken });
      return;
    }
    for (const arrow of arrows) {
      if (arrow.from === last && leading.has(arrow.to) && !chain.includes(arrow.to))
        walk([...chain, arrow.to], [...taken, arrow]);
    }
  };
  walk([cause], []);
  return found;
}

function waysOf(arrows: readonly Arrow[], through: NonNullable<EffectsOverTimeOptions["through"]>): Way[] {
  const issues: Issue[] = [];
  const ways = Object.entries(through).map(([way, chains]): Way => {
    const own = chains.flatMap((chain, index) =>
      chain.slice(1).flatMap((to, place) => {
        const from = chain[place];
        const arrow = arrows.find((candidate) => candidate.from === from && candidate.to === to);
        if (arrow !== undefined) return [arrow];
        const known = arrows.filter((candidate) => candidate.from === from).map((candidate) => `'${candidate.to}'`);
        issues.push({
          code: "not-found",
          path: ["through", way, index, place],
          message: `'${from}' does not lead to '${to}' directly`,
          fix:
            known.length > 0 ? `it leads to ${known.join(", ")}` : "name metrics one after the other along the graph",
        });
        return [];
      }),
    );
    return { way, arrows: [...new Set(own)] };
  });
  if (issues.length > 0) throw new TwinError(issues);
  return ways;
}
