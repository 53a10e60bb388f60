import { TwinError } from "@sage-twin/kernel";
import { beyond } from "./read-options.js";

const deepest = 100;
const structure = /["[\]{},]/g;

/** Cuts streamed JSON text of an array into texts of whole elements; text of an object is held until it is whole. */
export class JsonElements {
  readonly #longestElement: number;
  readonly #longestDocument: number;
  #rest = "";
  #at = 0;
  #depth = 0;
  #quoted = false;
  /** `[` or `{` of the outermost value, `]` when an array has ended. */
  #outer = "";
  readonly #parts: string[] = [];
  #held = 0;

  constructor(longestElement: number, longestDocument: number) {
    this.#longestElement = longestElement;
    this.#longestDocument = longestDocument;
  }

  /** Whether the text is an object, not an array. */
  get isObject(): boolean {
    return this.#outer === "{";
  }

  /** Adds text. Returns the elements that are whole by now, separated by commas; of an object, its whole text with the `last`. */
  next(text: string, last: boolean): string {
    let all = this.#rest + text;
    if (this.#outer === "") {
      all = all.trimStart();
      if (all === "") return "";
      this.#outer = all[0];
      if (all[0] !== "[" && all[0] !== "{") throw notJson("it starts neither an array nor an object");
      if (all[0] === "[") {
        all = all.slice(1);
        this.#depth = 1;
      }
    }
    if (this.#outer === "{") {
      this.#parts.push(all);
      this.#held += all.length;
      if (this.#held > this.#longestDocument)
        throw beyond("document", this.#longestDocument, ["source"], "the characters of an object of columns are");
      return last ? this.#parts.join("") : "";
    }
    const end = this.#scan(all);
    const rest = all.slice(end);
    this.#at -= end;
    this.#rest = rest;
    if (rest.length > this.#longestElement)
      throw beyond("line", this.#longestElement, ["source"], "the characters of a row are");
    if (this.#outer === "]" && rest.trim() !== "") throw notJson("text follows the array");
    if (last && this.#outer !== "]") throw notJson("it is cut off");
    return all.slice(0, end).replace(/[,\]]$/, "");
  }

  /** Goes on to the end of the text; returns where the last whole element of the outer array ends. */
  #scan(all: string): number {
    let end = 0;
    let at = this.#at;
    while (at < all.length && this.#outer !== "]") {
      if (this.#quoted) {
        at = closingQuote(all, at);
        if (at < 0) break;
        this.#quoted = false;
        continue;
      }
      structure.lastIndex = at;
      const match = structure.exec(all);
      if (match === null) {
        at = all.length;
        break;
      }
      const [character] = match;
      at = match.index + 1;
      if (character === '"') this.#quoted = true;
      else if (character === "[" || character === "{") {
        if (++this.#depth > deepest) throw notJson(`it is nested deeper than ${deepest} levels`);
      } else if (character === ",") {
        if (this.#depth === 1) end = at;
      } else if (--this.#depth === 0) {
        this.#outer = "]";
        end = at;
      }
    }
    this.#at = at < 0 ? this.#resume(all) : at;
    return end;
  }

  /** Within a string whose end is to come: before the backslashes at the end of the text, whose meaning is not known yet. */
  #resume(all: string): number {
    let at = all.length;
    while (at > 0 && all[at - 1] === "\\") at--;
    return at;
  }
}

/** The place after the quote that ends a string, -1 where it is to come. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = at;
    while (slashes > from && text[slashes - 1] === "\\") slashes--;
    if ((at - slashes) % 2 === 0) return at + 1;
  }
  return -1;
}

/** The error of text that is not JSON as a source may be. */
export function notJson(what: string, cause?: unknown): TwinError {
  return new TwinError(
    {
      code: "invalid-data",
      path: ["source"],
      message: `the text is not JSON of rows or columns: ${what}`,
      fix: "give an array of row objects or an object of columns",
    },
    { cause },
  );
}
