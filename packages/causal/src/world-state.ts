import type { Arena } from "./arena.js";
import type { CompiledWorld } from "./compile.js";
import type { Program } from "./program.js";

/** What a tile remembers of one feature in one world: a ring of its last values, and the carried level. */
export interface FeatureState {
  readonly ring: readonly Float64Array[];
  readonly carried: Float64Array | undefined;
  /** The stages of a smoothed cause. */
  readonly stages: readonly Float64Array[];
}

/** One world's arrays, one number per run; those that cannot differ from the baseline are the baseline's own. */
export interface WorldState {
  readonly compiled: CompiledWorld;
  readonly levels: readonly Float64Array[];
  /** Values on the link scale, for metrics; where a feature remembers just these, the place of the current step in its ring. */
  readonly links: Float64Array[];
  readonly features: readonly FeatureState[];
  /** The drawn sizes of the world's shocks, one a run. */
  readonly sizes: readonly Float64Array[];
}

/** Makes the arrays of a world beside `baseline`, or those of the baseline itself. */
export function makeWorldState(
  program: Program,
  compiled: CompiledWorld,
  arena: Arena,
  baseline?: WorldState,
): WorldState {
  const differs = (node: number): boolean => baseline === undefined || Number.isFinite(compiled.from[node]);
  const levels = program.nodes.map((_, node) => (differs(node) ? arena.take() : (baseline as WorldState).levels[node]));
  const links = program.nodes.map((_, node) => (differs(node) ? arena.take() : (baseline as WorldState).links[node]));
  const features = program.features.map((feature, index): FeatureState => {
    const { node, curve, carryover, smoothing, memory } = feature;
    if (!differs(node)) return (baseline as WorldState).features[index];
    // A feature that is the node's level as it stands needs no arrays of its own.
    if (memory === 0 && carryover === 0 && smoothing === undefined && curve.kind === "level")
      return { ring: [levels[node]], carried: undefined, stages: [] };
    const ring = Array.from({ length: memory + 1 }, () => arena.take());
    const stages = (smoothing?.stages ?? []).map(() => arena.take());
    return { ring, carried: carryover > 0 ? arena.take() : undefined, stages };
  });
  const sizes = compiled.shocks.map(() => arena.take());
  return { compiled, levels, links, features, sizes };
}
