import { type ColumnFunction, compileColumns, namesIn, parseExpression } from "@sage-twin/formulas";
import { errorDeviations } from "./error-deviations.js";
import type { NodeEdits, Program, World } from "./program.js";

/** A program made ready to step: indices resolved, formulas compiled. Shared by all tiles of a run. */
export interface CompiledProgram {
  readonly program: Program;
  /** Per node: the features that read it. */
  readonly featuresOf: readonly (readonly number[])[];
  /** Per node: its position among the nodes with errors, or -1. */
  readonly noiseOf: Int32Array;
  /** Per node with errors: what turns u(t) into the error at step t, spread / sd(u). */
  readonly errorScale: readonly Float64Array[];
  /** Per identity node: its formula. */
  readonly formulas: ReadonlyMap<number, ColumnFunction>;
  /** Per feature with a formula: it. */
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
  const errorScale = nodes.map((node, index) => {
    if (node.kind === "identity") {
      const expression = parseExpression(node.expression, ["identity", node.name]);
      formulas.set(index, compileColumns(expression, namesIn(expression)));
    }
    if (node.kind !== "metric" || noiseOf[index] < 0) return new Float64Array(0);
    const deviations = errorDeviations(node.persistence, program.steps);
    return node.spread.map((spread, step) => spread / deviations[step]);
  });
  const transforms = new Map<number, ColumnFunction>();
  features.forEach(({ node, expression }, index) => {
    if (expression !== undefined)
      transforms.set(index, compileColumns(parseExpression(expression), [nodes[node].name]));
  });
  const featuresOf = nodes.map((_, node) =>
    features.flatMap((feature, index) => (feature.node === node ? [index] : [])),
  );
  return { program, featuresOf, noiseOf, errorScale, formulas, transforms };
}

/** A world made ready: which nodes can differ from the baseline, and from which step. */
export interface CompiledWorld {
  /** Per node: its edits, where it has any. */
  readonly edits: readonly (NodeEdits | undefined)[];
  /** Per node: the first step at which it can differ from the baseline; `Infinity` for never. */
  readonly from: Float64Array;
}

/** Finds what a world's edits can reach: descendants alone, from the edit's start plus the lags on the way. */
export function compileWorld(program: Program, world: World): CompiledWorld {
  const { nodes, features, edges } = program;
  const from = new Float64Array(nodes.length).fill(Number.POSITIVE_INFINITY);
  const edits: (NodeEdits | undefined)[] = nodes.map(() => undefined);
  for (const edit of world.edits) {
    edits[edit.node] = edit;
    const first = edit.factor.findIndex((factor, step) => factor !== 1 || edit.shift[step] !== 0);
    if (first >= 0) from[edit.node] = first;
  }
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
  return { edits, from };
}
