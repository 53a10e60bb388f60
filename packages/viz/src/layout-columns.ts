import type { LayoutItem } from "./layout-rows.js";

const sweeps = 40;
const straight = 6; // how much more a bend on a long line counts than a box: long lines should be straight

/** The line or centre of every item: near its neighbours, in the order of its row, without overlaps. `boxes` items are boxes, the rest bends. */
export function assignColumns(
  items: readonly LayoutItem[],
  rows: readonly (readonly number[])[],
  boxes: number,
): Float64Array {
  const x = new Float64Array(items.length);
  for (const row of rows) {
    const total = row.reduce((sum, item) => sum + items[item].left + items[item].right, 0);
    let edge = -total / 2;
    for (const item of row) {
      x[item] = edge + items[item].left;
      edge = x[item] + items[item].right;
    }
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const both = sweep >= sweeps - 8;
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      const wanted = row.map((item) => {
        const { above, below } = items[item];
        const neighbours = both ? [...above, ...below] : down ? above : below;
        if (neighbours.length === 0) return x[item];
        return neighbours.reduce((sum, other) => sum + x[other], 0) / neighbours.length;
      });
      const placed = separate(
        wanted,
        row.map((item) => items[item]),
        row.map((item) => (item < boxes ? 1 : straight)),
      );
      row.forEach((item, index) => {
        x[item] = placed[index];
      });
    }
  }
  return x;
}

/** The places nearest to those wanted (least squares) at which neighbours do not overlap: isotonic regression by pooling. */
function separate(
  wanted: readonly number[],
  extents: readonly Pick<LayoutItem, "left" | "right">[],
  weights: readonly number[],
): number[] {
  const offsets: number[] = [];
  extents.forEach(({ left }, index) => {
    offsets.push(index === 0 ? 0 : offsets[index - 1] + extents[index - 1].right + left);
  });
  const blocks: { value: number; weight: number; count: number }[] = [];
  wanted.forEach((place, index) => {
    blocks.push({ value: place - offsets[index], weight: weights[index], count: 1 });
    while (blocks.length > 1 && blocks[blocks.length - 2].value > blocks[blocks.length - 1].value) {
      const last = blocks.pop() as { value: number; weight: number; count: number };
      const before = blocks[blocks.length - 1];
      const weight = before.weight + last.weight;
      before.value = (before.value * before.weight + last.value * last.weight) / weight;
      before.weight = weight;
      before.count += last.count;
    }
  });
  return blocks
    .flatMap(({ value, count }) => new Array<number>(count).fill(value))
    .map((value, index) => value + offsets[index]);
}
