/** A box, a label or a bend on its way, in a row. */
export interface LayoutItem {
  readonly row: number;
  /** How far it reaches to the left and to the right of its line or centre. */
  readonly left: number;
  readonly right: number;
  readonly height: number;
  /** Neighbours in the rows next to it. */
  readonly above: number[];
  readonly below: number[];
}

const sweeps = 24;

/** The items of each row, in the order with the fewest crossings that sweeps by barycentre and swaps of neighbours find. */
export function orderRows(items: readonly LayoutItem[]): readonly (readonly number[])[] {
  const count = items.reduce((most, { row }) => Math.max(most, row + 1), 0);
  let rows: number[][] = Array.from({ length: count }, () => []);
  walk(items, (item) => rows[items[item].row].push(item));
  let best = rows.map((row) => [...row]);
  let fewest = countCrossings(items, rows);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    const down = sweep % 2 === 0;
    const places = placesOf(items, rows);
    const order = rows.map((_, row) => (down ? row : count - 1 - row));
    for (const row of order) {
      const centre = new Map(
        rows[row].map((item, place) => {
          const neighbours = down ? items[item].above : items[item].below;
          const sum = neighbours.reduce((total, other) => total + places[other], 0);
          return [item, neighbours.length === 0 ? place : sum / neighbours.length];
        }),
      );
      rows[row].sort((a, b) => (centre.get(a) as number) - (centre.get(b) as number) || places[a] - places[b]);
      rows[row].forEach((item, place) => {
        places[item] = place;
      });
    }
    swapNeighbours(items, rows);
    const crossings = countCrossings(items, rows);
    if (crossings < fewest) {
      fewest = crossings;
      best = rows.map((row) => [...row]);
    }
  }
  rows = best;
  return rows;
}

/** Visits connected items together, from the top rows down. */
function walk(items: readonly LayoutItem[], visit: (item: number) => void): void {
  const seen = new Set<number>();
  const roots = items.map((_, item) => item).sort((a, b) => items[a].row - items[b].row || a - b);
  for (const root of roots) {
    const stack = [root];
    while (stack.length > 0) {
      const item = stack.pop() as number;
      if (seen.has(item)) continue;
      seen.add(item);
      visit(item);
      stack.push(...[...items[item].above, ...items[item].below].reverse());
    }
  }
}

function placesOf(items: readonly LayoutItem[], rows: readonly (readonly number[])[]): number[] {
  const places = new Array<number>(items.length).fill(0);
  for (const row of rows) {
    row.forEach((item, place) => {
      places[item] = place;
    });
  }
  return places;
}

function countCrossings(items: readonly LayoutItem[], rows: readonly (readonly number[])[]): number {
  const places = placesOf(items, rows);
  let crossings = 0;
  for (const row of rows) {
    for (let a = 0; a < row.length; a++) {
      for (let b = a + 1; b < row.length; b++)
        crossings += crossingsOf(items[row[a]].below, items[row[b]].below, places);
    }
  }
  return crossings;
}

/** How many lines of the left item cross lines of the right one. */
function crossingsOf(left: readonly number[], right: readonly number[], places: readonly number[]): number {
  let crossings = 0;
  for (const a of left) for (const b of right) if (places[a] > places[b]) crossings++;
  return crossings;
}

function swapNeighbours(items: readonly LayoutItem[], rows: number[][]): void {
  const places = placesOf(items, rows);
  for (let moved = true, round = 0; moved && round < 10; round++) {
    moved = false;
    for (const row of rows) {
      for (let place = 1; place < row.length; place++) {
        const [a, b] = [items[row[place - 1]], items[row[place]]];
        const now = crossingsOf(a.below, b.below, places) + crossingsOf(a.above, b.above, places);
        const then = crossingsOf(b.below, a.below, places) + crossingsOf(b.above, a.above, places);
        if (then >= now) continue;
        [row[place - 1], row[place]] = [row[place], row[place - 1]];
        places[row[place - 1]] = place - 1;
        places[row[place]] = place;
        moved = true;
      }
    }
  }
}
