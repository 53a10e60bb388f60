import { readFileSync } from "node:fs";

type Rows = readonly (readonly string[])[];

const bytes = new DataView(new ArrayBuffer(8));
const file = readFileSync(new URL("./golden/arithmetic.json", import.meta.url), "utf8");
const tables = JSON.parse(file) as Readonly<Record<string, Rows>>;

/** The cases of one function: its arguments, then the nearest double to the exact result. */
export function golden(name: string): number[][] {
  return tables[name].map((row) =>
    row.map((word) => {
      bytes.setBigUint64(0, BigInt(`0x${word}`));
      return bytes.getFloat64(0);
    }),
  );
}

/** How many doubles lie between two numbers. */
export function ulps(a: number, b: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.abs(Number(place(a) - place(b)));
}

function place(x: number): bigint {
  bytes.setFloat64(0, x);
  const word = bytes.getBigInt64(0);
  return word < 0n ? -(word & 0x7fffffffffffffffn) : word;
}
