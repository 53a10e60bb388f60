export {
  BusinessGraph,
  type BusinessGraphOptions,
  businessGraph,
  businessRelationships,
  type LeftOut,
  type Relationship,
} from "./business/business-graph.js";
export type { Work } from "./business/works.js";
export { calibrate } from "./calibrate.js";
export type { MechanismForm } from "./choice/additive-fit.js";
export {
  type ChooseOptions,
  type ChosenMechanisms,
  chooseMechanisms,
  type MechanismCandidate,
  type MechanismChoice,
} from "./choice/choose-mechanisms.js";
export type { MetricBounds } from "./choose-links.js";
export {
  type CompiledProgram,
  type CompiledWorld,
  compileProgram,
  compileWorld,
} from "./compile.js";
export { type Curve, type CurveFunction, registerFunction } from "./curve.js";
export { ges } from "./discovery/ges.js";
export type { Knowledge, KnownEdge } from "./discovery/knowledge.js";
export { type NotearsOptions, notears } from "./discovery/notears.js";
export { type PcOptions, pc } from "./discovery/pc.js";
export { type PcmciOptions, pcmci } from "./discovery/pcmci.js";
export type { DiscoveryOptions, SuggestedEdge, Suggestion } from "./discovery/suggestion.js";
export { type DrawPlan, independentDraws, type Sampling } from "./draws.js";
export {
  type BeforeAfterImpact,
  type BeforeAfterOptions,
  beforeAfterImpact,
  type ImpactFigure,
} from "./estimation/before-after-impact.js";
export { type BlockBootstrap, type BlockBootstrapOptions, blockBootstrap } from "./estimation/block-bootstrap.js";
export type { CrossFittingOptions } from "./estimation/cross-fitting.js";
export {
  type DifferenceInDifferencesOptions,
  differenceInDifferences,
} from "./estimation/difference-in-differences.js";
export { doubleMachineLearning } from "./estimation/double-machine-learning.js";
export { type DoublyRobustOptions, doublyRobustEffect } from "./estimation/doubly-robust-effect.js";
export type { EffectEstimate, EffectOptions } from "./estimation/effect-estimate.js";
export { type FrontDoorEffectOptions, frontDoorEffect } from "./estimation/front-door-effect.js";
export {
  type InstrumentEffect,
  type InstrumentEffectOptions,
  instrumentEffect,
} from "./estimation/instrument-effect.js";
export {
  type RegressionEffect,
  type RegressionEffectOptions,
  regressionEffect,
} from "./estimation/regression-effect.js";
export { type Estimator, type SegmentEffects, segmentEffects } from "./estimation/segment-effects.js";
export {
  type SyntheticControl,
  type SyntheticControlOptions,
  syntheticControl,
} from "./estimation/synthetic-control.js";
export { type WeightedEffectOptions, weightedEffect } from "./estimation/weighted-effect.js";
export { type FitOptions, fitInSteps } from "./fit.js";
export { type CounterfactualOptions, FittedModel, fit, type QueryOptions } from "./fitted-model.js";
export { type DagittyRoles, fromDagitty, toDagitty } from "./formats/dagitty.js";
export { fromDot, toDot } from "./formats/dot.js";
export { fromMermaid } from "./formats/from-mermaid.js";
export type { ImportedGraph } from "./formats/graph-elements.js";
export { fromGraphology, type SerializedGraph, toGraphology } from "./formats/graphology.js";
export { toMermaid } from "./formats/to-mermaid.js";
export {
  CausalGraph,
  causalGraph,
  orderMetrics,
} from "./graph.js";
export type { Confounding, Edge, Identity, Stock } from "./graph-state.js";
export type { HistoryTable } from "./history.js";
export { type AdjustmentSets, adjustmentSets, isAdjustmentSet } from "./identification/adjustment.js";
export { type Estimand, estimandText, freeVariables } from "./identification/estimand.js";
export { type FrontDoorSets, frontDoorSets } from "./identification/front-door.js";
export type { Hedge } from "./identification/general.js";
export type { Remedy } from "./identification/help.js";
export { type Identification, identify } from "./identification/identify.js";
export { type Instrument, type Instruments, instruments } from "./identification/instruments.js";
export type { EffectQuery } from "./identification/query.js";
export { dSeparated } from "./identification/separation.js";
export { fromLink, type Link, toLink } from "./link.js";
export type { Noise } from "./margin.js";
export { custom } from "./mechanisms/custom.js";
export { type ElasticityOptions, elasticity } from "./mechanisms/elasticity.js";
export { type FormulaOptions, formula } from "./mechanisms/formula.js";
export { linear } from "./mechanisms/linear.js";
export { type LogisticOptions, logistic } from "./mechanisms/logistic.js";
export { type LookupOptions, lookup } from "./mechanisms/lookup.js";
export type {
  Evidence,
  Mechanism,
  MechanismOptions,
  Smoothing,
} from "./mechanisms/mechanism.js";
export { type SaturationOptions, saturation } from "./mechanisms/saturation.js";
export { type PreparedGraph, type PrepareOptions, prepareGraph } from "./prepare.js";
export type {
  Effect,
  EffectGroup,
  Feature,
  FittedProgram,
  IdentityNode,
  MetricNode,
  NodeEdits,
  Persistence,
  Program,
  ProgramEdge,
  ProgramNode,
  StockNode,
  World,
} from "./program.js";
export { type ArrowStrength, arrowStrength } from "./queries/arrow-strength.js";
export {
  type AttributeOptions,
  attribute,
  type ChangeAttribution,
  type MetricContribution,
  type RowSpan,
} from "./queries/attribute.js";
export {
  type AnomalyAttribution,
  type AnomalyContribution,
  type AnomalyOptions,
  attributeAnomaly,
} from "./queries/attribute-anomaly.js";
export { type EffectsOverTime, type EffectsOverTimeOptions, effectsOverTime } from "./queries/effects-over-time.js";
export type { Intervention, Interventions } from "./queries/intervention.js";
export { type IntrinsicInfluence, intrinsicInfluence } from "./queries/intrinsic-influence.js";
export type { Observations, ObservedProgram } from "./queries/observed-program.js";
export { type RootCause, type RootCauseOptions, type RootCauses, rankRootCauses } from "./queries/root-causes.js";
export { sampleRows } from "./queries/sample-rows.js";
export type { SampledMetric, SampledWorld } from "./queries/sampled-world.js";
export { type Falsification, type FalsifyOptions, falsify, type IndependenceTest } from "./refutation/falsify.js";
export {
  type ImpliedIndependences,
  type ImpliedIndependencesOptions,
  type Independence,
  impliedIndependences,
} from "./refutation/implied-independences.js";
export { type Correction, correctForTests } from "./refutation/multiple-testing.js";
export { type Refutation, type Refutations, type RefuteOptions, refuteEffect } from "./refutation/refute-effect.js";
export { eValue, eValueOfEffect, type Robustness, robustness } from "./refutation/sensitivity.js";
export type { TestData } from "./refutation/test-columns.js";
export { editParts, joinParts, makeParts, openPart, type Part, type Parts, type Segment } from "./segment.js";
export { type Distribution, type GivenSizes, quantileOf, type Shock, type ShockCopula } from "./shock.js";
export {
  type Adjacency,
  type MixedGraph,
  type MixedGraphParts,
  mixedGraph,
  type NodeKind,
} from "./structure/mixed-graph.js";
export { type GraphView, summarise } from "./structure/summary.js";
export { type UnrollOptions, unroll } from "./structure/unroll.js";
export { Tile, type TileSnapshot, tileRuns } from "./tile.js";
