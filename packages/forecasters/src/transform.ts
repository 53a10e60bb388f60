import { booleanShape, describeValue, type Issue, numberShape, objectShape, TwinError } from "@sage-twin/kernel";
import { boxCoxLambda } from "@sage-twin/numerics";
import { checkOptions, checkSeries } from "./checks.js";
import { cleanOutliers } from "./clean.js";
import { engineOf, type FittedKind, fittedKind } from "./fitted.js";
import { checkBounds, motionOf, type TransformState, transformProcess } from "./transform-process.js";
import { forward, largest, meanBackward, type Transformation, transformationShape } from "./transformation.js";
import type { FitOptions, FittedForecaster, Forecaster } from "./types.js";
import { checkForecaster, innerShape, keepEngine, noOpener, type Opener } from "./wrapped.js";

/** How a series is transformed before a model sees it. */
export interface TransformOptions {
  /**
   * `"log"`: for values above `lower`. `"boxCox"`: a power, see `lambda`. `"logit"`: for values between `lower` and `upper`. `"none"`: for `clean` alone.
   */
  readonly kind: "none" | "log" | "boxCox" | "logit";
  /** The power of Box-Cox. Default `"guerrero"`: chosen for an even spread, from 0 to 1, at the model's season length. */
  readonly lambda?: number | "guerrero";
  /** What no value, forecast or bound lies below. Default 0, for `"log"` and `"logit"`. */
  readonly lower?: number;
  /** What no value, forecast or bound lies above, for `"logit"`. */
  readonly upper?: number;
  /** Whether the point forecast is the median raised to the mean over the noise of one step (at most to its upper quartile), not the median. Default true. */
  readonly biasAdjust?: boolean;
  /** Whether outliers are replaced first, as many as `notes` says. Default false. */
  readonly clean?: boolean;
}

const motionShape = /* @__PURE__ */ objectShape({ change: numberShape, half: numberShape, count: numberShape });

/** The kind whose inner models `open` opens. */
export function transformKind(open: Opener): FittedKind<TransformState> {
  const shape = objectShape({
    how: transformationShape,
    biasAdjust: booleanShape,
    inner: innerShape(open),
    motion: motionShape,
  });
  return fittedKind("forecaster/transform", shape, (state) => transformProcess(state));
}

/**
 * A model of the transformed series. Intervals and paths are those of the model, turned back, its spread held to what the transformed series shows: at most 1.5 times that of a random
 * walk with its changes, and half its range within its length; the point forecast is their median, corrected
 * for the bias of one step's noise. A series that is never negative (Box-Cox), above `lower` (log) or between `lower` and `upper` (logit) has
 * forecasts and bounds that are so too. Values at a bound count as half as far from it as the nearest other, and `notes` counts them.
 *
 * A series with negative values under a logarithm without `lower`, or without any positive one, is not transformed, and `notes` says so.
 * A value beyond a bound that was given is a `TwinError`.
 *
 * @example
 * ```ts
 * import { drift, transform } from "@sage-twin/forecasters";
 *
 * const doubling = [1, 2, 4, 8, 16, 32];
 * const out = transform(drift(), { kind: "log" }).fit(doubling).forecast(2);
 * Array.from(out.mean, Math.round); // => [64, 128]
 * ```
 */
export function transform(model: Forecaster, options: TransformOptions): Forecaster {
  const inner = checkForecaster(model, "model");
  checkTransform(checkOptions(options));
  return {
    name: options.kind === "none" ? inner.name : `${options.kind} ${inner.name}`,
    seasonLength: inner.seasonLength,
    fit: (values, fitOptions) => fit(values, fitOptions, inner, options),
  };
}

