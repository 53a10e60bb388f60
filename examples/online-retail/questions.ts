// Why did November move, what would a spring plan come to and hang on, and what brings five percent more?
import { attribute } from "@sage-twin/causal";
import { tornado } from "@sage-twin/scenarios";
import type { ReportSection } from "@sage-twin/viz";
import type { shopTwin } from "./shop.js";

type ShopTwin = Awaited<ReturnType<typeof shopTwin>>;

/** Four weeks before November, and the first four that lie in it but for a day. */
const before = { first: "2011-10-03", rows: 4 };
const after = { first: "2011-10-31", rows: 4 };
const words = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const figure = (value: number): string => words.format(value);
const signed = (value: number): string => `${value > 0 ? "+" : ""}${figure(value)}`;
const named = (metric: string): string => metric.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** The answers, for the console and for the report. */
export interface Answers {
  readonly lines: readonly string[];
  readonly sections: readonly ReportSection[];
}

/** Asks the twin what a dashboard cannot tell. */
export async function askQuestions(twin: ShopTwin, runs: number): Promise<Answers> {
  const why = attribute(await twin.fitted(), { target: "netSales", from: before, to: after });
  const steps = why.contributions.map(({ metric, value }) => ({ label: named(metric), value }));
  const [first, second] = why.contributions;

  const plan = twin
    .scenario("Spring plan")
    .scale("priceLevel", 1.03)
    .pulse("acquisition", 1.3, { at: "2012-01-09", lasting: "3W", fade: "3W" })
    .scale("refundLevel", { kind: "triangular", low: 0.7, mode: 0.85, high: 1 });
  const comparison = await twin.compare([plan], { runs, metrics: ["netSales"], why: false });
  const { total, probabilityBetter = 0 } = comparison.difference("netSales");
  const { lower, upper } = total.interval(80);
  const { expectedBeyond, level, worst } = comparison.risk("netSales");
  const hangs = tornado(await twin.study(), plan, { metric: "netSales" });

  const [outlook] = (await twin.forecast("netSales", { horizons: ["3M"], runs })).horizons;
  const target = 1.05 * outlook.total.quantile(0.5);
  const goal = await twin.reach({ metric: "netSales", atLeast: target, runs: 1000 });
  const moves = goal.moves.map(({ lever, factor }) => `${named(lever)} times ${factor.toFixed(2)}`).join(", ");

  return {
    lines: [
      "",
      "Why did November move? Net sales a week, the four weeks from 31 October against the four before",
      `  ${figure(why.before)} to ${figure(why.after)} GBP, ${signed(why.change)}: ${[first, second].map(({ metric, value }) => `${named(metric)} ${signed(value)}`).join(", ")}`,
      "",
      `A spring plan: dearer by 3 %, three weeks of more new customers, fewer refunds by an unknown part`,
      `  ${signed(total.mean)} GBP over three months (${figure(lower)} to ${figure(upper)}), better in ${figure(100 * probabilityBetter)} % of runs`,
      `  It hangs most on ${hangs.bars[0].input} (${figure(hangs.bars[0].low.answer)} to ${figure(hangs.bars[0].high.answer)} GBP)`,
      "",
      `The smallest change that brings 5 % more net sales: ${goal.feasible ? moves : goal.message}`,
    ],
    sections: [
      {
        heading: "Why did November move?",
        paragraphs: [
          `Net sales were ${figure(why.before)} GBP a week in the four weeks from 3 October and ${figure(why.after)} in the four from 31 October. The change of ${signed(why.change)} GBP is shared out among the metrics that lead to it, each by what it did beyond what its causes explain (Shapley values over ${why.method}, which sum to the change). Intervals tell how much a share hangs on the effects; those of counts that only multiply are narrow.`,
        ],
        picture: {
          kind: "waterfall",
          title: "Net sales a week, October to November 2011",
          unit: "GBP",
          start: { label: "four weeks from 3 October", value: why.before },
          end: { label: "four weeks from 31 October", value: why.after },
          steps,
        },
        table: {
          caption: "Shares of the change, with 90 % intervals",
          columns: ["metric", "#GBP a week", "#from", "#to"],
          rows: why.contributions.map(({ metric, value, interval }) => {
            const range = interval(90);
            return [named(metric), value, range.lower, range.upper];
          }),
        },
      },
      {
        heading: "A spring plan, and what it hangs on",
        paragraphs: [
          `The plan raises prices by 3 %, brings 30 % more new customers for three weeks from 9 January, fading over three more, and takes refunds down by an unknown part (to 70 to 100 % of the forecast, most likely 85 %). Against the forecast, net sales over three months differ by ${signed(total.mean)} GBP on average (80 % interval ${figure(lower)} to ${figure(upper)}), and are higher in ${figure(100 * probabilityBetter)} % of the runs. In the worst ${100 - level} % of the runs they come to ${figure(expectedBeyond)} GBP on average; the worst week is most often that of ${worst.date}.`,
          "The picture moves each uncertain effect by itself, with the errors of the forecast left out.",
        ],
        picture: {
          kind: "tornado",
          title: "Net sales of the spring plan less the forecast, over three months",
          unit: "GBP",
          base: hangs.base,
          rows: hangs.bars
            .filter(({ width }) => width > 0)
            .map(({ input, low, high }) => ({ label: input, low, high })),
          between: hangs.between,
        },
      },
      {
        heading: "Five percent more",
        paragraphs: [
          `Asked for the smallest change of the levers that brings net sales over three months to ${figure(target)} GBP, 5 % above the forecast's median, in one run of two, the twin answers: ${goal.feasible ? moves : goal.message}. The size of a change is the sum of the squared logarithms of the factors; ${figure(goal.trials)} plans were tried.`,
        ],
      },
    ],
  };
}
