import { baseColumns, effectOf, estimate, type Scale, type Term, toScale } from "./driver-effects.js";

const blocks = 4;
const mostTerms = 8;
/** Standard errors by which the best of many terms must gain, as the best of many is better by chance. */
const clearErrors = 2;

/**
 * The terms that help to forecast the last half of the first `count` periods, block after block, each from what came before it. Terms join one by one, the best
 * first, as long as they lower the mean squared error by more than two standard errors of the difference.
 */
export function chooseTerms(
  values: Float64Array,
  columns: Readonly<Record<string, Float64Array>>,
  maxLag: number,
  scale: Scale,
  seasonLength: number,
  count: number,
): readonly Term[] {
  const first = Math.max(20, Math.floor(count / 2));
  if (count - first < blocks) return [];
  const response = toScale(scale, values);
  const errors = (terms: readonly Term[]): Float64Array | undefined => {
    const squares: number[] = [];
    for (let block = 0; block < blocks; block++) {
      const from = first + Math.floor((block * (count - first)) / blocks);
      const until = first + Math.floor(((block + 1) * (count - first)) / blocks);
      const fit = estimate(values, columns, terms, scale, seasonLength, from);
      if (fit === undefined) return undefined;
      const base = baseColumns(count, seasonLength, from);
      const whole = effectOf(fit, columns, 0, until);
      const rest = (t: number): number =>
        response[t] - whole[t] - fit.intercepts.reduce((sum, value, k) => sum + value * base[k][t], 0);
      // One step ahead, as the errors are autocorrelated: slow drifts are the baseline's business.
      for (let t = from; t < until; t++) {
        const error = rest(t) - fit.autocorrelation * rest(t - 1);
        squares.push(error * error);
      }
    }
    return Float64Array.from(squares);
  };
  let chosen: readonly Term[] = [];
  let now = errors([]);
  while (now !== undefined && chosen.length < mostTerms) {
    let best: { terms: readonly Term[]; squares: Float64Array; gain: number } | undefined;
    for (const driver of Object.keys(columns))
      for (let lag = 0; lag <= maxLag; lag++) {
        if (chosen.some((term) => term.driver === driver && term.lag === lag)) continue;
        const terms = [...chosen, { driver, lag }];
        const squares = errors(terms);
        if (squares === undefined) continue;
        const gain = clearGain(now, squares, clearErrors);
        if (gain > 0 && gain > (best?.gain ?? 0)) best = { terms, squares, gain };
      }
    if (best === undefined) break;
    chosen = best.terms;
    now = best.squares;
  }
  return chosen;
}

/** The mean by which errors shrank less some standard errors of it, over pairs without gaps. */
export function clearGain(before: Float64Array, after: Float64Array, errors = 1): number {
  const gains = before.map((value, t) => value - after[t]).filter(Number.isFinite);
  const mean = gains.reduce((sum, value) => sum + value, 0) / gains.length;
  const variance = gains.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (gains.length - 1);
  return mean - errors * Math.sqrt(variance / gains.length);
}
