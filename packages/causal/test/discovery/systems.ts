import { Rng } from "@sage-twin/kernel";

/** A drawn system: its columns and its true edges, cause first. */
export interface LinearSystem {
  readonly columns: Record<string, Float64Array>;
  readonly edges: readonly (readonly [number, number])[];
}

/** A drawn system over time: its columns and its true edges as cause, effect and lag. */
export interface LaggedSystem {
  readonly columns: Record<string, Float64Array>;
  readonly edges: readonly (readonly [number, number, number])[];
}

/** A random linear graph: 10 nodes in random order, an edge with probability .3, weights in +-[.5, 2], unit normal errors, 1,000 rows. */
export function linearSystem(seed: number, nodes = 10, rows = 1_000): LinearSystem {
  const rng = new Rng(`linear ${seed}`);
  const order = shuffled(nodes, rng);
  const edges: [number, number][] = [];
  const weights: number[] = [];
  for (let at = 0; at < nodes; at++)
    for (let before = 0; before < at; before++)
      if (rng.uniform() < 0.3) {
        edges.push([order[before], order[at]]);
        weights.push((0.5 + 1.5 * rng.uniform()) * (rng.uniform() < 0.5 ? -1 : 1));
      }
  const columns = Array.from({ length: nodes }, () => new Float64Array(rows));
  for (let row = 0; row < rows; row++)
    for (const node of order) {
      let value = rng.normal();
      edges.forEach(([from, to], edge) => {
        if (to === node) value += weights[edge] * columns[from][row];
      });
      columns[node][row] = value;
    }
  return { columns: named(columns), edges };
}

/**
 * A random system over time: 5 variables that depend on their own past with weight .2 to .7, and 5 edges between two of them with lag 1 to 3 and
 * weights in +-[.2, .5]; unit normal errors; 500 rows. Systems that run away are drawn anew.
 */
export function laggedSystem(seed: number, rows = 500): LaggedSystem {
  for (let attempt = 0; ; attempt++) {
    const rng = new Rng(`lagged ${seed} ${attempt}`);
    const edges: [number, number, number][] = [];
    const weights: number[] = [];
    for (let node = 0; node < 5; node++) {
      edges.push([node, node, 1]);
      weights.push(0.2 + 0.5 * rng.uniform());
    }
    while (edges.length < 10) {
      const [from, to, lag] = [rng.integer(5), rng.integer(5), 1 + rng.integer(3)];
      if (from === to || edges.some(([a, b]) => a === from && b === to)) continue;
      edges.push([from, to, lag]);
      weights.push((0.2 + 0.3 * rng.uniform()) * (rng.uniform() < 0.5 ? -1 : 1));
    }
    const warmup = 200;
    const columns = Array.from({ length: 5 }, () => new Float64Array(rows + warmup));
    for (let row = 0; row < rows + warmup; row++)
      for (let node = 0; node < 5; node++) {
        let value = rng.normal();
        edges.forEach(([from, to, lag], edge) => {
          if (to === node && row >= lag) value += weights[edge] * columns[from][row - lag];
        });
        columns[node][row] = value;
      }
    if (columns.every((column) => column.every((value) => Math.abs(value) < 20)))
      return { columns: named(columns.map((column) => column.slice(warmup))), edges };
  }
}

function named(columns: readonly Float64Array[]): Record<string, Float64Array> {
  return Object.fromEntries(columns.map((column, index) => [`v${index}`, column]));
}

function shuffled(size: number, rng: Rng): number[] {
  const order = Array.from({ length: size }, (_, index) => index);
  for (let at = size - 1; at > 0; at--) {
    const other = rng.integer(at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  return order;
}
