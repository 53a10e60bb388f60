/**
 * A fast stream of 32-bit words for inner loops: xoshiro128** (Blackman and Vigna 2018), seeded by an `Rng`.
 * Its four words of state are public, so that it can be saved, restored and inlined.
 */
export class WordStream {
  readonly state: Int32Array;

  constructor(state: ArrayLike<number>) {
    this.state = Int32Array.from(state);
    if (this.state.every((word) => word === 0)) this.state[0] = 1;
  }

  /** The next word, 0 .. 2^32 - 1. */
  next(): number {
    const state = this.state;
    const product = Math.imul(state[1], 5);
    const word = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = (state[3] << 11) | (state[3] >>> 21);
    return word >>> 0;
  }

  /** The next number in the open interval (0, 1), with 32 bits. */
  uniform(): number {
    return (this.next() + 0.5) / 4294967296;
  }
}
