export type { Assumption } from "./assumptions.js";
export { Comparison, type ComparisonRow, type Contribution, type Difference } from "./compare.js";
export type { Conflict } from "./conflicts.js";
export type { Distributions, Drawn } from "./distributions.js";
export type { Edit, EditOptions, Size } from "./edit.js";
export { checkLevers, type Lever, type Levers } from "./levers.js";
export {
  isStale,
  type MadeFrom,
  type SavedScenario,
  type ScenarioChange,
  ScenarioLibrary,
  scenarioChanges,
} from "./library.js";
export { type Figure, figure, type IntervalPath, Outcome } from "./outcome.js";
export { MetricOutcome, type SavedOutcome, SimulationResult } from "./result.js";
export { dominanceOf, type TotalRisk, type WorstStep } from "./risk.js";
export { type RankCorrelation, Scenario, type ScenarioState, scenario } from "./scenario.js";
export type { AssumedVarianceOptions, CarriedVariance, VarianceShare } from "./sensitivity/assumed-variance.js";
export { type DiscoveredBox, type DiscoverOptions, type Discovery, discover } from "./sensitivity/discover.js";
export {
  type Experiment,
  type ExperimentOptions,
  experiment,
  type SensitivityInput,
} from "./sensitivity/experiment.js";
export { morris, type ScenarioIndices, sobol } from "./sensitivity/indices.js";
export { type CurveOptions, oneAtATime, type ResponseCurve } from "./sensitivity/one-at-a-time.js";
export { type Tornado, type TornadoBar, type TornadoOptions, tornado } from "./sensitivity/tornado.js";
export { fromShortForm, toShortForm } from "./short-form.js";
export { type SimulateOptions, type Simulation, simulateWorlds } from "./simulate.js";
export { registerSimulation } from "./simulate-task.js";
export { type CompareOptions, compareScenarios, type Study, simulateScenarios } from "./study.js";
export { registerSummary } from "./summarise-task.js";
export { type MetricInfo, totalOver } from "./totals.js";
