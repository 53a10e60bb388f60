import { businessGraph, businessRelationships } from "../../src/business/business-graph.js";
import { furtherMetrics } from "../../src/business/table.js";
import { works } from "../../src/business/works.js";

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** The tables of docs/guide/business-graph.md, from the data. */
export function guideTables(): readonly string[] {
  const graph = businessGraph();
  return [
    table(
      ["cause", "effect", "kind", "size", "90 % range", "lag", "carry-over", "evidence", "note"],
      businessRelationships().map(
        ({ cause, effect, mechanism, size, range, lag, carryover, evidence, source, note }) => [
          cause,
          effect,
          mechanism,
          String(size),
          range.join(" to "),
          lag === 0 ? "" : `${lag}W`,
          carryover === 0 ? "" : String(carryover),
          source === undefined ? evidence : `**sourced**: ${source.authors} ${source.year}`,
          note,
        ],
      ),
    ),
    table(
      ["work", "figure", "studied", "read at"],
      Object.values(works).map(({ authors, year, title, publication, doi, page, where, population, figure }) => [
        `${authors} (${year}), ${title}. ${publication}${doi === undefined ? "" : `, doi:${doi}`}`,
        figure,
        population,
        `[${where}](${page})`,
      ]),
    ),
    table(
      ["metric", "equals"],
      [
        ...graph.identities.map(({ name, expression }) => [name, `\`${expression}\``]),
        ...graph.stocks.map(({ name, inflow, outflow }) => [name, `before + ${inflow} - ${outflow}`]),
      ],
    ),
    table(["metric", "what it is"], Object.entries(furtherMetrics)),
  ];
}
