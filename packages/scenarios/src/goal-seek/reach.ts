import type { MetricNode } from "@sage-twin/causal";
import { exp, log, type RunOptions, TwinError, unknownName } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import type { EditOptions } from "../edit.js";
import { resolveScenario } from "../resolve.js";
import { type Scenario, scenario } from "../scenario.js";
import { simulateWorlds } from "../simulate.js";
import type { Study } from "../study.js";
import { totalOver } from "../totals.js";
import { cheapestPoint, type MoveProblem } from "./cheapest-point.js";

/** A target, and what may be done for it. */
export interface ReachOptions extends Omit<RunOptions, "executor">, Omit<EditOptions, "chance"> {
  readonly metric: string;
  /** The least that the metric's total over the horizon is to come to. */
  readonly atLeast?: number;
  /** The most that it is to come to. One of the two. */
  readonly atMost?: number;
  /** How likely it is to be reached at least. Default 0.5. */
  readonly probability?: number;
  /** Levers that may be moved. Default: all. */
  readonly levers?: readonly string[];
  /**
   * What is to be least. `"change"` (the default): the sum of squared logarithms of the levers' factors, so that doubling counts as halving does;
   * `"cost"`: the sum over levers of `cost` times the change of the level, either way; levers without a cost are free.
   */
  readonly minimise?: "change" | "cost";
  /** Runs of every trial. Default 2,000. */
  readonly runs?: number;
}

/** One lever's part in a plan. */
export interface LeverMove {
  readonly lever: string;
  /** What its level is multiplied by. */
  readonly factor: number;
  readonly cost: number;
}

/** The cheapest plan that reaches a target, or the one that comes closest. */
export interface Reached {
  readonly feasible: boolean;
  readonly plan: Scenario;
  readonly moves: readonly LeverMove[];
  readonly cost: number;
  /** The share of runs in which the plan reaches the target. */
  readonly probability: number;
  /** What the metric comes to with the wanted probability. */
  readonly value: number;
  readonly target: number;
  /** In plain words. */
  readonly message: string;
  /** Plans that were tried. */
  readonly trials: number;
}

const mostRounds = 40;
const firstTrust = 0.3;
const leastTrust = 1e-4;
const nudge = 0.02;
const widest = 3;
const close = 1e-5;
/** A plan that saves less than this share of the cost is not worth a further look. */
const worthwhile = 1e-3;

/**
 * The smallest or cheapest change of levers that brings a metric's total to a target with a wanted probability. Every lever is multiplied by one factor
 * over the edit's time; the search goes by straight lines through the answers of nearby plans, with the same draws for all, within a region that
 * shrinks where they mislead (sequential programming with a trust region: Fletcher and Leyffer 2002).
 *
 * @throws TwinError for unknown names, no target, and levers whose level is not above 0.
 */
