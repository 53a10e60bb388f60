import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCsv } from "../src/index.js";
import { caught } from "./helpers.js";

async function cellsOf(source: Parameters<typeof readCsv>[0], columns: readonly string[]): Promise<unknown[][]> {
  const cells: unknown[][] = columns.map(() => []);
  for await (const batch of readCsv(source, columns)) {
    batch.columns.forEach((column, index) => {
      cells[index].push(...Array.from(column));
    });
  }
  return cells;
}

describe("readCsv", () => {
  it("gives back any cells, quoted or not, however the text is cut", async () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "é", "😀", '"', ",", "\n", "\r", " "), maxLength: 6 });
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 });
    const cases = fc.record({ rows, piece: fc.integer({ min: 1, max: 7 }), lineBreak: fc.constantFrom("\n", "\r\n") });
    const quote = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, piece, lineBreak }) => {
        const text = [["x", "y"], ...rows].map((cells) => cells.map(quote).join(",")).join(lineBreak);
        const bytes = new TextEncoder().encode(text);
        const pieces = async function* (): AsyncGenerator<Uint8Array> {
          for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
        };
        expect(await cellsOf(pieces(), ["y", "x"])).toEqual([rows.map(([, y]) => y), rows.map(([x]) => x)]);
      }),
      { numRuns: 300 },
    );
  });

  it("numbers rows as the file does", async () => {
    const rows: number[] = [];
    const faults: number[] = [];
    for await (const batch of readCsv('a,b\n1,"x\ny"\n\n2\n3,z\n', ["a"])) {
      rows.push(...Array.from(batch.rows));
      faults.push(...batch.faults.map(({ row }) => row));
    }
    expect([rows, faults]).toEqual([[2, 5], [4]]);
  });

  it("names a column that is not there", async () => {
    const error = await caught(() => cellsOf("price,units\n1,2\n", ["prize", "unit"]));
    expect(error.issues.map(({ fix }) => fix)).toEqual(["did you mean 'price'?", "did you mean 'units'?"]);
  });
});
