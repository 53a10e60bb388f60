import type { ReportOptions } from "@sage-twin/core";
import { addDuration, formatInstant } from "@sage-twin/kernel";
import type { HeldOutRow } from "@sage-twin/viz";
import type { DataCheck } from "./data-check.js";
import type { PreparationNotes } from "./prepare/notes.js";
import { firstFullWeek, type ShopTables } from "./shop.js";

const count = (value: number): string => Math.round(value).toLocaleString("en-GB");
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** What the report tells of the shop's data: their traps, what was done about each, and what they cannot say. Every figure comes from the arguments. */
export function tellStory(
  notes: PreparationNotes,
  { revenue }: ShopTables,
  scores: readonly HeldOutRow[],
  check: DataCheck,
): Pick<ReportOptions, "heldOut" | "sections"> {
  const { cancellations, withoutCustomer, kinds } = notes;
  const end = formatInstant(addDuration(revenue.instant(revenue.length), "1D", -1));
  const gaps = revenue.quality.gaps.map(({ from }) => from).join(", ");
  const idle = weekdays.filter((_, day) => notes.linesByWeekday[day] === 0).join(" and ");
  const [largest] = cancellations.largest;
  const setAside = Object.entries(kinds).filter(
    ([kind, { lines }]) => kind !== "sale" && kind !== "cancellation" && lines > 0,
  );
  const asideLines = setAside.reduce((sum, [, { lines }]) => sum + lines, 0);
  const rivalOf = (frequency: string): string => scores.find((score) => score.frequency === frequency)?.rival ?? "none";
  const lost = scores.filter(({ mase, rivalMase }) => !(mase < rivalMase));
  return {
    heldOut: scores,
    sections: [
      {
        heading: "The shop and its data",
        place: "first",
        paragraphs: [
          `The data are every invoice line of a UK online gift retailer: ${count(notes.rows)} lines from ${notes.from} to ${notes.to} ("Online Retail", Daqing Chen 2015, UCI Machine Learning Repository, https://doi.org/10.24432/C5BW33, CC BY 4.0). The twin stands on tables by week that were derived from them.`,
          `Only complete weeks count, Monday to Sunday: ${revenue.dates[0]} to ${end}. The first and the last days of the file are parts of weeks and are left out. The shop was closed in the week of ${gaps}: that week is a gap, reported and not filled in. It never trades on a ${idle}; other days without trade are holidays.`,
          `Sales are net of cancellations. ${count(cancellations.voiding.lines)} cancelled lines undid a sale of at most 7 days before, and that sale counts nowhere. The largest is order ${largest.invoice}: ${count(largest.value)} GBP at ${largest.date}, cancelled ${count(largest.minutes)} minutes later. ${count(cancellations.refunds.lines)} other cancelled lines are refunds of their own date, and ${count(cancellations.manual.lines)} manual entries took back a sale of the same day.`,
          `What is not a sale is set aside: ${count(asideLines)} lines, listed below. ${count(notes.repeatedLines)} lines repeat an earlier one of the same invoice; they are kept, for a second scan of the same article is as likely as a mistake. ${percent(withoutCustomer.lines / kinds.sale.lines)} of the lines of goods that count have no customer (${count(withoutCustomer.orders)} of ${count(withoutCustomer.ordersInAll)} orders): they are among sales and orders, and not among customers.`,
        ],
        table: {
          caption: "What every line of the file is",
          columns: ["kind of line", "#lines", "#value as recorded, GBP"],
          rows: Object.entries(kinds)
            .filter(([, { lines }]) => lines > 0)
            .map(([kind, { lines, value }]) => [kind, lines, value]),
        },
      },
      {
        heading: "Checks of the data",
        paragraphs: [
          `The weekly tables are dataset version ${check.version.slice(0, 12)}: the digest of their content, the same on every machine. ${check.weekPattern === undefined ? "Daily sales show no pattern of the week." : `The pattern of the week explains ${percent(check.weekPattern)} of what daily net sales have beside their trend.`} ${check.anomalies.map(({ week, reason }) => `The week of ${week} stands out: its net sales of ${reason}.`).join(" ")}`,
        ],
        table: {
          caption: "Rules over the weekly tables",
          columns: ["rule", "outcome", "#rows that break it"],
          rows: check.rules.map(({ rule, status, unexpected }) => [rule, status, unexpected]),
        },
      },
      {
        heading: "What these data cannot say",
        paragraphs: [
          `${revenue.length} weeks are about one year. A yearly season shows only when it repeats, so one year cannot show it: the autumn rise may be Christmas, growth, or both, and no forecast here knows which. The rivals are therefore those that need no yearly season: ${rivalOf("week")} by week and ${rivalOf("day")} by day.`,
          lost.length === 0
            ? "On the held-out weeks the chosen model was better than its rival on every metric, by week and by day."
            : `On the held-out weeks the chosen model was not better than its rival on ${lost.map(({ metric, frequency }) => `${metric} by ${frequency}`).join(", ")}.`,
          "There is no marketing spend, no price list, no cost and no service level in the file. What a higher price does to orders, or a push to new customers, cannot be read from it: the three levers of the scenarios act through effects that are assumed, and are marked so wherever they appear.",
          `The file knows nobody before its first day, so that nearly every customer is new at first and nobody has lapsed: the metrics of customers count from the week of ${firstFullWeek}, when the records reach back as far as the customer base looks. Cancellations come late: the sales of its last 7 days may still shrink.`,
        ],
      },
    ],
  };
}
