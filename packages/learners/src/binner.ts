import { binCount, type FeatureBins } from "./bins.js";

const cells = 1024;

/** Finds the bins of one column's values. */
export interface Binner {
  /** Writes the bins of the values `from` to `to - 1` to `output`, from 0 on. */
  fill(values: Float64Array, from: number, to: number, output: Int32Array): void;
}

/** The bins of numbers by their edges; missing is 0. An even grid over the edges says where the search starts. */
export class NumberBinner implements Binner {
  readonly #edges: Float64Array;
  readonly #low: number;
  readonly #scale: number;
  /** The first edge of each cell. */
  readonly #starts: Int32Array;

  constructor(edges: Float64Array) {
    const low = edges.length > 0 ? edges[0] : 0;
    let last = edges.length - 1;
    while (last > 0 && edges[last] === Number.POSITIVE_INFINITY) last--;
    const scale = last > 0 ? cells / (edges[last] - low) : 0;
    this.#edges = edges;
    this.#low = low;
    this.#scale = scale > 0 && scale < Number.POSITIVE_INFINITY ? scale : 0;
    this.#starts = new Int32Array(cells + 1).fill(edges.length);
    for (let edge = edges.length - 1; edge >= 0; edge--) this.#starts[this.#cellOf(edges[edge])] = edge;
    for (let cell = cells - 1; cell >= 0; cell--)
      this.#starts[cell] = Math.min(this.#starts[cell], this.#starts[cell + 1]);
  }

  /** It never falls where the value rises, so that an edge of an earlier cell is below the value. */
  #cellOf(value: number): number {
    const place = value === Number.POSITIVE_INFINITY ? cells : (value - this.#low) * this.#scale;
    return place > 0 ? (place < cells ? Math.floor(place) : cells - 1) : 0;
  }

  fill(values: Float64Array, from: number, to: number, output: Int32Array): void {
    const edges = this.#edges;
    const starts = this.#starts;
    const least = this.#low;
    const scale = this.#scale;
    for (let row = from; row < to; row++) {
      const value = values[row];
      const place = (value - least) * scale;
      const cell = place > 0 ? (place < cells ? place | 0 : cells - 1) : 0;
      let low = starts[cell];
      for (let high = starts[cell + 1]; low < high; ) {
        const middle = (low + high) >> 1;
        if (edges[middle] < value) low = middle + 1;
        else high = middle;
      }
      output[row - from] = Number.isNaN(value) ? 0 : low + 1;
    }
  }
}

/** The bins of categories; missing is 0. What has no bin of its own counts among the rare ones, or as missing where there are none. */
class CategoryBinner implements Binner {
  readonly #bins: Map<number, number>;
  readonly #other: number;

  constructor(bins: Map<number, number>, other: number) {
    this.#bins = bins;
    this.#other = other;
  }

  fill(values: Float64Array, from: number, to: number, output: Int32Array): void {
    for (let row = from; row < to; row++) {
      const value = values[row];
      output[row - from] = Number.isNaN(value) ? 0 : (this.#bins.get(value) ?? this.#other);
    }
  }
}

/** For values as a `Table` with these `levels` holds them. Default: the feature's own labels. */
export function categoryBinner(feature: FeatureBins, levels = feature.labels): Binner {
  const places = levels && new Map(levels.map((level, place) => [level, place]));
  const kept = places === undefined ? feature.edges : (feature.labels ?? []).map((label) => places.get(label) ?? -2);
  return new CategoryBinner(
    new Map(Array.from(kept, (value, index) => [value, index + 1])),
    feature.rare ? binCount(feature) - 1 : 0,
  );
}
