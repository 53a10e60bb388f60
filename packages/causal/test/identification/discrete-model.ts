// A random discrete model of a small graph, its exact joint distribution, and estimands evaluated on it by enumeration.
import { WordStream } from "@sage-twin/kernel";
import type { Estimand } from "../../src/index.js";
import { nameOf, type SmallGraph } from "./reference.js";

export type Values = Readonly<Record<string, number>>;

/** Two values per node, three per hidden cause; `set` fixes nodes whatever their causes say. */
export class DiscreteModel {
  readonly names: readonly string[];
  readonly #graph: SmallGraph;
  readonly #tables: readonly ReadonlyMap<string, number>[];

  constructor(graph: SmallGraph, seed: number) {
    const words = new WordStream([seed, 7, 11, 13]);
    for (let skip = 0; skip < 20; skip++) words.next();
    this.#graph = graph;
    this.names = Array.from({ length: graph.size }, (_, node) => nameOf(node));
    this.#tables = this.names.map((_, node) => {
      const table = new Map<string, number>();
      const { parents, hidden } = this.#causes(node);
      for (const key of combinations([...parents.map(() => 2), ...hidden.map(() => 3)]))
        table.set(key.join(), 0.1 + 0.8 * words.uniform());
      return table;
    });
  }

  #causes(node: number) {
    return {
      parents: this.#graph.directed.filter(([, to]) => to === node).map(([from]) => from),
      hidden: this.#graph.bidirected.flatMap((pair, index) => (pair.includes(node) ? [index] : [])),
    };
  }

  /** The probability of every combination of values, those of `set` being held. */
  joint(set: Values = {}): Map<string, number> {
    const { size, bidirected } = this.#graph;
    const joint = new Map<string, number>();
    const causes = this.names.map((_, node) => this.#causes(node));
    for (const hidden of combinations(bidirected.map(() => 3))) {
      for (const values of combinations(Array.from({ length: size }, () => 2))) {
        let probability = 1 / 3 ** bidirected.length;
        for (let node = 0; node < size; node++) {
          const held = set[nameOf(node)];
          if (held !== undefined) {
            if (values[node] !== held) probability = 0;
            continue;
          }
          const key = [...causes[node].parents.map((p) => values[p]), ...causes[node].hidden.map((h) => hidden[h])];
          const one = this.#tables[node].get(key.join()) as number;
          probability *= values[node] === 1 ? one : 1 - one;
        }
        const key = values.join();
        joint.set(key, (joint.get(key) ?? 0) + probability);
      }
    }
    return joint;
  }
}

export function combinations(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (all, size) => all.flatMap((start) => Array.from({ length: size }, (_, value) => [...start, value])),
    [[]],
  );
}

export function probabilityOf(joint: ReadonlyMap<string, number>, names: readonly string[], values: Values): number {
  let total = 0;
  for (const [key, probability] of joint) {
    const at = key.split(",").map(Number);
    if (names.every((name, node) => values[name] === undefined || values[name] === at[node])) total += probability;
  }
  return total;
}

/** The value of an estimand where the variables outside its sums have the values of `at`. */
export function evaluate(
  estimand: Estimand,
  joint: ReadonlyMap<string, number>,
  names: readonly string[],
  at: Values,
): number {
  switch (estimand.kind) {
    case "probability": {
      const pick = (chosen: readonly string[]): Values => Object.fromEntries(chosen.map((name) => [name, at[name]]));
      const given = pick(estimand.given);
      const both = probabilityOf(joint, names, { ...given, ...pick(estimand.of) });
      return both / probabilityOf(joint, names, given);
    }
    case "product":
      return estimand.factors.reduce((total, factor) => total * evaluate(factor, joint, names, at), 1);
    case "sum":
      return combinations(estimand.over.map(() => 2)).reduce((total, values) => {
        const inner = { ...at, ...Object.fromEntries(estimand.over.map((name, index) => [name, values[index]])) };
        return total + evaluate(estimand.of, joint, names, inner);
      }, 0);
    case "ratio":
      return evaluate(estimand.numerator, joint, names, at) / evaluate(estimand.denominator, joint, names, at);
  }
}
