import type { GraphBuilder } from "./graph-elements.js";

/** A word of the text: an identifier or quoted text, an arrow, or a mark such as `{`. */
interface Token {
  readonly kind: "arrow" | "end" | "mark" | "word";
  readonly text: string;
  readonly line: number;
}

/** A node that is named, or an edge between two groups of nodes, with the attributes stated for it. */
type DotElement =
  | { readonly kind: "node"; readonly name: string; readonly attributes: Map<string, string>; readonly line: number }
  | {
      readonly kind: "edge";
      readonly from: readonly string[];
      readonly arrow: string;
      readonly to: readonly string[];
      readonly attributes: Map<string, string>;
      readonly line: number;
    };

/** A graph in DOT or in dagitty's dialect of it: its type and what it states, in order. */
export interface DotGraph {
  readonly type: string;
  readonly elements: readonly DotElement[];
}

const deepest = 50;
const mostPairs = 300_000;
const graphTypes = new Set(["graph", "digraph", "dag", "mag", "pdag", "pag"]);
const wordPattern = /[-.\p{L}\p{N}_]/u;
const arrows = ["<->", "@->", "<-@", "@-@", "--@", "@--", "->", "<-", "--"];

function tokensOf(text: string, builder: GraphBuilder): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let at = 0;
  const push = (kind: Token["kind"], word: string): void => {
    tokens.push({ kind, text: word, line });
  };
  const skipTo = (end: number): void => {
    for (; at < end; at++) if (text[at] === "\n") line++;
  };
  while (at < text.length) {
    const character = text[at];
    const arrow = arrows.find((candidate) => text.startsWith(candidate, at));
    if (/\s/.test(character)) skipTo(at + 1);
    else if (text.startsWith("//", at) || (character === "#" && (at === 0 || text[at - 1] === "\n"))) {
      const end = text.indexOf("\n", at);
      skipTo(end < 0 ? text.length : end);
    } else if (text.startsWith("/*", at)) {
      const end = text.indexOf("*/", at + 2);
      if (end < 0) throw builder.problem(line, "a comment that does not end", "close it with */");
      skipTo(end + 2);
    } else if (character === '"') {
      const start = line;
      let value = "";
      for (at++; at < text.length && text[at] !== '"'; at++) {
        if (text[at] === "\n") line++;
        if (text[at] === "\\" && (text[at + 1] === '"' || text[at + 1] === "\\")) at++;
        value += text[at];
      }
      if (at >= text.length) throw builder.problem(start, "a quoted text that does not end", 'close it with "');
      at++;
      push("word", value);
    } else if (arrow !== undefined) {
      push("arrow", arrow);
      at += arrow.length;
    } else if ("{}[]=;,:+".includes(character)) {
      push("mark", character);
      at++;
    } else if (wordPattern.test(character)) {
      const start = at;
      // An arrow ends a word; a dash within one does not.
      while (
        at < text.length &&
        wordPattern.test(text[at]) &&
        !arrows.some((candidate) => text.startsWith(candidate, at))
      )
        at++;
      push("word", text.slice(start, at));
    } else if (character === "<") {
      throw builder.problem(line, "HTML text is not read", "use quoted text");
    } else throw builder.problem(line, `'${character}' has no meaning here`);
  }
  push("end", "the end of the text");
  return tokens;
}

/**
 * Reads DOT (https://graphviz.org/doc/info/lang.html) or dagitty's text, of which the header may be left out; attributes of `node [..]`
 * and `edge [..]` hold for what follows in their braces. Nothing is run, nesting and size are bounded, and every error names its line.
 */
