import type { Persistence } from "./program.js";

/** The standard deviation of u(t) = m(t-1) + z(t), m(t) = decay m(t-1) + carry z(t), by step, for innovations z of unit variance. */
export function errorDeviations({ decay, carry }: Persistence, steps: number): Float64Array {
  let memory = 0;
  return Float64Array.from({ length: steps }, () => {
    const deviation = Math.sqrt(memory + 1);
    memory = decay * decay * memory + carry * carry;
    return deviation;
  });
}
