import { TwinError } from "@sage-twin/kernel";

const mostPlayers = 12;

/**
 * Each player's Shapley value: its average marginal contribution over all orders of joining (Shapley 1953), from the value of every coalition.
 * The values sum to `worth[all] - worth[none]`.
 *
 * @param players at most 12.
 * @param worth the value of each coalition; bit k of the index says whether player k is in it; length 2^players.
 *
 * @example
 * ```ts
 * import { shapley } from "@sage-twin/numerics";
 *
 * [...shapley(2, [0, 10, 20, 50])]; // => [20, 30]
 * ```
 */
export function shapley(players: number, worth: ArrayLike<number>): Float64Array {
  if (!Number.isInteger(players) || players < 0 || players > mostPlayers || worth.length !== 1 << players) {
    throw new TwinError({
      code: "invalid-argument",
      path: ["worth"],
      message: `expected 2^players values for at most ${mostPlayers} players, received ${worth.length} for ${players}`,
    });
  }
  const weights = new Float64Array(Math.max(1, players));
  if (players > 0) weights[0] = 1 / players;
  for (let size = 1; size < players; size++) weights[size] = (weights[size - 1] * size) / (players - size);
  const values = new Float64Array(players);
  for (let coalition = 0; coalition < worth.length; coalition++) {
    let size = 0;
    for (let bits = coalition; bits !== 0; bits &= bits - 1) size++;
    for (let player = 0; player < players; player++) {
      if ((coalition >> player) & 1) continue;
      values[player] += weights[size] * (worth[coalition | (1 << player)] - worth[coalition]);
    }
  }
  return values;
}
