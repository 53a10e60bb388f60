/** Where the present comes from, so that tests and replays can choose it. */
export interface Clock {
  /** Now, in milliseconds since 1970-01-01T00:00Z. */
  now(): number;
}

/** The clock of the machine: the one place in SAGE-Twin that reads it. */
export const systemClock: Clock = { now: () => Date.now() };
