import type { Rng } from "@sage-twin/kernel";
import { shapley } from "@sage-twin/numerics";

/** So many players are taken in every combination; of more, random orders of joining are drawn. */
const mostExact = 10;
const pairsOfOrders = 32;

/** What every player brought, in each of several draws, and how it was found. */
export interface Shares {
  /** By player and draw; over players they sum to the worth of all less that of none, in every draw. */
  readonly shares: readonly Float64Array[];
  readonly method: string;
}

/**
 * Shapley values of a game whose worth is one number for each draw: exact for up to ten players, else the mean over 64 random orders of joining,
 * each with its reverse (Castro, Gomez and Tejada 2009; Mitchell et al. 2022).
 *
 * @param worth of the players in a coalition, by draw; not changed, and not called twice for one coalition where all are taken.
 */
export function shareOut(
  players: number,
  draws: number,
  worth: (coalition: readonly number[]) => Float64Array,
  rng: Rng,
): Shares {
  const everybody = Array.from({ length: players }, (_, player) => player);
  const shares = everybody.map(() => new Float64Array(draws));
  if (players <= mostExact) {
    const values = Array.from({ length: 1 << players }, (_, mask) =>
      worth(everybody.filter((player) => (mask >> player) & 1)),
    );
    for (let draw = 0; draw < draws; draw++) {
      const own = shapley(
        players,
        values.map((value) => value[draw]),
      );
      for (const player of everybody) shares[player][draw] = own[player];
    }
    return { shares, method: "all orders" };
  }
  const nobody = worth([]);
  for (let pair = 0; pair < pairsOfOrders; pair++) {
    const order = shuffled(everybody, rng);
    for (const joining of [order, [...order].reverse()]) {
      let before = nobody;
      joining.forEach((player, place) => {
        const after = worth(joining.slice(0, place + 1));
        for (let draw = 0; draw < draws; draw++)
          shares[player][draw] += (after[draw] - before[draw]) / (2 * pairsOfOrders);
        before = after;
      });
    }
  }
  return { shares, method: `${2 * pairsOfOrders} random orders` };
}

function shuffled(items: readonly number[], rng: Rng): number[] {
  const order = [...items];
  for (let place = order.length - 1; place > 0; place--) {
    const other = rng.integer(place + 1);
    [order[place], order[other]] = [order[other], order[place]];
  }
  return order;
}
