import type { Forecaster } from "@sage-twin/forecasters";
import { inDomain, type Link, toLink } from "./link.js";
import { fitPersistence, rollingErrors } from "./persistence.js";
import type { Persistence } from "./program.js";

/** A metric's own forecast on its link scale. */
export interface Baseline {
  /** Centre by step. */
  readonly location: Float64Array;
  /** Standard deviation of the forecast error by step. */
  readonly sd: Float64Array;
  readonly persistence: Persistence;
  /** One-step errors over history, NaN where there is none. */
  readonly errors: Float64Array;
  readonly model: string;
  readonly notes: readonly string[];
}

/** The share of a normal distribution within one standard deviation, as a level. */
const oneSd = 68.26894921370858;

/** Forecasts a metric on its link scale with `model`. Values outside the link's domain are clamped (rates) and counted in the notes. */
export function forecastBaseline(values: Float64Array, link: Link, model: Forecaster, horizon: number): Baseline {
  const clamped = values.filter((value) => Number.isFinite(value) && !inDomain(link, value)).length;
  const linked = values.map((value) => toLink(link, value));
  const fitted = model.fit(linked);
  const forecast = fitted.forecast(horizon, { levels: [oneSd] });
  const { lower, upper } = forecast.interval(oneSd);
  const sd = forecast.mean.map((_, step) => Math.max(0, (upper[step] - lower[step]) / 2));
  return {
    location: forecast.mean,
    sd,
    persistence: fitPersistence(fitted, sd, rollingErrors(model, linked, horizon)),
    errors: fitted.residuals,
    model: fitted.name,
    notes: clamped > 0 ? [...fitted.notes, `${clamped} values at a bound were moved just inside it`] : fitted.notes,
  };
}
