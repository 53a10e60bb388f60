import { type ArimaFitted, autoArima, fitArimaSeries } from "./auto-arima.js";
import { fitAutoCes } from "./auto-ces.js";
import { autoEts, type EtsFitted, fitAutoEts } from "./auto-ets.js";
import { fitTheta } from "./fit-theta.js";
import { type Engine, engineOf } from "./fitted.js";
import { decomposedSeasons, ownSeason } from "./long-seasons.js";
import { mstl } from "./mstl.js";
import { fitNaive } from "./naive.js";
import { fitSeasonalNaive } from "./seasonal-naive.js";
import type { Series } from "./series.js";
import type { FittedForecaster } from "./types.js";

/** The models that `auto` tries and combines. */
export type MemberName =
  | "naive"
  | "seasonalNaive"
  | "autoEts"
  | "autoArima"
  | "autoCes"
  | "dynamicOptimizedTheta"
  | "mstl(autoEts)"
  | "mstl(autoArima)";

/** The models worth trying on the first `count` values of a series of that season, the cheapest first. */
export function membersFor({ values }: Series, seasonLength: number, count: number): readonly MemberName[] {
  return [
    "naive",
    ...(seasonLength > 1 ? ["seasonalNaive" as const] : []),
    "autoEts",
    "autoCes",
    "autoArima",
    "dynamicOptimizedTheta",
    ...(decomposedSeasons(values.subarray(0, count), seasonLength).length > 0
      ? ["mstl(autoEts)" as const, "mstl(autoArima)" as const]
      : []),
  ];
}

/** A forecast and its spread from every origin: row-major, `steps` to an origin. */
export interface Track {
  readonly mean: Float64Array;
  readonly spread: Float64Array;
}

/** Forecasts of every member from every origin of one series. */
export interface RollingRecord {
  /** The index of the first value that each origin forecast, ascending by 1. */
  readonly firstOrigin: number;
  readonly origins: number;
  readonly steps: number;
  readonly tracks: ReadonlyMap<MemberName, Track>;
}

/**
 * Forecasts from every origin between `firstOrigin` and the end of the series. The members are fitted anew at `refits` of them, evenly
 * apart; in between they filter the new values with the same parameters. The form of exponential smoothing is chosen at the first one.
 */
export function rollOrigins(
  series: Series,
  seasonLength: number,
  members: readonly MemberName[],
  options: { readonly firstOrigin: number; readonly steps: number; readonly refits: number },
): RollingRecord {
  const { firstOrigin, steps, refits } = options;
  const { values } = series;
  const own = ownSeason(seasonLength);
  const origins = values.length - firstOrigin;
  const every = Math.ceil(origins / refits);
  const tracks = new Map<MemberName, Track>();
  for (const member of members) {
    const mean = new Float64Array(origins * steps);
    const spread = new Float64Array(origins * steps);
    let engine: Engine | undefined;
    let ets: EtsFitted | undefined;
    let arima: ArimaFitted | undefined;
    for (let origin = 0; origin < origins; origin++) {
      const end = firstOrigin + origin;
      if (engine === undefined || origin % every === 0) {
        const training = {
          ...series,
          values: values.subarray(0, end),
          observed: countObserved(values, end),
          notes: [],
        };
        if (member === "autoEts") ets = fitAutoEts(training, own, ets?.fit && [ets.fit.form], ets?.fit);
        if (member === "autoArima") arima = fitArimaSeries(training, own, false, arima?.fit);
        engine = engineOf(
          (member === "autoEts" ? ets?.fitted : member === "autoArima" ? arima?.fitted : undefined) ??
            fitMember(member, training, seasonLength),
        );
      } else engine = engine.advance(values.subarray(end - 1, end));
      mean.set(engine.process.mean(steps), origin * steps);
      spread.set(engine.process.spread(steps), origin * steps);
    }
    tracks.set(member, { mean, spread });
  }
  return { firstOrigin, origins, steps, tracks };
}

/** One member, fitted to the whole of a series. */
export function fitMember(name: MemberName, series: Series, seasonLength: number): FittedForecaster {
  const own = ownSeason(seasonLength);
  if (name === "autoEts") return fitAutoEts(series, own).fitted;
  if (name === "autoArima") return fitArimaSeries(series, own, false).fitted;
  if (name === "mstl(autoEts)" || name === "mstl(autoArima)") {
    const trend = name === "mstl(autoEts)" ? autoEts() : autoArima();
    return mstl({ seasonLengths: decomposedSeasons(series.values, seasonLength), trend }).fit(series.values);
  }
  if (name === "autoCes") return fitAutoCes(series, seasonLength);
  if (name === "dynamicOptimizedTheta") return fitTheta(series, seasonLength, "dynamicOptimizedTheta", false);
  return name === "naive" ? fitNaive(series) : fitSeasonalNaive(series, seasonLength);
}

function countObserved(values: Float64Array, end: number): number {
  let count = 0;
  for (let t = 0; t < end; t++) if (!Number.isNaN(values[t])) count++;
  return count;
}