export function parseDot(text: string, builder: GraphBuilder): DotGraph {
  const tokens = tokensOf(text, builder);
  const elements: DotElement[] = [];
  let at = 0;
  let pairs = 0;
  const peek = (mark?: string): boolean => tokens[at].kind === "mark" && tokens[at].text === mark;
  const wrong = (expected: string) =>
    builder.problem(
      tokens[at].line,
      `${tokens[at].kind === "end" ? "the end" : `'${tokens[at].text}'`} where ${expected} is expected`,
    );
  const take = (mark: string): void => {
    if (!peek(mark)) throw wrong(`'${mark}'`);
    at++;
  };
  const word = (what: string): string => {
    if (tokens[at].kind !== "word") throw wrong(what);
    let value = tokens[at++].text;
    while (peek("+") && tokens[at + 1].kind === "word") {
      value += tokens[at + 1].text;
      at += 2;
    }
    return value;
  };
  const attributesHere = (): Map<string, string> => {
    const attributes = new Map<string, string>();
    while (peek("[")) {
      at++;
      while (!peek("]")) {
        if (peek(",") || peek(";")) {
          at++;
          continue;
        }
        const name = word("an attribute");
        if (!peek("=")) attributes.set(name, "true");
        else {
          at++;
          attributes.set(name, word("a value"));
        }
      }
      at++;
    }
    return attributes;
  };
  interface Scope {
    readonly node: ReadonlyMap<string, string>;
    readonly edge: ReadonlyMap<string, string>;
    readonly depth: number;
  }
  const group = (scope: Scope): string[] => {
    if (tokens[at].kind === "word" && tokens[at].text.toLowerCase() === "subgraph") {
      at++;
      if (tokens[at].kind === "word") at++;
    }
    if (peek("{")) {
      if (scope.depth >= deepest) throw builder.problem(tokens[at].line, `braces nested deeper than ${deepest}`);
      at++;
      return statements({ ...scope, depth: scope.depth + 1 });
    }
    const { line } = tokens[at];
    const name = word("a node");
    for (let ports = 0; ports < 2 && peek(":"); ports++) {
      at++;
      word("a port");
    }
    elements.push({ kind: "node", name, attributes: new Map(scope.node), line });
    return [name];
  };
  const statement = (scope: Scope): { scope: Scope; names: string[] } => {
    const { kind, text: first, line } = tokens[at];
    const keyword = kind === "word" ? first.toLowerCase() : "";
    const next = tokens[at + 1];
    if (["node", "edge", "graph"].includes(keyword) && next.text === "[" && next.kind === "mark") {
      at++;
      const attributes = attributesHere();
      return {
        scope:
          keyword === "graph" ? scope : { ...scope, [keyword]: new Map([...scope[keyword as "node"], ...attributes]) },
        names: [],
      };
    }
    if (kind === "word" && next.kind === "mark" && next.text === "=") {
      at += 2;
      word("a value");
      return { scope, names: [] };
    }
    const groups = [group(scope)];
    const between: string[] = [];
    while (tokens[at].kind === "arrow") {
      between.push(tokens[at++].text);
      groups.push(group(scope));
    }
    const attributes = attributesHere();
    if (between.length === 0) {
      for (const name of groups[0]) elements.push({ kind: "node", name, attributes, line });
    }
    for (const [index, arrow] of between.entries()) {
      const [from, to] = [groups[index], groups[index + 1]];
      pairs += from.length * to.length;
      if (pairs > mostPairs) throw builder.problem(line, `more than ${mostPairs} edges`, undefined, "too-large");
      elements.push({ kind: "edge", from, arrow, to, attributes: new Map([...scope.edge, ...attributes]), line });
    }
    return { scope, names: groups.flat() };
  };
  /** The statements up to the closing brace, or to the end at the top; the nodes that they name. */
  function statements(outer: Scope): string[] {
    let scope = outer;
    const names = new Set<string>();
    while (!peek("}") && !(headless && scope.depth === 0 && tokens[at].kind === "end")) {
      if (peek(";") || peek(",")) {
        at++;
        continue;
      }
      const done = statement(scope);
      scope = done.scope;
      for (const name of done.names) names.add(name);
    }
    if (!headless || scope.depth > 0) take("}");
    return [...names];
  }
  if (tokens[at].text.toLowerCase() === "strict") at++;
  const type = tokens[at].text.toLowerCase();
  const brace = tokens[at + 1]?.text === "{" ? at + 1 : at + 2;
  const headless = !(tokens[at].kind === "word" && graphTypes.has(type) && tokens[brace]?.text === "{");
  if (!headless) at = brace + 1;
  statements({ node: new Map(), edge: new Map(), depth: 0 });
  if (tokens[at].kind !== "end") throw wrong("the end");
  return { type: headless ? "" : type, elements };
}

/** A name or a value as quoted text. */
export function quote(text: string): string {
  return `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`;
}

/** Attributes in brackets; nothing where there are none. */
export function writeAttributes(attributes: Readonly<Record<string, string | undefined>>): string {
  const written = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${quote(value)}`],
  );
  return written.length === 0 ? "" : ` [${written.join(", ")}]`;
}
