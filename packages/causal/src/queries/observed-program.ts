import { type Issue, periodIndex, periodStart, TwinError } from "@sage-twin/kernel";
import { featureHistory, type View } from "../features.js";
import type { CausalGraph } from "../graph.js";
import type { Feature, FittedProgram, Program, ProgramNode } from "../program.js";

/** What a graph was fitted on. */
export interface Observations {
  readonly history: ReadonlyMap<string, Float64Array>;
  readonly start: number;
  readonly length: number;
}

/** A fitted program with its graph and what it was fitted on: all that a question about the past needs. */
export interface ObservedProgram extends FittedProgram {
  readonly graph: CausalGraph;
  readonly observations: Observations;
}

/**
 * The program whose baseline is what was observed in `steps` rows from `row` on, without error: worlds beside it are counterfactuals, with the
 * errors that the observations imply (abduction, action and prediction in one).
 *
 * @throws TwinError `out-of-range` for rows that the data do not have, `invalid-data` for missing values in them.
 */
export function observedProgram(program: Program, observations: Observations, row: number, steps: number): Program {
  const { history, start, length } = observations;
  const first = row < 0 ? length + row : row;
  if (!(Number.isInteger(row) && Number.isInteger(steps) && steps >= 1 && first >= 0 && first + steps <= length)) {
    throw new TwinError({
      code: "out-of-range",
      path: ["row"],
      message: `rows ${row} to ${row + steps - 1} of ${length}`,
      fix: `give a row from 0 to ${length - steps}, or from the end as -1`,
    });
  }
  const seen = (name: string): Float64Array => (history.get(name) as Float64Array).subarray(first, first + steps);
  requireKnown(program, seen, first);
  const nodes = program.nodes.map((node): ProgramNode => {
    if (node.kind === "identity") return node;
    if (node.kind === "stock") {
      const levels = history.get(node.name) as Float64Array;
      const [inflow, outflow] = [node.inflow, node.outflow].map(
        (flow) => history.get(program.nodes[flow].name)?.[first] as number,
      );
      const before =
        first > 0 && Number.isFinite(levels[first - 1]) ? levels[first - 1] : levels[first] - inflow + outflow;
      return { ...node, initial: before };
    }
    return { ...node, level: seen(node.name), given: true };
  });
  const features = program.features.map((feature): Feature => {
    const { name } = program.nodes[feature.node];
    const past = (history.get(name) as Float64Array).subarray(0, Math.max(1, first));
    const { bridged, carried, stages } = featureHistory(name, past, viewIn(feature));
    return {
      ...feature,
      carried,
      ...(feature.smoothing === undefined ? {} : { smoothing: { periods: feature.smoothing.periods, stages } }),
      history: feature.history.map((_, back) => bridged[Math.max(0, past.length - 1 - back)]),
    };
  });
  const { frequency } = program;
  return {
    ...program,
    start: periodStart(periodIndex(start, frequency) + first, frequency),
    steps,
    nodes,
    features,
    edges: program.edges.map((edge) => ({ ...edge, centre: new Float64Array(steps) })),
    noise: { nodes: [], factor: new Float64Array(0) },
  };
}

/** One row as a record: every metric's value, identities aside. */
export function observationsOf(program: Program, record: Readonly<Record<string, number>>): Observations {
  const issues: Issue[] = [];
  const memory = program.features.find(
    ({ memory, carryover, smoothing }) => memory > 0 || carryover > 0 || smoothing !== undefined,
  );
  if (memory !== undefined) {
    issues.push({
      code: "invalid-argument",
      path: ["row"],
      message: `one row does not say what '${program.nodes[memory.node].name}' was before`,
      fix: "name a row of the data by its number",
    });
  }
  const history = new Map<string, Float64Array>();
  for (const { name, kind } of program.nodes) {
    if (kind === "metric" && !Number.isFinite(record[name]))
      issues.push({ code: "invalid-data", path: ["row", name], message: `the row has no value of '${name}'` });
    history.set(name, Float64Array.of(record[name] ?? Number.NaN));
  }
  if (issues.length > 0) throw new TwinError(issues);
  return { history, start: program.start, length: 1 };
}

export function viewIn({ curve, carryover, smoothing }: Feature): View {
  return { curve, carryover, periods: smoothing?.periods ?? 0, order: smoothing?.stages.length ?? 0 };
}

function requireKnown(program: Program, seen: (name: string) => Float64Array, first: number): void {
  const issues = program.nodes.flatMap(({ name, kind }): Issue[] => {
    if (kind !== "metric") return [];
    const missing = seen(name).findIndex((value) => !Number.isFinite(value));
    if (missing < 0) return [];
    return [
      {
        code: "invalid-data",
        path: ["data", name, first + missing],
        message: `'${name}' is not known in row ${first + missing}`,
        fix: "choose rows in which every metric is known",
      },
    ];
  });
  if (issues.length > 0) throw new TwinError(issues);
}
