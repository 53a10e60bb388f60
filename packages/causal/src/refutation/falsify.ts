import { Rng, type RunOptions, TwinError } from "@sage-twin/kernel";
import { separates } from "../identification/separation.js";
import { namesOf, setOf, where } from "../structure/node-set.js";
import type { GraphView } from "../structure/summary.js";
import { type Independence, independencesOf, type NodeIndependence } from "./implied-independences.js";
import { type Correction, correctForTests } from "./multiple-testing.js";
import { type TestColumns, type TestData, testColumns } from "./test-columns.js";

/** How a graph is held against data. */
export interface FalsifyOptions extends Pick<RunOptions, "seed" | "signal"> {
  /** The chance of rejecting a true graph, and the level of single tests. Default: 0.05. */
  readonly level?: number;
  /** Default: `"holm"`. */
  readonly correction?: Correction;
  /** `"rank"` finds any monotone dependence and is not moved by outliers. Default: `"linear"`. */
  readonly correlation?: "linear" | "rank";
  /** The most independences that are tested. Default: 100. */
  readonly limit?: number;
  /** How many relabelled graphs it is compared with; 0 for none. Default: 200. */
  readonly permutations?: number;
}

/** One implied independence and what the data say of it. */
export interface IndependenceTest extends Independence {
  /** The partial correlation, which should be 0. */
  readonly correlation: number;
  readonly pValue: number;
  /** Corrected for the number of tests. */
  readonly corrected: number;
  readonly contradicted: boolean;
}

/** A graph held against data. */
export interface Falsification {
  /** Whether the data contradict any independence, the number of tests accounted for. A true graph has at most `level` chance of it. */
  readonly falsified: boolean;
  /** The most contradicted first. */
  readonly tests: readonly IndependenceTest[];
  /** Whether all implied independences were tested. */
  readonly complete: boolean;
  /** The rows that the tests rest on. */
  readonly rows: number;
  /** Beside graphs with the same shape and the metrics relabelled at random; absent without permutations. */
  readonly permuted?: {
    readonly count: number;
    /** Independences contradicted at the level, uncorrected, by this graph. */
    readonly contradicted: number;
    /** The share of relabelled graphs that are contradicted as little or less: small where the graph is better than chance. */
    readonly asGood: number;
    /** The share of relabelled graphs that imply the same independences: where it is not small, data could not tell them apart. */
    readonly equivalent: number;
  };
  readonly notes: readonly string[];
  toString(): string;
}

/**
 * Holds a graph against data: tests the independences that it implies by partial correlation, corrected for their number, and compares
 * how many fail with graphs whose metrics are relabelled at random (Eulig, Mastakouri, Bloebaum, Hardt and Janzing 2023).
 *
 * @param data columns by metric, whose rows are independent of each other; or a table of periods: then the graph is unrolled as far as its
 * lags reach (at most 12 periods), each metric's trend and season are taken out, and the tests allow for errors that persist.
 * @throws TwinError `invalid-data` for columns of different lengths and for fewer than 20 complete rows; with the problems of the graph.
 *
 * @example
 * ```ts
 * import { causalGraph, falsify, linear } from "@sage-twin/causal";
 * import { Rng } from "@sage-twin/kernel";
 *
 * const rng = new Rng("example");
 * const ads = Array.from({ length: 300 }, () => rng.normal());
 * const visits = ads.map((value) => value + rng.normal());
 * const orders = visits.map((value) => value + rng.normal());
 * const data = { ads, visits, orders };
 * const chain = causalGraph().cause("ads", "visits", linear()).cause("visits", "orders", linear());
 * falsify(chain, data).falsified; // => false
 * const wrong = causalGraph().cause("visits", "orders", linear()).cause("ads", "orders", linear());
 * falsify(wrong, data).falsified; // => true
 * ```
 */
export function falsify(graph: GraphView, data: TestData, options: FalsifyOptions = {}): Falsification {
  const { level = 0.05, correction = "holm", correlation = "linear", limit = 100, permutations = 200 } = options;
  checkOptions(level, permutations);
  const columns = testColumns(graph, data, correlation === "rank");
  const { graph: view, columnOf, rows, notes } = columns;
  const tested = where(columnOf.length, (node) => columnOf[node] >= 0);
  const { found, complete } = independencesOf(view, tested, limit, options.signal);
  const results = found.map(({ a, b, given }) => test(columns, a, b, given));
  const corrected = correctForTests(
    results.map(({ pValue }) => pValue),
    correction,
  );
  const tests = found
    .map(({ a, b, given }, index) => ({
      a: view.names[a],
      b: view.names[b],
      given: namesOf(view, given),
      ...results[index],
      corrected: corrected[index],
      contradicted: corrected[index] <= level,
    }))
    .sort((one, other) => one.pValue - other.pValue);
  const answer = {
    falsified: tests.some(({ contradicted }) => contradicted),
    tests,
    complete,
    rows,
    ...(permutations === 0 || found.length === 0
      ? {}
      : { permuted: compare(columns, found, level, permutations, options) }),
    notes,
  };
  return { ...answer, toString: () => describe(answer, level, correction) };
}

