import { exp, log, Rng, type RunOptions, TwinError } from "@sage-twin/kernel";

/** How a sampler runs. */
export interface SamplerOptions {
  /** Chains from different starts, at least 2. Default: 4. */
  readonly chains?: number;
  /** Steps of each chain that are kept. Default: 2,000. */
  readonly steps?: number;
  /** Steps of each chain before, in which it learns its proposal. Default: as many. */
  readonly warmUp?: number;
  /** Every how many kept steps one is returned. Default: 1. */
  readonly thin?: number;
  /** Default: `"sampler"`. */
  readonly seed?: string | number;
}

/** Draws from a distribution. */
export interface SampledChains {
  /** Draws of all chains, one after the other: each a stretch of `dimensions` numbers. */
  readonly draws: Float64Array;
  readonly dimensions: number;
  readonly chains: number;
  /** By dimension: the split potential scale reduction (Gelman and Rubin 1992; Gelman et al. 2013), near 1 where the chains agree. */
  readonly rHat: Float64Array;
  /** By dimension: how many independent draws the steps are worth (Geyer 1992). */
  readonly effective: Float64Array;
  /** The share of proposals that were taken. */
  readonly accepted: number;
}

const wantedShare = 0.25;
const learnsFrom = 100;

/**
 * Draws from a density by a random walk whose proposal learns the covariance of the past in the warm-up and is fixed after it (Haario, Saksman and Tamminen 2001), scaled so that a quarter of the proposals are
 * taken. For up to some twenty dimensions.
 *
 * @param logDensity up to a constant; -Infinity or NaN where there is none.
 * @param start a point with a density; chains start around it, `spread` wide in each dimension.
 *
 * @example
 * ```ts
 * import { adaptiveMetropolis } from "@sage-twin/numerics";
 *
 * const { draws, rHat } = adaptiveMetropolis(([x]) => -0.5 * (x - 3) ** 2, [0], [1]);
 * const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
 * Math.abs(mean - 3) < 0.1 && rHat[0] < 1.02; // => true
 * ```
 */
export function adaptiveMetropolis(
  logDensity: (point: Float64Array) => number,
  start: ArrayLike<number>,
  spread: ArrayLike<number>,
  options: SamplerOptions = {},
): SampledChains {
  const stretches = sampleStretches(logDensity, start, spread, options);
  for (;;) {
    const { done, value } = stretches.next();
    if (done) return value;
  }
}

