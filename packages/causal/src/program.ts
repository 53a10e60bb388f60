import type { Curve } from "./curve.js";
import type { Link } from "./link.js";
import type { Evidence } from "./mechanisms/mechanism.js";
import type { Shock, ShockCopula } from "./shock.js";

/**
 * A compiled business: everything that the engine needs to step it through time, as plain data that can be sent to a worker.
 * Nodes stand in an order in which each one's same-step causes come before it.
 */
export interface Program {
  readonly frequency: string;
  /** The instant of the first step. */
  readonly start: number;
  readonly steps: number;
  readonly nodes: readonly ProgramNode[];
  readonly features: readonly Feature[];
  readonly edges: readonly ProgramEdge[];
  /** Per node with causes: the joint posterior of its effects. */
  readonly effects: readonly EffectGroup[];
  /** Which nodes have errors, and the Cholesky factor (by rows) of the correlation of their innovations. */
  readonly noise: {
    readonly nodes: readonly number[];
    readonly factor: Float64Array;
  };
}

/** One metric of a program. */
export type ProgramNode = MetricNode | IdentityNode | StockNode;

/** A metric with a baseline of its own. */
export interface MetricNode {
  readonly kind: "metric";
  readonly name: string;
  readonly link: Link;
  /** The baseline's centre by step, in the metric's own unit. */
  readonly level: Float64Array;
  /** The centre by step on the link scale, less the mean contribution of the causes' own errors. */
  readonly offset: Float64Array;
  /** The spread by step, on the link scale, of the error that the causes do not explain; 0 for levers. */
  readonly spread: Float64Array;
  readonly persistence: Persistence;
  /** What normal errors become, where theirs are not normal (see `marginOf`). */
  readonly margin?: Float64Array;
  /** The baseline is `level` exactly, whatever the causes do: levers and history. */
  readonly given: boolean;
  /** Indices into the program's edges. */
  readonly edges: readonly number[];
}

/** How errors hang together over the horizon: u(t) = m(t-1) + z(t), m(t) = decay m(t-1) + carry z(t), scaled to unit variance at each step. */
export interface Persistence {
  readonly decay: number;
  readonly carry: number;
}

/** A metric that equals a formula, in every run at every step. */
export interface IdentityNode {
  readonly kind: "identity";
  readonly name: string;
  readonly expression: string;
  /** The nodes that the formula's names stand for, in the order of their appearance. */
  readonly inputs: readonly number[];
}

/** A metric that accumulates. */
export interface StockNode {
  readonly kind: "stock";
  readonly name: string;
  readonly inflow: number;
  readonly outflow: number;
  readonly initial: number;
  readonly floor?: number;
}

/** A cause as an edge sees it: a curve over a node's level, after carry-over or smoothing, remembered as long as the longest lag. */
export interface Feature {
  readonly node: number;
  readonly curve: Curve;
  readonly carryover: number;
  /** The stages of a smoothed cause: how many periods each takes, and their levels before the first step. */
  readonly smoothing?: { readonly periods: number; readonly stages: readonly number[] };
  /** How many steps back the longest lag reaches. */
  readonly memory: number;
  /** The feature at steps -1, -2, ... before the start, `memory` of them. */
  readonly history: Float64Array;
  /** The carried level (1 - c) x(t) + c A(t - 1) at step -1. */
  readonly carried: number;
}

/** One effect of one feature on one node. */
export interface ProgramEdge {
  readonly feature: number;
  readonly to: number;
  readonly lag: number;
  /** The observed range of the feature; beyond it the effect is uncertain. */
  readonly low: number;
  readonly high: number;
  /** By step: the feature's mean in the baseline, from which its contribution to the child's error is measured. */
  readonly centre: Float64Array;
}

/** The effects on one node, drawn together once per run. */
export interface EffectGroup {
  readonly node: number;
  readonly edges: readonly number[];
  readonly mean: Float64Array;
  /** Cholesky factor (by rows) of the posterior covariance. */
  readonly factor: Float64Array;
}

/** What was learnt of one edge. */
export interface Effect {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly lag?: string;
  readonly carryover: number;
  readonly prior: { readonly mean: number; readonly sd: number };
  readonly posterior: { readonly mean: number; readonly sd: number };
  readonly evidence: Evidence;
  readonly source?: string;
  /** The share of the prior's variance that the data removed, 0..1. */
  readonly learnt: number;
}

/** A fitted graph: the program, what was learnt, and what to know about it. */
export interface FittedProgram {
  readonly program: Program;
  readonly effects: readonly Effect[];
  /** Per metric with a forecast of its own: the model's name. */
  readonly models: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<string, Link>>;
  /** Every assumption, fallback and imputation, in plain words. */
  readonly notes: readonly string[];
}

/** Edits of one node in one world: its level becomes factor x level + shift, step by step; 1 and 0 where nothing is edited. */
export interface NodeEdits {
  readonly node: number;
  readonly factor: Float64Array;
  readonly shift: Float64Array;
  /** Edits of unknown size, after the others; indices into the world's shocks. */
  readonly shocks?: readonly number[];
  /** By step and run of one tile: what is added on the link scale, before factor and shift. */
  readonly moves?: readonly Float64Array[];
}

/** A world beside the baseline: the same program under edits. */
export interface World {
  readonly edits: readonly NodeEdits[];
  readonly shocks?: readonly Shock[];
  /** How the sizes of shocks hang together; each by itself when absent. */
  readonly copula?: ShockCopula;
  /** Edges that carry nothing of the edits. */
  readonly blocked?: readonly number[];
  /** What came before the first step, where it is not what the program says: by feature, and for stocks by node. */
  readonly start?: { readonly features: readonly Feature[]; readonly initial: readonly number[] };
}
