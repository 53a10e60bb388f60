import { describe, expect, it } from "vitest";
import {
  adjustmentSets,
  dSeparated,
  frontDoorSets,
  instruments,
  isAdjustmentSet,
  mixedGraph,
} from "../../src/index.js";
import {
  descendants,
  isAdjustment,
  isFrontDoor,
  minimalOf,
  nameOf,
  partsOf,
  pathSeparated,
  randomGraph,
  type SmallGraph,
  subsets,
} from "./reference.js";

const cases = Array.from({ length: 400 }, (_, seed) => ({
  graph: randomGraph(seed + 1, 4 + (seed % 4), [0.3, 0.45, 0.6][seed % 3], [0, 0.15, 0.3][Math.floor(seed / 3) % 3]),
}));
const canonical = (sets: readonly (readonly string[])[]) => sets.map((set) => [...set].sort().join()).sort();
const named = (sets: readonly (readonly number[])[]) => canonical(sets.map((set) => set.map(nameOf)));
const others = ({ size }: SmallGraph, ...taken: number[]) =>
  Array.from({ length: size }, (_, node) => node).filter((node) => !taken.includes(node));

describe("against the definitions, on random graphs with hidden confounders", () => {
  it("dSeparated equals the search of all paths", () => {
    let separated = 0;
    for (const { graph } of cases) {
      const view = mixedGraph(partsOf(graph));
      for (const given of subsets(others(graph, 0, 1))) {
        const expected = pathSeparated(graph, [0], [1], given);
        separated += Number(expected);
        expect(dSeparated(view, "v0", "v1", given.map(nameOf))).toBe(expected);
      }
    }
    expect(separated).toBeGreaterThan(100);
  });

  it("lists every minimal adjustment set, and no other", () => {
    let found = 0;
    for (const { graph } of cases) {
      const view = mixedGraph(partsOf(graph));
      const valid = subsets(others(graph, 0, 1)).filter((set) => isAdjustment(graph, [0], [1], set));
      const answer = adjustmentSets(view, { treatment: "v0", outcome: "v1", limit: 10_000 });
      expect(canonical(answer.sets)).toEqual(named(minimalOf(valid)));
      expect(answer.complete).toBe(true);
      expect(answer.maximal !== undefined).toBe(valid.length > 0);
      if (answer.maximal !== undefined) expect(named(valid)).toContain([...answer.maximal].sort().join());
      found += answer.sets.length;
    }
    expect(found).toBeGreaterThan(40);
  });

  it("keeps to what is required, forbidden and observed, with two treatments and two outcomes", () => {
    let found = 0;
    for (const { graph } of cases) {
      if (graph.size < 6) continue;
      const view = mixedGraph(partsOf(graph));
      const [a, b, ...rest] = others(graph, 0, 1, 2, 3);
      const valid = subsets([...rest, a]).filter((set) => set.includes(a) && isAdjustment(graph, [0, 1], [2, 3], set));
      const query = { treatment: ["v0", "v1"], outcome: ["v2", "v3"], required: [nameOf(a)] };
      expect(canonical(adjustmentSets(view, { ...query, forbidden: [nameOf(b)] }).sets)).toEqual(
        named(minimalOf(valid)),
      );
      expect(canonical(adjustmentSets(view, { ...query, observed: [...rest, a].map(nameOf) }).sets)).toEqual(
        named(minimalOf(valid)),
      );
      found += valid.length;
    }
    expect(found).toBeGreaterThan(10);
  });

  it("isAdjustmentSet equals the criterion", () => {
    for (const { graph } of cases.slice(0, 60)) {
      const view = mixedGraph(partsOf(graph));
      for (const set of subsets(others(graph, 0, 1)))
        expect(isAdjustmentSet(view, { treatment: "v0", outcome: "v1" }, set.map(nameOf))).toBe(
          isAdjustment(graph, [0], [1], set),
        );
    }
  });

  it("lists every minimal front-door set, and the largest one", () => {
    let found = 0;
    for (const [position, { graph: drawn }] of cases.entries()) {
      const direct = drawn.directed.filter(([from, to]) => from !== 0 || to !== 1);
      const graph = position % 2 === 0 ? drawn : { ...drawn, directed: direct, bidirected: [[0, 1] as const] };
      const view = mixedGraph(partsOf(graph));
      const valid = subsets(others(graph, 0, 1)).filter((set) => isFrontDoor(graph, [0], [1], set));
      const answer = frontDoorSets(view, { treatment: "v0", outcome: "v1" });
      expect(canonical(answer.sets)).toEqual(named(minimalOf(valid)));
      const largest = [...valid].sort((x, y) => y.length - x.length)[0];
      expect(answer.maximal === undefined ? undefined : [...answer.maximal].sort().join()).toBe(
        largest === undefined ? undefined : named([largest])[0],
      );
      found += answer.sets.filter((set) => set.length > 0).length;
    }
    expect(found).toBeGreaterThan(5);
  });

  it("keeps required and forbidden variables of a front door", () => {
    for (const { graph } of cases) {
      const view = mixedGraph(partsOf(graph));
      const [a, b, ...rest] = others(graph, 0, 1);
      const valid = subsets([a, ...rest]).filter((set) => set.includes(a) && isFrontDoor(graph, [0], [1], set));
      const query = { treatment: "v0", outcome: "v1", required: [nameOf(a)], forbidden: [nameOf(b)] };
      expect(canonical(frontDoorSets(view, query).sets)).toEqual(named(minimalOf(valid)));
    }
  });

  it("finds an instrument whenever one exists, each of them valid", () => {
    let found = 0;
    for (const { graph } of cases) {
      const view = mixedGraph(partsOf(graph));
      const bare = {
        ...graph,
        directed: graph.directed.filter(([from, to]) => from !== 0 || !descendants(graph, [to]).has(1)),
      };
      const caused = descendants(graph, [0, 1]);
      const valid = (instrument: number, given: readonly number[]): boolean =>
        ![instrument, ...given].some((node) => caused.has(node)) &&
        pathSeparated(bare, [instrument], [1], given) &&
        !pathSeparated(graph, [instrument], [0], given);
      const candidates = others(graph, 0, 1);
      const answer = instruments(view, { treatment: "v0", outcome: "v1" });
      const any = candidates.some((node) => subsets(others(graph, 0, 1, node)).some((given) => valid(node, given)));
      expect(answer.instruments.length > 0).toBe(any);
      for (const { instrument, given } of answer.instruments) {
        expect(
          valid(
            Number(instrument.slice(1)),
            given.map((name) => Number(name.slice(1))),
          ),
        ).toBe(true);
      }
      found += answer.instruments.length;
    }
    expect(found).toBeGreaterThan(10);
  });
});
