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
export {
  decodeNumbers,
  type EncodedNumbers,
  encodeNumbers,
} from "./encoded-numbers.js";
export {
  defineEnvelope,
  type Envelope,
  type EnvelopeDefinition,
  type EnvelopeFormat,
} from "./envelope.js";
export { type ErrorCode, type Issue, type Path, TwinError } from "./errors.js";
export type {
  ChunkResult,
  Executor,
  MapOptions,
  Task,
  TaskContext,
} from "./executor.js";
export { fileStore } from "./file-store.js";
export { inlineExecutor } from "./inline-executor.js";
export { describeValue, parseJson, requireJson } from "./json.js";
export { cos, exp, expInto, expm1, log, log1p, pow, sin } from "./math.js";
export { memoryStore } from "./memory-store.js";
export { fillNormal, normalDistribution, normalQuantile } from "./normal.js";
export type { Progress } from "./progress.js";
export { type AleaState, Rng, type RngState } from "./rng.js";
export type { RunOptions } from "./run-options.js";
export {
  arrayShape,
  booleanShape,
  choiceShape,
  encodedNumbersShape,
  numberShape,
  objectShape,
  optionalShape,
  recordShape,
  type Shape,
  textShape,
} from "./shape.js";
export {
  type StandardResult,
  type StandardSchema,
  validateStandard,
} from "./standard-schema.js";
export type { LogEntry, Store, StoredValue } from "./store.js";
export { nearest, unknownName } from "./suggest.js";
export type { TaskImplementation, TaskOptions } from "./task-registry.js";
export { registerTask } from "./tasks.js";
export { libraryVersion } from "./version.js";
export { WordStream } from "./words.js";
export { type WorkerPoolOptions, workerPool } from "./worker-pool.js";
export { serveTasks } from "./worker-runtime.js";
