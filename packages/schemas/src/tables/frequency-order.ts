import { type Frequency, periodIndex, periodStart, stepsIn } from "@sage-twin/kernel";

const fromFineToCoarse = "hDWMQY";

/** Whether the periods of one frequency are longer than those of another. */
export function isCoarser(one: Frequency, other: Frequency): boolean {
  const steps = stepsIn(one, other);
  if (steps !== undefined) return steps > 1;
  const unit = (frequency: Frequency): number => fromFineToCoarse.indexOf(frequency.slice(-1));
  return unit(one) > unit(other);
}

/** The first and last finer period in a period, or nothing where finer ones cross its bounds. */
export function finerPeriods(period: number, frequency: Frequency, finer: Frequency): [number, number] | undefined {
  const [start, end] = [periodStart(period, frequency), periodStart(period + 1, frequency)];
  const [first, next] = [periodIndex(start, finer), periodIndex(end, finer)];
  const nest = periodStart(first, finer) === start && periodStart(next, finer) === end;
  return nest ? [first, next - 1] : undefined;
}
