import { readKnowledge } from "../../src/discovery/knowledge.js";
import { Pattern, patternOf } from "../../src/discovery/pattern.js";

/** A pattern of edges by index; an undirected one is there both ways round. */
export function patternFrom(size: number, edges: readonly (readonly number[])[]): Pattern {
  const pattern = new Pattern(size);
  for (const [from, to] of edges) pattern.marks[from * size + to] = 1;
  return pattern;
}

/** The pattern of the graphs that imply what this one does. */
export function equivalents(size: number, edges: readonly (readonly number[])[]): Pattern {
  const names = Array.from({ length: size }, (_, index) => `v${index}`);
  return patternOf(patternFrom(size, edges), readKnowledge(names, {}));
}

/** Structural Hamming distance: the pairs that are joined differently. */
export function distance(one: Pattern, other: Pattern): number {
  let count = 0;
  for (let a = 0; a < one.size; a++)
    for (let b = 0; b < a; b++) {
      const [there, back] = [a * one.size + b, b * one.size + a];
      if (one.marks[there] !== other.marks[there] || one.marks[back] !== other.marks[back]) count++;
    }
  return count;
}

/** The links that are in one list alone. */
export function linkDistance(one: readonly unknown[], other: readonly unknown[]): number {
  const [a, b] = [new Set(one.map(String)), new Set(other.map(String))];
  return [...a].filter((link) => !b.has(link)).length + [...b].filter((link) => !a.has(link)).length;
}

/** Edges of columns named v0, v1, ... by index; undirected ones both ways round. */
export function indexed(edges: readonly { from: string; to: string; kind: string }[]): number[][] {
  return edges.flatMap(({ from, to, kind }) => {
    const [a, b] = [Number(from.slice(1)), Number(to.slice(1))];
    return kind === "directed"
      ? [[a, b]]
      : [
          [a, b],
          [b, a],
        ];
  });
}
