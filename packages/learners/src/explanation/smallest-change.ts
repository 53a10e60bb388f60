import { type Issue, type RunOptions, TwinError, unknownName } from "@sage-twin/kernel";
import { quantiles } from "@sage-twin/numerics";
import { checkWhole, isText } from "../table.js";
import type { Column, Columns, FittedLearner } from "../types.js";
import { candidateValues } from "./candidate-values.js";

type Value = number | string | null;
export type Row = Readonly<Record<string, Value>>;

/** What would have to be different. */
export interface SmallestChange {
  readonly changes: readonly { readonly column: string; readonly from: Value; readonly to: number | string }[];
  /** The prediction of the changed row. */
  readonly prediction: number;
  /** The sum over the changes: of a number how many interquartile ranges it moves, of a text 1. */
  readonly cost: number;
}

/** What is wanted, and what may change. */
export interface SmallestChangeOptions extends Pick<RunOptions, "signal"> {
  /** Rows that values are taken from, such as those of training. */
  readonly background: Columns;
  /** The prediction must be less than this; give this or `above`. */
  readonly below?: number;
  /** The prediction must be more than this. */
  readonly above?: number;
  /** Columns that stay as they are. Default: none. */
  readonly immutable?: readonly string[];
  /** The most columns changed together. Default: 3. */
  readonly changes?: number;
  /** The most rows predicted. Default: 50,000. */
  readonly predictions?: number;
}

const valuesPerColumn = 16;
const width = 24; // partial changes that are carried on

interface Partial {
  readonly row: Row;
  readonly cost: number;
  readonly prediction: number;
}

/**
 * The cheapest change of one row that brings its prediction beyond a bound, with values that occur in `background`; `undefined` where none was found. All single changes to 16 values a column are tried, further
 * columns from the 24 changes that came nearest (beam search), and numbers are then moved back as far as the bound allows: small, but beyond one column not proved smallest. It says what the model would need, not what
 * would cause it. `signal` aborts between rounds.
 *
 * @example
 * ```ts
 * import { histogramTrees, smallestChange } from "@sage-twin/learners";
 *
 * const background = { calls: Array.from({ length: 200 }, (_, row) => row % 10), age: Array.from({ length: 200 }, (_, row) => 20 + (row % 40)) };
 * const fitted = histogramTrees().fit(background, background.calls.map((calls) => (calls > 6 ? 1 : 0)));
 * const found = await smallestChange(fitted, { calls: 9, age: 50 }, { background, below: 0.5, immutable: ["age"] });
 * found?.changes.map(({ column, from }) => [column, from]); // => [["calls", 9]]
 * ```
 */
