import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Layout, type LayoutEdge, type LayoutNode, layeredLayout } from "../src/layered-layout.js";

const graphs = fc.integer({ min: 1, max: 14 }).chain((count) =>
  fc.record({
    nodes: fc
      .array(fc.integer({ min: 30, max: 160 }), { minLength: count, maxLength: count })
      .map((widths): LayoutNode[] => widths.map((width, index) => ({ name: `n${index}`, width, height: 28 }))),
    edges: fc.array(
      fc.record({
        from: fc.integer({ min: 0, max: count - 1 }).map((index) => `n${index}`),
        to: fc.integer({ min: 0, max: count - 1 }).map((index) => `n${index}`),
        label: fc.constantFrom(0, 40, 90),
      }),
      { maxLength: 28 },
    ),
  }),
);

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function boxesOf(layout: Layout, nodes: readonly LayoutNode[]): ReadonlyMap<string, Box> {
  return new Map(
    layout.nodes.map(({ name, x, y }, index) => {
      const { width, height } = nodes[index];
      return [name, { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 }];
    }),
  );
}

const apart = (a: Box, b: Box): boolean =>
  a.right <= b.left + 1e-6 || b.right <= a.left + 1e-6 || a.bottom <= b.top + 1e-6 || b.bottom <= a.top + 1e-6;

/** Points along an edge, no more than about a pixel from each other. */
function* along({ points }: Layout["edges"][number]) {
  for (let index = 1; index < points.length; index++) {
    const [a, b] = [points[index - 1], points[index]];
    const steps = Math.ceil(Math.max(Math.abs(b.x - a.x), Math.abs(b.y - a.y), 1));
    for (let step = 0; step <= steps; step++)
      yield { x: a.x + ((b.x - a.x) * step) / steps, y: a.y + ((b.y - a.y) * step) / steps };
  }
}

function labelBoxes(layout: Layout, edges: readonly LayoutEdge[]): Box[] {
  return layout.edges.flatMap(({ label }, index) =>
    edges[index].label === 0
      ? []
      : [{ left: label.x, right: label.x + edges[index].label, top: label.y - 6, bottom: label.y + 6 }],
  );
}

describe("the layered layout", () => {
  it("draws no edge behind a box, of any graph with or without loops", () => {
    fc.assert(
      fc.property(graphs, ({ nodes, edges }) => {
        const layout = layeredLayout(nodes, edges);
        const boxes = [...boxesOf(layout, nodes).values()];
        const hidden = layout.edges
          .flatMap((edge) => [...along(edge)])
          .filter(({ x, y }) =>
            boxes.some(
              ({ left, right, top, bottom }) =>
                x > left + 0.01 && x < right - 0.01 && y > top + 0.01 && y < bottom - 0.01,
            ),
          );
        expect(hidden).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("keeps boxes and labels apart and inside", () => {
    fc.assert(
      fc.property(graphs, ({ nodes, edges }) => {
        const once = edges.filter(
          ({ from, to }, index) =>
            from !== to || edges.findIndex((other) => other.from === from && other.to === to) === index,
        );
        const layout = layeredLayout(nodes, once);
        const all = [...boxesOf(layout, nodes).values(), ...labelBoxes(layout, once)];
        all.forEach((box, index) => {
          expect(all.slice(0, index).every((other) => apart(box, other))).toBe(true);
          expect(
            box.left >= -1e-6 &&
              box.right <= layout.width + 1e-6 &&
              box.top >= -1e-6 &&
              box.bottom <= layout.height + 1e-6,
          ).toBe(true);
        });
      }),
      { numRuns: 150 },
    );
  });

  it("leads every edge from the border of its cause to the border of its effect", () => {
    fc.assert(
      fc.property(graphs, ({ nodes, edges }) => {
        const layout = layeredLayout(nodes, edges);
        const boxes = boxesOf(layout, nodes);
        layout.edges.forEach(({ points, direction }, index) => {
          const [from, to] = [boxes.get(edges[index].from) as Box, boxes.get(edges[index].to) as Box];
          const [start, end] = [points[0], points[points.length - 1]];
          const touches = ({ x, y }: { x: number; y: number }, box: Box): boolean =>
            x >= box.left - 1e-6 && x <= box.right + 1e-6 && y >= box.top - 1e-6 && y <= box.bottom + 1e-6;
          expect(touches(start, from) && touches(end, to)).toBe(true);
          if (direction === "down") expect(from.bottom).toBeLessThan(to.top);
          if (direction === "up") expect(from.top).toBeGreaterThan(to.bottom);
          if (direction === "left") expect(edges[index].from).toBe(edges[index].to);
        });
      }),
      { numRuns: 100 },
    );
  });

  it("puts causes above effects, and turns only what closes a loop", () => {
    const node = (name: string): LayoutNode => ({ name, width: 60, height: 28 });
    const edge = (from: string, to: string): LayoutEdge => ({ from, to, label: 0 });
    const layout = layeredLayout(
      [node("customers"), node("orders"), node("sales")],
      [edge("orders", "sales"), edge("customers", "orders"), edge("sales", "customers")],
    );
    const [customers, orders, sales] = layout.nodes.map(({ y }) => y);
    expect(customers < orders && orders < sales).toBe(true);
    expect(layout.edges.map(({ direction }) => direction)).toEqual(["down", "down", "up"]);
  });

  it("draws two chains without a crossing", () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const layout = layeredLayout(
      names.map((name) => ({ name, width: 60, height: 28 })),
      [
        ["a", "d"],
        ["d", "e"],
        ["b", "c"],
        ["c", "f"],
      ].map(([from, to]) => ({ from, to, label: 0 })),
    );
    const x = Object.fromEntries(layout.nodes.map(({ name, x }) => [name, x]));
    expect(Math.sign(x.a - x.b)).toBe(Math.sign(x.d - x.c));
    expect(Math.sign(x.d - x.c)).toBe(Math.sign(x.e - x.f));
  });
});
