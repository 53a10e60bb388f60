/** How many tests or scores a search may still take: what keeps it from running without end. */
export class Budget {
  #left: number;
  readonly #signal: AbortSignal | undefined;
  /** False once the search was cut short. */
  complete = true;

  constructor(limit: number, signal?: AbortSignal) {
    this.#left = limit;
    this.#signal = signal;
  }

  /** Takes one; false, and the search is incomplete, where none is left. */
  spend(): boolean {
    if (this.#left <= 0) {
      this.complete = false;
      return false;
    }
    this.#left--;
    if (this.#left % 4096 === 0) this.#signal?.throwIfAborted();
    return true;
  }
}
