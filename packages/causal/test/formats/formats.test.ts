import { TwinError } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  CausalGraph,
  causalGraph,
  elasticity,
  formula,
  fromDagitty,
  fromDot,
  fromGraphology,
  fromMermaid,
  identify,
  linear,
  toDagitty,
  toDot,
  toGraphology,
  toMermaid,
} from "../../src/index.js";

function problem(action: () => unknown): TwinError {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

const shop = causalGraph()
  .cause("price", "orders", elasticity(-1.2, { sd: 0.4, lag: "1W" }))
  .cause("marketing", "orders", elasticity(0.24, { sd: 0.1, carryover: 0.5, source: 'Sethuraman "2011"' }))
  .cause("weather", "orders", linear())
  .cause("score", "orders", formula("0.1 * log(score)", { link: "log" }))
  .identity("revenue", "orders * price")
  .stock("customers", { inflow: "joined", outflow: "lost", floor: 0, proportional: false })
  .link("score", { kind: "logit", low: 0, high: 100 })
  .confounded("price", "marketing", { name: "demand" })
  .confounded("weather", "joined")
  .metric("staff");

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, item) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );

/** The state without the order of its parts. */
const parts = (graph: CausalGraph) =>
  Object.fromEntries(
    Object.entries(graph.toJSON().state).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.map(sorted).sort() : value,
    ]),
  );

