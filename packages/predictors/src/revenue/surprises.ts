import { type FittedForecaster, regression } from "@sage-twin/forecasters";
import { log } from "@sage-twin/kernel";
import { regressWithAutocorrelation } from "@sage-twin/numerics";
import { chooseColumns } from "./choose-terms.js";

/** A driver that acts `lag` periods later. */
export interface Term {
  readonly driver: string;
  readonly lag: number;
}

/** Logs of revenue and of the positive drivers, or levels of all. */
export type Scale = "log" | "level";

/** A driver's own forecast by its last value, a line and a smooth season, and by how much it lately surprised it. */
export interface DriverModel {
  readonly logged: boolean;
  readonly model: FittedForecaster;
  /** By period of the history, what came less what was expected one period before; 0 where nothing was. */
  readonly surprises: Float64Array;
}

/** How surprises of drivers move revenue away from its own forecast, on its scale. */
export interface Effects {
  readonly terms: readonly Term[];
  readonly coefficients: readonly number[];
  /** The coefficients' covariance, by rows. */
  readonly covariance: readonly number[];
  /** The share of the variance of revenue's surprises that those of the drivers explain, 0 to 1. */
  readonly explained: number;
}

type Columns = Readonly<Record<string, Float64Array>>;

/** Belief in a driver: one standard deviation of its surprises moves revenue by half of that of its own. */
const belief = 0.5;
/** Few, so that a season does not learn by heart what happened once or twice. */
const waves = 3;

/** Models of the columns that vary, of their first `count` periods. */
export function driverModels(
  columns: Columns,
  scale: Scale,
  seasonLength: number,
  count: number,
): ReadonlyMap<string, DriverModel> {
  const models = new Map<string, DriverModel>();
  for (const [name, column] of Object.entries(columns)) {
    const logged = scale === "log" && column.every((value) => value > 0);
    const values = column.slice(0, count).map((value) => (logged ? log(value) : value));
    if (values.every((value) => value === values[0])) continue;
    const seasonal = seasonLength > 1 && count >= 2 * seasonLength;
    const season = seasonal ? { seasonLength, fourier: Math.min(waves, seasonLength >> 1) } : {};
    const model = regression({ lags: [1], ...season }).fit(values);
    const surprises = Float64Array.from(model.residuals, (value) => (Number.isFinite(value) ? value : 0));
    models.set(name, { logged, model, surprises });
  }
  return models;
}

/** The revenue's own surprises on its scale: relative ones as logs. NaN where there is none. */
export function revenueSurprises(values: Float64Array, residuals: Float64Array, scale: Scale): Float64Array {
  return residuals.map((residual, t) => {
    const expected = values[t] - residual;
    if (scale === "level") return residual;
    return expected > 0 && values[t] > 0 ? log(values[t] / expected) : Number.NaN;
  });
}

/** The terms that are clearly at work, and what they do; `undefined` where none is. */
export function findEffects(
  response: Float64Array,
  models: ReadonlyMap<string, DriverModel>,
  maxLag: number,
): Effects | undefined {
  const candidates = [...models.keys()].flatMap((driver) =>
    Array.from({ length: maxLag + 1 }, (_, lag) => ({ driver, lag })),
  );
  const columnOf = ({ driver, lag }: Term): Float64Array => {
    const { surprises } = models.get(driver) as DriverModel;
    return surprises.map((_, t) => (t >= lag ? surprises[t - lag] : 0));
  };
  const columns = candidates.map(columnOf);
  const chosen = chooseColumns(response, columns);
  if (chosen.length === 0) return undefined;
  const regressors = chosen.map((index) => columns[index]);
  const spread = Math.sqrt(meanSquare(response));
  const priors = regressors.map((column) => ({ mean: 0, sd: (belief * spread) / Math.sqrt(meanSquare(column)) }));
  const posterior = regressWithAutocorrelation(response, regressors, priors, [0]);
  if (posterior === undefined) return undefined;
  const coefficients = Array.from(posterior.mean);
  const rest = response.map((value, t) =>
    regressors.reduce((left, column, k) => left - coefficients[k] * column[t], value),
  );
  return {
    terms: chosen.map((index) => candidates[index]),
    coefficients,
    covariance: Array.from(posterior.covariance),
    explained: Math.min(1, Math.max(0, 1 - meanSquare(rest) / meanSquare(response))),
  };
}

/**
 * What each term adds to revenue on its scale in the periods ahead. `surprises` of a driver are what is known to come less what its own forecast expects; those of
 * the history's last periods act through lags.
 */
export function termEffects(
  { terms, coefficients }: Effects,
  recent: (driver: string) => ArrayLike<number>,
  ahead: (driver: string) => Float64Array,
  horizon: number,
): readonly Float64Array[] {
  return terms.map(({ driver, lag }, k) => {
    const [past, future] = [recent(driver), ahead(driver)];
    return Float64Array.from({ length: horizon }, (_, step) => {
      const surprise = step >= lag ? future[step - lag] : (past[past.length + step - lag] ?? 0);
      return coefficients[k] * surprise;
    });
  });
}

/** The mean of the squares of what is known. */
function meanSquare(values: Float64Array): number {
  let [sum, count] = [0, 0];
  for (const value of values)
    if (Number.isFinite(value)) {
      sum += value * value;
      count++;
    }
  return sum / Math.max(1, count);
}
