import type { SimulatedChunk } from "./simulate-task.js";

/** All runs of a simulation: blocks of runs as the chunks returned them, never copied together. */
export class Samples {
  readonly runs: number;
  readonly steps: number;
  readonly #blocks: readonly SimulatedChunk[];

  constructor(blocks: readonly SimulatedChunk[], steps: number) {
    this.#blocks = blocks;
    this.steps = steps;
    this.runs = blocks.reduce((sum, block) => sum + block.runs, 0);
  }

  /** Copies the runs of a slot at a step into `output`. */
  read(slot: number, step: number, output: Float64Array): Float64Array {
    let offset = 0;
    for (const { runs, samples } of this.#blocks) {
      const start = (slot * this.steps + step) * runs;
      output.set(samples.subarray(start, start + runs), offset);
      offset += runs;
    }
    return output;
  }
}
