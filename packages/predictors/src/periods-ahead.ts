import {
  describeValue,
  formatInstant,
  type Instant,
  type Issue,
  periodIndex,
  periodStart,
  TwinError,
  toInstant,
} from "@sage-twin/kernel";

const mostPeriods = 500;

/** Checks that rows are the periods from number `next` on, in order, where they tell their time; and that there are no more than 500. */
export function checkPeriodsAhead(rows: readonly { readonly time?: unknown }[], next: number, frequency: string): void {
  const issues: Issue[] = [];
  if (rows.length > mostPeriods)
    issues.push({
      code: "too-large",
      path: ["rows"],
      message: `${rows.length} periods, ${mostPeriods} can be forecast`,
      fix: "give fewer rows",
    });
  rows.forEach(({ time }, row) => {
    if (time === undefined || issues.length > 20) return;
    const wanted = formatInstant(periodStart(next + row, frequency), frequency);
    let period = Number.NaN;
    try {
      period = periodIndex(toInstant(time as Instant), frequency);
    } catch {}
    if (period !== next + row)
      issues.push({
        code: "invalid-time",
        path: ["rows", row, "time"],
        message: `${describeValue(time)} is not in the period from ${wanted}`,
        fix: `the rows are the periods after the history, in order, from ${formatInstant(periodStart(next, frequency), frequency)}`,
      });
  });
  if (issues.length > 0) throw new TwinError(issues);
}
