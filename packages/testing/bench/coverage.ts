/**
 * How often 90 % intervals of the twin's what-ifs cover the truth of simulated businesses: `npm run bench -- coverage [seeds]`, 40 unless told, three
 * years of weeks each. A difference is that of the four sliders over 12 weeks, held against the generator's mean difference; a level is what
 * a slider leads to, held against 200 possible futures.
 */
import { type Department, type SimulationResult, Twin, type TwinBuilder, type TwinNames } from "@sage-twin/core";
import { type SimulatedBusiness, simulateBusiness, type TrueIntervention } from "@sage-twin/testing";

const seeds = Number(process.argv[2] ?? 40);
const horizon = 12;
const sliders = { price: 1.05, marketing: 1.3, unitCost: 1.1, deliveryDelay: 1.5 } as const;
const outcomes = ["orders", "revenue", "profit"] as const;
type Outcome = (typeof outcomes)[number];

function twinOf({ departments, tables, graph, levers }: SimulatedBusiness) {
  const described = Object.entries<Department>(departments).reduce<TwinBuilder<TwinNames>>(
    (builder, [name, department]) => builder.department(name, department).data(name, tables[name as "hr"]),
    Twin.describe("simulated") as unknown as TwinBuilder<TwinNames>,
  );
  return described
    .causes(graph)
    .levers(levers)
    .build({ horizon: `${horizon}W` });
}

/** By row of the report: how often covered, of how many, and the middle of the estimate as a share of the truth. */
const rows = new Map<string, { covered: number; count: number; ratios: number[] }>();

function record(key: string, covered: number, estimate?: number, truth?: number): void {
  const row = rows.get(key) ?? { covered: 0, count: 0, ratios: [] };
  rows.set(key, row);
  row.covered += covered;
  row.count++;
  if (estimate !== undefined && truth !== undefined && truth !== 0) row.ratios.push(estimate / truth);
}

const failures: string[] = [];
for (let seed = 0; seed < seeds; seed++) {
  const business = simulateBusiness({ seed, frequency: "W", length: 156 });
  const twin = await twinOf(business);
  for (const [lever, factor] of Object.entries(sliders)) {
    const plan = twin.scenario(lever).scale(lever, factor);
    const truth = business.intervene(plan.edits, { horizon });
    try {
      const answer = await twin.simulate(plan, { runs: 2000, metrics: outcomes });
      for (const metric of outcomes) recordOutcome(lever, metric, answer, truth);
    } catch (error) {
      failures.push(`seed ${seed}, ${lever}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function recordOutcome(lever: string, metric: Outcome, answer: SimulationResult, truth: TrueIntervention): void {
  const difference = answer.difference(metric).total;
  const { lower, upper } = difference.interval(90);
  const real = truth.difference(metric).total.mean;
  const covered = real >= lower && real <= upper ? 1 : 0;
  record("differences, all", covered);
  record(`difference of ${metric} by ${lever}`, covered, difference.quantile(0.5), real);
  const level = answer.metric(metric).total.interval(90);
  const futures = truth.metric(metric).total.samples;
  const share = futures.filter((value) => value >= level.lower && value <= level.upper).length / futures.length;
  record("levels, all", share);
  record(`level of ${metric} by ${lever}`, share);
}

console.log(`coverage of nominal 90 % intervals, ${seeds} businesses of 156 weeks, and the median of estimate / truth`);
for (const [key, { covered, count, ratios }] of rows) {
  const middle = ratios.sort((a, b) => a - b)[ratios.length >> 1];
  console.log(
    `${key.padEnd(44)} ${((100 * covered) / count).toFixed(0).padStart(3)} %${middle === undefined ? "" : `  ${middle.toFixed(2)}`}`,
  );
}
for (const failure of failures) console.log(`failed, ${failure}`);
