import alea from "seedrandom/lib/alea.js";
import { TwinError } from "./errors.js";
import { normalQuantile } from "./normal.js";
import { numberShape, objectShape, textShape } from "./shape.js";
import { WordStream } from "./words.js";

/** The four words of the generator. */
export interface AleaState {
  readonly c: number;
  readonly s0: number;
  readonly s1: number;
  readonly s2: number;
}

/** A saved `Rng`: JSON, to be given to `Rng.restore`. */
export interface RngState {
  readonly seed: string;
  readonly state: AleaState;
}

const savedRng = /* @__PURE__ */ objectShape({
  seed: textShape,
  state: /* @__PURE__ */ objectShape({ c: numberShape, s0: numberShape, s1: numberShape, s2: numberShape }),
});

/**
 * A seeded stream of random numbers (Baagøe's Alea, as packaged by seedrandom). Child streams derive from labels, not
 * from the position in the parent, so that the order of work changes nothing.
 *
 * @example
 * ```ts
 * import { Rng } from "@sage-twin/kernel";
 *
 * const rng = new Rng("2026");
 * rng.derive("simulate", 3).uniform() === new Rng("2026").derive("simulate", 3).uniform(); // => true
 * ```
 */
export class Rng {
  readonly seed: string;
  readonly #generator: ReturnType<typeof alea>;

  constructor(seed: string | number, saved?: AleaState) {
    if (typeof seed === "number" && !Number.isFinite(seed)) {
      throw new TwinError({
        code: "invalid-argument",
        path: ["seed"],
        message: `a seed must be text or a finite number, not ${seed}`,
      });
    }
    this.seed = String(seed);
    this.#generator = alea(this.seed, { state: saved ?? true });
  }

  /** A stream of its own for `labels`, whatever was drawn from this one before. */
  derive(...labels: readonly (string | number)[]): Rng {
    return new Rng(labels.reduce<string>((seed, label) => `${seed}/${String(label).length}:${label}`, this.seed));
  }

  /** A number in the open interval (0, 1), with 32 bits. */
  uniform(): number {
    return ((this.#generator.int32() >>> 0) + 0.5) / 4294967296;
  }

  /** A standard normal draw. */
  normal(): number {
    return normalQuantile(this.uniform());
  }

  /** A whole number in `0 .. count - 1`. */
  integer(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** A fast word stream for inner loops, seeded by the next four words of this one. */
  words(): WordStream {
    return new WordStream([
      this.#generator.int32(),
      this.#generator.int32(),
      this.#generator.int32(),
      this.#generator.int32(),
    ]);
  }

  state(): RngState {
    return { seed: this.seed, state: this.#generator.state() };
  }

  /** Continues the stream that `state()` saved; a `TwinError` "corrupt" for anything else. */
  static restore(saved: RngState): Rng {
    const state = savedRng(saved);
    return new Rng(state.seed, state.state);
  }
}
