import { fillNormal, Rng, TwinError } from "@sage-twin/kernel";
import { compileProgram } from "../compile.js";
import { compileCurve } from "../curve.js";
import type { FittedModel, QueryOptions } from "../fitted-model.js";
import { fromLinkInto } from "../link.js";
import { applyMargin } from "../margin.js";
import { drawShocks } from "../shock.js";
import { type Interventions, worldOf } from "./intervention.js";

const mostValues = 2 ** 27;
/** Rows worked on at once: as many as stay in cache. */
const block = 1024;

/**
 * Draws rows of a fitted graph at its first step, under interventions or none, with effects at their means: what `intervene` draws run by run with its
 * baseline and the uncertainty of effects, here the distribution alone, by column. Runs are rows of the answer; fewer of them are the first of more.
 *
 * @throws TwinError as `intervene` does.
 *
 * @example
 * ```ts
 * import { causalGraph, fit, linear, sampleRows } from "@sage-twin/causal";
 *
 * const x = Float64Array.from({ length: 50 }, (_, row) => row % 7);
 * const columns: Record<string, Float64Array> = { x, y: x.map((value) => 2 * value + 1) };
 * const table = { frequency: "D", start: 0, length: 50, metrics: ["x", "y"], column: (name: string) => columns[name] } as const;
 * const model = fit(causalGraph().cause("x", "y", linear()), table, { mode: "structural" });
 * sampleRows(model, { x: 5 }, { runs: 3 }).y.map(Math.round); // => Float64Array [11, 11, 11]
 * ```
 */
export function sampleRows(
  model: FittedModel,
  interventions: Interventions = {},
  { runs = 10_000, seed = "sage-twin" }: QueryOptions = {},
): Readonly<Record<string, Float64Array>> {
  const { program } = model;
  const { nodes, features, edges, noise } = program;
  if (!(Number.isInteger(runs) && runs >= 1 && runs * nodes.length <= mostValues)) {
    throw new TwinError({
      code: "out-of-range",
      path: ["runs"],
      message: `${runs} runs of ${nodes.length} metrics`,
      fix: "give a whole number of runs, from 1 to as many as fit in memory",
    });
  }
  const world = worldOf(program, interventions, model.ranges, []);
  const edits = new Map(world.edits.map((edit) => [edit.node, edit]));
  const { errorScale, errorDeviation, formulas, noiseOf } = compileProgram(program);
  const means = new Float64Array(edges.length);
  for (const group of program.effects)
    group.edges.forEach((edge, index) => {
      means[edge] = group.mean[index];
    });
  const curves = features.map(({ curve, node }) => compileCurve(curve, nodes[node].name));
  const rng = new Rng(seed).derive("rows");
  const words = noise.nodes.map((node) => rng.derive("error", nodes[node].name).words());
  const columns = nodes.map(() => new Float64Array(runs));
  const draws = noise.nodes.map(() => new Float64Array(block));
  const mixed = noise.factor.some((weight, cell) => weight !== 0 && cell % (noise.nodes.length + 1) !== 0);
  const errors = mixed ? noise.nodes.map(() => new Float64Array(block)) : draws;
  // Errors that no other metric's hang on, and that an intervention leaves without use, are not drawn.
  const needless = noise.nodes.map((node) => !mixed && edits.get(node)?.factor[0] === 0);
  const links = new Float64Array(block);
  const seen = new Float64Array(block);
  const scratch = new Float64Array(block);
  for (let offset = 0, tile = 0; offset < runs; offset += block, tile++) {
    const width = Math.min(block, runs - offset);
    // Whole blocks are drawn, so that fewer runs are the first of more.
    for (let row = 0; row < words.length; row++) if (!needless[row]) fillNormal(words[row], draws[row], 0, block);
    if (mixed) correlateRows(draws, noise.factor, errors);
    const sizes =
      world.shocks === undefined || world.shocks.length === 0
        ? []
        : drawShocks(world.shocks, undefined, rng.derive("shocks", tile), "random", block, tile);
    const levels = columns.map((column) => column.subarray(offset, offset + width));
    nodes.forEach((node, index) => {
      const output = levels[index];
      if (node.kind === "identity") {
        formulas.get(index)?.(
          node.inputs.map((input) => levels[input]),
          output,
          width,
        );
        return;
      }
      if (node.kind === "stock") {
        const [added, lost] = [levels[node.inflow], levels[node.outflow]];
        for (let run = 0; run < width; run++)
          output[run] = Math.max(node.floor ?? Number.NEGATIVE_INFINITY, node.initial + added[run] - lost[run]);
        return;
      }
      const edit = edits.get(index);
      const factor = edit?.factor[0] ?? 1;
      if (factor === 0) output.fill(edit?.shift[0] ?? 0);
      else if (node.given) output.fill(node.level[0]);
      else {
        // With a linear link the values are the levels.
        const values = node.link.kind === "linear" ? output : links;
        const place = noiseOf[index];
        const offset = node.edges.reduce((sum, edge) => sum - means[edge] * edges[edge].centre[0], node.offset[0]);
        if (place < 0) values.fill(offset);
        else {
          if (node.margin !== undefined) applyMargin(node.margin, errors[place], errorDeviation[index][0]);
          const [own, scale] = [errors[place], errorScale[index][0]];
          setScaled(values, offset, scale, own, width);
        }
        for (const edge of node.edges) {
          const cause = look(edge, width);
          addScaled(values, means[edge], cause, width);
        }
        if (values === links) fromLinkInto(node.link, output, links, width);
      }
      if (edit !== undefined && factor !== 0)
        for (let run = 0; run < width; run++) output[run] = factor * output[run] + edit.shift[0];
      for (const shock of edit?.shocks ?? []) {
        const held = world.shocks?.[shock].share[0] ?? 0;
        for (let run = 0; run < width; run++) output[run] += (sizes[shock][run] - output[run]) * held;
      }
    });

    function look(edge: number, width: number): Float64Array {
      const { feature, lag } = edges[edge];
      const { node, curve, carryover, smoothing, carried, history } = features[feature];
      if (lag > 0) return seen.fill(history[lag - 1]);
      let cause: Float64Array = levels[node];
      if (smoothing !== undefined) cause = scratch.fill(smoothing.stages[smoothing.stages.length - 1]);
      else if (carryover > 0) {
        for (let run = 0; run < width; run++) scratch[run] = (1 - carryover) * cause[run] + carryover * carried;
        cause = scratch;
      }
      if (curve.kind === "level") return cause;
      curves[feature]([cause], seen, width);
      return seen;
    }
  }
  return Object.fromEntries(nodes.map(({ name }, index) => [name, columns[index]]));
}

/** output = offset + scale x values; apart, as closures over loops run at half the speed. */
function setScaled(output: Float64Array, offset: number, scale: number, values: Float64Array, count: number): void {
  for (let run = 0; run < count; run++) output[run] = offset + scale * values[run];
}

function addScaled(output: Float64Array, scale: number, values: Float64Array, count: number): void {
  for (let run = 0; run < count; run++) output[run] += scale * values[run];
}

/** Independent draws times a lower-triangular factor, by rows; entries of 0 cost nothing. */
function correlateRows(draws: readonly Float64Array[], factor: Float64Array, output: readonly Float64Array[]): void {
  const size = draws.length;
  output.forEach((sum, row) => {
    const own = factor[row * (size + 1)];
    const diagonal = draws[row];
    setScaled(sum, 0, own, diagonal, block);
    for (let column = 0; column < row; column++) {
      const weight = factor[row * size + column];
      if (weight === 0) continue;
      addScaled(sum, weight, draws[column], block);
    }
  });
}
