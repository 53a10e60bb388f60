import {
  arrayShape,
  choiceShape,
  decodeNumbers,
  defineEnvelope,
  type EncodedNumbers,
  encodedNumbersShape,
  exp,
  type Issue,
  numberShape,
  objectShape,
  Rng,
  type Shape,
  TwinError,
  textShape,
  unknownName,
} from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import { checkRows, type JsonSchema, type Rows } from "@sage-twin/registry";
import type { FittedPredictor } from "../fitted-predictor.js";
import type { Adstock } from "./adstock.js";
import { type BaselineShape, baselineRow } from "./baseline.js";
import { bestSplit, type SplitBounds } from "./best-split.js";
import { MarketPosterior } from "./market-posterior.js";

/** A number with its uncertainty. */
export interface Estimate {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
}

/** What a channel returned. */
export interface ChannelReturn {
  readonly channel: string;
  readonly spend: number;
  /** The revenue that the channel brought over the periods of training, per unit of its spend. */
  readonly roi: Estimate;
  /** The revenue that one per cent more spend in every period would have brought, per unit of it. */
  readonly marginalRoi: Estimate;
  /** The share of all revenue that the channel brought. */
  readonly share: Estimate;
  /** How much narrower the data made what was believed of the ROI before: 0 nothing, towards 1 all; by standard deviations of its logarithm. */
  readonly learnt: number;
}

/** Revenue of a period to come. */
export interface MarketingPrediction {
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  /** By channel, the part of the expected revenue that its spend, carried over too, brings. */
  readonly channels: Readonly<Record<string, number>>;
}

/** The best use of a budget. */
export interface BudgetSplit {
  /** By channel, spend a period. */
  readonly spend: Readonly<Record<string, number>>;
  /** Revenue a period that the channels bring with that spend held for good, and with that of training. */
  readonly revenue: Estimate;
  readonly present: Estimate;
}

/** A fitted model of a market. Intervals are of 90 % unless told. */
export interface FittedMarketingPredictor extends FittedPredictor<Rows, readonly MarketingPrediction[]> {
  readonly name: "marketing";
  /** Channels in the order of the settings. */
  returns(level?: number): readonly ChannelReturn[];
  /** By period of training, how the revenue divides into the baseline and the channels; they sum to it. NaN where revenue is missing. */
  contributions(): Readonly<Record<string, Float64Array>>;
  /** The revenue a period that a channel brings when so much is spent on it in every period. */
  response(
    channel: string,
    spends: ArrayLike<number>,
    level?: number,
  ): readonly (Estimate & { readonly spend: number })[];
  /** The split of a budget a period that brings most, on a grid of 200 parts, within bounds. */
  bestSplit(budget: number, options?: { readonly bounds?: SplitBounds; readonly level?: number }): BudgetSplit;
  /** The revenue of periods after training with such spends and controls, in their order. */
  predict(rows: Rows): readonly MarketingPrediction[];
}

/** Everything that a fitted market is made of, as plain JSON. */
export interface MarketingState {
  readonly channels: readonly string[];
  readonly adstock: Adstock;
  readonly lags: number;
  readonly prior: { readonly roi: { readonly median: number; readonly spread: number } };
  readonly doubt: number;
  readonly shape: BaselineShape;
  readonly revenue: EncodedNumbers;
  /** By channel, then by control, their values of training one after the other. */
  readonly columns: EncodedNumbers;
  /** Draws of the parameters, one after the other. */
  readonly draws: EncodedNumbers;
  readonly seed: string;
  readonly notes: readonly string[];
}

const number = numberShape;
const format = /* @__PURE__ */ (() =>
  defineEnvelope<MarketingState>({
    kind: "predictor/marketing",
    version: 1,
    parse: objectShape({
      channels: arrayShape(textShape),
      adstock: choiceShape("geometric", "weibull"),
      lags: number,
      prior: objectShape({ roi: objectShape({ median: number, spread: number }) }),
      doubt: number,
      shape: objectShape({
        rows: number,
        seasonLength: number,
        harmonics: number,
        controls: arrayShape(textShape),
        centres: arrayShape(number),
        spreads: arrayShape(number),
      }),
      revenue: encodedNumbersShape,
      columns: encodedNumbersShape,
      draws: encodedNumbersShape,
      seed: textShape,
      notes: arrayShape(textShape),
    }) as Shape<MarketingState>,
  }))();

/** The market model that `toJSON` saved. */
export function marketingFromJSON(json: unknown): FittedMarketingPredictor {
  return publishMarketing(format.open(json));
}