export async function smallestChange(
  fitted: Pick<FittedLearner, "features" | "predict">,
  row: Row,
  options: SmallestChangeOptions,
): Promise<SmallestChange | undefined> {
  const { background, signal, immutable = [] } = options;
  checkRequest(fitted.features, row, options);
  const most = checkWhole(options.changes ?? 3, "changes", 1, 10);
  let left = checkWhole(options.predictions ?? 50_000, "predictions", 1, 1e8);
  const sign = options.below === undefined ? 1 : -1;
  const bound = (options.below ?? options.above) as number;
  const missing = (prediction: number): number => sign * (bound - prediction); // below 0 where the bound is passed
  const movable = fitted.features.filter((name) => !immutable.includes(name));
  const candidates = new Map(movable.map((name) => [name, candidateValues(background[name], valuesPerColumn)]));
  const spreads = new Map(movable.map((name) => [name, spreadOf(background[name])]));
  const price = (name: string, to: Value): number =>
    typeof to === "number" && typeof row[name] === "number" && !Number.isNaN(row[name])
      ? Math.abs(to - row[name]) / (spreads.get(name) as number)
      : 1;
  const predict = (rows: readonly Row[]): Float64Array => fitted.predict(asColumns(fitted.features, rows, background));
  const start = { row, cost: 0, prediction: predict([row])[0] };
  if (missing(start.prediction) < 0) return { changes: [], prediction: start.prediction, cost: 0 };
  let best: Partial | undefined;
  let beam: Partial[] = [start];
  for (let round = 0; round < most && left > 0; round++) {
    await new Promise((resolve) => setTimeout(resolve));
    signal?.throwIfAborted();
    const tried = new Map<string, { row: Row; cost: number }>();
    for (const from of beam)
      for (const name of movable) {
        if (!Object.is(from.row[name], row[name])) continue;
        for (const to of candidates.get(name) ?? []) {
          const cost = from.cost + price(name, to);
          if (to === row[name] || cost >= (best?.cost ?? Number.POSITIVE_INFINITY) || tried.size >= left) continue;
          const changed = { ...from.row, [name]: to };
          tried.set(JSON.stringify(changed), { row: changed, cost });
        }
      }
    const next = [...tried.values()];
    if (next.length === 0) break;
    left -= next.length;
    const predictions = predict(next.map((item) => item.row));
    const found = next.map((item, at) => ({ ...item, prediction: predictions[at] }));
    for (const item of found)
      if (missing(item.prediction) < 0 && item.cost < (best?.cost ?? Number.POSITIVE_INFINITY)) best = item;
    beam = found
      .filter((item) => missing(item.prediction) >= 0)
      .sort((a, b) => missing(a.prediction) - missing(b.prediction) || a.cost - b.cost)
      .slice(0, width);
  }
  return best && moveBack(best);

  /** Moves each changed number towards what it was, by halves, as long as the bound is passed. */
  function moveBack(passed: Partial): SmallestChange {
    let own = passed;
    for (const name of movable) {
      const from = row[name];
      const to = own.row[name];
      if (typeof from !== "number" || typeof to !== "number" || from === to || Number.isNaN(from)) continue;
      let [near, far] = [from, to];
      const whole = (candidates.get(name) ?? []).every(Number.isInteger) && Number.isInteger(from);
      for (let step = 0; step < 20; step++) {
        const middle = whole ? Math.round((near + far) / 2) : (near + far) / 2;
        if (middle === near || middle === far) break;
        const changed = { ...own.row, [name]: middle };
        const prediction = predict([changed])[0];
        if (missing(prediction) < 0) {
          far = middle;
          own = { row: changed, prediction, cost: own.cost - price(name, own.row[name]) + price(name, middle) };
        } else near = middle;
      }
    }
    const changes = movable.flatMap((column) =>
      Object.is(own.row[column], row[column])
        ? []
        : [{ column, from: row[column], to: own.row[column] as number | string }],
    );
    return { changes, prediction: own.prediction, cost: own.cost };
  }
}

function checkRequest(
  features: readonly string[],
  row: Row,
  { background, below, above, immutable = [] }: SmallestChangeOptions,
): void {
  const issues: Issue[] = [];
  const problem = (path: Issue["path"], message: string, fix: string): void =>
    void issues.push({ code: "invalid-argument", path, message, fix });
  if ((below === undefined) === (above === undefined) || !Number.isFinite(below ?? above))
    problem(["below"], "one bound is needed", "give a number as below, or one as above");
  for (const name of immutable)
    if (!features.includes(name)) issues.push(...unknownName("column", name, features, ["immutable"]).issues);
  for (const name of features) {
    if (row[name] === undefined) problem(["row", name], "the value is missing", "give NaN or null for an unknown one");
    if (background?.[name] === undefined)
      problem(["background", name], "the column is missing", "give rows of training");
  }
  if (issues.length > 0) throw new TwinError(issues);
}

function asColumns(features: readonly string[], rows: readonly Row[], background: Columns): Columns {
  return Object.fromEntries(
    features.map((name) => {
      const values = rows.map((row) => row[name]);
      // One text unknown everywhere is still a text.
      const column = isText(background[name]) ? values : Float64Array.from(values as number[]);
      return [name, column as Column];
    }),
  );
}

/** The interquartile range of numbers, else their range, else 1. */
function spreadOf(column: Column): number {
  if (isText(column)) return 1;
  const known = Float64Array.from(column as ArrayLike<number>).filter((value) => !Number.isNaN(value));
  if (known.length === 0) return 1;
  const [low, first, third, high] = quantiles(known, [0, 0.25, 0.75, 1]);
  return third > first ? third - first : high > low ? high - low : 1;
}
