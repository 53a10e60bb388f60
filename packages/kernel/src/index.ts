export {
  addDuration,
  type CalendarUnit,
  type Frequency,
  floorTo,
  formatInstant,
  type Instant,
  inferFrequency,
  parseFrequency,
  periodIndex,
  periodStart,
  periodStarts,
  roundedSteps,
  seasonLengths,
  stepsIn,
  toInstant,
} from "./calendar.js";
export { type Clock, systemClock } from "./clock.js";
export { type ErrorCode, type Issue, TwinError } from "./errors.js";
export type { ChunkResult, Executor, MapOptions, Task, TaskContext } from "./executor.js";
export { cos, exp, expInto, expm1, log, log1p, pow, sin } from "./math.js";
export { fillNormal, normalDistribution, normalQuantile } from "./normal.js";
export { Rng, type RngState } from "./rng.js";
export type { Progress, RunOptions } from "./run-options.js";
export { nearest, unknownName } from "./suggest.js";
export { WordStream } from "./words.js";
