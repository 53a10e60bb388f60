import { cos, exp, type Frequency, periodIndex, periodStart, pow, toInstant } from "@sage-twin/kernel";
import type { BusinessParameters } from "./parameters.js";

/** The frequencies at which a business can be simulated. */
export type BusinessFrequency = "D" | "M" | "W";

/** Periods that run before the first of the tables, so that the start is no special state. */
export const lead = 40;

const firstDay = "2022-01-03"; // a Monday
const dayLength = 86_400_000;
const yearLength = 365.2425 * dayLength;
const weeksPerPeriod = { D: 1 / 7, W: 1, M: 365.2425 / 84 } as const;
const weekdays = [-0.02, -0.05, -0.04, 0, 0.05, 0.09, -0.03]; // Monday to Sunday

/** What the calendar brings to each period t; t counts from `lead` periods before the tables, and runs on into the future. */
export interface BusinessCalendar {
  readonly frequency: Frequency;
  /** The number of the period t = 0 (the kernel's `periodIndex`). */
  readonly first: number;
  /** Where the tables end. */
  readonly end: number;
  /** The period from which the structural break holds. */
  readonly breakAt: number;
  /** The length of a period in weeks. */
  readonly weeks: number;
  /** Years since the tables begin, negative before. */
  readonly years: Float64Array;
  /** The log of the season's factor on orders. */
  readonly season: Float64Array;
}

const breakShare = 0.6;

/** The calendar of `length` periods of tables and `horizon` more. */
export function makeCalendar(
  frequency: BusinessFrequency,
  length: number,
  horizon: number,
  parameters: BusinessParameters,
): BusinessCalendar {
  const { seasonAmplitude, seasonPhase, halfYearAmplitude, peakHeight } = parameters;
  const first = periodIndex(toInstant(firstDay), frequency) - lead;
  const origin = periodStart(first + lead, frequency);
  const count = lead + length + horizon;
  const years = new Float64Array(count);
  const season = new Float64Array(count);
  for (let t = 0; t < count; t++) {
    const start = periodStart(first + t, frequency);
    const middle = (start + periodStart(first + t + 1, frequency)) / 2;
    const turn = 2 * Math.PI * (middle / yearLength);
    const untilPeak = middle / yearLength - Math.floor(middle / yearLength) - 0.95;
    years[t] = (start - origin) / yearLength;
    season[t] =
      seasonAmplitude * cos(turn - 2 * Math.PI * seasonPhase) +
      halfYearAmplitude * cos(2 * turn) +
      peakHeight * exp(-((untilPeak / 0.03) ** 2)) +
      (frequency === "D" ? weekdays[(((first + t + 3) % 7) + 7) % 7] : 0);
  }
  return {
    frequency,
    first,
    end: lead + length,
    breakAt: lead + Math.floor(breakShare * length),
    weeks: weeksPerPeriod[frequency],
    years,
    season,
  };
}

/** A week's memory as that of a period. */
export function memoryOver(weeks: number, weekly: number): number {
  return pow(weekly, weeks);
}