function checkOptions(level: number, permutations: number): void {
  if (!(level > 0 && level < 1))
    throw new TwinError({
      code: "out-of-range",
      path: ["level"],
      message: `a level lies between 0 and 1, which ${level} does not`,
    });
  if (!Number.isInteger(permutations) || permutations < 0 || permutations > 100_000)
    throw new TwinError({
      code: "out-of-range",
      path: ["permutations"],
      message: `the number of permutations is a whole number from 0 to 100000, not ${permutations}`,
    });
}

function test({ tests, columnOf }: TestColumns, a: number, b: number, given: readonly number[]) {
  return tests.test(
    columnOf[a],
    columnOf[b],
    given.map((node) => columnOf[node]),
  );
}

/** Counts contradictions of the graph and of graphs with its metrics relabelled. */
function compare(
  columns: TestColumns,
  found: readonly NodeIndependence[],
  level: number,
  count: number,
  { seed = "falsify", signal }: FalsifyOptions,
): NonNullable<Falsification["permuted"]> {
  const { graph, groups } = columns;
  const known = new Map<string, boolean>();
  const isContradicted = (a: number, b: number, given: readonly number[]): boolean => {
    const key = `${Math.min(a, b)},${Math.max(a, b)}|${[...given].sort((x, y) => x - y).join()}`;
    let answer = known.get(key);
    if (answer === undefined) {
      answer = test(columns, a, b, given).pValue <= level;
      known.set(key, answer);
    }
    return answer;
  };
  const contradicted = found.filter(({ a, b, given }) => isContradicted(a, b, given)).length;
  const rng = new Rng(seed).derive("falsify");
  let asGood = 0;
  let equivalent = 0;
  for (let permutation = 0; permutation < count; permutation++) {
    signal?.throwIfAborted();
    const label = relabelling(groups, columns.columnOf.length, rng);
    let violations = 0;
    let same = true;
    for (const { a, b, given } of found) {
      const moved = given.map((node) => label[node]);
      if (isContradicted(label[a], label[b], moved)) violations++;
      same &&= separates(graph, setOf(graph, [label[a]]), setOf(graph, [label[b]]), setOf(graph, moved));
    }
    if (violations <= contradicted) asGood++;
    if (same) equivalent++;
  }
  return { count, contradicted, asGood: asGood / count, equivalent: equivalent / count };
}

/** A random exchange of groups, each node for the node in the same place of another. */
function relabelling(groups: readonly (readonly number[])[], size: number, rng: Rng): Int32Array {
  const label = Int32Array.from({ length: size }, (_, node) => node);
  const order = groups.map((_, index) => index);
  for (let at = order.length - 1; at > 0; at--) {
    const other = rng.integer(at + 1);
    [order[at], order[other]] = [order[other], order[at]];
  }
  groups.forEach((group, index) => {
    group.forEach((node, place) => {
      label[node] = groups[order[index]][place];
    });
  });
  return label;
}

const shownTests = 5;

function describe(answer: Omit<Falsification, "toString">, level: number, correction: Correction): string {
  const { tests, falsified, complete, rows, permuted, notes } = answer;
  if (tests.length === 0) return "the graph implies no independence among the columns: data cannot contradict it";
  const failed = tests.filter(({ contradicted }) => contradicted);
  const name = correction === "holm" ? "Holm" : "Benjamini and Hochberg";
  const lines = [
    `${falsified ? "contradicted" : "not contradicted"}: ${failed.length} of ${tests.length}${complete ? "" : " (of more)"} implied independences fail on ${rows} rows at level ${level}, corrected by ${name}`,
    ...failed.slice(0, shownTests).map(({ a, b, given, correlation, corrected }) => {
      const others = given.length === 0 ? "" : ` given ${given.join(", ")}`;
      return `- ${a} and ${b}${others}: correlation ${correlation.toFixed(2)}, p = ${corrected.toPrecision(2)}`;
    }),
  ];
  if (permuted !== undefined) {
    const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
    const chance = permuted.asGood <= level ? "better than chance" : "no better than chance";
    lines.push(
      permuted.equivalent > level
        ? `${percent(permuted.equivalent)} of relabelled graphs imply the same independences: a comparison says little`
        : `${percent(permuted.asGood)} of ${permuted.count} relabelled graphs do as well or better: ${chance}`,
    );
  }
  return [...lines, ...notes].join("\n");
}
