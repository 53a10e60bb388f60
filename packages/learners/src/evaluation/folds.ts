import { type Path, Rng, TwinError } from "@sage-twin/kernel";

/** Rows to learn from and rows to test on, each ascending. */
export interface Fold {
  readonly training: Int32Array;
  readonly testing: Int32Array;
}

/** How rows are dealt to folds. */
export interface FoldOptions {
  /** Default: 5. */
  readonly folds?: number;
  /** Default: `"folds"`. */
  readonly seed?: string | number;
}

/**
 * Folds in which each class has the same share, but for a row: drawn anew by each seed. `labels` are numbers or text, one for each row.
 *
 * @example
 * ```ts
 * import { stratifiedFolds } from "@sage-twin/learners";
 *
 * const labels = [0, 0, 0, 0, 1, 1];
 * stratifiedFolds(labels, { folds: 2 }).map(({ testing }) => testing.filter((row) => labels[row] === 1).length); // => [1, 1]
 * ```
 */
export function stratifiedFolds(
  labels: ArrayLike<number> | ArrayLike<string>,
  { folds = 5, seed = "folds" }: FoldOptions = {},
): Fold[] {
  const rows = labels.length;
  checkCount(folds, rows);
  const order = shuffled(rows, new Rng(seed));
  const members = new Map<number | string, number[]>();
  for (const row of order) {
    const own = members.get(labels[row]) ?? [];
    members.set(labels[row], own);
    own.push(row);
  }
  const dealt = new Int32Array(rows);
  let next = 0;
  for (const label of [...members.keys()].sort())
    for (const row of members.get(label) ?? []) dealt[row] = next++ % folds;
  return foldsFrom(dealt);
}

/** Folds that keep the rows of each group together, of about equally many rows: the largest groups are dealt first, each to the smallest fold. */
export function groupedFolds(
  groups: ArrayLike<number> | ArrayLike<string>,
  { folds = 5, seed = "folds" }: FoldOptions = {},
): Fold[] {
  const rows = groups.length;
  checkCount(folds, rows);
  const counts = new Map<number | string, number>();
  for (const row of shuffled(rows, new Rng(seed))) counts.set(groups[row], (counts.get(groups[row]) ?? 0) + 1);
  if (counts.size < folds) throw problem(["groups"], `${counts.size} groups for ${folds} folds`, "take fewer folds");
  const sizes = new Float64Array(folds);
  const foldOf = new Map<number | string, number>();
  for (const [group, count] of [...counts].sort((a, b) => b[1] - a[1])) {
    const fold = sizes.indexOf(Math.min(...sizes));
    sizes[fold] += count;
    foldOf.set(group, fold);
  }
  return foldsFrom(Int32Array.from({ length: rows }, (_, row) => foldOf.get(groups[row]) as number));
}

/**
 * Folds in time: rows, by their instants, in `folds` + 1 parts; each part but the first is tested by what lies before it. Rows of one instant stay together; those less than `gap` before a test
 * (in the unit of `times`; default 0) are not learnt from.
 */
export function timeOrderedFolds(
  times: ArrayLike<number>,
  { folds = 5, gap = 0 }: { readonly folds?: number; readonly gap?: number } = {},
): Fold[] {
  checkCount(folds, times.length - 1);
  const order = Int32Array.from({ length: times.length }, (_, row) => row);
  order.forEach((row) => {
    if (!Number.isFinite(times[row])) throw problem(["times", row], `${times[row]} is no instant`, "give a number");
  });
  order.sort((a, b) => times[a] - times[b] || a - b);
  const bounds = Array.from({ length: folds + 2 }, (_, part) => {
    let at = Math.round((part * order.length) / (folds + 1));
    while (at > 0 && at < order.length && times[order[at]] === times[order[at - 1]]) at++;
    return at;
  });
  const found = Array.from({ length: folds }, (_, fold) => {
    const testing = order.slice(bounds[fold + 1], bounds[fold + 2]);
    const first = times[testing[0]];
    return {
      training: order
        .slice(0, bounds[fold + 1])
        .filter((row) => times[row] <= first - gap)
        .sort(),
      testing: testing.sort(),
    };
  });
  const empty = found.findIndex(({ training, testing }) => training.length === 0 || testing.length === 0);
  if (empty >= 0)
    throw problem(["times"], `fold ${empty} has no rows on one side`, "take fewer folds or a shorter gap");
  return found;
}

/** Folds by the number of the fold, from 0, that each row is tested in. */
export function foldsFrom(foldOfRow: ArrayLike<number>): Fold[] {
  let count = 0;
  for (let row = 0; row < foldOfRow.length; row++) {
    const own = foldOfRow[row];
    if (!Number.isInteger(own) || own < 0 || own > foldOfRow.length)
      throw problem(["folds", row], `${own} is no fold`, "number the folds from 0");
    count = Math.max(count, own + 1);
  }
  const all = Int32Array.from({ length: foldOfRow.length }, (_, row) => row);
  return Array.from({ length: count }, (_, fold) => {
    const testing = all.filter((row) => foldOfRow[row] === fold);
    if (testing.length === 0 || testing.length === all.length)
      throw problem(["folds"], `fold ${fold} has ${testing.length} of ${all.length} rows`, "leave rows on both sides");
    return { training: all.filter((row) => foldOfRow[row] !== fold), testing };
  });
}

function shuffled(rows: number, rng: Rng): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  const words = rng.words();
  for (let i = rows - 1; i > 0; i--) {
    const other = Math.floor(words.uniform() * (i + 1));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

function checkCount(folds: number, rows: number): void {
  if (!Number.isInteger(folds) || folds < 2 || folds > rows)
    throw problem(["folds"], `${folds} folds of ${rows} rows`, "give a whole number from 2 to the number of rows");
}

function problem(path: Path, message: string, fix: string): TwinError {
  return new TwinError({ code: "invalid-argument", path, message, fix });
}
