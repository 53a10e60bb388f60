import {
  arrayShape,
  choiceShape,
  exp,
  log,
  log1p,
  numberShape,
  objectShape,
  type Path,
  type Shape,
  TwinError,
} from "@sage-twin/kernel";
import { checkLabelled } from "./classification-scores.js";
import { isotonicAt, isotonicFit } from "./isotonic.js";
import { minimise } from "./lbfgs.js";

/** Turns probabilities into better ones: plain JSON. */
export type Calibrator =
  | { readonly method: "platt"; readonly slope: number; readonly intercept: number }
  | { readonly method: "beta"; readonly a: number; readonly b: number; readonly c: number }
  | { readonly method: "temperature"; readonly temperature: number }
  | { readonly method: "isotonic"; readonly at: readonly number[]; readonly values: readonly number[] };

export type CalibrationMethod = Calibrator["method"];

const nearest = 1e-12; // probabilities nearer to 0 or 1 count as that near

/**
 * Learns from probabilities of rows that the model has not seen, and what happened to them, how to correct the former. `"platt"`: a logistic function of their log-odds (Platt 1999);
 * `"beta"`: log-odds a ln p - b ln(1 - p) + c with a and b from 0 (Kull, Silva Filho and Flach 2017); `"temperature"`: log-odds over one number (Guo et al. 2017);
 * `"isotonic"`: any rising function (Zadrozny and Elkan 2002), for 1,000 rows or more. The first three take Platt's targets, (ones + 1) / (ones + 2) and 1 / (zeros + 2), so that they are finite for
 * separated rows too. Throws a `TwinError` for one class only and for anything beside probabilities.
 *
 * @example
 * ```ts
 * import { calibrate, fitCalibrator } from "@sage-twin/numerics";
 *
 * const labels = Array.from({ length: 100 }, (_, row) => (row % 10 < 3 ? 1 : 0));
 * const calibrator = fitCalibrator("isotonic", labels, labels.map(() => 0.9));
 * calibrate(calibrator, [0.9]); // => Float64Array.of(0.3)
 * ```
 */
export function fitCalibrator(
  method: CalibrationMethod,
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
): Calibrator {
  checkLabelled(labels, probabilities, 0, 1);
  let ones = 0;
  for (let row = 0; row < labels.length; row++) ones += labels[row];
  const zeros = labels.length - ones;
  if (ones === 0 || zeros === 0)
    throw new TwinError({
      code: "invalid-data",
      path: ["labels"],
      message: `every label is ${ones === 0 ? 0 : 1}`,
      fix: "a calibration needs rows of both",
    });
  if (method === "isotonic") return { method, ...isotonicFit(probabilities, labels) };
  const targets = Float64Array.from({ length: labels.length }, (_, row) =>
    labels[row] === 1 ? (ones + 1) / (ones + 2) : 1 / (zeros + 2),
  );
  const down = Float64Array.from(targets, (_, row) => -log(1 - clamp(probabilities[row])));
  const up = Float64Array.from(targets, (_, row) => log(clamp(probabilities[row])));
  const odds = up.map((value, row) => value + down[row]);
  const flat = new Float64Array(targets.length).fill(1);
  if (method === "platt") {
    const [slope, intercept] = fitOdds([odds, flat], targets);
    return { method, slope, intercept };
  }
  if (method === "temperature") {
    const [slope] = fitOdds([odds], targets);
    return { method, temperature: 1 / Math.max(slope, 1e-6) };
  }
  if (method !== "beta")
    throw new TwinError({
      code: "unknown-name",
      path: ["method"],
      message: `unknown method '${String(method)}'`,
      fix: "known: platt, beta, temperature, isotonic",
    });
  let [a, b, c] = fitOdds([up, down, flat], targets);
  if (a < 0) [a, b, c] = [0, ...fitOdds([down, flat], targets)];
  if (b < 0) [a, b, c] = [fitOdds([up, flat], targets)[0], 0, fitOdds([up, flat], targets)[1]];
  return { method, a: Math.max(a, 0), b: Math.max(b, 0), c };
}

/** The corrected probabilities. */
export function calibrate(calibrator: Calibrator, probabilities: ArrayLike<number>): Float64Array {
  const single = correction(calibrator);
  return Float64Array.from(probabilities, (value) => {
    if (value >= 0 && value <= 1) return single(value);
    throw new TwinError({
      code: "invalid-data",
      path: ["probabilities"],
      message: `${value} is not a number from 0 to 1`,
      fix: "give probabilities",
    });
  });
}

function correction(calibrator: Calibrator): (p: number) => number {
  const logOdds = (p: number): number => log(clamp(p) / (1 - clamp(p)));
  switch (calibrator.method) {
    case "platt":
      return (p) => logistic(calibrator.slope * logOdds(p) + calibrator.intercept);
    case "temperature":
      return (p) => logistic(logOdds(p) / calibrator.temperature);
    case "beta":
      return (p) => logistic(calibrator.a * log(clamp(p)) - calibrator.b * log(1 - clamp(p)) + calibrator.c);
    case "isotonic":
      return (p) => isotonicAt(calibrator, p);
  }
}

/** A saved calibrator, checked; a `TwinError` "corrupt" for anything else. */
export function calibratorShape(value: unknown, path: Path = []): Calibrator {
  const method = choiceShape(
    "platt",
    "beta",
    "temperature",
    "isotonic",
  )((value as { method?: unknown } | null)?.method, [...path, "method"]);
  const numbers: Record<string, Shape<unknown>> = {
    platt: { slope: numberShape, intercept: numberShape },
    beta: { a: numberShape, b: numberShape, c: numberShape },
    temperature: { temperature: numberShape },
    isotonic: { at: arrayShape(numberShape), values: arrayShape(numberShape) },
  }[method];
  const calibrator = objectShape({ method: choiceShape(method), ...numbers })(value, path) as unknown as Calibrator;
  if (calibrator.method === "isotonic") {
    const { at, values } = calibrator;
    const rising = (list: readonly number[]): boolean => list.every((own, i) => i === 0 || own >= list[i - 1]);
    const inside = values.every((own) => own >= 0 && own <= 1);
    if (at.length === 0 || at.length !== values.length || !rising(at) || !rising(values) || !inside)
      throw new TwinError({ code: "corrupt", path, message: "the knots do not rise from 0 to 1" });
  }
  if (calibrator.method === "temperature" && !(calibrator.temperature > 0))
    throw new TwinError({ code: "corrupt", path, message: "a temperature is above 0" });
  return calibrator;
}

function clamp(p: number): number {
  return Math.min(1 - nearest, Math.max(nearest, p));
}

function logistic(x: number): number {
  return x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x));
}

/** The factors of `columns` whose sum is the log-odds of the targets, by maximum likelihood. */
function fitOdds(columns: readonly Float64Array[], targets: Float64Array): number[] {
  const problem = {
    evaluate(factors: Float64Array, gradient: Float64Array): number {
      gradient.fill(0);
      let value = 0;
      for (let row = 0; row < targets.length; row++) {
        let x = 0;
        for (let j = 0; j < columns.length; j++) x += factors[j] * columns[j][row];
        value += (log1p(exp(-Math.abs(x))) + Math.max(x, 0) - targets[row] * x) / targets.length;
        const error = (logistic(x) - targets[row]) / targets.length;
        for (let j = 0; j < columns.length; j++) gradient[j] += error * columns[j][row];
      }
      return value;
    },
  };
  return [...minimise(problem, new Float64Array(columns.length), { tolerance: 1e-15, iterations: 1000 }).parameters];
}
