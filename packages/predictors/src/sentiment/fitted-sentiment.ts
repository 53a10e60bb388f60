import {
  arrayShape,
  decodeNumbers,
  defineEnvelope,
  describeValue,
  type EncodedNumbers,
  encodedNumbersShape,
  formatInstant,
  normalDistribution,
  numberShape,
  objectShape,
  type Path,
  parseFrequency,
  periodStart,
  type Shape,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import type { JsonSchema, Rows } from "@sage-twin/registry";
import type { FittedPredictor } from "../fitted-predictor.js";
import { checkPeriodsAhead } from "../periods-ahead.js";
import { rowObjects } from "../row-objects.js";
import { type LevelState, levelAhead, smoothLevel, type Wandering } from "./wandering-level.js";

/** The sentiment of a period to come, from -1 to 1. */
export interface SentimentPrediction {
  /** The start of the period. */
  readonly time: string;
  readonly sentiment: number;
  readonly lower80: number;
  readonly upper80: number;
  readonly lower95: number;
  readonly upper95: number;
  /** That the level is lower then than in the last period of the history. */
  readonly probabilityLower: number;
}

/** The level of sentiment in a period of the history, with its interval of 90 %. */
export interface SentimentLevel {
  readonly time: string;
  readonly level: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Knows where sentiment stands and is heading: `predict` takes a row for each period after the history, in order. A row may say its `time`, and `meanVariance`, the variance of a mean that is to be
 * measured then: intervals are of that mean instead of the sentiment behind it.
 */
export interface FittedSentimentPredictor extends FittedPredictor<Rows, readonly SentimentPrediction[]> {
  /** The change of the level a period, at the end of the history, with its interval of 90 %. */
  readonly trend: { readonly perPeriod: number; readonly lower: number; readonly upper: number };
  /** The level in each period of the history, from all of them. */
  history(): readonly SentimentLevel[];
}

/** One way in which the level may wander, how likely it is, and what is thought after the last period. */
export interface WeighedLevel extends Wandering {
  readonly weight: number;
  readonly last: LevelState;
}

interface State {
  readonly frequency: string;
  readonly next: number;
  readonly overall: number;
  readonly levels: readonly WeighedLevel[];
  readonly means: EncodedNumbers;
  readonly variances: EncodedNumbers;
  readonly notes: readonly string[];
}

const corrupt = (path: Path | undefined, message: string): TwinError =>
  new TwinError({ code: "corrupt", path: path ?? [], message });

const between =
  (least: number, most: number): Shape<number> =>
  (value, path) => {
    if (numberShape(value, path) >= least && (value as number) <= most) return value as number;
    throw corrupt(path, `${describeValue(value)} is not from ${least} to ${most}`);
  };

const frequencyShape: Shape<string> = (value, path) => {
  try {
    return parseFrequency(textShape(value, path));
  } catch {
    throw corrupt(path, `${describeValue(value)} is no frequency`);
  }
};

const format = /* @__PURE__ */ (() => {
  const variance = between(0, 100);
  const levels = arrayShape(
    objectShape({
      level: variance,
      slope: variance,
      damping: between(0, 0.999),
      shock: variance,
      weight: between(0, 1),
      last: objectShape({
        level: between(-100, 100),
        slope: between(-100, 100),
        levelVariance: variance,
        covariance: between(-100, 100),
        slopeVariance: variance,
      }),
    }),
  );
  const fields = objectShape({
    frequency: frequencyShape,
    next: between(-1e8, 1e8),
    overall: between(-1, 1),
    levels,
    means: encodedNumbersShape,
    variances: encodedNumbersShape,
    notes: arrayShape(textShape),
  });
  const parse: Shape<State> = (value, path) => {
    const state = fields(value, path) as State;
    if (state.levels.length === 0) throw corrupt(path, "there is no level");
    if (decodeNumbers(state.means).length !== decodeNumbers(state.variances).length)
      throw corrupt(path, "means and variances do not fit");
    return state;
  };
  return defineEnvelope<State>({ kind: "predictor/sentiment", version: 1, parse: parse as (state: unknown) => State });
})();

/** Opens what `toJSON()` saved. */
export function sentimentFromJSON(json: unknown): FittedSentimentPredictor {
  return publishSentiment(format.open(json));
}

const number: JsonSchema = { type: "number" };
const input: JsonSchema = {
  type: "object",
  properties: {
    time: { type: ["string", "number"] },
    meanVariance: { type: "number", minimum: 0, maximum: 4 },
  },
  additionalProperties: false,
};
const outputs = ["sentiment", "lower80", "upper80", "lower95", "upper95", "probabilityLower"];
const output: JsonSchema = {
  type: "object",
  properties: { time: { type: "string" }, ...Object.fromEntries(outputs.map((name) => [name, number])) },
  required: ["time", ...outputs],
  additionalProperties: false,
};

/** The fitted predictor of a state. */
export function publishSentiment(state: State): FittedSentimentPredictor {
  const { levels, frequency, next } = state;
  const slope = (level: number): number =>
    quantileOf(
      levels.map(({ weight, last }) => ({ weight, mean: last.slope, variance: last.slopeVariance })),
      level,
      10,
    );
  return Object.freeze({
    name: "sentiment",
    notes: Object.freeze([...state.notes]),
    signature: { input, output },
    trend: Object.freeze({
      perPeriod: levels.reduce((sum, { weight, last }) => sum + weight * last.slope, 0),
      lower: slope(0.05),
      upper: slope(0.95),
    }),
    predict(rows: Rows) {
      const asked = rowObjects<{ readonly time?: unknown; readonly meanVariance?: number }>(input, rows);
      checkPeriodsAhead(asked, next, frequency);
      const ahead = levels.map((level) => levelAhead(level, level.last, asked.length));
      return asked.map(({ meanVariance = 0 }, step): SentimentPrediction => {
        const parts = levels.map(({ weight, shock }, index) => ({
          weight,
          mean: ahead[index][step].mean,
          variance: ahead[index][step].variance + shock + meanVariance,
        }));
        const [lower95, lower80, upper80, upper95] = [0.025, 0.1, 0.9, 0.975].map((p) => quantileOf(parts, p, 1));
        return {
          time: formatInstant(periodStart(next + step, frequency), frequency),
          sentiment: clip(parts.reduce((sum, { weight, mean }) => sum + weight * mean, 0)),
          lower80,
          upper80,
          lower95,
          upper95,
          probabilityLower: levels.reduce((sum, { weight }, index) => {
            const { change, changeVariance } = ahead[index][step];
            const distance = changeVariance > 0 ? -change / Math.sqrt(changeVariance) : 0;
            return sum + weight * normalDistribution(distance);
          }, 0),
        };
      });
    },
    history() {
      const means = decodeNumbers(state.means);
      const variances = decodeNumbers(state.variances);
      const smooth = levels.map((level) => smoothLevel(level, means, variances, state.overall));
      return Array.from(means, (_, t) => {
        const parts = levels.map(({ weight }, index) => ({
          weight,
          mean: smooth[index].level[t],
          variance: smooth[index].variance[t],
        }));
        return {
          time: formatInstant(periodStart(next - means.length + t, frequency), frequency),
          level: clip(parts.reduce((sum, { weight, mean }) => sum + weight * mean, 0)),
          lower: quantileOf(parts, 0.05, 1),
          upper: quantileOf(parts, 0.95, 1),
        };
      });
    },
    toJSON: () => format.seal(state),
  });
}

const clip = (value: number): number => Math.max(-1, Math.min(1, value));

/** The quantile of a mixture of normal distributions, within -limit and limit. */
function quantileOf(
  parts: readonly { readonly weight: number; readonly mean: number; readonly variance: number }[],
  probability: number,
  limit: number,
): number {
  const below = (value: number): number =>
    parts.reduce((sum, { weight, mean, variance }) => {
      const distance = value - mean;
      const share = variance > 0 ? normalDistribution(distance / Math.sqrt(variance)) : distance >= 0 ? 1 : 0;
      return sum + weight * share;
    }, 0);
  let [low, high] = [-limit, limit];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (below(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