export async function reach(study: Study, options: ReachOptions): Promise<Reached> {
  const { fitted, catalogue } = study;
  const { program } = fitted;
  const { metric, probability = 0.5, runs = 2000, minimise = "change", signal } = options;
  const sign = options.atMost === undefined ? 1 : -1;
  const target = options.atLeast ?? options.atMost;
  if (
    target === undefined ||
    (options.atLeast !== undefined && options.atMost !== undefined) ||
    !Number.isFinite(target)
  ) {
    throw new TwinError({
      code: "invalid-argument",
      path: ["reach", "atLeast"],
      message: "a target is one finite number",
      fix: "give `atLeast` or `atMost`",
    });
  }
  if (!(probability > 0 && probability < 1))
    throw new TwinError({
      code: "out-of-range",
      path: ["reach", "probability"],
      message: `a probability lies between 0 and 1, not ${probability}`,
    });
  const names = program.nodes.map(({ name }) => name);
  if (!names.includes(metric)) throw unknownName("metric", metric, names, ["reach", "metric"]);
  const levers = leversOf(study, options);
  const box = boxOf(study, levers);
  const costOf = (index: number, move: number): number =>
    minimise === "change" ? move * move : Math.abs((exp(move) - 1) * levers[index].level) * levers[index].cost;
  let trials = 0;
  const planOf = (point: Float64Array): Scenario =>
    levers.reduce(
      (plan, { name }, index) => {
        const { from, until, ramp, fade } = options;
        return point[index] === 0 ? plan : plan.scale(name, exp(point[index]), { from, until, ramp, fade });
      },
      scenario(`reach ${metric} of ${target}`),
    );
  /** What the metric comes to with the wanted probability, larger being better, at each point. */
  const answersAt = async (
    points: readonly Float64Array[],
  ): Promise<readonly { value: number; probability: number }[]> => {
    signal?.throwIfAborted();
    trials += points.length;
    options.onProgress?.({ stage: "reach", done: trials, total: mostRounds * (1 + levers.length) });
    const worlds = points.map((point) => resolveScenario(program, planOf(point), study.levers));
    const simulation = await simulateWorlds(fitted, worlds, {
      runs,
      seed: options.seed,
      signal,
      metrics: partsOf(study, metric),
    });
    return points.map((_, world) => {
      const totals = totalOver(simulation, catalogue, metric, world, 0, simulation.steps).map((value) => sign * value);
      const hits = totals.filter((value) => value >= sign * target).length;
      return { value: quantiles(totals, [1 - probability])[0], probability: hits / runs };
    });
  };

  const wanted = sign * target;
  let point = new Float64Array(levers.length);
  let [here] = await answersAt([point]);
  // A logarithm makes a straight line of what multiplies.
  const scaled = wanted > 0 && here.value > 0 ? log : (value: number): number => value / (Math.abs(wanted) || 1);
  const size = (move: Float64Array): number => move.reduce((sum, value, index) => sum + costOf(index, value), 0);
  let trust = firstTrust;
  for (let round = 0; round < mostRounds && trust > leastTrust; round++) {
    const nearby = await answersAt(
      levers.flatMap((_, index) =>
        [nudge, -nudge].map((step) =>
          point.map((value, other) => (other === index ? clamp(value + step, box.low[index], box.high[index]) : value)),
        ),
      ),
    );
    const slope = point.map((value, index) => {
      const up = clamp(value + nudge, box.low[index], box.high[index]);
      const down = clamp(value - nudge, box.low[index], box.high[index]);
      return up > down ? (scaled(nearby[2 * index].value) - scaled(nearby[2 * index + 1].value)) / (up - down) : 0;
    });
    let moved = false;
    while (!moved && trust > leastTrust) {
      const problem: MoveProblem = {
        cost: costOf,
        low: point.map((value, index) => Math.max(box.low[index], value - trust)),
        high: point.map((value, index) => Math.min(box.high[index], value + trust)),
      };
      const along = point.reduce((sum, value, index) => sum + slope[index] * value, 0);
      const next = cheapestPoint(problem, slope, scaled(wanted) - scaled(here.value) + along);
      if (next.every((value, index) => Math.abs(value - point[index]) < 1e-7)) {
        trust /= 4;
        continue;
      }
      const [there] = await answersAt([next]);
      const [before, after] = [here, there].map(({ value }) => Math.max(0, scaled(wanted) - scaled(value)));
      const better =
        after < before - close || (after <= Math.max(before, close) && size(next) < size(point) * (1 - worthwhile));
      if (better || (before > close && after < before)) {
        point = next as Float64Array<ArrayBuffer>;
        here = there;
        moved = true;
        trust = Math.min(1, trust * 1.5);
      } else trust /= 2;
    }
  }
  const short = scaled(wanted) - scaled(here.value);
  const feasible = short <= 10 * close;
  const moves = levers.map(
    ({ name }, index): LeverMove => ({ lever: name, factor: exp(point[index]), cost: costOf(index, point[index]) }),
  );
  const value = sign * here.value;
  const found = `${metric} comes to ${value.toPrecision(4)} with a probability of ${probability}`;
  return {
    feasible,
    plan: planOf(point),
    moves,
    cost: size(point),
    probability: here.probability,
    value,
    target,
    message: feasible
      ? found
      : `${target} is out of reach of ${levers.map(({ name }) => name).join(", ")} within their ranges: at best ${found}`,
    trials,
  };
}

interface ReachLever {
  readonly name: string;
  readonly level: number;
  readonly cost: number;
}

function leversOf({ fitted, levers }: Study, options: ReachOptions): readonly ReachLever[] {
  const known = Object.keys(levers);
  const names = options.levers ?? known;
  if (names.length === 0)
    throw new TwinError({ code: "invalid-argument", path: ["reach", "levers"], message: "there is no lever to move" });
  return names.map((name) => {
    if (!known.includes(name)) throw unknownName("lever", name, known, ["reach", "levers"]);
    const { level } = fitted.program.nodes.find((node) => node.name === name) as MetricNode;
    if (!level.every((value) => value > 0)) {
      throw new TwinError({
        code: "domain",
        path: ["reach", "levers", name],
        message: `'${name}' is not above 0 throughout, so no factor says how far to move it`,
        fix: "leave it out of `levers`",
      });
    }
    return { name, level: level.reduce((sum, value) => sum + value, 0) / level.length, cost: levers[name].cost ?? 0 };
  });
}

/** How far each lever's logarithm may move, by its own range; a factor of 20 either way where it has none. */
function boxOf({ fitted, levers }: Study, moving: readonly ReachLever[]): { low: Float64Array; high: Float64Array } {
  const bounds = moving.map(({ name }) => {
    const { level } = fitted.program.nodes.find((node) => node.name === name) as MetricNode;
    const { min, max } = levers[name];
    const least = Math.min(...level);
    const most = Math.max(...level);
    return {
      low: min !== undefined && min > 0 ? Math.min(0, log(min / least) + 1e-12) : -widest,
      high: max === undefined ? widest : Math.max(0, log(max / most) - 1e-12),
    };
  });
  return { low: Float64Array.from(bounds, ({ low }) => low), high: Float64Array.from(bounds, ({ high }) => high) };
}

/** A metric and what its total is computed from. */
function partsOf({ fitted }: Study, metric: string): readonly string[] {
  const { nodes } = fitted.program;
  const names = new Set([metric]);
  for (const name of names) {
    const node = nodes.find((candidate) => candidate.name === name);
    if (node?.kind === "identity") for (const input of node.inputs) names.add(nodes[input].name);
  }
  return [...names];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
