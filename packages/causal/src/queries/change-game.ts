import { type CompiledProgram, compileProgram, compileWorld } from "../compile.js";
import { featureHistory } from "../features.js";
import { toLink } from "../link.js";
import type { Feature, MetricNode, NodeEdits, Program, ProgramNode } from "../program.js";
import { Tile, tileRuns } from "../tile.js";
import { type Observations, observedProgram, viewIn } from "./observed-program.js";

/**
 * Two stretches of the data as a game: its players are the metrics that did something of their own between the first and the second, beyond what their
 * causes explain; the worth of a coalition is the target in the first stretch with its players doing as in the second.
 */
export class ChangeGame {
  /** Nodes, in the program's order. */
  readonly players: readonly number[];
  readonly #program: Program;
  readonly #compiled: CompiledProgram;
  readonly #later: Program;
  readonly #target: number;
  readonly #seed: string;
  readonly #moves: ReadonlyMap<number, readonly Float64Array[]>;

  constructor(
    program: Program,
    observations: Observations,
    target: number,
    [first, second]: readonly [first: number, second: number],
    rows: number,
    seed: string,
  ) {
    this.#program = observedProgram(program, observations, first, rows);
    this.#compiled = compileProgram(this.#program);
    this.#later = observedProgram(program, observations, second, rows);
    this.#target = target;
    this.#seed = seed;
    const ancestors = ancestorsOf(program, target);
    const tile = new Tile(this.#compiled, [], seed, 0);
    const seen = program.features.map((feature) => seenBy(feature, program, observations));
    const moves = new Map<number, readonly Float64Array[]>();
    program.nodes.forEach((node, index) => {
      if (!ancestors.has(index)) return;
      if (node.kind === "metric") {
        const own = this.#ownMoves(node, index, [first, second], rows, tile, seen);
        if (own.some((step) => step.some((move) => move !== 0)) || this.#startsElsewhere(index)) moves.set(index, own);
      } else if (node.kind === "stock" && initialOf(this.#program, index) !== initialOf(this.#later, index))
        moves.set(index, []);
    });
    this.#moves = moves;
    this.players = [...moves.keys()];
  }

  /** The target's mean over the rows, by draw of the effects, with these players doing as later. */
  worth(coalition: readonly number[]): Float64Array {
    const joined = new Set(coalition.map((player) => this.players[player]));
    const { nodes, features, steps } = this.#program;
    const edits = [...joined].flatMap((node): NodeEdits[] => {
      if (nodes[node].kind !== "metric") return [];
      const moves = this.#moves.get(node) as readonly Float64Array[];
      return [{ node, factor: new Float64Array(steps).fill(1), shift: new Float64Array(steps), moves }];
    });
    const start = {
      features: features.map((feature, index) => (joined.has(feature.node) ? this.#later.features[index] : feature)),
      initial: nodes.map((_, node) => initialOf(joined.has(node) ? this.#later : this.#program, node)),
    };
    const world = compileWorld(this.#program, { edits, start });
    const tile = new Tile(this.#compiled, [world], this.#seed, 0);
    const total = new Float64Array(tileRuns);
    for (let step = 0; step < steps; step++) {
      tile.advance();
      const levels = tile.level(this.#target, 0);
      for (let run = 0; run < tileRuns; run++) total[run] += levels[run] / steps;
    }
    return total;
  }

  /** By step and draw: how much further a metric was on its link scale than its causes took it. */
  #ownMoves(
    node: MetricNode,
    index: number,
    [first, second]: readonly [number, number],
    rows: number,
    tile: Tile,
    seen: readonly Float64Array[],
  ): Float64Array[] {
    const before = (this.#program.nodes[index] as MetricNode).level;
    const after = (this.#later.nodes[index] as MetricNode).level;
    return Array.from({ length: rows }, (_, step) => {
      const moves = new Float64Array(tileRuns).fill(toLink(node.link, after[step]) - toLink(node.link, before[step]));
      for (const edge of node.edges) {
        const { feature, lag } = this.#program.edges[edge];
        const values = seen[feature];
        const change = values[Math.max(0, second + step - lag)] - values[Math.max(0, first + step - lag)];
        const effect = tile.effect(edge);
        for (let run = 0; run < tileRuns; run++) moves[run] -= effect[run] * change;
      }
      return moves;
    });
  }

  /** Whether what a node was before the rows differs, as far as anything remembers it. */
  #startsElsewhere(node: number): boolean {
    return this.#program.features.some((feature, index) => {
      const later = this.#later.features[index];
      return feature.node === node && JSON.stringify(startOf(feature)) !== JSON.stringify(startOf(later));
    });
  }
}

function startOf({ history, carried, carryover, smoothing }: Feature): unknown {
  return [Array.from(history), carryover > 0 ? carried : 0, smoothing?.stages];
}

function initialOf(program: Program, node: number): number {
  const definition = program.nodes[node];
  return definition.kind === "stock" ? definition.initial : Number.NaN;
}

/** A feature over the whole history. */
function seenBy(feature: Feature, program: Program, { history }: Observations): Float64Array {
  const { name } = program.nodes[feature.node];
  return featureHistory(name, history.get(name) as Float64Array, viewIn(feature)).bridged;
}

/** A node and all that leads to it. */
export function ancestorsOf({ nodes, edges, features }: Program, target: number): ReadonlySet<number> {
  const causesOf = (node: ProgramNode): readonly number[] => {
    if (node.kind === "identity") return node.inputs;
    if (node.kind === "stock") return [node.inflow, node.outflow];
    return node.edges.map((edge) => features[edges[edge].feature].node);
  };
  const found = new Set([target]);
  for (const node of found) for (const cause of causesOf(nodes[node])) found.add(cause);
  return found;
}
