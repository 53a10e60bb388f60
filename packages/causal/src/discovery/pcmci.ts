import type { Frequency } from "@sage-twin/kernel";
import { seasonLengths, TwinError } from "@sage-twin/kernel";
import { studentTail } from "@sage-twin/numerics";
import type { HistoryTable } from "../history.js";
import { deviationsOf } from "../refutation/deviations.js";
import { correctForTests } from "../refutation/multiple-testing.js";
import type { TestData } from "../refutation/test-columns.js";
import { Budget } from "./budget.js";
import { checkCount, completeColumns, readColumns } from "./columns.js";
import { Correlations } from "./correlations.js";
import { type EdgeRules, readKnowledge } from "./knowledge.js";
import { checkDiscovery, resampleEdges } from "./resample.js";
import { type DiscoveryOptions, makeSuggestion, type SuggestedEdge, type Suggestion } from "./suggestion.js";

/** How PCMCI searches. */
export interface PcmciOptions extends DiscoveryOptions {
  /** The longest lag, in periods: 1 to 50. Default: 3. */
  readonly maxLag?: number;
  /** The share of false edges among those suggested (Benjamini and Hochberg 1995). Default: 0.01. */
  readonly level?: number;
}

/** A link that was tested: its partial correlation given the causes of both ends, and the p-value. */
export interface LagTest {
  readonly from: number;
  readonly to: number;
  readonly lag: number;
  readonly correlation: number;
  readonly pValue: number;
}

/** The level at which candidates for causes are kept. */
const candidateLevel = 0.05;
const mostColumns = 100;
/** The most columns and lags together. */
const mostLagged = 1_000;
const defaultLimit = 1_000_000;

/**
 * Suggests edges with lags: PCMCI (Runge, Nowack, Kretschmer, Flaxman and Sejdinovic 2019) with partial correlations. Candidates for causes among past values
 * are chosen for each column; then each link is tested given the candidates of both its ends. Links within a period have no direction
 * unless knowledge gives them one.
 *
 * @param data a table of periods, whose trend and season are taken out first; or columns of rows in order of time, as they are. Windows with gaps are
 * left out and counted in `notes`.
 * @throws TwinError `invalid-data` for constant or determined columns and too few rows; `too-large` beyond 1,000 columns and lags together.
 *
 * @example
 * ```ts
 * import { pcmci } from "@sage-twin/causal";
 * import { Rng } from "@sage-twin/kernel";
 *
 * const rng = new Rng("example");
 * const ads = Array.from({ length: 300 }, () => rng.normal());
 * const orders = ads.map((_, week) => (week < 2 ? 0 : ads[week - 2]) + rng.normal());
 * const { edges } = await pcmci({ ads, orders });
 * edges.map(({ from, to, lag }) => [from, to, lag]); // => [["ads", "orders", 2]]
 * ```
 */
export async function pcmci(data: TestData, options: PcmciOptions = {}): Promise<Suggestion> {
  const { maxLag = 3, level = 0.01, signal, limit = defaultLimit } = options;
  checkDiscovery(options, level);
  if (!Number.isInteger(maxLag) || maxLag < 1 || maxLag > 50)
    throw new TwinError({
      code: "out-of-range",
      path: ["maxLag"],
      message: `the longest lag is a whole number of periods from 1 to 50, not ${maxLag}`,
    });
  signal?.throwIfAborted();
  const { names, columns, frequency } = readPeriods(data, maxLag);
  const rules = readKnowledge(names, options, maxLag);
  const { windows, notes } = windowsOf(names, columns, maxLag);
  const budget = new Budget(limit, signal);
  const chosen = chooseLinks(testLinks(Correlations.of(windows), rules, maxLag, budget), rules, level);
  const rows = windows[0].length;
  let block = 1 + maxLag;
  while (block * block * block < rows) block++;
  const share = await resampleEdges("pcmci", rows, Math.min(block, rows), options, (drawn) =>
    chooseLinks(testLinks(Correlations.of(windows, drawn), rules, maxLag, new Budget(limit, signal)), rules, level).map(
      keyOf,
    ),
  );
  const edges = chosen.map((link): SuggestedEdge => {
    const [forth, back] = [link.from * names.length + link.to, link.to * names.length + link.from];
    const oneWay = link.lag === 0 && rules.allowed[0][forth] !== rules.allowed[0][back];
    const turned = oneWay && rules.allowed[0][forth] === 0;
    return {
      from: names[turned ? link.to : link.from],
      to: names[turned ? link.from : link.to],
      kind: link.lag > 0 || oneWay ? "directed" : "undirected",
      lag: link.lag,
      strength: link.correlation,
      ...(share === undefined ? {} : { confidence: share(keyOf(link)) }),
    };
  });
  const note =
    "holds where no hidden cause moves two columns, effects are linear and no lag is longer than was looked at";
  return makeSuggestion(
    { method: "pcmci", edges, rows, complete: budget.complete, notes: [note, ...notes] },
    frequency,
  );
}

function readPeriods(data: TestData, maxLag: number) {
  const read =
    typeof (data as HistoryTable).column === "function" ? fromTable(data as HistoryTable) : fromColumns(data);
  const lagged = read.names.length * (2 * maxLag + 1);
  if (lagged > mostLagged)
    throw new TwinError({
      code: "too-large",
      path: ["maxLag"],
      message: `${read.names.length} columns at lags 0 to ${2 * maxLag} make ${lagged}; at most ${mostLagged} are searched`,
      fix: "take fewer columns or a shorter longest lag",
    });
  return read;
}

