import { formatInstant, periodStart, type Rng, TwinError } from "@sage-twin/kernel";
import { type BusinessCalendar, type BusinessFrequency, lead, makeCalendar } from "./calendar.js";
import { type Channels, drawChannels } from "./channels.js";
import type { ColumnEdits } from "./edits.js";
import { drawShocks } from "./noise.js";
import type { BusinessParameters } from "./parameters.js";
import {
  type ColumnName,
  type Columns,
  makeProcesses,
  type Processes,
  startingLevels,
  usualMarketing,
} from "./processes.js";

/** The longest lag between two columns, in periods. */
const longestLag = 2;

/** One business over a span of time: its mechanisms, and the shocks of every process. */
export interface Generator {
  readonly calendar: BusinessCalendar;
  readonly channels: Channels | undefined;
  readonly processes: Processes;
  readonly names: readonly ColumnName[];
  /** By process, one shock a period. */
  readonly shocks: Columns;
  /** Columns of their own, at the starting state. */
  blank(): Columns;
  /** Fills `columns` for the periods `from..until` from the shocks; `edits` change what each process gives. */
  run(columns: Columns, from: number, until: number, edits?: ColumnEdits): void;
  /** Draws the shocks of a possible future anew: run number `index`. */
  drawFuture(index: number): void;
}

/** Makes the generator of `length` periods of tables and `horizon` more; the past has the same shocks whatever the horizon. */
export function makeGenerator(
  rng: Rng,
  parameters: BusinessParameters,
  frequency: BusinessFrequency,
  length: number,
  horizon: number,
  withChannels = false,
): Generator {
  const calendar = makeCalendar(frequency, length, horizon, parameters);
  const channels = withChannels
    ? drawChannels(rng.derive("channels"), calendar, usualMarketing(parameters, calendar))
    : undefined;
  const processes = makeProcesses(parameters, calendar, channels);
  const names = Object.keys(processes) as ColumnName[];
  const count = calendar.end + horizon;
  const empty = () =>
    Object.fromEntries(names.map((name) => [name, new Float64Array(count)])) as unknown as Record<
      ColumnName,
      Float64Array
    >;
  const shocks = empty();
  for (const name of names) drawShocks(processes[name].noise, rng.derive("shock", name), shocks[name], 0, calendar.end);
  const steps = names.map((name) => ({ name, next: processes[name].next, shocks: shocks[name] }));
  return {
    calendar,
    channels,
    processes,
    names,
    shocks,
    blank() {
      const columns = empty();
      for (const [name, level] of Object.entries(startingLevels(parameters, calendar)))
        columns[name as ColumnName].fill(level, 0, longestLag);
      return columns;
    },
    run(columns, from, until, edits) {
      for (let t = Math.max(from, longestLag); t < until; t++) {
        for (const { name, next, shocks } of steps) {
          const value = next(columns, t, shocks[t]);
          const edit = edits?.get(name);
          columns[name][t] =
            edit === undefined || (edit.factor[t] === 1 && edit.shift[t] === 0)
              ? value
              : bounded(name, edit.factor[t] * value + edit.shift[t], edit, t);
        }
      }
    },
    drawFuture(index) {
      for (const name of names) {
        const { noise } = processes[name];
        if (noise !== "none") drawShocks(noise, rng.derive("future", index, name), shocks[name], calendar.end, count);
      }
    },
  };

  function bounded(name: string, value: number, { minimum, maximum }: { minimum: number; maximum: number }, t: number) {
    if (value >= minimum && value <= maximum) return value;
    const date = formatInstant(periodStart(calendar.first + t, frequency), frequency);
    throw new TwinError({
      code: "out-of-range",
      path: ["edits", name],
      message: `'${name}' would be ${value} at ${date}, outside ${minimum}..${maximum}`,
      fix: "change the edit",
    });
  }
}

/** The history of a business: its columns over the lead and the tables. */
export function runHistory(generator: Generator, edits?: ColumnEdits): Columns {
  const columns = generator.blank();
  generator.run(columns, 0, generator.calendar.end, edits);
  return columns;
}

/** The periods of the tables. */
export function tableSpan({ end }: BusinessCalendar): readonly [from: number, until: number] {
  return [lead, end];
}
