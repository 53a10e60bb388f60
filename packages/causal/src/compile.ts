import { type ColumnFunction, compileColumns, namesIn, parseExpression } from "@sage-twin/formulas";
import { compileCurve } from "./curve.js";
import { errorDeviations } from "./error-deviations.js";
import type { NodeEdits, Program, World } from "./program.js";
import type { Shock, ShockCopula } from "./shock.js";

/** A program made ready to step: indices resolved, formulas compiled. Shared by all tiles of a run. */
export interface CompiledProgram {
  readonly program: Program;
  /** Per node: the features that read it. */
  readonly featuresOf: readonly (readonly number[])[];
  /** Per node: the feature that is its link value as it stands, remembered or not; -1 where none is. */
  readonly linkFeature: Int32Array;
  /** Per node: its position among the nodes with errors, or -1. */
  readonly noiseOf: Int32Array;
  /** Per node with errors: what turns u(t) into the error at step t, spread / sd(u). */
  readonly errorScale: readonly Float64Array[];
  /** Per node with errors: sd(u) by step. */
  readonly errorDeviation: readonly Float64Array[];
  /** Per identity node: its formula. */
  readonly formulas: ReadonlyMap<number, ColumnFunction>;
  /** Per feature with a curve other than its level or logarithm: it. */
  readonly transforms: ReadonlyMap<number, ColumnFunction>;
}

/** Compiles a program. */
export function compileProgram(program: Program): CompiledProgram {
  const { nodes, features, noise } = program;
  const noiseOf = new Int32Array(nodes.length).fill(-1);
  noise.nodes.forEach((node, index) => {
    noiseOf[node] = index;
  });
  const formulas = new Map<number, ColumnFunction>();
  const errorDeviation = nodes.map((node, index) =>
    node.kind === "metric" && noiseOf[index] >= 0
      ? errorDeviations(node.persistence, program.steps)
      : new Float64Array(0),
  );
  const errorScale = nodes.map((node, index) => {
    if (node.kind === "identity") {
      const expression = parseExpression(node.expression, ["identity", node.name]);
      formulas.set(index, compileColumns(expression, namesIn(expression)));
    }
    if (node.kind !== "metric" || noiseOf[index] < 0) return new Float64Array(0);
    return node.spread.map((spread, step) => spread / errorDeviation[index][step]);
  });
  const transforms = new Map<number, ColumnFunction>();
  features.forEach(({ node, curve }, index) => {
    if (curve.kind !== "level" && curve.kind !== "log") transforms.set(index, compileCurve(curve, nodes[node].name));
  });
  const featuresOf = nodes.map((_, node) =>
    features.flatMap((feature, index) => (feature.node === node ? [index] : [])),
  );
  const linkFeature = Int32Array.from(nodes, (node, index) =>
    node.kind === "metric" && node.link.kind === "log"
      ? features.findIndex(
          ({ node: read, curve, carryover, smoothing }) =>
            read === index && curve.kind === "log" && carryover === 0 && smoothing === undefined,
        )
      : -1,
  );
  return { program, featuresOf, linkFeature, noiseOf, errorScale, errorDeviation, formulas, transforms };
}

/** A world made ready: which nodes can differ from the baseline, and from which step. */
export interface CompiledWorld {
  /** Per node: its edits, where it has any. */
  readonly edits: readonly (NodeEdits | undefined)[];
  /** Per node: the first step at which it can differ from the baseline; `Infinity` for never. */
  readonly from: Float64Array;
  readonly shocks: readonly Shock[];
  readonly copula: ShockCopula | undefined;
  readonly blocked: ReadonlySet<number>;
  readonly start: World["start"];
}

/** Finds what a world's edits can reach: descendants alone, from the edit's start plus the lags on the way. */
export function compileWorld(program: Program, world: World): CompiledWorld {
  const { nodes, features, edges } = program;
  const from = new Float64Array(nodes.length).fill(Number.POSITIVE_INFINITY);
  const edits: (NodeEdits | undefined)[] = nodes.map(() => undefined);
  for (const edit of world.edits) {
    edits[edit.node] = edit;
    const shares = (edit.shocks ?? []).map((shock) => (world.shocks as readonly Shock[])[shock].share);
    const first = edit.factor.findIndex(
      (factor, step) =>
        edit.moves !== undefined || factor !== 1 || edit.shift[step] !== 0 || shares.some((share) => share[step] !== 0),
    );
    if (first >= 0) from[edit.node] = first;
  }
  world.start?.initial.forEach((initial, index) => {
    const node = nodes[index];
    if (node.kind === "stock" && initial !== node.initial) from[index] = 0;
  });
  // Lagged edges may point backwards in the order, so the starts are relaxed until none moves.
  for (let moved = true; moved; ) {
    moved = false;
    nodes.forEach((node, index) => {
      const causes =
        node.kind === "metric"
          ? node.edges.map((edge) => from[features[edges[edge].feature].node] + edges[edge].lag)
          : node.kind === "identity"
            ? node.inputs.map((input) => from[input])
            : [from[node.inflow], from[node.outflow]];
      const earliest = Math.min(from[index], ...causes);
      if (earliest < from[index]) {
        from[index] = earliest;
        moved = true;
      }
    });
  }
  const { shocks = [], copula, blocked = [], start } = world;
  return { edits, from, shocks, copula, blocked: new Set(blocked), start };
}
