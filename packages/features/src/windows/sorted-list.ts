const bucketSize = 256;

/**
 * Numbers in ascending order, in buckets of at most 256: adding and removing move part of one bucket, and finding a rank walks
 * over the sizes of the buckets.
 */
export class SortedList {
  size = 0;
  #buckets: Float64Array[] = [new Float64Array(bucketSize)];
  #sizes: number[] = [0];

  /** Holds these values instead; sorts them in place. */
  reset(values: Float64Array): void {
    values.sort();
    const half = bucketSize / 2;
    const used = Math.max(1, Math.ceil(values.length / half));
    while (this.#buckets.length < used) this.#buckets.push(new Float64Array(bucketSize));
    this.#buckets.length = used;
    this.#sizes.length = used;
    for (let bucket = 0; bucket < used; bucket++) {
      const part = values.subarray(bucket * half, (bucket + 1) * half);
      this.#buckets[bucket].set(part);
      this.#sizes[bucket] = part.length;
    }
    this.size = values.length;
  }

  add(value: number): void {
    let bucket = this.#bucketOf(value);
    if (this.#sizes[bucket] === bucketSize) {
      this.#split(bucket);
      if (value > this.#buckets[bucket][this.#sizes[bucket] - 1]) bucket++;
    }
    const values = this.#buckets[bucket];
    let position = this.#sizes[bucket]++;
    for (; position > 0 && values[position - 1] > value; position--) values[position] = values[position - 1];
    values[position] = value;
    this.size++;
  }

  /** Takes out one element of this value, which must be there. */
  remove(value: number): void {
    const bucket = this.#bucketOf(value);
    const values = this.#buckets[bucket];
    const size = --this.#sizes[bucket];
    for (let position = lowerBound(values, size + 1, value); position < size; position++)
      values[position] = values[position + 1];
    this.size--;
    if (size < bucketSize / 8 && this.#sizes.length > 1) this.#mergeOrDrop(bucket);
  }

  /** The value with `rank` smaller ones, from 0. */
  at(rank: number): number {
    const sizes = this.#sizes;
    let bucket = 0;
    let left = rank;
    while (left >= sizes[bucket]) left -= sizes[bucket++];
    return this.#buckets[bucket][left];
  }

  /** The first bucket whose last value is not below `value`; the last bucket where there is none. */
  #bucketOf(value: number): number {
    const buckets = this.#buckets;
    const sizes = this.#sizes;
    let low = 0;
    let high = sizes.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (buckets[middle][sizes[middle] - 1] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #split(bucket: number): void {
    const half = bucketSize / 2;
    const upper = new Float64Array(bucketSize);
    upper.set(this.#buckets[bucket].subarray(half));
    this.#buckets.splice(bucket + 1, 0, upper);
    this.#sizes.splice(bucket, 1, half, half);
  }

  /** Keeps every bucket but the only one filled, and buckets few. */
  #mergeOrDrop(bucket: number): void {
    const into = bucket > 0 ? bucket - 1 : bucket + 1;
    const size = this.#sizes[bucket];
    if (size > 0 && this.#sizes[into] + size > bucketSize / 2) return;
    const low = Math.min(bucket, into);
    const values = this.#buckets[low];
    values.set(this.#buckets[low + 1].subarray(0, this.#sizes[low + 1]), this.#sizes[low]);
    this.#sizes.splice(low, 2, this.#sizes[low] + this.#sizes[low + 1]);
    this.#buckets.splice(low + 1, 1);
  }
}

function lowerBound(values: Float64Array, size: number, value: number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
