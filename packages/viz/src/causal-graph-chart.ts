import { TwinError, unknownName } from "@sage-twin/kernel";
import { type LaidEdge, layeredLayout } from "./layered-layout.js";
import { colour } from "./palette.js";
import { atPixels, type ChartSize, type ChartSpec, chart, widthOf } from "./spec.js";
import { fitText, textWidth } from "./text-width.js";

/** A metric of the graph. */
export interface GraphNode {
  readonly name: string;
  /** Default: the name. */
  readonly label?: string;
  readonly kind: "identity" | "lever" | "metric" | "stock";
}

/** A cause and its effect. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** What stands beside the line: the effect, say. */
  readonly label?: string;
  readonly evidence: "assumed" | "data" | "definition" | "sourced";
  /** Whether the effect comes later. */
  readonly lagged?: boolean;
}

/** What a picture of the causes shows. The picture is as wide as the graph needs, at least `width`. */
export interface CausalGraphInput extends ChartSize {
  readonly title?: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

const most = { nodes: 200, edges: 400 };
const [boxHeight, fontSize, labelSize, longestLabel] = [28, 12, 11, 190];

const kinds = {
  lever: { name: "lever", stroke: colour.orange, fill: colour.panel, radius: boxHeight / 2 },
  metric: { name: "metric", stroke: colour.blue, fill: colour.panel, radius: 6 },
  identity: { name: "identity", stroke: colour.line, fill: colour.page, radius: 0 },
  stock: { name: "stock", stroke: colour.green, fill: colour.panel, radius: 0 },
} as const;

const evidences = {
  data: { name: "fitted from the data", stroke: colour.blue, dash: [1, 0], thick: 1.8 },
  sourced: { name: "sourced", stroke: colour.violet, dash: [9, 3, 2, 3], thick: 1.8 },
  assumed: { name: "assumed", stroke: colour.orange, dash: [5, 4], thick: 1.8 },
  definition: { name: "by definition", stroke: colour.line, dash: [1, 0], thick: 1 },
} as const;

/**
 * The causal graph in rows, causes above effects: levers are round, stocks double, identities sharp-edged; dashes tell assumed, sourced and
 * fitted effects apart. No line runs behind a metric that it does not belong to.
 *
 * @throws TwinError for an edge of an unknown node, and for more than 200 nodes or 400 edges.
 */
export function causalGraphChart(input: CausalGraphInput): ChartSpec {
  const { title = "What causes what", nodes, edges } = input;
  check(nodes, edges);
  const boxes = nodes.map(({ name, label = name, kind }) => {
    const text = fitText(label, longestLabel, fontSize);
    return { name, kind, text, width: Math.ceil(textWidth(text, fontSize * 1.04)) + 22, height: boxHeight };
  });
  const texts = edges.map(({ label = "", lagged = false }) => (lagged && label === "" ? "later" : label));
  const layout = layeredLayout(
    boxes,
    edges.map(({ from, to }, index) => ({
      from,
      to,
      label: texts[index] === "" ? 0 : textWidth(texts[index], labelSize),
    })),
  );
  const width = Math.max(widthOf(input) - 4, Math.ceil(layout.width));
  const left = (width - layout.width) / 2;
  const placed = layout.nodes.map(({ x, y }, index) => {
    const { name, kind, text, width } = boxes[index];
    const centre = left + x;
    return {
      name,
      kind,
      text,
      x: centre - width / 2,
      x2: centre + width / 2,
      y: y - boxHeight / 2,
      y2: y + boxHeight / 2,
      centre,
      middle: y,
    };
  });
  const legend = legendOf(nodes, edges, width, layout.height + 26);
  const lines = edges.flatMap(({ evidence }, edge) =>
    layout.edges[edge].points.map(({ x, y }, step) => ({ edge, evidence, step, x: left + x, y })),
  );
  const arrows = edges.map(({ evidence }, edge) => ({ evidence, ...arrowOf(layout.edges[edge], left) }));
  const labels = edges.flatMap((_, edge) => {
    const { x, y } = layout.edges[edge].label;
    return texts[edge] === "" ? [] : [{ x: left + x, y, text: texts[edge] }];
  });
  return chart(
    {
      title,
      width,
      description: `${title}: ${edges
        .map(({ from, to, evidence }) => `${from} to ${to} (${evidences[evidence].name})`)
        .join(", ")}.`,
    },
    {
      width,
      height: layout.height + 26 + legend.height,
      layer: [
        ...(Object.keys(evidences) as (keyof typeof evidences)[]).flatMap((evidence) => {
          const { stroke, dash, thick } = evidences[evidence];
          const mine = [...lines, ...legend.lines].filter((point) => point.evidence === evidence);
          const heads = arrows.filter((arrow) => arrow.evidence === evidence);
          return mine.length === 0 ? [] : edgeLayers(mine, heads, stroke, dash, thick);
        }),
        ...(Object.keys(kinds) as (keyof typeof kinds)[]).flatMap((kind) => {
          const mine = [...placed, ...legend.boxes].filter((box) => box.kind === kind);
          return mine.length === 0 ? [] : boxLayers(kind, mine);
        }),
        textLayer(
          placed.map(({ centre, middle, text }) => ({ x: centre, y: middle, text })),
          "center",
          fontSize,
          colour.ink,
        ),
        textLayer(labels, "left", labelSize, colour.muted),
        textLayer(legend.texts, "left", fontSize, colour.muted),
      ],
    },
  );
}

function check(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): void {
  if (nodes.length > most.nodes || edges.length > most.edges) {
    throw new TwinError({
      code: "too-large",
      path: ["causalGraphChart"],
      message: `${nodes.length} metrics and ${edges.length} causes are more than a picture can show (${most.nodes} and ${most.edges})`,
      fix: "show a part of the graph",
    });
  }
  const names = nodes.map(({ name }) => name);
  edges.forEach(({ from, to }, index) => {
    for (const end of [from, to]) if (!names.includes(end)) throw unknownName("node", end, names, ["edges", index]);
  });
}

function arrowOf({ points, direction }: LaidEdge, left: number) {
  const { x, y } = points[points.length - 1];
  const back = { down: [0, -4], up: [0, 4], left: [4, 0] }[direction];
  return { x: left + x + back[0], y: y + back[1], direction };
}

function edgeLayers(
  lines: readonly object[],
  arrows: readonly { readonly direction: LaidEdge["direction"] }[],
  stroke: string,
  strokeDash: readonly number[],
  strokeWidth: number,
): object[] {
  const heads = (direction: LaidEdge["direction"]) => ({
    data: { values: arrows.filter((arrow) => arrow.direction === direction) },
    mark: { type: "point", shape: `triangle-${direction}`, filled: true, color: stroke, size: 54, opacity: 1 },
    encoding: atPixels("x", "y"),
  });
  return [
    {
      data: { values: lines },
      mark: { type: "line", color: stroke, strokeDash, strokeWidth, strokeJoin: "round" },
      encoding: { ...atPixels("x", "y"), detail: { field: "edge" }, order: { field: "step" } },
    },
    ...(["down", "up", "left"] as const).filter((one) => arrows.some(({ direction }) => direction === one)).map(heads),
  ];
}

interface Box {
  readonly kind: keyof typeof kinds;
  readonly x: number;
  readonly x2: number;
  readonly y: number;
  readonly y2: number;
}

function boxLayers(kind: keyof typeof kinds, boxes: readonly Box[]): object[] {
  const { stroke, fill, radius } = kinds[kind];
  const rect = (values: readonly object[]) => ({
    data: { values },
    mark: { type: "rect", fill, stroke, strokeWidth: 1.5, cornerRadius: radius, opacity: 1 },
    encoding: atPixels("x", "x2", "y", "y2"),
  });
  const inner = boxes.map(({ x, x2, y, y2 }) => ({ x: x + 3, x2: x2 - 3, y: y + 3, y2: y2 - 3 }));
  return kind === "stock" ? [rect(boxes), rect(inner)] : [rect(boxes)];
}

function textLayer(values: readonly object[], align: string, size: number, color: string): object {
  return {
    data: { values },
    mark: { type: "text", align, baseline: "middle", fontSize: size, color },
    encoding: { ...atPixels("x", "y"), text: { field: "text" } },
  };
}

/** One sample of every kind of box and line that the graph has, in rows that fit. */
function legendOf(nodes: readonly GraphNode[], edges: readonly GraphEdge[], width: number, top: number) {
  const [sample, rowHeight] = [30, 22];
  const entries = [
    ...(Object.keys(kinds) as (keyof typeof kinds)[])
      .filter((kind) => nodes.some((node) => node.kind === kind))
      .map((kind) => ({ kind, evidence: undefined, text: kinds[kind].name })),
    ...(Object.keys(evidences) as (keyof typeof evidences)[])
      .filter((evidence) => edges.some((edge) => edge.evidence === evidence))
      .map((evidence) => ({ kind: undefined, evidence, text: evidences[evidence].name })),
  ];
  const boxes: Box[] = [];
  const lines: { edge: number; evidence: keyof typeof evidences; step: number; x: number; y: number }[] = [];
  const texts: { x: number; y: number; text: string }[] = [];
  let [x, y] = [0, top + rowHeight / 2];
  entries.forEach(({ kind, evidence, text }, index) => {
    const room = sample + 8 + textWidth(text, fontSize) + 18;
    if (x > 0 && x + room > width) [x, y] = [0, y + rowHeight];
    if (kind !== undefined) boxes.push({ kind, x: x + 1, x2: x + sample - 1, y: y - 7, y2: y + 7 });
    if (evidence !== undefined) {
      [x, x + sample].forEach((at, step) => {
        lines.push({ edge: -1 - index, evidence, step, x: at, y });
      });
    }
    texts.push({ x: x + sample + 6, y, text });
    x += room;
  });
  return { boxes, lines, texts, height: entries.length === 0 ? 0 : y + rowHeight / 2 - top };
}
