import { exp, log, type Rng } from "@sage-twin/kernel";
import { type Adstock, carryOver, geometricAdstock, hill, weibullAdstock } from "./adstock.js";
import { dot, type Orthonormal, orthonormalise, solveTriangle } from "./baseline.js";

/** What is believed of every channel before its data are seen. */
interface ChannelPrior {
  /** The median of the revenue per unit of spend, and the standard deviation of its logarithm. */
  readonly roi: { readonly median: number; readonly spread: number };
}

/** Everything that the density of a market's parameters hangs on. */
export interface MarketData {
  /** Above 0, NaN where it is missing. */
  readonly revenue: Float64Array;
  /** By channel. */
  readonly spends: readonly Float64Array[];
  /** By column of the baseline's design. */
  readonly design: readonly Float64Array[];
  readonly adstock: Adstock;
  readonly lags: number;
  readonly prior: ChannelPrior;
  /** How strongly hidden causes of both spend and revenue are to be feared: the likelihood counts 1 / (1 + doubt x rows). */
  readonly doubt: number;
}

/** The parameters of one channel, as they act. */
export interface ChannelEffect {
  /** What the logarithm of revenue gains at full saturation. */
  readonly strength: number;
  /** The saturation in each period, 0 to 1. */
  readonly saturation: Float64Array;
}

const priorOf = {
  geometric: [
    { mean: -0.6, sd: 1 }, // log-odds of the decay: .35, from .09 to .74 in 95 of 100
    { mean: 0, sd: 0.7 }, // log of the half-saturation in mean spends
    { mean: 0.2, sd: 0.3 }, // log of the slope
  ],
  weibull: [
    { mean: 0.2, sd: 0.4 }, // log of the shape
    { mean: 0.6, sd: 0.7 }, // log of the scale in periods
    { mean: 0, sd: 0.7 },
    { mean: 0.2, sd: 0.3 },
  ],
} as const;

/** The density of the parameters of a market: log ROI and shape of each channel, baseline and noise integrated out. */
export class MarketPosterior {
  /** Parameters of a channel. */
  readonly width: number;
  readonly start: Float64Array;
  readonly spread: Float64Array;
  /** The autocorrelation of what the model leaves over, estimated before. */
  readonly rho: number;
  readonly means: readonly number[];
  readonly #data: MarketData;
  readonly #priors: readonly { readonly mean: number; readonly sd: number }[];
  readonly #whitened: Orthonormal;
  readonly #logs: Float64Array;
  readonly #observed: Int32Array;
  /** In units of each channel's mean. */
  readonly #scaled: readonly Float64Array[];
  readonly #spent: readonly number[];
  readonly #before: readonly number[];
  readonly #stock: Float64Array;
  readonly #temper: number;

  constructor(data: MarketData) {
    const { revenue, spends, design, adstock, prior, lags, doubt } = data;
    this.#data = data;
    this.#priors = [{ mean: log(prior.roi.median), sd: prior.roi.spread }, ...priorOf[adstock]];
    this.width = this.#priors.length;
    this.start = Float64Array.from({ length: this.width * spends.length }, (_, i) => this.#priors[i % this.width].mean);
    this.spread = this.start.map((_, i) => this.#priors[i % this.width].sd);
    this.#logs = revenue.map(log);
    this.#observed = Int32Array.from(revenue.keys()).filter((t) => !Number.isNaN(revenue[t]));
    this.#temper = 1 / (1 + doubt * this.#observed.length);
    this.means = spends.map((spend) => Math.max(1e-300, spend.reduce((sum, value) => sum + value, 0) / spend.length));
    this.#scaled = spends.map((spend, channel) => spend.map((value) => value / this.means[channel]));
    this.#before = spends.map((spend, channel) => {
      const first = spend.subarray(0, lags);
      return first.reduce((sum, value) => sum + value, 0) / first.length / this.means[channel];
    });
    this.#spent = spends.map((spend) => this.#observed.reduce((sum, t) => sum + spend[t], 0));
    this.#stock = new Float64Array(revenue.length);
    this.rho = 0;
    const plain = orthonormalise(
      [...design, ...this.effects(this.start).map(({ saturation }) => saturation)].map((column) =>
        this.#whiten(column),
      ),
    );
    this.rho = this.#autocorrelation(this.#project(plain, this.#whiten(this.#logs)));
    this.#whitened = orthonormalise(design.map((column) => this.#whiten(column)));
  }

