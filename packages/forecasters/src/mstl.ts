import { arrayShape, numberShape, objectShape } from "@sage-twin/kernel";
import { mstl as decompose } from "@sage-twin/numerics";
import { autoEts } from "./auto-ets.js";
import { checkOptions, checkSeries, checkWhole, refuse } from "./checks.js";
import { engineOf, type FittedKind, fittedKind } from "./fitted.js";
import { widened } from "./in-sample-widening.js";
import type { Process } from "./process.js";
import { rolledWidening } from "./rolled-widening.js";
import type { FitOptions, FittedForecaster, Forecaster } from "./types.js";
import { checkForecaster, engineIn, innerShape, keepEngine, noOpener, type Opener } from "./wrapped.js";

/** What `mstl` may be told. */
export interface MstlModelOptions {
  /** Values in each season, such as 7 and 365 for days; one season is plain STL. */
  readonly seasonLengths: readonly number[];
  /** The model of what the seasons leave. Default: `autoEts()`. */
  readonly trend?: Forecaster;
}

/** Fixed seasons and the model of the rest. */
export interface MstlState {
  /** What the spread of each step is multiplied by; empty for none. */
  readonly widening: readonly number[];
  /** One cycle of each season, the next step's value first. */
  readonly seasons: readonly (readonly number[])[];
  /** The saved model of the deseasonalised series. */
  readonly inner: unknown;
}

/** The kind whose inner models `open` opens. */
export function mstlKind(open: Opener): FittedKind<MstlState> {
  const shape = objectShape({
    seasons: arrayShape(arrayShape(numberShape)),
    inner: innerShape(open),
    widening: arrayShape(numberShape),
  });
  return fittedKind("forecaster/mstl", shape, (state) => mstlProcess(state));
}

/**
 * Decomposes a series into its seasons and the rest by STL in rounds (Bandara, Hyndman and Bergmeir 2021), forecasts the rest with any model and
 * repeats the last cycle of each season. Intervals are those of the model of the rest, widened by the errors of forecasts of the second half of the series by two fits
 * to what came before.
 *
 * A season of which the series holds fewer than two cycles is left out, and `notes` says so.
 *
 * @example
 * ```ts
 * import { drift, mstl } from "@sage-twin/forecasters";
 *
 * const visits = Array.from({ length: 84 }, (_, day) => 100 + day + [9, 4, 0, 0, 2, -6, -9][day % 7]);
 * const out = mstl({ seasonLengths: [7], trend: drift() }).fit(visits).forecast(3);
 * Array.from(out.mean, Math.round); // => [193, 189, 186]
 * ```
 */
export function mstl(options: MstlModelOptions): Forecaster {
  const { seasonLengths: given, trend = autoEts() } = checkOptions(options);
  if (!Array.isArray(given) || given.length === 0 || new Set(given).size < given.length)
    refuse(["seasonLengths"], "there is no list of different season lengths", "give one such as [7, 365]");
  const seasonLengths = given.map((length: number) => checkWhole(length, "seasonLengths")).sort((a, b) => a - b);
  if (seasonLengths[0] < 2) refuse(["seasonLengths"], "a season has at least 2 values", "leave the 1 out");
  const model = checkForecaster(trend, "trend");
  return {
    name: "mstl",
    seasonLength: seasonLengths[0],
    fit(values, fitOptions = {}) {
      const found = fit(values, fitOptions, seasonLengths, model);
      const { length } = found.state.seasons;
      if (length === 0) return publish(found);
      const plain: Forecaster = {
        name: "mstl",
        seasonLength: 1,
        fit: (some, someOptions) => publish(fit(some, someOptions, seasonLengths, model)),
      };
      const least = 3 * seasonLengths[length - 1];
      return publish(
        found,
        rolledWidening(plain, Float64Array.from(values), fitOptions, { least, refits: 2, usual: () => 1 }),
      );
    },
  };
}

interface MstlFit {
  readonly state: Omit<MstlState, "widening">;
  readonly inner: FittedForecaster;
  readonly notes: readonly string[];
}

function publish({ state, inner, notes }: MstlFit, widening: readonly number[] = []): FittedForecaster {
  return mstlKind(noOpener).publish({ ...state, widening }, inner.residuals, [...inner.notes, ...notes]);
}

function fit(
  input: ArrayLike<number>,
  options: FitOptions = {},
  seasonLengths: readonly number[],
  model: Forecaster,
): MstlFit {
  const rest = checkSeries(input, "values", checkOptions(options).timestamps);
  const first = Math.max(
    0,
    rest.findIndex((value) => !Number.isNaN(value)),
  );
  const count = rest.length - first;
  const periods = seasonLengths.filter((length) => count >= 2 * length);
  const notes = seasonLengths
    .filter((length) => !periods.includes(length))
    .map((length) => `${count} values hold no two seasons of ${length}: no such season`);
  const known = rest.some((value) => !Number.isNaN(value));
  const found = periods.length > 0 && known ? decompose(rest.subarray(first), { periods }).seasonal : [];
  for (const { values } of found) for (let t = 0; t < count; t++) rest[first + t] -= values[t];
  const inner = model.fit(rest, options);
  const seasons = found.map(({ period, values }) => Array.from(values.subarray(count - period)));
  return { state: { seasons, inner: keepEngine(engineOf(inner)) }, inner, notes };
}

function mstlProcess(state: MstlState, inner: Process<unknown> = engineIn(state.inner).process): Process<MstlState> {
  const { seasons, widening } = state;
  const seasonAt = (step: number): number => seasons.reduce((sum, season) => sum + season[step % season.length], 0);
  const lengths = seasons.map((season) => season.length);
  const plain: Process<MstlState> = {
    name: `mstl(${[...lengths, inner.name].join(", ")})`,
    description: `mstl: seasons of ${lengths.join(" and ") || "none"}; the rest ${inner.description}`,
    regressors: inner.regressors,
    ...(inner.withFuture && { withFuture: (columns) => mstlProcess(state, inner.withFuture?.(columns)) }),
    mean: (horizon) => inner.mean(horizon).map((value, step) => value + seasonAt(step)),
    ...(inner.components && {
      components: (horizon) => ({
        ...inner.components?.(horizon),
        ...Object.fromEntries(
          seasons.map((season) => [
            `season of ${season.length}`,
            Float64Array.from({ length: horizon }, (_, step) => season[step % season.length]),
          ]),
        ),
      }),
    }),
    deviation: (horizon) => inner.deviation(horizon),
    quantilesOf(horizon) {
      const quantile = inner.quantilesOf?.(horizon);
      return quantile && ((step, probability) => quantile(step, probability) + seasonAt(step));
    },
    spread: (horizon) => inner.spread(horizon),
    simulate(innovations, horizon) {
      inner.simulate(innovations, horizon);
      const season = Float64Array.from({ length: horizon }, (_, step) => seasonAt(step));
      for (let i = 0; i < innovations.length; i++) innovations[i] += season[i % horizon];
    },
    filter(values, columns) {
      const rest = values.map((value, t) => value - seasonAt(t));
      const turned = seasons.map((season) => {
        const turn = values.length % season.length;
        return [...season.slice(turn), ...season.slice(0, turn)];
      });
      const after = engineIn(state.inner).advance(rest, columns);
      return {
        state: { seasons: turned, inner: keepEngine(after), widening },
        residuals: inner.filter(rest, columns).residuals,
      };
    },
  };
  return widened(plain, widening);
}