function checkTransform({ kind, lambda = "guerrero", lower = 0, upper }: TransformOptions): void {
  const issues: Issue[] = [];
  const require = (fine: boolean, path: string, value: unknown, expected: string): void => {
    if (!fine)
      issues.push({
        code: "invalid-argument",
        path: [path],
        message: `${describeValue(value)} is not ${expected}`,
        fix: `give ${expected}`,
      });
  };
  require(["none", "log", "boxCox", "logit"].includes(kind), "kind", kind, "none, log, boxCox or logit");
  require(lambda === "guerrero" ||
    (lambda >= -1 && lambda <= 2), "lambda", lambda, '"guerrero" or a number from -1 to 2');
  require(Math.abs(lower) <= largest, "lower", lower, "a number");
  if (kind === "logit")
    require((upper as number) > lower && (upper as number) <= largest, "upper", upper, "a number above lower");
  if (issues.length > 0) throw new TwinError(issues);
}

function fit(
  input: ArrayLike<number>,
  fitOptions: FitOptions | undefined,
  model: Forecaster,
  options: TransformOptions,
): FittedForecaster {
  const values = checkSeries(input, "values", fitOptions?.timestamps);
  const { how, notes } = plan(values, options, model.seasonLength);
  const transformed = values.map((value) => forward(how, value));
  const { values: cleaned, replaced } = options.clean
    ? cleanOutliers(transformed, model.seasonLength)
    : { values: transformed, replaced: 0 };
  if (replaced > 0) notes.push(`${replaced} ${replaced === 1 ? "outlier" : "outliers"} replaced before the fit`);
  const inner = model.fit(cleaned, fitOptions);
  const engine = engineOf(inner);
  const biasAdjust = options.biasAdjust ?? true;
  const { process } = engine;
  const unknown = (process.regressors ?? []).map(() => new Float64Array(1));
  const spread = biasAdjust ? (process.withFuture?.(unknown) ?? process).spread(1)[0] : 0;
  const residuals = inner.residuals.map((error, t) =>
    Number.isNaN(error) ? Number.NaN : values[t] - meanBackward(how, cleaned[t] - error, spread),
  );
  const state = { how, biasAdjust, inner: keepEngine(engine), motion: motionOf(cleaned) };
  return transformKind(noOpener).publish(state, residuals, [...inner.notes, ...notes]);
}

/** A value nearer to its bound than this share of the farthest one's distance counts as at it. */
const nearlyTouching = 1e-12;
const smallest = 1e-300;

/** What suits the values. */
function plan(
  values: Float64Array,
  { kind, lambda = "guerrero", lower: bound, upper = largest }: TransformOptions,
  seasonLength: number,
): { readonly how: Transformation; readonly notes: string[] } {
  const none: Transformation = { kind: "none", lambda: 1, lower: -largest, upper: largest, nearest: 0 };
  if (kind === "none") return { how: none, notes: [] };
  const lower = bound ?? 0;
  const bounded = kind === "logit" || (kind === "log" && bound !== undefined);
  if (bounded) checkBounds(values, lower, kind === "logit" ? upper : largest, "values");
  const known = values.filter((value) => !Number.isNaN(value));
  const power =
    kind !== "boxCox" ? 0 : lambda === "guerrero" ? boxCoxLambda(known, { seasonLength, lower: 0, upper: 1 }) : lambda;
  const negative = known.some((value) => value < lower);
  if (kind === "boxCox" && power > 0)
    return { how: { ...none, kind, lambda: power, lower: negative ? -largest : 0 }, notes: [] };
  if (negative) return { how: none, notes: ["the series has negative values: not transformed"] };
  const distances = known.map((value) => (kind === "logit" ? Math.min(value - lower, upper - value) : value - lower));
  const least = distances.reduce((most, distance) => Math.max(most, nearlyTouching * distance), smallest);
  let nearest = Number.POSITIVE_INFINITY;
  let touching = 0;
  for (const distance of distances) {
    if (distance > least) nearest = Math.min(nearest, distance / 2);
    else touching++;
  }
  if (nearest === Number.POSITIVE_INFINITY) return { how: none, notes: ["every value is at a bound: not transformed"] };
  const notes =
    touching > 0 ? [`${touching} ${touching === 1 ? "value" : "values"} at a bound, taken as ${nearest} from it`] : [];
  return { how: { kind, lambda: power, lower, upper: kind === "logit" ? upper : largest, nearest }, notes };
}