describe.each([
  ["DOT", (graph: CausalGraph) => fromDot(toDot(graph))],
  ["dagitty", (graph: CausalGraph) => fromDagitty(toDagitty(graph))],
  ["graphology", (graph: CausalGraph) => fromGraphology(JSON.parse(JSON.stringify(toGraphology(graph))))],
] as const)("%s", (_, through) => {
  it("carries everything there and back", () => {
    const { graph, ignored } = through(shop);
    expect(parts(graph)).toEqual(parts(shop));
    expect(ignored).toEqual([]);
  });

  it("carries any names", () => {
    const name = fc.string({ minLength: 1, maxLength: 8, unit: "grapheme" });
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 3, maxLength: 3 }),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        ([a, b, c], effect) => {
          const graph = causalGraph().cause(a, b, linear(effect)).confounded(a, c, { name: b });
          expect(parts(through(graph).graph)).toEqual(parts(graph));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("Mermaid", () => {
  const plain = causalGraph()
    .cause("price", "orders", elasticity(-1.2, { sd: 0.4, lag: "1W" }))
    .cause("marketing", "orders", linear(0.24, { sd: 0.1, carryover: 0.5 }))
    .cause("weather # <1>", 'the "orders"', linear())
    .identity("revenue", "orders * price")
    .stock("customers", { inflow: "joined", outflow: "lost" })
    .confounded("price", "marketing", { name: "demand | season" })
    .confounded("joined", "price")
    .metric("staff");

  it("carries effects, lags, identities, stocks and confounders there and back", () => {
    const { graph, ignored } = fromMermaid(toMermaid(plain));
    expect(parts(graph)).toEqual(parts(plain));
    expect(ignored).toEqual([]);
  });

  it("writes a flowchart", () => {
    const graph = causalGraph()
      .cause("price", "orders", elasticity(-1.2, { sd: 0.4, lag: "1W" }))
      .identity("revenue", "orders * price")
      .confounded("price", "orders", { name: "demand" });
    expect(toMermaid(graph)).toBe(
      [
        "flowchart LR",
        '  n0["price"]',
        '  n1["orders"]',
        '  n2{{"revenue = orders * price"}}',
        '  n0 -->|"elasticity -1.2 ± 0.4, lag 1W"| n1',
        "  n1 -.-> n2",
        "  n0 -.-> n2",
        '  n0 <-.->|"demand"| n1',
        "",
      ].join("\n"),
    );
  });

  it("reads what people write", () => {
    const { graph, ignored } = fromMermaid(
      [
        "%% drawn by hand",
        "graph TD;",
        "  season[Time of year]:::outside --> price & orders;",
        "  price -- lowers --> orders --> revenue(Revenue, net)",
        "  season <--> weather",
        "  style price fill:#fff",
      ].join("\n"),
    );
    expect(graph.edges.map(({ from, to }) => `${from} ${to}`)).toEqual([
      "Time of year price",
      "Time of year orders",
      "price orders",
      "orders Revenue, net",
    ]);
    expect(graph.confounders.map(({ between }) => between)).toEqual([["Time of year", "weather"]]);
    expect(ignored).toEqual(["line 4: the label 'lowers' of 'price' on 'orders'"]);
  });

  it("says which mechanism a label cannot tell", () => {
    const { ignored } = fromMermaid(toMermaid(causalGraph().cause("a", "b", formula("2 * a"))));
    expect(ignored).toEqual(["line 4: the label 'formula 1 ± 0' of 'a' on 'b'"]);
  });
});

describe("DOT", () => {
  it("writes what Graphviz draws", () => {
    const graph = causalGraph()
      .cause("price", "orders", elasticity(-1.2, { sd: 0.4, lag: "1W" }))
      .identity("revenue", "orders * price")
      .confounded("price", "orders", { name: "demand" });
    expect(toDot(graph)).toBe(
      [
        "digraph {",
        '  "price";',
        '  "orders";',
        '  "revenue" [label="revenue = orders * price", identity="orders * price"];',
        '  "price" -> "orders" [label="elasticity -1.2 ± 0.4, lag 1W", kind="elasticity", effect="-1.2", sd="0.4", lag="1W"];',
        '  "orders" -> "revenue" [style="dotted", kind="part"];',
        '  "price" -> "revenue" [style="dotted", kind="part"];',
        '  "price" -> "orders" [dir="both", style="dashed", label="demand"];',
        "}",
        "",
      ].join("\n"),
    );
  });

  it("reads subgraphs, chains, groups, ports, defaults, comments and joined texts", () => {
    const { graph } = fromDot(`/* a
      comment */ strict digraph "shop" {
      rankdir=LR; node [shape=box] // drawn as boxes
      edge [effect="0.5"]
      subgraph cluster_0 { a; b } -> c:n -> "d" + "e" [sd=0.1]
      { edge [dir=back] x -> y }
# a line of the preprocessor
      -1.5 -> c
    }`);
    expect(graph.edges.map(({ from, to, mechanism }) => [from, to, mechanism.prior.mean, mechanism.prior.sd])).toEqual([
      ["a", "c", 0.5, 0.1],
      ["b", "c", 0.5, 0.1],
      ["c", "de", 0.5, 0.1],
      ["y", "x", 0.5, 0.25],
      ["-1.5", "c", 0.5, 0.25],
    ]);
  });
});

describe("dagitty", () => {
  it("reads the text of the website and of the R package", () => {
    const { graph, roles } = fromDagitty(
      'dag {\nbb="-3,-0.5,2,1.2"\nD [outcome,pos="1,1"]\nE [exposure,pos="-2,1"]\nZ [pos="-0.5,0.5"]\nU [latent]\nD <-> Z [pos="1,-1"]\nE -> D [beta=0.7]\nE <-> Z\nZ <- U\n}',
    );
    expect(roles).toEqual({ treatment: ["E"], outcome: ["D"], hidden: ["U"], adjusted: [], selected: [] });
    expect(graph.edges.map(({ from, to, mechanism }) => [from, to, mechanism.prior.mean])).toEqual([
      ["E", "D", 0.7],
      ["U", "Z", 0],
    ]);
    const short = fromDagitty("{y[o]}<-w->i->{x[e]}->y<->x");
    expect(short.roles.treatment).toEqual(["x"]);
    expect(short.graph.confounders).toEqual([{ between: ["y", "x"] }]);
    const { instruments } = identify(short.graph, { treatment: short.roles.treatment, outcome: short.roles.outcome });
    expect(instruments.instruments).toContainEqual({ instrument: "i", given: ["w"] });
  });

  it("writes roles", () => {
    const graph = causalGraph().cause("x", "y", linear(2, { sd: 1 }));
    expect(toDagitty(graph, { treatment: ["x"], outcome: ["y"] })).toBe(
      'dag {\n"x" [exposure]\n"y" [outcome]\n"x" -> "y" [beta="2", kind="linear", effect="2", sd="1"]\n}\n',
    );
  });

  it("refuses what is no causal graph", () => {
    expect(problem(() => fromDagitty("pdag { a -- b }")).code).toBe("unsupported");
    expect(problem(() => fromDagitty("dag {\n a -> b\n b -- c\n}")).message).toContain("line 3: '--'");
  });
});

describe("untrusted text", () => {
  it.each([
    ["dot", fromDot, "digraph {\n a -> \n}", 3],
    ["dot", fromDot, 'digraph {\n a -> b [effect="many"]\n}', 2],
    ["dot", fromDot, 'digraph {\n a -> b [lag="1 week"]\n}', 2],
    ["dot", fromDot, "digraph {\n a [label=<b>]\n}", 2],
    ["dot", fromDot, 'digraph {\n a -> b [mechanism="{}"]\n}', 2],
    ["dot", fromDot, 'digraph {\n\n a -> "b\n}', 3],
    ["dot", fromDot, "graph { a -- b }", 1],
    ["dot", fromDot, "digraph { a -> b", 1],
    ["dagitty", fromDagitty, "dag {\n a -> b }\n}", 3],
    ["mermaid", fromMermaid, "flowchart LR\n a --> \n", 2],
    ["mermaid", fromMermaid, "flowchart LR\n a --- b\n", 2],
    ["mermaid", fromMermaid, "sequenceDiagram\n a --> b\n", 1],
    ["mermaid", fromMermaid, 'flowchart LR\n a["x --> b\n', 2],
    ["mermaid", fromMermaid, "", 1],
  ] as const)("%s: an error names its line (%#)", (format, read, text, line) => {
    const error = problem(() => read(text));
    expect(error.path.slice(0, 2)).toEqual([format, line]);
    expect(error.message).toContain(`line ${line}: `);
  });

  it("names a cycle", () => {
    expect(problem(() => fromDot("digraph { a -> b -> a }")).code).toBe("cycle");
    expect(problem(() => fromMermaid("flowchart LR\n a --> b --> a")).message).toContain("a -> b -> a");
  });

  it("is bounded", () => {
    expect(problem(() => fromDot("x".repeat(6_000_000))).code).toBe("too-large");
    const many = Array.from({ length: 1_000 }, (_, index) => `v${index}`).join(" ");
    expect(problem(() => fromDot(`digraph { {${many}} -> {${many}} }`)).code).toBe("too-large");
    expect(problem(() => fromDot(`digraph ${"{".repeat(100_000)}`)).message).toContain("nested deeper");
    expect(problem(() => fromDagitty("{".repeat(100_000))).message).toContain("nested deeper");
    expect(problem(() => fromDot(7 as never)).code).toBe("invalid-argument");
    expect(problem(() => fromGraphology({ nodes: [], edges: [{ source: "a", target: 7 }] })).code).toBe("corrupt");
    expect(problem(() => fromGraphology({ nodes: [{ key: "" }], edges: [] })).path).toEqual(["graphology", "nodes", 0]);
  });

  it("never makes anything but a graph or a TwinError", () => {
    const texts = fc.array(
      fc.constantFrom(
        "a",
        "b",
        "->",
        "<->",
        "--",
        "{",
        "}",
        "[",
        "]",
        "=",
        ";",
        '"',
        "digraph",
        "dag",
        "\n",
        "node",
        "-->",
        "|",
        "(",
        "flowchart LR\n",
        "%%",
        "<-.->",
        ":",
        "&",
        "1.5",
        "\\",
        "/*",
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(texts, fc.constantFrom(fromDot, fromDagitty, fromMermaid), (words, read) => {
        for (const text of [
          words.join(""),
          words.join(" "),
          `digraph { ${words.join(" ")} }`,
          `flowchart LR\n${words.join(" ")}`,
        ]) {
          try {
            expect(read(text).graph).toBeInstanceOf(CausalGraph);
          } catch (error) {
            if (!TwinError.isInstance(error)) throw error;
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("says what of a graphology graph is left", () => {
    const { ignored } = fromGraphology({
      nodes: [
        { key: "a", attributes: { x: 1, y: 2 } },
        { key: "b", attributes: { x: 3 } },
      ],
      edges: [{ source: "a", target: "b" }],
    });
    expect(ignored).toEqual(["the attribute 'x', 2 times", "the attribute 'y', once"]);
  });
});
