import { type Attributes, GraphBuilder, type ImportedGraph, requireText } from "./graph-elements.js";

interface MermaidEdge {
  readonly from: string;
  readonly to: string;
  readonly arrow: string;
  readonly label: string | undefined;
  readonly line: number;
}

const aboutDrawing = new Set([
  "style",
  "classDef",
  "class",
  "linkStyle",
  "click",
  "direction",
  "subgraph",
  "end",
  "accTitle",
  "accDescr",
]);
const idPattern = /[\p{L}\p{N}_]/u;
const mechanismPattern =
  /^(linear|elasticity)(?: (-?[\d.]+(?:e[-+]?\d+)?)(?: ± ([\d.]+(?:e[-+]?\d+)?))?)?(?:, lag (\w+))?(?:, carry-over ([\d.]+(?:e-?\d+)?))?$/;
const identityPattern = /^([^=]+) = ([\s\S]+)$/;
const stockPattern = /^([^:]+): \+ ([\s\S]+) - ([\s\S]+)$/;

/** Reads one statement: groups of nodes with arrows between them. */
class MermaidStatement {
  readonly nodes: { readonly id: string; readonly label: string | undefined; readonly shape: string }[] = [];
  readonly edges: Omit<MermaidEdge, "line">[] = [];
  readonly #text: string;
  readonly #wrong: (message: string) => Error;
  #at = 0;

