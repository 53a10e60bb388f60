import { formatNumber } from "./format.js";
import { html, type Markup } from "./html.js";

/** A cell: numbers are formatted and stand right; text stands left unless its column's heading is right-aligned. */
export type Cell = number | string;

/** A table with a caption, which scrolls in a box of its own where it is too wide. A column whose heading begins with `#` holds numbers. */
export function htmlTable(caption: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): Markup {
  const right = columns.map((column) => column.startsWith("#"));
  const head = columns.map((column, index) =>
    right[index] ? html`<th scope="col" class="number">${column.slice(1)}</th>` : html`<th scope="col">${column}</th>`,
  );
  const cell = (value: Cell, index: number): Markup => {
    const text = typeof value === "number" ? formatNumber(value) : value;
    if (index === 0) return html`<th scope="row">${text}</th>`;
    if (right[index] || typeof value === "number") return html`<td class="number">${text}</td>`;
    return /^\d{4}-\d\d/.test(text) ? html`<td class="date">${text}</td>` : html`<td>${text}</td>`;
  };
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody></table></div>`;
}