/** The posterior of saved data. */
export function posteriorOf(state: Omit<MarketingState, "draws" | "notes">): MarketPosterior {
  const { shape, channels, adstock, lags, prior, doubt } = state;
  const revenue = decodeNumbers(state.revenue);
  const [spends, controls] = tablesOf(state);
  if (revenue.length !== shape.rows || spends.length !== channels.length)
    throw new TwinError({ code: "corrupt", path: ["state", "columns"], message: "rows and columns do not fit" });
  const rows = Array.from({ length: shape.rows }, (_, t) =>
    baselineRow(shape, t, (name) => controls[shape.controls.indexOf(name)][t]),
  );
  const design = rows[0].map((_, column) => Float64Array.from(rows, (row) => row[column]));
  return new MarketPosterior({ revenue, spends, design, adstock, lags, prior, doubt });
}

function tablesOf({
  shape,
  channels,
  columns,
}: Omit<MarketingState, "draws" | "notes">): [Float64Array[], Float64Array[]] {
  const all = decodeNumbers(columns);
  if (all.length !== shape.rows * (channels.length + shape.controls.length) || !(shape.rows > 0))
    throw new TwinError({ code: "corrupt", path: ["state", "columns"], message: "rows and columns do not fit" });
  const column = (index: number): Float64Array => all.subarray(index * shape.rows, (index + 1) * shape.rows);
  return [channels.map((_, index) => column(index)), shape.controls.map((_, index) => column(channels.length + index))];
}

/** A fitted market of its state. */
export function publishMarketing(state: MarketingState): FittedMarketingPredictor {
  const { channels, shape, lags } = state;
  const posterior = posteriorOf(state);
  const revenue = decodeNumbers(state.revenue);
  const [spends] = tablesOf(state);
  const all = decodeNumbers(state.draws);
  const size = posterior.width * channels.length;
  if (all.length === 0 || all.length % size !== 0)
    throw new TwinError({ code: "corrupt", path: ["state", "draws"], message: "draws and channels do not fit" });
  const points = Array.from({ length: all.length / size }, (_, draw) => all.subarray(draw * size, (draw + 1) * size));
  const effects = points.map((point) => posterior.effects(point));
  const observed = Array.from(revenue.keys()).filter((t) => !Number.isNaN(revenue[t]));
  const signature = signatureOf(channels, shape.controls);
  const placeOf = (channel: string): number => {
    const place = channels.indexOf(channel);
    if (place < 0) throw unknownName("channel", channel, channels, ["channel"]);
    return place;
  };
  const spentOn = (place: number): number => observed.reduce((sum, t) => sum + spends[place][t], 0);
  const usual = observed.reduce((sum, t) => sum + revenue[t], 0) / observed.length;
  const steadyRevenue = (point: number, place: number, spend: number): number =>
    usual * (1 - exp(-effects[point][place].strength * posterior.steady(points[point], place, spend)));

  return {
    name: "marketing",
    notes: state.notes,
    signature,
    returns: (level = 90) =>
      channels.map((channel, place) => {
        const spend = spentOn(place);
        const brought = effects.map((own) =>
          sumOver(observed, (t) => revenue[t] * (1 - exp(-own[place].strength * own[place].saturation[t]))),
        );
        const more = points.map((point, draw) => {
          const { strength, saturation } = effects[draw][place];
          const lifted = posterior.saturation(
            point,
            place,
            spends[place].map((value) => (1.01 * value) / posterior.means[place]),
          );
          return (
            sumOver(observed, (t) => revenue[t] * (exp(strength * (lifted[t] - saturation[t])) - 1)) / (0.01 * spend)
          );
        });
        const logs = points.map((point) => point[place * posterior.width]);
        return {
          channel,
          spend,
          roi: estimate(
            brought.map((value) => value / spend),
            level,
          ),
          marginalRoi: estimate(more, level),
          share: estimate(
            brought.map((value) => value / (usual * observed.length)),
            level,
          ),
          learnt: Math.max(0, 1 - deviation(logs) / state.prior.roi.spread),
        };
      }),
    contributions() {
      const parts = Object.fromEntries(
        ["baseline", ...channels].map((name) => [name, new Float64Array(shape.rows).fill(Number.NaN)]),
      );
      for (const t of observed) {
        for (const part of Object.values(parts)) part[t] = 0;
        for (const own of effects) {
          const adds = own.map(({ strength, saturation }) => strength * saturation[t]);
          const total = adds.reduce((sum, value) => sum + value, 0);
          const base = revenue[t] * exp(-total);
          parts["baseline"][t] += base / effects.length;
          adds.forEach((value, place) => {
            if (total > 0) parts[channels[place]][t] += ((revenue[t] - base) * value) / total / effects.length;
          });
        }
      }
      return parts;
    },
    response(channel, given, level = 90) {
      const place = placeOf(channel);
      return Array.from(given, (spend, index) => {
        requireSpend(spend, ["spends", index]);
        return {
          spend,
          ...estimate(
            points.map((_, draw) => steadyRevenue(draw, place, spend)),
            level,
          ),
        };
      });
    },
    bestSplit(budget, { bounds = {}, level = 90 } = {}) {
      requireSpend(budget, ["budget"]);
      const gain = (place: number, spend: number): number =>
        points.reduce(
          (sum, point, draw) => sum + effects[draw][place].strength * posterior.steady(point, place, spend),
          0,
        ) / points.length;
      const split = bestSplit(channels, budget, gain, bounds);
      const bring = (spend: readonly number[]): Estimate =>
        estimate(
          points.map((point, draw) => {
            const total = spend.reduce(
              (sum, value, place) => sum + effects[draw][place].strength * posterior.steady(point, place, value),
              0,
            );
            return usual * (1 - exp(-total));
          }),
          level,
        );
      return {
        spend: Object.fromEntries(channels.map((channel, place) => [channel, split[place]])),
        revenue: bring(split),
        present: bring(posterior.means),
      };
    },
    predict(rows) {
      const ahead = readAhead(rows, signature.input, [...channels, ...shape.controls]);
      const count = ahead[0].length;
      const rng = new Rng(state.seed).derive("predict");
      const samples = Array.from({ length: count }, () => new Float64Array(points.length));
      const adds = channels.map(() => new Float64Array(count));
      const design = Array.from({ length: count }, (_, step) =>
        baselineRow(shape, shape.rows + step, (name) => ahead[channels.length + shape.controls.indexOf(name)][step]),
      );
      points.forEach((point, draw) => {
        const { coefficients, sigma, last } = posterior.drawBaseline(point, rng);
        const saturations = channels.map((_, place) => {
          const past = spends[place].subarray(Math.max(0, shape.rows - lags));
          const spend = Float64Array.from([...past, ...ahead[place]], (value) => value / posterior.means[place]);
          return posterior.saturation(point, place, spend).subarray(past.length);
        });
        let left = last;
        for (let step = 0; step < count; step++) {
          left = posterior.rho * left + sigma * rng.normal();
          const base = design[step].reduce((sum, value, column) => sum + value * coefficients[column], left);
          const gains = saturations.map((saturation, place) => effects[draw][place].strength * saturation[step]);
          const total = gains.reduce((sum, value) => sum + value, 0);
          const whole = exp(base + total);
          samples[step][draw] = whole;
          gains.forEach((value, place) => {
            if (total > 0) adds[place][step] += ((whole - exp(base)) * value) / total / points.length;
          });
        }
      });
      return samples.map((own, step) => {
        const { lower, upper } = estimate(own, 90);
        return {
          expected: own.reduce((sum, value) => sum + value, 0) / own.length,
          lower,
          upper,
          channels: Object.fromEntries(channels.map((channel, place) => [channel, adds[place][step]])),
        };
      });
    },
    toJSON: () => format.seal(state),
  };
}

