import type { Issue } from "@sage-twin/kernel";

/**
 * Cuts streamed CSV text where records end: at a line feed outside quotes. As in RFC 4180, a cell that starts with a quote is
 * quoted, a quote within it is doubled, and a delimiter or line break follows its end. A quote elsewhere is an ordinary character.
 */
export class CsvRecords {
  readonly #delimiter: number;
  readonly #longest: number;
  #rest = "";
  #quoted = false;
  /** Where the scan of `#rest` goes on. */
  #at = 0;

  /** `longest`: the characters that a record may have. */
  constructor(delimiter: string, longest: number) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#longest = longest;
  }

  /**
   * Adds text and returns the records that are whole by now, all of them if this is the `last`, and the `problem` of the record
   * after them, if it has one.
   */
  next(
    text: string,
    last: boolean,
  ): {
    readonly whole: string;
    readonly problem: Omit<Issue, "path"> | undefined;
  } {
    const all = this.#rest + text;
    let problem: Omit<Issue, "path"> | undefined;
    let at = this.#at;
    let quoted = this.#quoted;
    let end = 0;
    let longest = 0;
    let lineFeed = all.indexOf("\n", at);
    for (;;) {
      const quote = all.indexOf('"', at);
      if (!quoted) {
        const stop = quote < 0 ? all.length : quote;
        for (; lineFeed >= 0 && lineFeed < stop; lineFeed = all.indexOf("\n", lineFeed + 1)) {
          if (lineFeed < at) continue;
          longest = Math.max(longest, lineFeed - end);
          end = lineFeed + 1;
        }
        at = quote < 0 ? stop : quote + 1;
        if (quote < 0) break;
        quoted = quote === 0 || this.#isBreak(all.charCodeAt(quote - 1));
        continue;
      }
      if (quote < 0 || (quote === all.length - 1 && !last)) {
        at = quote < 0 ? all.length : quote;
        break;
      }
      at = quote + 1;
      if (all[at] === '"') at++;
      else {
        quoted = false;
        if (at < all.length && !this.#isBreak(all.charCodeAt(at))) {
          problem = {
            code: "invalid-data",
            message: "a quoted cell goes on after its closing quote",
            fix: "write a quote within a quoted cell twice",
          };
          break;
        }
      }
    }
    if (problem === undefined && last) {
      if (!quoted) end = all.length;
      else
        problem = {
          code: "invalid-data",
          message: "a quoted cell never ends",
          fix: "close the quote",
        };
    }
    this.#rest = all.slice(end);
    this.#at = at - end;
    this.#quoted = quoted;
    if (problem === undefined && Math.max(longest, this.#rest.length) > this.#longest) {
      problem = {
        code: "too-large",
        message: `a row is longer than ${this.#longest} characters`,
        fix: "is a quote before it not closed? if the row is right, raise limits.line",
      };
      this.#rest = "";
    }
    return { whole: all.slice(0, end), problem };
  }

  #isBreak(character: number): boolean {
    return character === this.#delimiter || character === 10 || character === 13;
  }
}
