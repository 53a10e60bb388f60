/**
 * The recursions of complex exponential smoothing (Svetunkov, Kourentzes and Ord 2022), all four forms in one loop. With the error e of a step,
 * a complex state x + iy of smoothing a + ib moves to
 *   x' = x - (1 - b) y + (a - b) e,   y' = x + (1 - a) y + (a + b) e,
 * and the forecast is the sum of the real parts of the level and of the season that are due. The states of one step:
 *   none: a level; simple: a level for each season position; partial: a level and real seasons; full: a level and complex seasons.
 */

export const cesForms = ["none", "simple", "partial", "full"] as const;
/** How the season is smoothed: not at all, in place of the level, in real numbers, or in complex numbers. */
export type CesForm = (typeof cesForms)[number];

/** alpha = a + ib smooths the level; beta the season (the real part alone where the form is partial). */
export interface CesSmoothing {
  alpha: number;
  imaginaryAlpha: number;
  beta: number;
  imaginaryBeta: number;
}

/** Element i of each list belongs to the steps t with t mod length = i. */
export interface CesStates {
  readonly level: Float64Array;
  readonly imaginaryLevel: Float64Array;
  readonly season: Float64Array;
  readonly imaginarySeason: Float64Array;
}

/** Runs over the values, the last one first where `backward`, moves the states on and writes the errors: 0 where a value is missing. */
export function runCes(
  form: CesForm,
  { alpha, imaginaryAlpha, beta, imaginaryBeta }: CesSmoothing,
  { level, imaginaryLevel, season, imaginarySeason }: CesStates,
  values: Float64Array,
  errors: Float64Array,
  backward = false,
): void {
  const levels = level.length;
  const seasons = season.length;
  const way = backward ? -1 : 1;
  const full = form === "full";
  let t = backward ? values.length - 1 : 0;
  let i = t % levels;
  let j = seasons > 0 ? t % seasons : 0;
  for (; t >= 0 && t < values.length; t += way) {
    const x = level[i];
    const y = imaginaryLevel[i];
    const s = seasons > 0 ? season[j] : 0;
    const error = Number.isNaN(values[t]) ? 0 : values[t] - x - s;
    errors[t] = error;
    level[i] = x - (1 - imaginaryAlpha) * y + (alpha - imaginaryAlpha) * error;
    imaginaryLevel[i] = x + (1 - alpha) * y + (alpha + imaginaryAlpha) * error;
    if (seasons > 0) {
      if (full) {
        const z = imaginarySeason[j];
        season[j] = s - (1 - imaginaryBeta) * z + (beta - imaginaryBeta) * error;
        imaginarySeason[j] = s + (1 - beta) * z + (beta + imaginaryBeta) * error;
      } else season[j] = s + beta * error;
      j += way;
      if (j === seasons) j = 0;
      else if (j < 0) j = seasons - 1;
    }
    i += way;
    if (i === levels) i = 0;
    else if (i < 0) i = levels - 1;
  }
}

/** Moves every state one step of its own on, without an error: where a pass turns round. */
export function coastCes(form: CesForm, smoothing: Readonly<CesSmoothing>, states: CesStates): void {
  const { alpha, imaginaryAlpha, beta, imaginaryBeta } = smoothing;
  coast(alpha, imaginaryAlpha, states.level, states.imaginaryLevel);
  if (form === "full") coast(beta, imaginaryBeta, states.season, states.imaginarySeason);
}

function coast(real: number, imaginary: number, x: Float64Array, y: Float64Array): void {
  for (let i = 0; i < x.length; i++) {
    const before = x[i];
    x[i] = before - (1 - imaginary) * y[i];
    y[i] = before + (1 - real) * y[i];
  }
}

const ceiling = 1e200;
const bounded = (value: number): number => Math.max(-ceiling, Math.min(ceiling, value));

/**
 * Turns innovations of standard deviation `sigma` times the standard normal numbers in `paths` into paths from the states, in place; element 0 of each list belongs to
 * the first step. Values stop at 1e200 either way, so that nothing overflows.
 */
export function simulateCes(
  form: CesForm,
  { alpha, imaginaryAlpha, beta, imaginaryBeta }: CesSmoothing,
  start: CesStates,
  sigma: number,
  paths: Float64Array,
  horizon: number,
): void {
  const level = start.level.slice();
  const imaginaryLevel = start.imaginaryLevel.slice();
  const season = start.season.slice();
  const imaginarySeason = start.imaginarySeason.slice();
  const levels = level.length;
  const seasons = season.length;
  const full = form === "full";
  for (let first = 0; first < paths.length; first += horizon) {
    level.set(start.level);
    imaginaryLevel.set(start.imaginaryLevel);
    season.set(start.season);
    imaginarySeason.set(start.imaginarySeason);
    let i = 0;
    let j = 0;
    for (let at = first; at < first + horizon; at++) {
      const x = level[i];
      const y = imaginaryLevel[i];
      const s = seasons > 0 ? season[j] : 0;
      const error = sigma * paths[at];
      paths[at] = bounded(x + s + error);
      level[i] = bounded(x - (1 - imaginaryAlpha) * y + (alpha - imaginaryAlpha) * error);
      imaginaryLevel[i] = bounded(x + (1 - alpha) * y + (alpha + imaginaryAlpha) * error);
      if (seasons > 0) {
        if (full) {
          const z = imaginarySeason[j];
          season[j] = bounded(s - (1 - imaginaryBeta) * z + (beta - imaginaryBeta) * error);
          imaginarySeason[j] = bounded(s + (1 - beta) * z + (beta + imaginaryBeta) * error);
        } else season[j] = s + beta * error;
        if (++j === seasons) j = 0;
      }
      if (++i === levels) i = 0;
    }
  }
}
