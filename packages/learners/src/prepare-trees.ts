import { type Issue, type Rng, TwinError, unknownName } from "@sage-twin/kernel";
import { categoryBinner, NumberBinner } from "./binner.js";
import { binCount, type FeatureBins, findBins, findCategories } from "./bins.js";
import type { BoostTable } from "./boost.js";
import { binTable } from "./grow-tree.js";
import { readFeatures, type TrainingTable } from "./table.js";
import type { Columns } from "./types.js";

/** A table in bins, with what the trees' state says of its columns. */
export interface PreparedTable extends BoostTable {
  readonly features: readonly (FeatureBins & { readonly name: string })[];
  readonly notes: readonly string[];
}

interface Settings {
  readonly categorical: readonly string[];
  readonly bins: number;
  readonly share: number;
}

/** Training rows, then rows to validate by: those of `held`, else a drawn share. */
export function prepareTrees(
  settings: Settings,
  table: TrainingTable,
  held: TrainingTable | undefined,
  rng: Rng,
): PreparedTable {
  const { parts, training } = held
    ? { parts: joined(table, held), training: table.rows }
    : divided(table, settings.share, rng);
  const { names, columns, levels, rows, target, weights } = parts;
  const features = findFeatures(settings, parts, training);
  const binners = features.map((feature, index) =>
    feature.categorical ? categoryBinner(feature, levels[index]) : new NumberBinner(feature.edges),
  );
  return {
    table: binTable(features, binners, columns, rows),
    features: features.map((feature, index) => ({ name: names[index], ...feature })),
    target,
    weights,
    training,
    notes: columnNotes(features, parts, training),
  };
}

/** The validation rows with the columns and texts of the training rows. */
export function alignHeld(table: TrainingTable, held: TrainingTable, columns: Columns): TrainingTable {
  return { ...held, ...readFeatures(columns, table.names, true, table.levels) };
}

function joined(table: TrainingTable, held: TrainingTable): TrainingTable {
  const join = (a: Float64Array, b: Float64Array): Float64Array => {
    const all = new Float64Array(a.length + b.length);
    all.set(a);
    all.set(b, a.length);
    return all;
  };
  return {
    ...table,
    rows: table.rows + held.rows,
    columns: table.columns.map((column, index) => join(column, held.columns[index])),
    target: join(table.target, held.target),
    weights: table.weights && join(table.weights, new Float64Array(held.rows).fill(1)),
  };
}

/** The rows with a random share of them at the end, to validate by. */
function divided(
  table: TrainingTable,
  share: number,
  rng: Rng,
): { readonly parts: TrainingTable; readonly training: number } {
  const last = Math.floor(share * table.rows);
  if (last === 0 || last === table.rows) return { parts: table, training: table.rows };
  const order = Int32Array.from({ length: table.rows }, (_, row) => row);
  const words = rng.derive("validation").words();
  for (let i = table.rows - 1; i >= table.rows - last; i--) {
    const other = Math.floor(words.uniform() * (i + 1));
    [order[i], order[other]] = [order[other], order[i]];
  }
  const pick = (values: Float64Array): Float64Array => Float64Array.from(order, (row) => values[row]);
  return {
    parts: {
      ...table,
      columns: table.columns.map(pick),
      target: pick(table.target),
      weights: table.weights && pick(table.weights),
    },
    training: table.rows - last,
  };
}

function findFeatures(
  { categorical, bins }: Settings,
  { names, columns, levels }: TrainingTable,
  training: number,
): FeatureBins[] {
  const issues: Issue[] = [];
  for (const name of categorical)
    if (!names.includes(name)) issues.push(...unknownName("column", String(name), names, ["categorical"]).issues);
  if (issues.length > 0) throw new TwinError(issues);
  return columns.map((column, index) => {
    const rows = column.subarray(0, training);
    return levels[index] !== undefined || categorical.includes(names[index])
      ? findCategories(rows, levels[index])
      : findBins(rows, bins);
  });
}

/** Columns that no split can use, and categories that count together. */
function columnNotes(features: readonly FeatureBins[], { names, columns }: TrainingTable, training: number): string[] {
  const notes: string[] = [];
  const without: string[] = [];
  features.forEach((feature, index) => {
    const own = columns[index];
    if (feature.rare) {
      const kept = (feature.labels ?? feature.edges).length;
      const all = new Set(own.subarray(0, training).filter((value) => !Number.isNaN(value))).size;
      notes.push(`'${names[index]}' has ${all} categories: all but the ${kept} most frequent count as one`);
    }
    if (binCount(feature) > 2) return;
    let missing = 0;
    for (let row = 0; row < training; row++) if (Number.isNaN(own[row])) missing++;
    if (missing === training || missing === 0) without.push(names[index]);
  });
  return without.length > 0
    ? [...notes, `constant or missing everywhere, without effect: ${without.join(", ")}`]
    : notes;
}
