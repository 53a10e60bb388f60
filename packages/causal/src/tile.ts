import { expInto, log, Rng, type WordStream } from "@sage-twin/kernel";
import { Arena } from "./arena.js";
import type { CompiledProgram, CompiledWorld } from "./compile.js";
import { correlate } from "./correlate.js";
import { type DrawPlan, effectDraws, fillErrors, independentDraws } from "./draws.js";
import { fromLinkInto, moveInto, toLink } from "./link.js";
import { applyMargin } from "./margin.js";
import type { EffectGroup, IdentityNode, MetricNode, Persistence, ProgramEdge, StockNode } from "./program.js";
import { drawShocks } from "./shock.js";
import { type FeatureState, makeWorldState, type WorldState } from "./world-state.js";

/** Runs in a tile: the unit of seeding, small enough for a step of thirty metrics to stay in cache. */
export const tileRuns = 256;

const extrapolationSpread = 0.5;
const justAboveZero = 1e-300;
/** Causes move a metric by at most a factor of e^30 either way: beyond that a loop feeds itself without bound. */
const farthest = 30;

/** A saved tile, to be resumed bit for bit. */
export interface TileSnapshot {
  readonly step: number;
  readonly values: readonly Float64Array[];
  readonly words: Int32Array;
}

/**
 * 256 runs of a program, in the baseline and in any number of worlds beside it, advanced one step at a time.
 *
 * Each node's random words come from a stream of its own, named by tile and node; so neither chunks nor workers nor the number of runs
 * changes a draw. Effects are drawn once per run. The loops are step -> node -> run.
 */
export class Tile {
  readonly #compiled: CompiledProgram;
  readonly #draws: DrawPlan;
  readonly #arena = new Arena(tileRuns);
  readonly #streams: readonly WordStream[];
  readonly #baseline: WorldState;
  readonly #worlds: readonly WorldState[];
  readonly #effects: readonly Float64Array[];
  readonly #extrapolations: readonly (Float64Array | undefined)[];
  readonly #memories: readonly Float64Array[];
  readonly #errors: readonly Float64Array[];
  #step = 0;
  readonly #persistence: readonly Persistence[];
  readonly #margins: readonly { readonly row: number; readonly node: number; readonly margin: Float64Array }[];
  /** What `gather` found for the node at hand: the sum of its causes, each relative to its centre. */
  readonly causes = new Float64Array(tileRuns);
  /** How often a stock was held at its floor, in any world. */
  floored = 0;
  /** How often a cause whose logarithm is taken was not positive, in any world. */
  clamped = 0;
  /** How often a metric's causes moved it beyond any measure, in any world, and it was held there. */
  runaway = 0;
  /** Per edge: how many run-steps of the worlds lay outside the observed range of the cause. */
  readonly outside: Float64Array;

