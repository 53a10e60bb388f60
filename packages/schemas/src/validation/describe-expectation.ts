import type { Bounds, Expectation } from "./expectation.js";

/** The expectation in words. */
export function describeExpectation(expectation: Expectation): string {
  const { mostly = 1, when } = expectation;
  const share = mostly < 1 ? ` in ${mostly} of the rows` : "";
  return `${core(expectation)}${share}${when === undefined ? "" : ` where ${when}`}`;
}

function core(expectation: Expectation): string {
  switch (expectation.kind) {
    case "notNull":
      return `${expectation.column} is there`;
    case "between":
      return `${expectation.column} is ${range(expectation)}`;
    case "unique":
      return `${expectation.columns.join(", ")} is unique`;
    case "inSet":
      return `${expectation.column} is in a set of ${expectation.values.length}`;
    case "matches":
      return `${expectation.column} matches ${String(expectation.pattern).slice(0, 80)}`;
    case "monotone": {
      const { column, direction = "up", strictly = false } = expectation;
      return `${column} goes ${strictly ? "strictly " : ""}${direction}`;
    }
    case "noJump":
      return `${expectation.column} does not jump`;
    case "freshness":
      return `${expectation.column} is not older than ${expectation.within}`;
    case "rowCount":
      return `the number of rows is ${range(expectation)}`;
    case "distribution":
      return `${expectation.column} is distributed as told`;
    case "identity":
      return `${expectation.column} = ${expectation.formula}`;
    case "holds":
      return expectation.formula;
    case "conforms":
      return "rows are as their schema tells";
    case "custom":
      return expectation.name;
  }
}

function range({ minimum, maximum }: Bounds): string {
  if (maximum === undefined) return `at least ${minimum}`;
  return minimum === undefined ? `at most ${maximum}` : `${minimum} to ${maximum}`;
}
