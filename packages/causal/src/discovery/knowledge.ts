import { type Issue, TwinError, unknownName } from "@sage-twin/kernel";
import { sortTopologically } from "../structure/topological-order.js";

/** A cause, an effect and, for `pcmci`, a lag in periods. */
export type KnownEdge = readonly [from: string, to: string, lag?: number];

/** What is known before the data are looked at. */
export interface Knowledge {
  /** Groups of columns from the earliest to the latest: nothing causes what lies in an earlier group. Columns in no group are free. */
  readonly tiers?: readonly (readonly string[])[];
  /** Edges that are there whatever the data say; for `pcmci` each has a lag of 1 or more. */
  readonly required?: readonly KnownEdge[];
  /** Edges that are not there; for `pcmci`, without a lag, at no lag. */
  readonly forbidden?: readonly KnownEdge[];
}

/** Knowledge by index: for each lag a matrix of causes by effects, entry 1 where an edge may be, or must be. */
export interface EdgeRules {
  readonly size: number;
  readonly allowed: readonly Uint8Array[];
  readonly required: readonly Uint8Array[];
}

/**
 * Reads knowledge about these columns, for lags from 0 to `maxLag`.
 *
 * @throws TwinError with an issue per unknown name, column in two tiers, impossible lag and required edge that is forbidden; `cycle` names a cycle of required edges.
 */
export function readKnowledge(names: readonly string[], knowledge: Knowledge, maxLag = 0): EdgeRules {
  const { tiers = [], required = [], forbidden = [] } = knowledge;
  const size = names.length;
  const index = new Map(names.map((name, node) => [name, node]));
  const issues: Issue[] = [];
  const find = (name: string, path: readonly (string | number)[]): number => {
    const node = index.get(name);
    if (node === undefined) issues.push(...unknownName("column", name, names, path).issues);
    return node ?? -1;
  };
  const tierOf = new Int32Array(size).fill(-1);
  tiers.forEach((tier, at) => {
    tier.forEach((name, position) => {
      const path = ["tiers", at, position];
      const node = find(name, path);
      if (node >= 0 && tierOf[node] >= 0)
        issues.push({
          code: "conflict",
          path,
          message: `'${name}' is in tier ${tierOf[node]} already`,
          fix: "keep it in one tier",
        });
      if (node >= 0) tierOf[node] = at;
    });
  });
  const lags = Array.from({ length: maxLag + 1 }, (_, lag) => lag);
  const allowed = lags.map((lag) => {
    const matrix = new Uint8Array(size * size);
    for (let from = 0; from < size; from++)
      for (let to = 0; to < size; to++) {
        const backwards = tierOf[from] >= 0 && tierOf[to] >= 0 && tierOf[from] > tierOf[to];
        if (!backwards && (lag > 0 || from !== to)) matrix[from * size + to] = 1;
      }
    return matrix;
  });
  const must = lags.map(() => new Uint8Array(size * size));
  const read = (
    edges: readonly KnownEdge[],
    what: "forbidden" | "required",
    mark: (at: number, lags: readonly number[]) => void,
  ) =>
    edges.forEach(([from, to, lag], position) => {
      const path = [what, position];
      const [cause, effect] = [find(from, path), find(to, path)];
      const least = what === "required" && maxLag > 0 ? 1 : 0;
      if (
        (lag === undefined && least > 0) ||
        (lag !== undefined && !(Number.isInteger(lag) && lag >= least && lag <= maxLag))
      )
        issues.push({
          code: "out-of-range",
          path,
          message: `the lag of '${from}' on '${to}' is ${lag ?? "not given"}, but is a whole number from ${least} to ${maxLag}`,
        });
      else if (cause >= 0 && effect >= 0) mark(cause * size + effect, lag === undefined ? lags : [lag]);
    });
  read(forbidden, "forbidden", (at, which) => {
    for (const lag of which) allowed[lag][at] = 0;
  });
  read(required, "required", (at, which) => {
    const lag = maxLag > 0 ? which[0] : 0;
    if (allowed[lag][at] === 0)
      issues.push({
        code: "contradiction",
        path: ["required"],
        message: `'${names[Math.floor(at / size)]}' causing '${names[at % size]}' is required, but forbidden as well`,
        fix: "leave out one of the two, or mend the tiers",
      });
    must[lag][at] = 1;
    if (lag === 0) allowed[0][(at % size) * size + Math.floor(at / size)] = 0;
  });
  const causes = new Map(names.map((name, to) => [name, names.filter((_, from) => must[0][from * size + to] !== 0)]));
  const { cycle } = sortTopologically(names, causes);
  if (cycle !== undefined)
    issues.push({
      code: "cycle",
      path: ["required"],
      message: `a cycle of required edges: ${cycle.join(" -> ")}`,
      fix: "leave out one of them",
    });
  if (issues.length > 0) throw new TwinError(issues);
  return { size, allowed, required: must };
}
