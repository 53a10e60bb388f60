// Who of the shop's customers does not come back within 90 days, from its raw transactions: fitted to what was known a horizon before the end, held against what happened then.
// Usage: `npm run bench -- retail-churn`, with the raw file at SAGE_TWIN_DATA or ../shared/data.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { auc, averagePrecision, brier, calibrationError } from "@sage-twin/numerics";
import { bgNbd, churnPredictor, customerFeatures, purchaseSummary } from "@sage-twin/predictors";

const file = join(process.env.SAGE_TWIN_DATA ?? "../shared/data", "online-retail.csv.gz");
const customer: string[] = [];
const time: string[] = [];
const amount: number[] = [];
for (const line of gunzipSync(readFileSync(file)).toString().split("\n").slice(1)) {
  const cells = /,(-?\d+),(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d),(-?[\d.]+),(\d+),/.exec(line);
  if (cells === null) continue; // no known customer
  const [, quantity, date, clock, price, id] = cells;
  if (Number(price) === 0) continue;
  customer.push(id);
  time.push(`${date}T${clock}Z`);
  amount.push(Number(quantity) * Number(price));
}
const transactions = { customer, time, amount };
console.log(`${customer.length} lines of ${new Set(customer).size} customers`);

const horizon = "90D";
const cut = "2011-09-10T12:50:00Z";
const start = performance.now();
const fitted = await churnPredictor().fitTransactions(transactions, { horizon, until: cut });
console.log(
  `fitted to what was known on ${cut.slice(0, 10)} in ${((performance.now() - start) / 1000).toFixed(1)} s: ${fitted.notes[0]}`,
);

const known = customerFeatures(transactions, { at: cut, horizon });
const labels = known.churned as Float64Array; // there: the data end 90 days later
const share = labels.reduce((sum, value) => sum + value, 0) / labels.length;
console.log(`${labels.length} customers, ${(100 * share).toFixed(1)} % did not come back within ${horizon}`);
const score = (name: string, values: ArrayLike<number>, probabilities = false): void => {
  const more = probabilities
    ? `, Brier ${brier(labels, values).toFixed(4)}, ECE ${calibrationError(labels, values).toFixed(4)}`
    : "";
  console.log(
    `${name.padEnd(34)} AUC ${auc(labels, values).toFixed(4)}, average precision ${averagePrecision(labels, values).toFixed(4)}${more}`,
  );
};
score("churn predictor, trees", fitted.probabilities(known.columns), true);
const straight = await churnPredictor({ learner: "logistic" }).fitTransactions(transactions, { horizon, until: cut });
score("churn predictor, logistic", straight.probabilities(known.columns), true);
score("last purchase (recency)", known.columns.recency);
const summary = purchaseSummary(transactions, { until: cut });
const model = bgNbd(summary);
const places = new Map(summary.customers.map((name, row) => [name, row]));
const byCustomer = (values: Float64Array): Float64Array =>
  Float64Array.from(known.customers, (name) => values[places.get(name) as number]);
score(
  "BG/NBD, probability of being gone",
  byCustomer(model.alive(summary)).map((alive) => 1 - alive),
  true,
);
score(
  "BG/NBD, fewest purchases expected",
  byCustomer(model.expectedPurchases(summary, 90)).map((count) => -count),
);

const many = 1_000_000;
const large = {
  customer: Int32Array.from({ length: many }, (_, row) => (row * 7919) % 50_000),
  time: Float64Array.from({ length: many }, (_, row) => Date.parse(cut) - ((row * 104_729) % 500) * 86_400_000),
  amount: new Float64Array(many).fill(10),
};
const begun = performance.now();
customerFeatures(large, { at: cut, horizon: "90D" });
console.log(
  `features of 50,000 customers from 1,000,000 transactions: ${((performance.now() - begun) / 1000).toFixed(2)} s`,
);
