export { calibrate } from "./calibrate.js";
export type { MetricBounds } from "./choose-links.js";
export {
  type CompiledProgram,
  type CompiledWorld,
  compileProgram,
  compileWorld,
} from "./compile.js";
export { type FitOptions, type FittedProgram, fit, fitInSteps } from "./fit.js";
export {
  CausalGraph,
  causalGraph,
  orderMetrics,
} from "./graph.js";
export type { Edge, Identity, Stock } from "./graph-state.js";
export type { HistoryTable } from "./history.js";
export { fromLink, type Link, toLink } from "./link.js";
export { type ElasticityOptions, elasticity } from "./mechanisms/elasticity.js";
export { type FormulaOptions, formula } from "./mechanisms/formula.js";
export { linear } from "./mechanisms/linear.js";
export type {
  Evidence,
  Mechanism,
  MechanismOptions,
} from "./mechanisms/mechanism.js";
export { type PreparedGraph, type PrepareOptions, prepareGraph } from "./prepare.js";
export type {
  Effect,
  EffectGroup,
  Feature,
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
export { Tile, type TileSnapshot, tileRuns } from "./tile.js";