  constructor(text: string, wrong: (message: string) => Error) {
    this.#text = text;
    this.#wrong = wrong;
    let left = this.#group();
    for (this.#space(); this.#at < text.length; this.#space()) {
      const { arrow, label } = this.#arrow();
      this.#space();
      const right = this.#group();
      for (const from of left) for (const to of right) this.edges.push({ from, to, arrow, label });
      left = right;
    }
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #run(accepts: (character: string) => boolean): string {
    const start = this.#at;
    while (this.#at < this.#text.length && accepts(this.#text[this.#at])) this.#at++;
    return this.#text.slice(start, this.#at);
  }

  #group(): string[] {
    const ids = [this.#node()];
    for (this.#space(); this.#text[this.#at] === "&"; this.#space()) {
      this.#at++;
      this.#space();
      ids.push(this.#node());
    }
    return ids;
  }

  #node(): string {
    const id = this.#run((character) => idPattern.test(character));
    if (id === "") throw this.#wrong(`'${this.#text.slice(this.#at, this.#at + 20)}' where a node is expected`);
    const shape = this.#run((character) => "[({".includes(character));
    let label: string | undefined;
    if (shape !== "") {
      label = this.#label((character) => "])}".includes(character));
      if (this.#run((character) => "])}".includes(character)).length !== shape.length)
        throw this.#wrong(`the brackets around '${label}' do not match`);
    }
    if (this.#text.startsWith(":::", this.#at))
      this.#run((character) => character === ":" || idPattern.test(character));
    this.nodes.push({ id, label, shape });
    return id;
  }

  /** Quoted text, or all up to a closing character. */
  #label(closes: (character: string) => boolean): string {
    this.#space();
    if (this.#text[this.#at] !== '"') return decode(this.#run((character) => !closes(character)).trim());
    this.#at++;
    const text = this.#run((character) => character !== '"');
    if (this.#text[this.#at] !== '"') throw this.#wrong("a quoted text that does not end");
    this.#at++;
    this.#space();
    return decode(text);
  }

  #arrow(): { arrow: string; label: string | undefined } {
    const inArrow = (character: string): boolean => "<-.=>".includes(character);
    let arrow = this.#run(inArrow);
    if (arrow === "") throw this.#wrong(`'${this.#text.slice(this.#at, this.#at + 20)}' where an arrow is expected`);
    if (/^<?(--|-\.|==)$/.test(arrow)) {
      // a -- text --> b
      this.#space();
      const label = this.#label(inArrow);
      const end = this.#run(inArrow);
      if (end === "") throw this.#wrong(`the arrow with '${label}' does not end`);
      arrow += end;
      return { arrow, label };
    }
    this.#space();
    if (this.#text[this.#at] !== "|") return { arrow, label: undefined };
    this.#at++;
    const label = this.#label((character) => character === "|");
    if (this.#text[this.#at] !== "|") throw this.#wrong("a label that does not end");
    this.#at++;
    return { arrow, label };
  }
}

/** Mermaid's codes for characters: `#quot;`, `#35;`. */
function decode(text: string): string {
  return text.replace(/#(\d{1,6}|quot);/g, (code, number: string) =>
    number === "quot" ? '"' : Number(number) <= 0x10ffff ? String.fromCodePoint(Number(number)) : code,
  );
}

/** The statements of a line, cut at semicolons outside quotes. */
function statementsOf(line: string): string[] {
  const statements: string[] = [];
  let quoted = false;
  let start = 0;
  for (let at = 0; at <= line.length; at++) {
    if (line[at] === '"') quoted = !quoted;
    if (at < line.length && (quoted || line[at] !== ";")) continue;
    statements.push(line.slice(start, at).trim());
    start = at + 1;
  }
  return statements.filter((statement) => statement !== "");
}

/**
 * Reads a Mermaid flowchart: `a --> b`, `a -->|elasticity -1.2 ± 0.4, lag 1W| b`, `a <-.-> b` for a hidden confounder, and what `toMermaid`
 * writes. A label that states no mechanism is listed in `ignored`, and the arrow is linear with an effect to be learnt.
 *
 * @throws TwinError with the line of what is wrong, `unsupported` for edges without an arrow, and with the problems of the graph.
 *
 * @example
 * ```ts
 * import { fromMermaid } from "@sage-twin/causal";
 *
 * const { graph } = fromMermaid("flowchart LR\n  price -->|elasticity -1.2| orders");
 * graph.edges[0].mechanism.prior.mean; // => -1.2
 * ```
 */
export function fromMermaid(text: string): ImportedGraph {
  const builder = new GraphBuilder("mermaid");
  const ignored: string[] = [];
  const names = new Map<string, string>();
  const determined = new Set<string>();
  const edges: MermaidEdge[] = [];
  const nodes: { readonly id: string; readonly attributes: Attributes; readonly line: number }[] = [];
  let begun = false;
  const lines = requireText(text, "mermaid").split(/\r?\n/);
  lines.forEach((raw, index) => {
    if (raw.trim().startsWith("%%")) return;
    for (const statement of statementsOf(raw)) read(statement, index + 1);
  });
  if (!begun) throw builder.problem(1, "no flowchart", "begin it with 'flowchart LR'");
  const nameOf = (id: string): string => names.get(id) ?? id;
  for (const { id, attributes, line } of nodes) builder.node(nameOf(id), attributes, line);
  for (const { from, to, arrow, label, line } of edges) {
    if (!arrow.endsWith(">")) throw builder.problem(line, `'${arrow}' has no direction`, "use -->", "unsupported");
    if (arrow.startsWith("<")) builder.confounder(nameOf(from), nameOf(to), label, line);
    else builder.arrow(nameOf(from), nameOf(to), attributesOf({ from, to, arrow, label, line }), line);
  }
  return { graph: builder.build(), ignored };

  function read(statement: string, line: number): void {
    if (!begun) {
      if (!/^(flowchart|graph)(\s+(TB|TD|BT|RL|LR))?$/.test(statement))
        throw builder.problem(
          line,
          `'${statement.slice(0, 40)}' where a flowchart is expected`,
          "begin it with 'flowchart LR'",
        );
      begun = true;
      return;
    }
    const [first, second = ""] = statement.split(/\s+/, 2);
    if (aboutDrawing.has(first.replace(/:$/, "")) && !/^[-<=&]/.test(second)) return;
    const found = new MermaidStatement(statement, (message) => builder.problem(line, message));
    for (const { id, label, shape } of found.nodes) {
      const attributes = label === undefined ? {} : describe(id, label, shape);
      nodes.push({ id, attributes, line });
    }
    edges.push(...found.edges.map((edge) => ({ ...edge, line })));
  }

  /** Learns a node's name from its label, and what its shape says. */
  function describe(id: string, label: string, shape: string): Attributes {
    const identity = shape === "{{" ? identityPattern.exec(label) : null;
    const stock = shape === "[(" ? stockPattern.exec(label) : null;
    names.set(id, (identity ?? stock)?.[1].trim() ?? label);
    if (identity === null && stock === null) return {};
    determined.add(id);
    if (identity !== null) return { identity: identity[2] };
    const [, , inflow, outflow] = stock as RegExpExecArray;
    return { stock: JSON.stringify({ inflow, outflow, proportional: true }) };
  }

  function attributesOf({ from, to, arrow, label, line }: MermaidEdge): Attributes {
    if (label === undefined) return arrow.includes(".") && determined.has(to) ? { kind: "part" } : {};
    const match = mechanismPattern.exec(label);
    if (match === null) {
      ignored.push(`line ${line}: the label '${label.slice(0, 80)}' of '${nameOf(from)}' on '${nameOf(to)}'`);
      return {};
    }
    const [, kind, effect, sd, lag, carryover] = match;
    const stated = Object.entries({ kind, effect, sd, lag, carryover });
    return Object.fromEntries(stated.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }
}
