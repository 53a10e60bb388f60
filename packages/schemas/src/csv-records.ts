import type { Issue } from "@sage-twin/kernel";

const longestRecord = 10_000_000;

/**
 * Cuts streamed CSV text where records end: at a line feed outside quotes. As in RFC 4180, a cell that starts with a quote is
 * quoted, a quote within it is doubled, and a comma or line break follows its end. A quote elsewhere is an ordinary character.
 */
export class CsvRecords {
  #rest = "";
  #quoted = false;
  /** Where the scan of `#rest` goes on. */
  #at = 0;

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
    let lineFeed = all.indexOf("\n", at);
    for (;;) {
      const quote = all.indexOf('"', at);
      if (!quoted) {
        const stop = quote < 0 ? all.length : quote;
        for (; lineFeed >= 0 && lineFeed < stop; lineFeed = all.indexOf("\n", lineFeed + 1)) {
          if (lineFeed >= at) end = lineFeed + 1;
        }
        at = quote < 0 ? stop : quote + 1;
        if (quote < 0) break;
        quoted = quote === 0 || isBreak(all.charCodeAt(quote - 1));
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
        if (at < all.length && !isBreak(all.charCodeAt(at))) {
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
    if (problem === undefined && this.#rest.length > longestRecord) {
      problem = {
        code: "too-large",
        message: `the row is longer than ${longestRecord} characters`,
        fix: "is a quote before it not closed?",
      };
    }
    return { whole: all.slice(0, end), problem };
  }
}

function isBreak(character: number): boolean {
  return character === 44 || character === 10 || character === 13;
}