function fromColumns(data: TestData) {
  const read = readColumns(data as Readonly<Record<string, ArrayLike<number>>>, mostColumns);
  return { ...read, frequency: undefined as Frequency | undefined };
}

function fromTable(table: HistoryTable) {
  const names = table.metrics;
  checkCount(names.length, mostColumns);
  const season = seasonLengths(table.frequency).find((length) => table.length >= 3 * length) ?? 1;
  const raw = names.map((name) => table.column(name));
  completeColumns(names, raw);
  return {
    names,
    columns: raw.map((values) => deviationsOf(values, season, false)),
    frequency: table.frequency as Frequency | undefined,
  };
}

/** Each column at each lag from 0 to twice the longest, on the rows where all of these are known: column `lag * size + node`. */
function windowsOf(names: readonly string[], columns: readonly Float64Array[], maxLag: number) {
  completeColumns(names, columns);
  const depth = 2 * maxLag;
  const possible = Math.max(0, columns[0].length - depth);
  const known = Array.from({ length: possible }, (_, row) => row + depth).filter((row) =>
    columns.every((column) => column.subarray(row - depth, row + 1).every(Number.isFinite)),
  );
  const least = names.length * maxLag + 10;
  if (known.length < least)
    throw new TwinError({
      code: "invalid-data",
      path: ["data"],
      message: `${known.length} rows have their ${depth} rows before them complete; ${names.length} columns with lags up to ${maxLag} need at least ${least}`,
      fix: "give more rows, fewer columns or a shorter longest lag",
    });
  const windows: Float64Array[] = [];
  for (let lag = 0; lag <= depth; lag++)
    for (const column of columns) windows.push(Float64Array.from(known, (row) => column[row - lag]));
  const notes =
    known.length < possible ? [`${possible - known.length} of ${possible} windows have gaps and are left out`] : [];
  return { windows, notes };
}

/** The candidates for causes of one column, the strongest first (the PC1 step): as `lag * size + node`. */
function candidatesOf(
  correlations: Correlations,
  rules: EdgeRules,
  to: number,
  maxLag: number,
  budget: Budget,
): number[] {
  const { size } = rules;
  const weakest = new Map<number, number>();
  const required = (link: number): boolean => rules.required[Math.floor(link / size)][(link % size) * size + to] !== 0;
  let kept: number[] = [];
  for (let lag = 1; lag <= maxLag; lag++)
    for (let from = 0; from < size; from++)
      if (rules.allowed[lag][from * size + to] !== 0) kept.push(lag * size + from);
  for (let width = 0; width < kept.length; width++) {
    const significant = kept.filter((link) => {
      const given = kept.filter((other) => other !== link).slice(0, width);
      if (!budget.spend()) return true;
      const { correlation, pValue } = studentTest(correlations, link, to, given);
      weakest.set(link, Math.min(weakest.get(link) ?? 1, Math.abs(correlation)));
      return pValue <= candidateLevel || required(link);
    });
    kept = significant.sort((a, b) => (weakest.get(b) ?? 0) - (weakest.get(a) ?? 0));
  }
  return kept;
}

/** Tests every link given the candidates of both its ends (the MCI step). */
export function testLinks(correlations: Correlations, rules: EdgeRules, maxLag: number, budget: Budget): LagTest[] {
  const { size } = rules;
  const candidates = Array.from({ length: size }, (_, to) => candidatesOf(correlations, rules, to, maxLag, budget));
  const tests: LagTest[] = [];
  for (let lag = 0; lag <= maxLag; lag++)
    for (let from = 0; from < size; from++)
      for (let to = 0; to < size; to++) {
        const allowed = rules.allowed[lag];
        const possible =
          lag > 0 ? allowed[from * size + to] : from < to && (allowed[from * size + to] || allowed[to * size + from]);
        if (!possible || !budget.spend()) continue;
        const link = lag * size + from;
        const shifted = candidates[from].map((cause) => cause + lag * size);
        const given = [...new Set([...candidates[to].filter((cause) => cause !== link), ...shifted])];
        tests.push({ from, to, lag, ...studentTest(correlations, link, to, given) });
      }
  return tests;
}

/** The p-value of a partial correlation by Student's t. */
function studentTest(correlations: Correlations, a: number, b: number, given: readonly number[]) {
  const correlation = correlations.partial(a, b, given);
  const freedom = correlations.rows - 2 - given.length;
  if (!(freedom > 0)) return { correlation, pValue: 1 };
  const t = Math.abs(correlation) * Math.sqrt(freedom / Math.max(1e-300, 1 - correlation * correlation));
  return { correlation, pValue: 2 * studentTail(t, freedom) };
}

function chooseLinks(tests: readonly LagTest[], rules: EdgeRules, level: number): LagTest[] {
  const corrected = correctForTests(
    tests.map(({ pValue }) => pValue),
    "benjamini-hochberg",
  );
  return tests.filter(
    ({ from, to, lag }, at) => corrected[at] <= level || rules.required[lag][from * rules.size + to] !== 0,
  );
}

function keyOf({ from, to, lag }: LagTest): string {
  return `${from}>${to}@${lag}`;
}
