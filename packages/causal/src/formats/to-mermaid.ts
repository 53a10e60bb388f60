import type { CausalGraph } from "../graph.js";
import { elementsOf, mechanismLabel } from "./graph-elements.js";

/**
 * The graph as a Mermaid flowchart, for pages that draw it: effects and lags as labels of arrows, hidden confounders as dotted arrows
 * with two heads, identities as hexagons, stocks as cylinders. Priors without an effect, sources, links and mechanisms other than
 * elasticities and linear ones are not in it: `toJSON` keeps all.
 */
export function toMermaid(graph: CausalGraph): string {
  const { nodes, arrows, confounders } = elementsOf(graph);
  const id = new Map(nodes.map(({ name }, index) => [name, `n${index}`]));
  const stocks = new Map(graph.stocks.map((stock) => [stock.name, stock]));
  const lines = nodes.map(({ name, attributes }) => {
    const stock = stocks.get(name);
    if (attributes.identity !== undefined) return `${id.get(name)}{{${label(`${name} = ${attributes.identity}`)}}}`;
    if (stock !== undefined) return `${id.get(name)}[(${label(`${name}: + ${stock.inflow} - ${stock.outflow}`)})]`;
    return `${id.get(name)}[${label(name)}]`;
  });
  arrows.forEach(({ from, to }, index) => {
    const text = index < graph.edges.length ? ` -->|${label(mechanismLabel(graph.edges[index].mechanism))}|` : " -.->";
    lines.push(`${id.get(from)}${text} ${id.get(to)}`);
  });
  for (const { between, name } of confounders) {
    const [a, b] = between.map((end) => id.get(end));
    lines.push(`${a} <-.->${name === undefined ? "" : `|${label(name)}|`} ${b}`);
  }
  return `flowchart LR\n${lines.map((line) => `  ${line}\n`).join("")}`;
}

/** Quoted text, with Mermaid's codes for what would end it. */
function label(text: string): string {
  return `"${text.replace(/[#"<>|]/g, (character) => `#${character.charCodeAt(0)};`).replace(/\s+/g, " ")}"`;
}
