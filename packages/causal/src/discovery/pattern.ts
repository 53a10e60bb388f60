import type { EdgeRules } from "./knowledge.js";

/**
 * A graph with directed and undirected edges by columns: entry `a * size + b` is 1 where a causes b or may; both entries of a pair are 1 where the
 * edge has no direction.
 */
export class Pattern {
  readonly size: number;
  readonly marks: Uint8Array;

  constructor(size: number, marks: Uint8Array = new Uint8Array(size * size)) {
    this.size = size;
    this.marks = marks;
  }

  copy(): Pattern {
    return new Pattern(this.size, this.marks.slice());
  }

  adjacent(a: number, b: number): boolean {
    return this.marks[a * this.size + b] !== 0 || this.marks[b * this.size + a] !== 0;
  }

  directed(from: number, to: number): boolean {
    return this.marks[from * this.size + to] !== 0 && this.marks[to * this.size + from] === 0;
  }

  undirected(a: number, b: number): boolean {
    return this.marks[a * this.size + b] !== 0 && this.marks[b * this.size + a] !== 0;
  }

  join(a: number, b: number): void {
    this.marks[a * this.size + b] = 1;
    this.marks[b * this.size + a] = 1;
  }

  separate(a: number, b: number): void {
    this.marks[a * this.size + b] = 0;
    this.marks[b * this.size + a] = 0;
  }

  direct(from: number, to: number): void {
    this.marks[from * this.size + to] = 1;
    this.marks[to * this.size + from] = 0;
  }

  /** The nodes for which `test` holds. */
  where(test: (node: number) => boolean): number[] {
    const found: number[] = [];
    for (let node = 0; node < this.size; node++) if (test(node)) found.push(node);
    return found;
  }

  adjacentTo(node: number): number[] {
    return this.where((other) => this.adjacent(node, other));
  }

  parentsOf(node: number): number[] {
    return this.where((other) => this.directed(other, node));
  }

  neighboursOf(node: number): number[] {
    return this.where((other) => this.undirected(other, node));
  }

  /** Whether edges lead from one node to another: directed ones alone, or undirected ones too, around `blocked` nodes. */
  leads(from: number, to: number, undirectedToo: boolean, blocked: readonly number[] = []): boolean {
    const seen = new Uint8Array(this.size);
    for (const node of blocked) seen[node] = 1;
    const stack = [from];
    seen[from] = 1;
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (node === to) return true;
      for (let next = 0; next < this.size; next++)
        if (
          seen[next] === 0 &&
          (undirectedToo ? this.marks[node * this.size + next] !== 0 : this.directed(node, next))
        ) {
          seen[next] = 1;
          stack.push(next);
        }
    }
    return false;
  }
}

/** Directs the undirected edges of which knowledge forbids one direction. */
export function directByKnowledge(pattern: Pattern, { size, allowed: [allowed] }: EdgeRules): void {
  for (let a = 0; a < size; a++)
    for (let b = 0; b < size; b++)
      if (pattern.undirected(a, b) && allowed[a * size + b] !== 0 && allowed[b * size + a] === 0) pattern.direct(a, b);
}

/**
 * Directs what follows from the edges that are directed (the four rules of Meek 1995), without closing a cycle.
 *
 * @param unsure whether a triple a - b - c is not known to be without a collider, so that the first rule does not apply.
 */
export function directByRules(pattern: Pattern, unsure?: (a: number, b: number, c: number) => boolean): void {
  const { size } = pattern;
  for (let changed = true; changed; ) {
    changed = false;
    for (let a = 0; a < size; a++)
      for (let b = 0; b < size; b++)
        if (pattern.undirected(a, b) && follows(pattern, a, b, unsure) && !pattern.leads(b, a, false)) {
          pattern.direct(a, b);
          changed = true;
        }
  }
}

function follows(
  pattern: Pattern,
  a: number,
  b: number,
  unsure?: (a: number, b: number, c: number) => boolean,
): boolean {
  const { size } = pattern;
  for (let c = 0; c < size; c++) {
    if (c === a || c === b) continue;
    if (pattern.directed(c, a) && !pattern.adjacent(c, b) && !unsure?.(c, a, b)) return true;
    if (!pattern.directed(c, b)) continue;
    if (pattern.directed(a, c)) return true;
    for (let d = 0; d < size; d++) {
      if (d === a || d === b || d === c) continue;
      if (pattern.undirected(a, c) && pattern.undirected(a, d) && pattern.directed(d, b) && !pattern.adjacent(c, d))
        return true;
      if (pattern.directed(d, c) && pattern.undirected(a, d) && pattern.adjacent(a, c) && !pattern.adjacent(d, b))
        return true;
    }
  }
  return false;
}

/** A graph without cycles that has the pattern's edges and colliders (Dor and Tarsi 1992), or none; knowledge is kept to. */
export function extensionOf(pattern: Pattern, { allowed: [allowed] }: EdgeRules): Pattern | undefined {
  const { size } = pattern;
  const rest = pattern.copy();
  const graph = pattern.copy();
  const gone = new Uint8Array(size);
  const isSink = (node: number): boolean => {
    const around = rest.adjacentTo(node);
    if (around.some((other) => rest.directed(node, other))) return false;
    const neighbours = around.filter((other) => rest.undirected(other, node));
    return neighbours.every(
      (other) =>
        allowed[other * size + node] !== 0 && around.every((third) => third === other || rest.adjacent(other, third)),
    );
  };
  for (let taken = 0; taken < size; taken++) {
    let sink = -1;
    for (let node = size - 1; node >= 0 && sink < 0; node--) if (gone[node] === 0 && isSink(node)) sink = node;
    if (sink < 0) return undefined;
    for (const other of rest.neighboursOf(sink)) graph.direct(other, sink);
    for (const other of rest.adjacentTo(sink)) rest.separate(other, sink);
    gone[sink] = 1;
  }
  return graph;
}

/** The pattern of all graphs that imply the same independences as this one and keep to what is known. */
export function patternOf(graph: Pattern, rules: EdgeRules): Pattern {
  const { size } = graph;
  const pattern = new Pattern(size);
  for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) if (graph.directed(a, b)) pattern.join(a, b);
  for (let node = 0; node < size; node++) {
    const parents = graph.parentsOf(node);
    for (const a of parents)
      for (const c of parents)
        if (a < c && !graph.adjacent(a, c)) {
          pattern.direct(a, node);
          pattern.direct(c, node);
        }
  }
  directByKnowledge(pattern, rules);
  directByRules(pattern);
  return pattern;
}