function signatureOf(channels: readonly string[], controls: readonly string[]) {
  const number: JsonSchema = { type: "number" };
  const input: JsonSchema = {
    type: "object",
    properties: {
      ...Object.fromEntries(channels.map((name) => [name, { type: "number", minimum: 0 }])),
      ...Object.fromEntries(controls.map((name) => [name, number])),
    },
    required: [...channels, ...controls],
  };
  const output: JsonSchema = {
    type: "object",
    properties: { expected: number, lower: number, upper: number, channels: { type: "object" } },
    required: ["expected", "lower", "upper", "channels"],
  };
  return { input, output };
}

/** Columns of the rows to come, checked. */
function readAhead(rows: Rows, schema: JsonSchema, names: readonly string[]): readonly Float64Array[] {
  checkRows(schema, rows);
  const columns = names.map((name) =>
    Array.isArray(rows)
      ? Float64Array.from(rows, (row) => (row as Record<string, number>)[name])
      : Float64Array.from((rows as Record<string, ArrayLike<number>>)[name]),
  );
  if (columns[0].length > 0) return columns;
  throw new TwinError({ code: "invalid-data", path: ["rows"], message: "there are no rows", fix: "give at least one" });
}

function requireSpend(value: number, path: (string | number)[]): void {
  if (Number.isFinite(value) && value >= 0) return;
  const issue: Issue = { code: "invalid-argument", path, message: `${value}`, fix: "give an amount from 0" };
  throw new TwinError(issue);
}

function estimate(values: ArrayLike<number>, level: number): Estimate {
  const beyond = (1 - level / 100) / 2;
  const [lower, median, upper] = quantiles(Float64Array.from(values), [beyond, 0.5, 1 - beyond]);
  return { median, lower, upper };
}

function sumOver(rows: readonly number[], of: (t: number) => number): number {
  return rows.reduce((sum, t) => sum + of(t), 0);
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / values.length);
}
