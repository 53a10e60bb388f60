import { type Issue, TwinError } from "@sage-twin/kernel";
import type { Table, TrainingTable } from "./table.js";

/** A table whose columns are all numbers: each text column has become one indicator for each of its texts but the most frequent. */
export interface Design {
  /** `age`, or `plan=gold` for an indicator. */
  readonly terms: readonly string[];
  readonly columns: readonly Float64Array[];
  /** By text column its texts, the one without indicator first. */
  readonly texts: Texts;
  readonly notes: readonly string[];
}

export type Texts = Readonly<Record<string, readonly string[]>>;

const mostTexts = 255;

export function designOf(table: TrainingTable): Design {
  const issues: Issue[] = [];
  const notes: string[] = [];
  const texts: Record<string, readonly string[]> = {};
  const columns: Float64Array[] = [];
  table.names.forEach((name, index) => {
    const column = table.columns[index];
    const levels = table.levels[index];
    if (levels === undefined) {
      columns.push(column);
      return;
    }
    if (levels.length > mostTexts) {
      issues.push({
        code: "too-large",
        path: ["columns", name],
        message: `${levels.length} categories, at most ${mostTexts} are possible in a sum`,
        fix: "join the rare ones, or take histogramTrees",
      });
      return;
    }
    const counts = new Float64Array(levels.length);
    let missing = 0;
    for (const place of column) {
      if (Number.isNaN(place)) missing++;
      else counts[place]++;
    }
    const reference = counts.indexOf(Math.max(...counts));
    texts[name] = levels.length === 0 ? [] : [levels[reference], ...levels.filter((_, place) => place !== reference)];
    if (missing > 0)
      notes.push(
        `${missing} missing of ${table.rows} values of '${name}' take its most frequent text '${texts[name][0] ?? ""}'`,
      );
    levels.forEach((_, place) => {
      if (place !== reference) columns.push(column.map((own) => (own === place ? 1 : 0)));
    });
  });
  if (issues.length > 0) throw new TwinError(issues);
  return { terms: termsOf(table.names, texts), columns, texts, notes };
}

/** What the coefficients of a sum stand for. */
export function termsOf(names: readonly string[], texts: Texts): string[] {
  return names.flatMap((name) => {
    const own = textsOf(texts, name);
    return own === undefined ? [name] : own.slice(1).map((text) => `${name}=${text}`);
  });
}

export function textsOf(texts: Texts, name: string): readonly string[] | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}

/** The columns of a design as a table of their own. */
export function designTable({ terms, columns }: Design, rows: number): Table {
  return { names: terms, columns, levels: terms.map(() => undefined), rows };
}