/** `adaptiveMetropolis`, the same bytes, giving way to other work; progress counts steps of all chains. */
export async function adaptiveMetropolisAsync(
  logDensity: (point: Float64Array) => number,
  start: ArrayLike<number>,
  spread: ArrayLike<number>,
  { signal, onProgress, ...options }: SamplerOptions & Pick<RunOptions, "signal" | "onProgress"> = {},
): Promise<SampledChains> {
  const stretches = sampleStretches(logDensity, start, spread, options);
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = stretches.next();
    if (done) return value;
    onProgress?.({ stage: "sampling", ...value });
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function* sampleStretches(
  logDensity: (point: Float64Array) => number,
  start: ArrayLike<number>,
  spread: ArrayLike<number>,
  options: SamplerOptions,
): Generator<{ readonly done: number; readonly total: number }, SampledChains> {
  const { chains = 4, steps = 2000, warmUp = steps, thin = 1, seed = "sampler" } = options;
  const size = start.length;
  if (!(chains >= 2 && steps >= 4 && warmUp >= 0 && thin >= 1 && [chains, steps, warmUp, thin].every(Number.isInteger)))
    throw new TwinError({
      code: "invalid-argument",
      path: ["options"],
      message: `${chains} chains of ${warmUp} and ${steps} steps, every ${thin}`,
      fix: "give whole numbers: at least 2 chains and 4 steps",
    });
  const kept = Math.floor(steps / thin);
  const draws = new Float64Array(chains * kept * size);
  const traces = Array.from({ length: chains }, () => new Float64Array(steps * size));
  const total = chains * (warmUp + steps);
  let taken = 0;
  for (let chain = 0; chain < chains; chain++) {
    const rng = new Rng(seed).derive("chain", chain);
    const walk = new Walk(logDensity, start, spread, rng);
    for (let step = -warmUp; step < steps; step++) {
      if (step % learnsFrom === 0) yield { done: chain * (warmUp + steps) + warmUp + step, total };
      const takes = walk.step(step < 0);
      if (step < 0) continue;
      if (takes) taken++;
      traces[chain].set(walk.point, step * size);
      if (step % thin === 0 && step / thin < kept) draws.set(walk.point, (chain * kept + step / thin) * size);
    }
  }
  yield { done: total, total };
  const [rHat, effective] = [new Float64Array(size), new Float64Array(size)];
  for (let index = 0; index < size; index++) {
    const halves = traces.flatMap((trace) => {
      const own = Float64Array.from({ length: steps }, (_, step) => trace[step * size + index]);
      return [own.subarray(0, steps >> 1), own.subarray(steps - (steps >> 1))];
    });
    rHat[index] = scaleReduction(halves);
    effective[index] = Math.min(chains * steps, effectiveSize(halves));
  }
  return { draws, dimensions: size, chains, rHat, effective, accepted: taken / (chains * steps) };
}

/** One chain. */
class Walk {
  readonly point: Float64Array;
  readonly #density: (point: Float64Array) => number;
  readonly #rng: Rng;
  readonly #size: number;
  readonly #factor: Float64Array;
  readonly #next: Float64Array;
  readonly #mean: Float64Array;
  readonly #covariance: Float64Array;
  #value: number;
  #seen = 0;
  #scale: number;

  constructor(density: (point: Float64Array) => number, start: ArrayLike<number>, spread: ArrayLike<number>, rng: Rng) {
    const size = start.length;
    this.#size = size;
    this.#density = density;
    this.#rng = rng;
    this.point = Float64Array.from(start, (value, i) => value + 0.5 * spread[i] * rng.normal());
    this.#value = density(this.point);
    if (!Number.isFinite(this.#value)) {
      this.point.set(Array.from(start));
      this.#value = density(this.point);
    }
    if (!Number.isFinite(this.#value))
      throw new TwinError({
        code: "invalid-argument",
        path: ["start"],
        message: "the density has no logarithm at the start",
        fix: "start where it has one",
      });
    this.#next = new Float64Array(size);
    this.#mean = this.point.slice();
    this.#covariance = new Float64Array(size * size);
    this.#factor = new Float64Array(size * size);
    for (let i = 0; i < size; i++) this.#factor[i * (size + 1)] = 0.3 * spread[i];
    this.#scale = log(2.38 / Math.sqrt(size));
  }

  /** Proposes a step; whether it was taken. With `learn` the proposal goes on learning. */
  step(learn: boolean): boolean {
    const size = this.#size;
    const scale = exp(this.#scale);
    const normals = Float64Array.from({ length: size }, () => this.#rng.normal());
    for (let i = 0; i < size; i++) {
      let move = 0;
      for (let j = 0; j <= i; j++) move += this.#factor[i * size + j] * normals[j];
      this.#next[i] = this.point[i] + scale * move;
    }
    const value = this.#density(this.#next);
    const chance = value >= this.#value ? 1 : Number.isNaN(value) ? 0 : exp(value - this.#value);
    const takes = this.#rng.uniform() < chance;
    if (takes) {
      this.point.set(this.#next);
      this.#value = value;
    }
    if (learn) this.#learn(chance);
    return takes;
  }

  #learn(chance: number): void {
    const size = this.#size;
    this.#seen++;
    this.#scale += (chance - wantedShare) / Math.sqrt(this.#seen);
    // The first half is forgotten bit by bit: a step counts at least for 2 / seen.
    const share = Math.min(1, 2 / (this.#seen + 1));
    for (let i = 0; i < size; i++) this.#next[i] = this.point[i] - this.#mean[i];
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) {
        const at = i * size + j;
        this.#covariance[at] = (1 - share) * (this.#covariance[at] + share * this.#next[i] * this.#next[j]);
      }
    for (let i = 0; i < size; i++) this.#mean[i] += share * this.#next[i];
    if (this.#seen >= 2 * learnsFrom && this.#seen % learnsFrom === 0) this.#refactor();
  }

  /** The Cholesky factor of the learnt covariance, kept as it was where that is not positive. */
  #refactor(): void {
    const size = this.#size;
    const factor = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) {
        let sum = this.#covariance[i * size + j] + (i === j ? 1e-10 : 0);
        for (let k = 0; k < j; k++) sum -= factor[i * size + k] * factor[j * size + k];
        if (i === j && !(sum > 0)) return;
        factor[i * size + j] = i === j ? Math.sqrt(sum) : sum / factor[j * (size + 1)];
      }
    this.#factor.set(factor);
  }
}

const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
};

const varianceOf = (values: ArrayLike<number>, mean: number): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - mean) * (values[i] - mean);
  return sum / (values.length - 1);
};

/** Within chains, and of all together. */
function spreads(chains: readonly Float64Array[]): { readonly within: number; readonly total: number } {
  const means = chains.map(meanOf);
  const within = meanOf(chains.map((chain, index) => varianceOf(chain, means[index])));
  const { length } = chains[0];
  return { within, total: ((length - 1) / length) * within + varianceOf(means, meanOf(means)) };
}

function scaleReduction(chains: readonly Float64Array[]): number {
  const { within, total } = spreads(chains);
  return within > 0 ? Math.sqrt(total / within) : 1;
}

/** Sums autocorrelations over pairs of lags until a pair is no longer positive. */
function effectiveSize(chains: readonly Float64Array[]): number {
  const { within, total } = spreads(chains);
  const { length } = chains[0];
  if (!(within > 0)) return chains.length * length;
  const means = chains.map(meanOf);
  const correlation = (lag: number): number => {
    const covariance = meanOf(
      chains.map((chain, index) => {
        let sum = 0;
        for (let t = lag; t < length; t++) sum += (chain[t] - means[index]) * (chain[t - lag] - means[index]);
        return sum / length;
      }),
    );
    return 1 - (within - covariance) / total;
  };
  let time = 1;
  for (let lag = 1; lag + 1 < length; lag += 2) {
    const pair = correlation(lag) + correlation(lag + 1);
    if (pair <= 0) break;
    time += 2 * pair;
  }
  return (chains.length * length) / time;
}
