import { addDuration, type Clock, type Frequency, type Instant, toInstant } from "@sage-twin/kernel";

/** A clock that stands still until it is told. */
export interface ManualClock extends Clock {
  set(instant: Instant): void;
  advance(duration: Frequency): void;
}

/**
 * A clock for tests and replays.
 *
 * @example
 * ```ts
 * import { manualClock } from "@sage-twin/testing";
 *
 * const clock = manualClock("2026-01-31");
 * clock.advance("1M");
 * new Date(clock.now()).toISOString(); // => "2026-02-28T00:00:00.000Z"
 * ```
 */
export function manualClock(start: Instant): ManualClock {
  let now = toInstant(start);
  return {
    now: () => now,
    set: (instant) => {
      now = toInstant(instant);
    },
    advance: (duration) => {
      now = addDuration(now, duration);
    },
  };
}
