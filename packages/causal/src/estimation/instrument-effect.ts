import { TwinError } from "@sage-twin/kernel";
import type { TestData } from "../refutation/test-columns.js";
import { clusterWarning, designWarnings } from "./design-warnings.js";
import { type EffectEstimate, type EffectOptions, effectEstimate } from "./effect-estimate.js";
import { checkRoles, codesOf, readObservations } from "./observations.js";
import type { RegressionEffectOptions } from "./regression-effect.js";
import { fittedBy, robustRegression, takeOutMeans } from "./robust-regression.js";

/** What `instrumentEffect` is told. */
export interface InstrumentEffectOptions extends EffectOptions, Pick<RegressionEffectOptions, "clusters" | "within"> {
  /** Columns that move the treatment and reach the outcome through it alone, as `instruments` finds them. */
  readonly instruments: readonly string[];
}

/** What two-stage least squares tells beyond the effect. */
export interface InstrumentEffect extends EffectEstimate {
  /** How strongly the instruments move the treatment: the F statistic of the first stage, robust as the standard error is. */
  readonly firstStage: number;
}

const weak = 10;

/**
 * The linear effect by two-stage least squares: of the part of the treatment that instruments move. Warns of weak instruments where the
 * F statistic of the first stage is below 10 (Staiger and Stock 1997).
 *
 * @throws TwinError as `regressionEffect` does, and without instruments.
 */
export function instrumentEffect(data: TestData, options: InstrumentEffectOptions): InstrumentEffect {
  const { treatment, outcome, instruments, adjustFor = [], clusters, within = [] } = options;
  if (instruments.length === 0)
    throw new TwinError({
      code: "invalid-argument",
      path: ["instruments"],
      message: "no instrument is given",
      fix: "name at least one, or use regressionEffect",
    });
  const names = [treatment, ...adjustFor];
  checkRoles([
    ["treatment", treatment],
    ["outcome", outcome],
    ...adjustFor.map((name) => ["adjustFor", name] as const),
    ...instruments.map((name) => ["instruments", name] as const),
  ]);
  const all = [...names, ...instruments, outcome, ...within, ...(clusters === undefined ? [] : [clusters])];
  const { columns: found, rows, notes } = readObservations(data, all);
  const get = (name: string): Float64Array => found.get(name) as Float64Array;
  const { columns, absorbed } = takeOutMeans([...names, ...instruments, outcome].map(get), within.map(get));
  const [treated, ...others] = columns;
  const controls = others.slice(0, adjustFor.length);
  const movers = others.slice(adjustFor.length, -1);
  const response = others[others.length - 1];
  const grouped = clusters === undefined ? undefined : get(clusters);
  const common = { clusters: grouped, absorbed };
  const firstNames = [...instruments, ...adjustFor];
  const first = robustRegression({
    ...common,
    names: firstNames,
    columns: [...movers, ...controls],
    response: treated,
  });
  const predicted = [fittedBy(firstNames, [...movers, ...controls], treated), ...controls];
  const second = robustRegression({ ...common, names, columns: [treated, ...controls], predicted, response });
  const firstStage = waldF(first.coefficients, first.covariance, instruments.length);
  const warnings = [
    ...notes,
    ...(firstStage < weak
      ? [
          `weak instruments: the first-stage F is ${firstStage.toPrecision(2)}, below ${weak}; the effect leans towards the regression without them`,
        ]
      : []),
    ...designWarnings(names, [treated, ...controls], names.map(get), true),
    ...(grouped === undefined ? [] : clusterWarning(codesOf(grouped).count)),
  ];
  return effectEstimate({
    treatment,
    outcome,
    method: "two-stage least squares",
    effect: second.coefficients[0],
    standardError: Math.sqrt(second.covariance[0]),
    degrees: second.degrees,
    rows,
    warnings,
    firstStage,
  });
}

/** b' V^-1 b / count of the first coefficients: by regressing them out of each other. */
function waldF(coefficients: Float64Array, covariance: Float64Array, count: number): number {
  const size = coefficients.length;
  const rows = Array.from({ length: count }, (_, i) =>
    Float64Array.from({ length: count + 1 }, (_, j) => (j < count ? covariance[i * size + j] : coefficients[i])),
  );
  let total = 0;
  for (let pivot = 0; pivot < count; pivot++) {
    const own = rows[pivot];
    total += own[count] ** 2 / own[pivot];
    for (let row = pivot + 1; row < count; row++) {
      const factor = rows[row][pivot] / own[pivot];
      for (let j = pivot; j <= count; j++) rows[row][j] -= factor * own[j];
    }
  }
  return total / count;
}
