import { assignColumns } from "./layout-columns.js";
import { findUpward, rankNodes } from "./layout-ranks.js";
import { type LayoutItem, orderRows } from "./layout-rows.js";

/** A box to be placed, in pixels. */
export interface LayoutNode {
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** A line to be drawn between two boxes; `label` is the width of the text that stands right of it, 0 for none. */
export interface LayoutEdge {
  readonly from: string;
  readonly to: string;
  readonly label: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** An edge's course, and where its label begins. */
export interface LaidEdge {
  readonly points: readonly Point[];
  readonly label: Point;
  /** Where it points to at its end: up closes a loop, left is a metric's effect on itself. */
  readonly direction: "down" | "left" | "up";
}

/** Where everything stands; a node's place is its centre. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly (Point & { readonly name: string })[];
  readonly edges: readonly LaidEdge[];
}

const [labelHeight, rowGap, itemGap, portGap, loopSize, curveSteps] = [15, 20, 14, 13, 16, 8];

/**
 * Places boxes in rows so that causes stand above their effects (Sugiyama, Tagawa and Toda 1981): rows by longest path, order within a row by
 * barycentres, columns by least squares. An edge passes each row between in a slot of its own, and bends only between rows, so that it never
 * runs behind a box.
 */
export function layeredLayout(nodes: readonly LayoutNode[], edges: readonly LayoutEdge[]): Layout {
  if (nodes.length === 0) return { width: 0, height: 0, nodes: [], edges: [] };
  const names = nodes.map(({ name }) => name);
  const indexOf = (name: string): number => names.indexOf(name);
  const upward = findUpward(names, edges);
  const ends = edges.map(({ from, to }, index) => (upward[index] ? { from: to, to: from } : { from, to }));
  const ranks = rankNodes(
    names,
    ends.filter(({ from, to }) => from !== to),
  );
  const besides = nodes.map(({ name }) =>
    edges.reduce((room, { from, to, label }) => (from === name && to === name ? room + loopSize + label : room), 0),
  );
  // Boxes stand in even rows, labels in odd ones.
  const items: LayoutItem[] = nodes.map(({ name, width, height }, index) => ({
    row: 2 * (ranks.get(name) as number),
    left: (width + itemGap) / 2,
    right: (width + itemGap) / 2 + besides[index],
    height,
    above: [],
    below: [],
  }));
  const courses = ends.map(({ from, to }, index) =>
    from === to ? [] : layCourse(items, indexOf(from), indexOf(to), edges[index].label),
  );
  const rows = orderRows(items);
  const x = assignColumns(items, rows, nodes.length);
  const left = Math.min(...items.map((_, item) => x[item] - items[item].left));
  const right = Math.max(...items.map((_, item) => x[item] + items[item].right));
  const heights = rows.map((row) => Math.max(0, ...row.map((item) => items[item].height)));
  const middles: number[] = [];
  heights.forEach((height, row) => {
    middles.push(row === 0 ? height / 2 : middles[row - 1] + heights[row - 1] / 2 + rowGap + height / 2);
  });
  const lane = (item: number): number => x[item] - left;
  const middle = (item: number): number => middles[items[item].row];
  const ports = placePorts(courses, lane, nodes);
  return {
    width: right - left,
    height: middles[middles.length - 1] + heights[heights.length - 1] / 2,
    nodes: names.map((name, item) => ({ name, x: lane(item), y: middle(item) })),
    edges: courses.map((course, index): LaidEdge => {
      if (course.length === 0) {
        const item = indexOf(edges[index].from);
        return loopAt(lane(item) + nodes[item].width / 2, middle(item));
      }
      const last = course.length - 1;
      const points: Point[] = [];
      course.forEach((item, step) => {
        const at = step === 0 ? ports.leaving[index] : step === last ? ports.arriving[index] : lane(item);
        const half = (step === 0 || step === last ? nodes[item].height : heights[items[item].row]) / 2;
        if (step > 0) points.push(...curve(points[points.length - 1], { x: at, y: middle(item) - half }));
        if (step < last) points.push({ x: at, y: middle(item) + half });
      });
      const label = { x: lane(course[last - 1]) + 5, y: middle(course[last - 1]) };
      return upward[index]
        ? { points: points.reverse(), label, direction: "up" }
        : { points, label, direction: "down" };
    }),
  };
}

/** Adds a slot in every row between two boxes, the last of which holds the label; returns the course through them. */
function layCourse(items: LayoutItem[], from: number, to: number, label: number): readonly number[] {
  const course = [from];
  for (let row = items[from].row + 1; row < items[to].row; row++) {
    const labelled = label > 0 && row === items[to].row - 1;
    const half = itemGap / 2;
    const size = labelled ? { right: label + itemGap, height: labelHeight } : { right: half, height: 0 };
    items.push({ row, left: half, ...size, above: [], below: [] });
    course.push(items.length - 1);
  }
  course.push(to);
  for (let step = 1; step < course.length; step++) {
    items[course[step - 1]].below.push(course[step]);
    items[course[step]].above.push(course[step - 1]);
  }
  return course;
}

/** Where edges leave and enter a box: side by side, in the order of where they go. */
function placePorts(
  courses: readonly (readonly number[])[],
  lane: (item: number) => number,
  nodes: readonly LayoutNode[],
) {
  const spread = (end: number, next: number): readonly number[] => {
    const ports: number[] = [];
    nodes.forEach(({ width }, node) => {
      const here = courses.flatMap((course, index) => (course.at(end) === node ? [index] : []));
      const towards = (index: number): number => lane(courses[index].at(next) as number);
      here.sort((a, b) => towards(a) - towards(b) || a - b);
      const step = Math.min(portGap, (width - 16) / Math.max(1, here.length - 1));
      here.forEach((index, place) => {
        ports[index] = lane(node) + (place - (here.length - 1) / 2) * step;
      });
    });
    return ports;
  };
  return { leaving: spread(0, 1), arriving: spread(-1, -2) };
}

/** A cubic Bezier that leaves and arrives vertically, without its first point. */
function curve(from: Point, to: Point): readonly Point[] {
  return between(from, { x: from.x, y: (from.y + to.y) / 2 }, { x: to.x, y: (from.y + to.y) / 2 }, to);
}

/** An edge of a metric on itself: out of the box's right side and back. */
function loopAt(x: number, y: number): LaidEdge {
  const [start, end] = [
    { x, y: y - 7 },
    { x, y: y + 7 },
  ];
  const far = x + loopSize;
  return {
    points: [start, ...between(start, { x: far, y: y - 9 }, { x: far, y: y + 7 }, end)],
    label: { x: far, y },
    direction: "left",
  };
}

function between(a: Point, b: Point, c: Point, d: Point): readonly Point[] {
  if (a.x === d.x && b.x === a.x) return [d];
  return Array.from({ length: curveSteps }, (_, index) => {
    const t = (index + 1) / curveSteps;
    const s = 1 - t;
    const [wa, wb, wc, wd] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
    return { x: wa * a.x + wb * b.x + wc * c.x + wd * d.x, y: wa * a.y + wb * b.y + wc * c.y + wd * d.y };
  });
}
