import type { Rng } from "@sage-twin/kernel";
import { shapley } from "@sage-twin/numerics";

/** So many players are taken in every combination; of more, random orders of joining are drawn. */
const usuallyExact = 10;
const pairsOfOrders = 32;

/** What every player brought, in each of several draws, and how it was found. */
export interface Shares {
  /** By player and draw; over players they sum to the worth of all less that of none, in every draw. */
  readonly shares: readonly Float64Array[];
  /** By player: the standard error of the mean share that orders drawn at random leave; 0 where all were taken. */
  readonly errors: Float64Array;
  readonly method: string;
}

/**
 * Shapley values of a game whose worth is one number for each draw: exact for up to `mostExact` players (ten unless stated, twelve at most), else the mean
 * over 64 random orders of joining, each with its reverse (Castro, Gomez and Tejada 2009; Mitchell et al. 2022).
 *
 * @param worth of the players in a coalition, by draw; not changed, and not called twice for one coalition where all are taken.
 */
export function shareOut(
  players: number,
  draws: number,
  worth: (coalition: readonly number[]) => Float64Array,
  rng: Rng,
): Shares {
  const work = shareOutInSteps(players, draws, worth, rng);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** `shareOut` in small steps, so that a caller can draw breath between them: yields after each worth, returns the shares. */
export function* shareOutInSteps(
  players: number,
  draws: number,
  worth: (coalition: readonly number[]) => Float64Array,
  rng: Rng,
  mostExact = usuallyExact,
): Generator<undefined, Shares> {
  const everybody = Array.from({ length: players }, (_, player) => player);
  const shares = everybody.map(() => new Float64Array(draws));
  const errors = new Float64Array(players);
  if (players <= mostExact) {
    const values: Float64Array[] = [];
    for (let mask = 0; mask < 1 << players; mask++) {
      values.push(worth(everybody.filter((player) => (mask >> player) & 1)));
      yield;
    }
    for (let draw = 0; draw < draws; draw++) {
      const own = shapley(
        players,
        values.map((value) => value[draw]),
      );
      for (const player of everybody) shares[player][draw] = own[player];
    }
    return { shares, errors, method: "all orders" };
  }
  const nobody = worth([]);
  const means = everybody.map(() => new Float64Array(pairsOfOrders));
  for (let pair = 0; pair < pairsOfOrders; pair++) {
    const order = shuffled(everybody, rng);
    for (const joining of [order, [...order].reverse()]) {
      let before = nobody;
      for (let place = 0; place < players; place++) {
        const player = joining[place];
        const after = worth(joining.slice(0, place + 1));
        yield;
        for (let draw = 0; draw < draws; draw++) {
          const brought = after[draw] - before[draw];
          shares[player][draw] += brought / (2 * pairsOfOrders);
          means[player][pair] += brought / (2 * draws);
        }
        before = after;
      }
    }
  }
  means.forEach((values, player) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / pairsOfOrders;
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    errors[player] = Math.sqrt(square / (pairsOfOrders * (pairsOfOrders - 1)));
  });
  return { shares, errors, method: `${2 * pairsOfOrders} random orders` };
}

function shuffled(items: readonly number[], rng: Rng): number[] {
  const order = [...items];
  for (let place = order.length - 1; place > 0; place--) {
    const other = rng.integer(place + 1);
    [order[place], order[other]] = [order[other], order[place]];
  }
  return order;
}
