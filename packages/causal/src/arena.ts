const arraysPerBlock = 64;
/** Numbers between one array and the next: arrays a power of two apart share cache lines' places, and loops over several of them stall. */
const spacing = 24;

/** Hands out arrays of one length from a few large blocks, so that all of them can be saved and restored at once. */
export class Arena {
  readonly #length: number;
  readonly #blocks: Float64Array[] = [];
  #taken = 0;

  constructor(length: number) {
    this.#length = length;
  }

  take(): Float64Array {
    const place = this.#taken++ % arraysPerBlock;
    const stride = this.#length + spacing;
    if (place === 0) this.#blocks.push(new Float64Array(arraysPerBlock * stride));
    return this.#blocks[this.#blocks.length - 1].subarray(place * stride, place * stride + this.#length);
  }

  /** A copy of everything. */
  save(): readonly Float64Array[] {
    return this.#blocks.map((block) => block.slice());
  }

  restore(saved: readonly Float64Array[]): void {
    saved.forEach((values, index) => {
      this.#blocks[index].set(values);
    });
  }
}