  constructor(
    compiled: CompiledProgram,
    worlds: readonly CompiledWorld[],
    seed: string,
    index: number,
    draws: DrawPlan = independentDraws,
  ) {
    const { program } = compiled;
    this.#compiled = compiled;
    this.#draws = draws;
    const master = new Rng(seed);
    const rng = master.derive("tile", index);
    this.#memories = program.noise.nodes.map(() => this.#arena.take());
    this.#effects = program.edges.map(() => this.#arena.take());
    this.#extrapolations = program.edges.map(({ low, high }) =>
      low > Number.NEGATIVE_INFINITY || high < Number.POSITIVE_INFINITY ? this.#arena.take() : undefined,
    );
    this.outside = new Float64Array(program.edges.length);
    this.#baseline = makeWorldState(program, noEdits, this.#arena);
    this.#worlds = worlds.map((world) => makeWorldState(program, world, this.#arena, this.#baseline));
    this.#errors = program.noise.nodes.map(() => new Float64Array(tileRuns));
    this.#persistence = program.noise.nodes.map((node) => (program.nodes[node] as MetricNode).persistence);
    this.#margins = program.noise.nodes.flatMap((node, row) => {
      const { margin } = program.nodes[node] as MetricNode;
      return margin === undefined ? [] : [{ row, node, margin }];
    });
    this.#streams = program.noise.nodes.map((node) =>
      rng.derive(draws.again?.has(node) ? "error again" : "error", program.nodes[node].name).words(),
    );
    const fill = effectDraws(draws, master, index);
    for (const group of program.effects) this.#drawEffects(group, rng, fill);
    draws.given?.forEach((values, edge) => {
      if (values !== undefined) this.#effects[edge].set(values.subarray(index * tileRuns, (index + 1) * tileRuns));
    });
    this.#worlds.forEach(({ sizes, compiled: { shocks, copula } }) => {
      if (shocks.length === 0) return;
      const drawn = drawShocks(shocks, copula, rng, draws.sampling, tileRuns, index);
      drawn.forEach((values, shock) => {
        sizes[shock].set(values);
      });
    });
    this.#rememberHistory();
  }

  /** The step that `advance` computes next. */
  get step(): number {
    return this.#step;
  }

  /** The levels of a node at the last step, in the baseline (`world` -1) or a world. Valid until the next `advance`. */
  level(node: number, world = -1): Float64Array {
    return (world < 0 ? this.#baseline : this.#worlds[world]).levels[node];
  }

  /** The drawn effects of an edge, one per run. */
  effect(edge: number): Float64Array {
    return this.#effects[edge];
  }

  /** Computes the next step of every node in every world. */
  advance(): void {
    this.drawErrors();
    for (let node = 0; node < this.#compiled.program.nodes.length; node++) {
      this.gather(node);
      this.finish(node);
    }
    this.endStep();
  }

  /** First part of `advance`: draws this step's errors. The parts are apart so that calibration can stop between them. */
  drawErrors(): void {
    const rows = this.#errors;
    if (!this.#draws.errors) return;
    const { sampling } = this.#draws;
    for (let row = 0; row < rows.length; row++) fillErrors(this.#streams[row], sampling, rows[row]);
    const { program, errorDeviation } = this.#compiled;
    correlate(rows, program.noise.factor, this.#memories, this.#persistence, tileRuns);
    for (const { row, node, margin } of this.#margins) applyMargin(margin, rows[row], errorDeviation[node][this.#step]);
  }

  /** A metric's errors at this step, at unit scale; undefined for one that has none. */
  errors(node: number): Float64Array | undefined {
    const noise = this.#compiled.noiseOf[node];
    return noise < 0 ? undefined : this.#errors[noise];
  }

  /** Second part, node by node: fills `causes`. */
  gather(node: number): void {
    const metric = this.#compiled.program.nodes[node];
    if (metric.kind !== "metric" || metric.edges.length === 0) return;
    const runs = tileRuns;
    const { causes } = this;
    for (let index = 0; index < metric.edges.length; index++) {
      const edge = metric.edges[index];
      const values = this.seen(edge);
      const effect = this.#effects[edge];
      const middle = this.#compiled.program.edges[edge].centre[this.#step];
      if (index === 0) for (let run = 0; run < runs; run++) causes[run] = effect[run] * (values[run] - middle);
      else for (let run = 0; run < runs; run++) causes[run] += effect[run] * (values[run] - middle);
    }
  }

  /** Third part, node by node: levels in the baseline and in every world, and the features that later nodes read. */
  finish(node: number): void {
    const { program, featuresOf } = this.#compiled;
    const definition = program.nodes[node];
    const base = this.#baseline;
    this.#turn(node, base);
    if (definition.kind === "metric") this.#finishMetric(node, definition);
    else this.#derive(node, definition, base);
    for (const feature of featuresOf[node]) this.#updateFeature(feature, base);
    for (const world of this.#worlds) {
      const { from } = world.compiled;
      if (from[node] === Number.POSITIVE_INFINITY) continue;
      const same = this.#step < from[node];
      this.#turn(node, world);
      if (same) {
        world.levels[node].set(base.levels[node]);
        world.links[node].set(base.links[node]);
      } else if (definition.kind === "metric") {
        this.#finishInWorld(node, definition, world);
      } else {
        this.#derive(node, definition, world);
      }
      for (const feature of featuresOf[node]) {
        if (same) this.#copyFeature(feature, world);
        else this.#updateFeature(feature, world);
      }
    }
  }

  /** Last part: the step is over. */
  endStep(): void {
    this.#step++;
  }

  /** All state, for `restore` on a tile of the same program, worlds, seed and index. */
  snapshot(): TileSnapshot {
    const words = new Int32Array(this.#streams.length * 4);
    this.#streams.forEach((stream, index) => {
      words.set(stream.state, index * 4);
    });
    return { step: this.#step, values: this.#arena.save(), words };
  }

  restore(saved: TileSnapshot): void {
    this.#step = saved.step;
    this.#arena.restore(saved.values);
    this.#streams.forEach((stream, index) => {
      stream.state.set(saved.words.subarray(index * 4, index * 4 + 4));
    });
  }

  #drawEffects(group: EffectGroup, rng: Rng, fill: ReturnType<typeof effectDraws>): void {
    const runs = tileRuns;
    const size = group.edges.length;
    const child = this.#compiled.program.nodes[group.node].name;
    const words = rng.derive("effects", child).words();
    const draws = group.edges.map(() => new Float64Array(tileRuns));
    for (const draw of draws) fill(words, draw);
    group.edges.forEach((edge, row) => {
      const effect = this.#effects[edge].fill(group.mean[row]);
      for (let column = 0; column <= row; column++) {
        const weight = group.factor[row * size + column];
        if (weight === 0) continue;
        for (let run = 0; run < runs; run++) effect[run] += weight * draws[column][run];
      }
      const extrapolation = this.#extrapolations[edge];
      if (extrapolation !== undefined) {
        fill(words, extrapolation);
        for (let run = 0; run < runs; run++) extrapolation[run] *= extrapolationSpread;
        expInto(extrapolation, extrapolation, 0, runs);
      }
    });
  }

  #rememberHistory(): void {
    const { features, nodes } = this.#compiled.program;
    for (const world of [this.#baseline, ...this.#worlds]) {
      const { start } = world.compiled;
      (start?.features ?? features).forEach(({ memory, history, carried, smoothing }, index) => {
        const state = world.features[index];
        for (let back = 1; back <= memory; back++)
          state.ring[(memory + 1 - back) % (memory + 1)].fill(history[back - 1]);
        state.carried?.fill(carried);
        state.stages.forEach((stage, place) => {
          stage.fill(smoothing?.stages[place] ?? 0);
        });
      });
      nodes.forEach((node, index) => {
        if (node.kind === "stock") world.levels[index].fill(start?.initial[index] ?? node.initial);
      });
    }
  }

  /** Points a node's link values at the place of this step in the ring that remembers them. */
  #turn(node: number, world: WorldState): void {
    const feature = this.#compiled.linkFeature[node];
    if (feature >= 0) world.links[node] = this.#slot(world.features[feature], 0);
  }

  #slot(state: FeatureState, lag: number): Float64Array {
    const length = state.ring.length;
    return state.ring[(((this.#step - lag) % length) + length) % length];
  }

  /** What an edge sees of its cause at this step in the baseline. */
  seen(edge: number): Float64Array {
    const { feature, lag } = this.#compiled.program.edges[edge];
    return this.#slot(this.#baseline.features[feature], lag);
  }

  /** What an edge saw of its cause at the last step in the baseline. */
  saw(edge: number): Float64Array {
    const { feature, lag } = this.#compiled.program.edges[edge];
    return this.#slot(this.#baseline.features[feature], lag + 1);
  }

  #finishMetric(node: number, metric: MetricNode): void {
    const runs = tileRuns;
    const step = this.#step;
    const levels = this.#baseline.levels[node];
    const links = this.#baseline.links[node];
    if (metric.given) {
      levels.fill(metric.level[step]);
      links.fill(toLink(metric.link, metric.level[step]));
      return;
    }
    const { causes } = this;
    const far = metric.link.kind === "linear" ? Number.POSITIVE_INFINITY : farthest;
    const offset = metric.offset[step];
    const errors = this.errors(node) ?? zeros;
    const scale = errors === zeros ? 0 : this.#compiled.errorScale[node][step];
    if (metric.edges.length === 0) {
      for (let run = 0; run < runs; run++) links[run] = offset + scale * errors[run];
    } else {
      for (let run = 0; run < runs; run++) {
        const moved = causes[run];
        const held = moved >= -far && moved <= far ? moved : this.#held(moved);
        links[run] = offset + held + scale * errors[run];
      }
    }
    if (metric.link.kind === "log") expInto(levels, links, 0, tileRuns);
    else fromLinkInto(metric.link, levels, links, tileRuns);
  }

  #finishInWorld(node: number, metric: MetricNode, world: WorldState): void {
    const runs = tileRuns;
    const step = this.#step;
    const base = this.#baseline;
    const levels = world.levels[node];
    const links = world.links[node];
    const baseLinks = base.links[node];
    const edit = world.compiled.edits[node];
    const factor = edit?.factor[step] ?? 1;
    const shift = edit?.shift[step] ?? 0;
    if (factor === 0) {
      levels.fill(shift);
      links.fill(toLink(metric.link, shift));
      this.#strike(node, metric, world);
      return;
    }
    const moves = edit?.moves === undefined ? deviation.fill(0) : copyInto(deviation, edit.moves[step]);
    for (const edge of metric.edges) this.#addDeviation(edge, world);
    if (metric.link.kind !== "linear" && metric.edges.length > 0) this.#hold(moves);
    for (let run = 0; run < runs; run++) links[run] = baseLinks[run] + moves[run];
    moveInto(metric.link, levels, base.levels[node], moves, tileRuns);
    if (factor !== 1 || shift !== 0) {
      for (let run = 0; run < runs; run++) {
        levels[run] = factor * levels[run] + shift;
        links[run] = toLink(metric.link, levels[run]);
      }
    }
    this.#strike(node, metric, world);
  }

  /** Applies the shocks that hold at this step to a metric's levels. */
  #strike(node: number, metric: MetricNode, { compiled, levels, links, sizes }: WorldState): void {
    const runs = tileRuns;
    const struck = levels[node];
    for (const index of compiled.edits[node]?.shocks ?? []) {
      const { kind, share } = compiled.shocks[index];
      const held = share[this.#step];
      if (held === 0) continue;
      const values = sizes[index];
      for (let run = 0; run < runs; run++) {
        const size = values[run];
        if (Number.isNaN(size)) continue;
        if (kind === "scale") struck[run] *= 1 + (size - 1) * held;
        else if (kind === "shift") struck[run] += size * held;
        else struck[run] += (size - struck[run]) * held;
        links[node][run] = toLink(metric.link, struck[run]);
      }
    }
  }

  /** Adds what an edge carries beyond the baseline to `deviation`: exactly 0 where its cause is as in the baseline. */
  #addDeviation(edge: number, world: WorldState): void {
    const runs = tileRuns;
    const { feature, lag, low, high }: ProgramEdge = this.#compiled.program.edges[edge];
    const state = world.features[feature];
    const baseState = this.#baseline.features[feature];
    if (state === baseState || world.compiled.blocked.has(edge)) return;
    const moves = deviation;
    const values = this.#slot(state, lag);
    const baseValues = this.#slot(baseState, lag);
    const effect = this.#effects[edge];
    const extrapolation = this.#extrapolations[edge];
    if (extrapolation === undefined) {
      for (let run = 0; run < runs; run++) moves[run] += effect[run] * (values[run] - baseValues[run]);
      return;
    }
    let outside = 0;
    for (let run = 0; run < runs; run++) {
      const value = values[run];
      const baseValue = baseValues[run];
      let moved = value - baseValue;
      const beyond = value < low ? value - low : value > high ? value - high : 0;
      if (beyond !== 0) {
        outside++;
        const baseBeyond = baseValue < low ? baseValue - low : baseValue > high ? baseValue - high : 0;
        // The slope is uncertain for what the edit moves further out than range and baseline reach.
        const further = baseBeyond * beyond > 0 ? beyond - baseBeyond : beyond;
        if (further * beyond > 0) moved += (extrapolation[run] - 1) * further;
      }
      moves[run] += effect[run] * moved;
    }
    this.outside[edge] += outside;
  }

  #hold(moves: Float64Array): void {
    const runs = tileRuns;
    const far = farthest;
    for (let run = 0; run < runs; run++) {
      const move = moves[run];
      if (!(move >= -far && move <= far)) moves[run] = this.#held(move);
    }
  }

  /** A move beyond any measure, held at the measure and counted. */
  #held(move: number): number {
    this.runaway++;
    return move > 0 ? farthest : -farthest;
  }

  /** What follows from other nodes of the same world. */
  #derive(node: number, definition: IdentityNode | StockNode, world: WorldState): void {
    if (definition.kind === "stock") {
      this.#accumulate(world, node, definition.inflow, definition.outflow, definition.floor);
      return;
    }
    const inputs = definition.inputs.map((input) => world.levels[input]);
    this.#compiled.formulas.get(node)?.(inputs, world.levels[node], tileRuns);
  }

  #accumulate(world: WorldState, node: number, inflow: number, outflow: number, floor: number | undefined): void {
    const runs = tileRuns;
    const levels = world.levels[node];
    const added = world.levels[inflow];
    const lost = world.levels[outflow];
    for (let run = 0; run < runs; run++) levels[run] = levels[run] + added[run] - lost[run];
    if (floor === undefined) return;
    for (let run = 0; run < runs; run++) {
      if (levels[run] < floor) {
        levels[run] = floor;
        this.floored++;
      }
    }
  }

  #updateFeature(feature: number, world: WorldState): void {
    const runs = tileRuns;
    const { node, curve, carryover, smoothing } = this.#compiled.program.features[feature];
    const definition = this.#compiled.program.nodes[node];
    const state = world.features[feature];
    const output = this.#slot(state, 0);
    let levels = world.levels[node];
    if (output === levels || output === world.links[node]) return;
    if (state.carried !== undefined) {
      const kept = 1 - carryover;
      for (let run = 0; run < runs; run++) state.carried[run] = kept * levels[run] + carryover * state.carried[run];
      levels = state.carried;
    } else if (smoothing !== undefined) {
      levels = followInStages(levels, state.stages, smoothing.periods);
    } else if (curve.kind === "log" && definition.kind === "metric" && definition.link.kind === "log") {
      output.set(world.links[node]);
      return;
    }
    if (curve.kind === "level") output.set(levels);
    else if (curve.kind === "log") this.#takeLogarithms(levels, output);
    else this.#compiled.transforms.get(feature)?.([levels], output, tileRuns);
  }

  /** A stock or an identity may reach zero in a rare run; its logarithm is then that of a number just above, and counted. */
  #takeLogarithms(levels: Float64Array, output: Float64Array): void {
    const runs = tileRuns;
    for (let run = 0; run < runs; run++) {
      if (levels[run] < justAboveZero) this.clamped++;
      output[run] = log(Math.max(levels[run], justAboveZero));
    }
  }

  #copyFeature(feature: number, world: WorldState): void {
    const state = world.features[feature];
    const baseState = this.#baseline.features[feature];
    // Where the ring is the level or link value itself this copies it once more, which changes nothing.
    this.#slot(state, 0).set(this.#slot(baseState, 0));
    if (state.carried !== undefined && baseState.carried !== undefined) state.carried.set(baseState.carried);
    state.stages.forEach((stage, place) => {
      stage.set(baseState.stages[place]);
    });
  }
}

/** The last stage as it was, before each stage follows the one before it by 1 / `periods` of their distance. */
function followInStages(levels: Float64Array, stages: readonly Float64Array[], periods: number): Float64Array {
  const runs = tileRuns;
  const seen = smoothed;
  seen.set(stages[stages.length - 1]);
  for (let place = stages.length - 1; place >= 0; place--) {
    const stage = stages[place];
    const before = place === 0 ? levels : stages[place - 1];
    for (let run = 0; run < runs; run++) stage[run] += (before[run] - stage[run]) / periods;
  }
  return seen;
}

function copyInto(output: Float64Array, values: Float64Array): Float64Array {
  output.set(values);
  return output;
}

const noEdits: CompiledWorld = {
  edits: [],
  from: new Float64Array(0),
  shocks: [],
  copula: undefined,
  blocked: new Set(),
  start: undefined,
};

const smoothed = new Float64Array(tileRuns);
const deviation = new Float64Array(tileRuns);
const zeros = new Float64Array(tileRuns);
