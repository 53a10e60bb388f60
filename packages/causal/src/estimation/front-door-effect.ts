import { TwinError } from "@sage-twin/kernel";
import type { TestData } from "../refutation/test-columns.js";
import { type EffectEstimate, type EffectOptions, effectEstimate } from "./effect-estimate.js";
import { checkRoles, readObservations } from "./observations.js";
import { dot, robustRegression, takeOutMeans } from "./robust-regression.js";

/** What `frontDoorEffect` is told. */
export interface FrontDoorEffectOptions extends Omit<EffectOptions, "adjustFor"> {
  /** The columns that carry the whole effect, as `frontDoorSets` finds them. */
  readonly through: readonly string[];
}

/**
 * The linear effect by the front door (Pearl 1995): the treatment's effect on each mediator times the mediator's on the outcome given the
 * treatment, summed. The standard error is by the delta method, from both regressions' robust scores.
 *
 * @throws TwinError as `regressionEffect` does, and without mediators.
 */
export function frontDoorEffect(data: TestData, options: FrontDoorEffectOptions): EffectEstimate {
  const { treatment, outcome, through } = options;
  if (through.length === 0)
    throw new TwinError({
      code: "invalid-argument",
      path: ["through"],
      message: "no mediator is given",
      fix: "name the columns through which the effect goes",
    });
  checkRoles([["treatment", treatment], ["outcome", outcome], ...through.map((name) => ["through", name] as const)]);
  const { columns: found, rows, notes } = readObservations(data, [treatment, outcome, ...through]);
  const get = (name: string): Float64Array => found.get(name) as Float64Array;
  const { columns, absorbed } = takeOutMeans([get(treatment), get(outcome), ...through.map(get)], []);
  const [own, response, ...mediators] = columns;
  const fit = (names: readonly string[], regressors: readonly Float64Array[], target: Float64Array) =>
    robustRegression({ names, columns: regressors, response: target, absorbed });
  const onOutcome = fit([...through, treatment], [...mediators, own], response);
  const onMediators = mediators.map((mediator) => fit([treatment], [own], mediator));
  const slopes = onMediators.map(({ coefficients }) => coefficients[0]);
  const effect = slopes.reduce((sum, slope, at) => sum + slope * onOutcome.coefficients[at], 0);
  const size = through.length + 1;
  let variance = 0;
  for (let i = 0; i < slopes.length; i++)
    for (let j = 0; j < slopes.length; j++) variance += slopes[i] * slopes[j] * onOutcome.covariance[i * size + j];
  const scores = new Float64Array(rows);
  onMediators.forEach(({ residuals }, at) => {
    for (let row = 0; row < rows; row++) scores[row] += onOutcome.coefficients[at] * residuals[row] * own[row];
  });
  variance += dot(scores, scores) / dot(own, own) ** 2;
  return effectEstimate({
    treatment,
    outcome,
    method: `front door through ${through.join(", ")}`,
    effect,
    standardError: Math.sqrt(variance),
    degrees: rows - absorbed - size,
    rows,
    warnings: notes,
  });
}
