import { compileColumns } from "@sage-twin/formulas";
import { describeValue } from "@sage-twin/kernel";
import { type NamedFormula, parseFormula } from "../../departments/formula-names.js";
import type { ColumnView } from "../column-view.js";
import type { ExpectationOf } from "../expectation.js";
import { missing, type RowOutcome, unexpected } from "./outcome.js";

const blockLength = 8192;
const defaultTolerance = 1e-6;

/** A column that equals a formula within `tolerance x max(1, |column|, |formula|)`. A formula without a finite value has nothing to say. */
export function evaluateIdentity(expectation: ExpectationOf<"identity">, view: ColumnView): RowOutcome {
  const { column, formula, tolerance = defaultTolerance } = expectation;
  const parsed = parseFormula(formula, ["formula"]);
  const { marks, results } = evaluateFormula(parsed, [column], view);
  const { values } = view.numbers(column);
  for (let i = 0; i < marks.length; i++) {
    if (marks[i] !== 0) continue;
    const [left, right] = [values[i], results[i]];
    if (Math.abs(right) === Infinity) marks[i] = missing;
    else if (!(Math.abs(left - right) <= tolerance * Math.max(1, Math.abs(left), Math.abs(right))))
      marks[i] = unexpected;
  }
  return {
    marks,
    columns: [column, ...parsed.names],
    value: (row) => values[row],
    code: "contradiction",
    message: (row) =>
      textProblem([column, ...parsed.names], view, row) ?? `${values[row]} is not ${formula} = ${results[row]}`,
  };
}

/** A formula that is true: not 0. */
export function evaluateHolds({ formula }: ExpectationOf<"holds">, view: ColumnView): RowOutcome {
  const parsed = parseFormula(formula, ["formula"]);
  const { marks, results } = evaluateFormula(parsed, [], view);
  for (let i = 0; i < marks.length; i++) if (marks[i] === 0 && results[i] === 0) marks[i] = unexpected;
  const operands = (row: number): string =>
    parsed.names.map((name) => `${name} = ${view.numbers(name).values[row]}`).join(", ");
  return {
    marks,
    columns: parsed.names,
    value: (row) => Object.fromEntries(parsed.names.map((name) => [name, view.column(name)[row] ?? null])),
    code: "contradiction",
    message: (row) => textProblem(parsed.names, view, row) ?? `${formula} does not hold: ${operands(row)}`,
  };
}

/** The rows where a formula is true; where a name is missing it is not. */
export function rowsWhere(when: string, view: ColumnView): Uint32Array {
  const { marks, results } = evaluateFormula(parseFormula(when, ["when"]), [], view);
  const rows = new Uint32Array(view.length);
  let count = 0;
  for (let i = 0; i < marks.length; i++) if (marks[i] === 0 && results[i] !== 0) rows[count++] = i;
  return rows.slice(0, count);
}

/** The formula's value in each row, and a mark: missing where a name of it, one of `besides` or the value is; unexpected where one is no number. */
function evaluateFormula(
  { expression, names }: NamedFormula,
  besides: readonly string[],
  view: ColumnView,
): { readonly marks: Uint8Array; readonly results: Float64Array } {
  const { length } = view;
  const marks = new Uint8Array(length);
  const results = new Float64Array(length);
  const columns = names.map((name) => view.numbers(name));
  const compute = compileColumns(expression, names);
  const block = Math.min(blockLength, length);
  for (let from = 0; from < length; from += block) {
    const count = Math.min(block, length - from);
    compute(
      columns.map(({ values }) => values.subarray(from, from + count)),
      results.subarray(from, from + count),
      count,
    );
  }
  for (let i = 0; i < length; i++) if (Number.isNaN(results[i])) marks[i] = missing;
  for (const { values, wrong } of [...columns, ...besides.map((name) => view.numbers(name))])
    for (let i = 0; i < values.length; i++)
      if (wrong?.[i] === 1) marks[i] = unexpected;
      else if (Number.isNaN(values[i]) && marks[i] === 0) marks[i] = missing;
  return { marks, results };
}

function textProblem(names: readonly string[], view: ColumnView, row: number): string | undefined {
  const name = names.find((candidate) => view.numbers(candidate).wrong?.[row] === 1);
  return name === undefined ? undefined : `${describeValue(view.column(name)[row])} in '${name}' is not a number`;
}
