import { normalDistribution } from "@sage-twin/kernel";
import { quantiles, studentQuantile } from "@sage-twin/numerics";

/** How a metric's errors are distributed where they are not normal. Plain data. */
export type Noise =
  | { readonly kind: "gaussian" }
  /** Heavy tails: a Student distribution of `degrees` degrees of freedom, above 2. */
  | { readonly kind: "student"; readonly degrees: number }
  /** As the errors that were seen are, straight lines between their quantiles. */
  | { readonly kind: "empirical" };

/** Values from -`reach` to `reach` standard deviations of a normal number, `perUnit` to each, and what errors of unit variance they become. */
const reach = 5;
const perUnit = 32;
const size = 2 * reach * perUnit + 1;

/** The errors that normal numbers become: a table of unit variance and mean zero. */
export function marginOf(noise: Noise, seen: Float64Array): Float64Array | undefined {
  if (noise.kind === "gaussian") return undefined;
  const probabilities = Array.from({ length: size }, (_, place) => normalDistribution(place / perUnit - reach));
  const table =
    noise.kind === "empirical"
      ? quantiles(seen.filter(Number.isFinite), probabilities)
      : Float64Array.from(probabilities, (probability) => studentQuantile(probability, noise.degrees));
  return standardised(table, probabilities);
}

/** Turns errors of standard deviation `deviation` into those of a margin, in place. */
export function applyMargin(margin: Float64Array, errors: Float64Array, deviation: number): void {
  const last = size - 1;
  const scale = perUnit / deviation;
  const middle = reach * perUnit;
  for (let run = 0; run < errors.length; run++) {
    const position = Math.min(last, Math.max(0, errors[run] * scale + middle));
    const low = Math.min(last - 1, Math.floor(position));
    errors[run] = deviation * (margin[low] + (position - low) * (margin[low + 1] - margin[low]));
  }
}

function standardised(table: Float64Array, probabilities: readonly number[]): Float64Array {
  let mean = 0;
  let square = 0;
  for (let place = 1; place < size; place++) {
    const weight = probabilities[place] - probabilities[place - 1];
    const value = (table[place] + table[place - 1]) / 2;
    mean += weight * value;
    square += weight * value * value;
  }
  const deviation = Math.sqrt(square - mean * mean);
  return deviation > 0 ? table.map((value) => (value - mean) / deviation) : table.fill(0);
}
