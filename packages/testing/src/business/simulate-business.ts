import type { CausalGraph } from "@sage-twin/causal";
import { exp, formatInstant, type Issue, periodStart, Rng, TwinError } from "@sage-twin/kernel";
import type { TimeTable } from "@sage-twin/schemas";
import type { BusinessFrequency } from "./calendar.js";
import type { Channels } from "./channels.js";
import { type BusinessMetric, businessDepartments, businessLevers, businessMetrics } from "./departments.js";
import type { BusinessEdit } from "./edits.js";
import { type TrueEffect, trueEffects } from "./effects.js";
import { type Generator, makeGenerator, runHistory, tableSpan } from "./generator.js";
import { type BusinessTables, type MissingValues, tablesOf } from "./missing.js";
import { type BusinessParameters, drawParameters } from "./parameters.js";
import { type Columns, visitorsAt } from "./processes.js";
import { type HiddenConfounder, hiddenConfounders, relationsOf, trueGraph } from "./relations.js";
import { channelTable, type TrueChannel, trueChannels } from "./true-channels.js";
import { counterfactualOf, interveneOn, type TrueCounterfactual, type TrueIntervention } from "./truth.js";

/** Which business to simulate. */
export interface BusinessOptions {
  readonly seed: string | number;
  /** Default `"W"`. */
  readonly frequency?: BusinessFrequency;
  /** Periods in the tables. Default: three years. */
  readonly length?: number;
  /** Whether marketing is spent on three channels with effects of their own. Default: no, one budget with one effect. */
  readonly channels?: boolean;
}

/** A company whose causes are known: its tables, and the truth behind them. */
export interface SimulatedBusiness {
  readonly seed: string;
  readonly frequency: BusinessFrequency;
  readonly length: number;
  readonly departments: typeof businessDepartments;
  readonly tables: BusinessTables;
  readonly levers: typeof businessLevers;
  /** The true causal graph of what is visible, with lags and carry-over; the effects are left to the data. */
  readonly graph: CausalGraph;
  readonly hidden: readonly HiddenConfounder[];
  /** In the order of the graph's edges. */
  readonly effects: readonly TrueEffect[];
  /** From `date` on, orders are `factor` times what they would have been. */
  readonly structuralBreak: {
    readonly metric: BusinessMetric;
    readonly date: string;
    readonly row: number;
    readonly factor: number;
  };
  readonly missing: MissingValues;
  /** With marketing channels on: the spend on each by period, and what each truly brought. */
  readonly channels?: { readonly table: TimeTable; readonly truth: readonly TrueChannel[] };
  /** Every metric before anything went missing, and the hidden confounders `demand` and `competitor`. */
  readonly complete: Readonly<Record<BusinessMetric | "competitor" | "demand", Float64Array>>;
  /**
   * The truth of a what-if: the generator runs on from the end of the tables, with the edits and without, with the same shocks.
   *
   * @param options `horizon` in periods, 1 to 1,000; `runs` 1 to 10,000, default 200.
   */
  intervene(
    edits: readonly BusinessEdit[],
    options: { readonly horizon: number; readonly runs?: number },
  ): TrueIntervention;
  /** The truth of what would have been: the generator runs through the tables' periods again with the edits and the shocks that it had. */
  counterfactual(edits: readonly BusinessEdit[]): TrueCounterfactual;
}

const lengths = {
  D: { least: 60, most: 3660, usual: 1095 },
  W: { least: 30, most: 1040, usual: 156 },
  M: { least: 12, most: 240, usual: 36 },
} as const;
const mostSteps = 1000;
const mostRuns = 10_000;

/**
 * A made-up company of six departments with known truth, to test twins on. Its season, growth, discounts that answer demand, hidden
 * confounders, saturation, thresholds, capacity limits, delays, heavy-tailed noise, missing rows and structural break are not
 * made to suit the models of this library. Each seed draws another company; each process has a random stream of its own.
 *
 * @throws TwinError for an unknown frequency, or a length out of range: 60..3,660 days, 30..1,040 weeks, 12..240 months.
 *
 * @example
 * ```ts
 * import { simulateBusiness } from "@sage-twin/testing";
 *
 * const business = simulateBusiness({ seed: 1, frequency: "W", length: 156 });
 * const dearer = business.intervene([{ lever: "price", kind: "scale", value: 1.1 }], { horizon: 12 });
 * dearer.difference("orders").mean[0] < 0; // => true
 * dearer.difference("leadTime").mean[0]; // => 0
 * ```
 */