  /** How each channel acts with such parameters. */
  effects(point: Float64Array): ChannelEffect[] {
    return this.#data.spends.map((_, channel) => {
      const saturation = this.saturation(point, channel, this.#scaled[channel]);
      let gained = 0;
      for (const t of this.#observed) gained += this.#data.revenue[t] * saturation[t];
      const strength = gained > 0 ? (exp(point[channel * this.width]) * this.#spent[channel]) / gained : 0;
      return { strength, saturation };
    });
  }

  /** The saturation of a channel under spends in units of its mean. */
  saturation(point: Float64Array, channel: number, spend: Float64Array): Float64Array {
    const { adstock, lags } = this.#data;
    const [, first, second, third, fourth] = point.subarray(channel * this.width, (channel + 1) * this.width);
    const shares =
      adstock === "geometric"
        ? geometricAdstock(1 / (1 + exp(-first)), lags)
        : weibullAdstock(exp(first), exp(second), lags);
    const [half, slope] = adstock === "geometric" ? [exp(second), exp(third)] : [exp(third), exp(fourth)];
    const stock = spend.length === this.#stock.length ? this.#stock : new Float64Array(spend.length);
    carryOver(spend, shares, this.#before[channel], stock);
    return stock.map((value) => hill(value, half, slope));
  }

  /** The saturation of a channel under the same spend in every period. */
  steady(point: Float64Array, channel: number, spend: number): number {
    const at = channel * this.width + (this.#data.adstock === "geometric" ? 2 : 3);
    return hill(spend / this.means[channel], exp(point[at]), exp(point[at + 1]));
  }

  logDensity(point: Float64Array): number {
    let density = 0;
    for (let i = 0; i < point.length; i++) {
      const { mean, sd } = this.#priors[i % this.width];
      const distance = (point[i] - mean) / sd;
      density -= 0.5 * distance * distance;
    }
    const { q } = this.#whitened;
    const rest = this.#project(this.#whitened, this.#whiten(this.#target(this.effects(point))));
    return density - 0.5 * this.#temper * (this.#observed.length - q.length) * log(dot(rest, rest));
  }

  /** Draws the baseline's coefficients and the noise's standard deviation for a point; and tells what is left over in the last period. */
  drawBaseline(
    point: Float64Array,
    rng: Rng,
  ): { readonly coefficients: Float64Array; readonly sigma: number; readonly last: number } {
    const { q } = this.#whitened;
    const target = this.#target(this.effects(point));
    const whitened = this.#whiten(target);
    const parts = Float64Array.from(q, (column) => dot(column, whitened));
    const rest = this.#project(this.#whitened, whitened);
    const freedom = Math.max(1, this.#observed.length - q.length);
    let squares = 0;
    for (let i = 0; i < freedom; i++) {
      const normal = rng.normal();
      squares += normal * normal;
    }
    const sigma = Math.sqrt(dot(rest, rest) / squares);
    const wide = sigma / Math.sqrt(this.#temper);
    const coefficients = solveTriangle(
      this.#whitened,
      parts.map((part, index) => (dot(q[index], q[index]) > 0 ? part + wide * rng.normal() : 0)),
    );
    const t = this.#observed[this.#observed.length - 1];
    const last = this.#data.design.reduce((sum, column, index) => sum - coefficients[index] * column[t], target[t]);
    return { coefficients, sigma, last };
  }

  /** Log revenue less what the channels add. */
  #target(effects: readonly ChannelEffect[]): Float64Array {
    return this.#logs.map((value, t) =>
      effects.reduce((rest, { strength, saturation }) => rest - strength * saturation[t], value),
    );
  }

  /** Observed rows less rho times the row before, where that is observed. */
  #whiten(column: Float64Array): Float64Array {
    const { rho } = this;
    const alone = Math.sqrt(1 - rho * rho);
    return Float64Array.from(this.#observed, (t, place) =>
      place > 0 && this.#observed[place - 1] === t - 1 ? column[t] - rho * column[t - 1] : alone * column[t],
    );
  }

  #project({ q }: Orthonormal, values: Float64Array): Float64Array {
    for (const column of q) {
      const share = dot(column, values);
      for (let t = 0; t < values.length; t++) values[t] -= share * column[t];
    }
    return values;
  }

  #autocorrelation(rest: Float64Array): number {
    let [both, all] = [0, 0];
    for (let place = 0; place < rest.length; place++) {
      all += rest[place] * rest[place];
      if (place > 0 && this.#observed[place - 1] === this.#observed[place] - 1) both += rest[place] * rest[place - 1];
    }
    return all > 0 ? Math.min(0.9, Math.max(0, both / all)) : 0;
  }
}