export function simulateBusiness({
  seed,
  frequency = "W",
  length: wanted,
  channels = false,
}: BusinessOptions): SimulatedBusiness {
  const issues: Issue[] = [];
  const limits = Object.hasOwn(lengths, frequency) ? lengths[frequency] : undefined;
  if (limits === undefined) {
    issues.push({
      code: "invalid-argument",
      path: ["frequency"],
      message: `a business is simulated by "D", "W" or "M", not ${String(frequency)}`,
    });
  }
  const { least, most, usual } = limits ?? lengths.W;
  const length = wanted ?? usual;
  issues.push(...outOfRange("length", length, least, most));
  if (typeof seed !== "string" && !Number.isFinite(seed)) {
    issues.push({
      code: "invalid-argument",
      path: ["seed"],
      message: `a seed is text or a finite number, not ${seed}`,
    });
  }
  if (issues.length > 0) throw new TwinError(issues);
  const rng = new Rng(seed).derive("business");
  const parameters = drawParameters(rng);
  const ahead = (horizon: number) => makeGenerator(rng, parameters, frequency, length, horizon, channels);
  const generator = ahead(0);
  const columns = runHistory(generator);
  const { calendar } = generator;
  const [from, until] = tableSpan(calendar);
  const relations = relationsOf(parameters, calendar);
  const { tables, missing } = tablesOf(generator, columns, rng);
  const complete = Object.fromEntries(
    [...businessMetrics, "competitor" as const, "demand" as const].map((name) => [
      name,
      columns[name].slice(from, until),
    ]),
  ) as SimulatedBusiness["complete"];
  return {
    seed: String(seed),
    frequency,
    length,
    departments: businessDepartments,
    tables,
    levers: businessLevers,
    graph: trueGraph(relations, frequency),
    hidden: hiddenConfounders,
    effects: trueEffects(generator, columns, relations, length),
    structuralBreak: {
      metric: "orders",
      date: formatInstant(periodStart(calendar.first + calendar.breakAt, frequency), frequency),
      row: calendar.breakAt - from,
      factor: exp(parameters.breakSize),
    },
    missing,
    ...(generator.channels === undefined
      ? {}
      : { channels: channelsOf(generator, generator.channels, parameters, columns) }),
    complete,
    intervene(edits, { horizon, runs = 200 }) {
      const problems = [...outOfRange("horizon", horizon, 1, mostSteps), ...outOfRange("runs", runs, 1, mostRuns)];
      if (problems.length > 0) throw new TwinError(problems);
      return interveneOn(ahead(horizon), edits, horizon, runs);
    },
    counterfactual: (edits) => counterfactualOf(generator, edits),
  };
}

/** The table and the truth of a generator's channels. */
function channelsOf(
  generator: Generator,
  channels: Channels,
  parameters: BusinessParameters,
  columns: Columns,
): SimulatedBusiness["channels"] {
  const { calendar, processes, shocks } = generator;
  const [from, until] = tableSpan(calendar);
  const visitors: Parameters<typeof trueChannels>[6] = (reach, x, t, shock) =>
    visitorsAt(parameters, calendar, reach, x, t, shock);
  return {
    table: channelTable(channels, columns, calendar, from),
    truth: trueChannels(channels, processes, shocks, columns, from, until, visitors),
  };
}

function outOfRange(what: string, value: number, least: number, most: number): Issue[] {
  if (Number.isInteger(value) && value >= least && value <= most) return [];
  return [
    {
      code: "out-of-range",
      path: [what],
      message: `expected a whole number from ${least} to ${most}, received ${String(value)}`,
    },
  ];
}
