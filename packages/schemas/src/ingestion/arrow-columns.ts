import { type Issue, TwinError } from "@sage-twin/kernel";

/** Columns of one length by their names. */
export type Columns = Readonly<Record<string, ArrayLike<unknown>>>;

/** The type of an Apache Arrow column, as far as it is read. */
interface ArrowType {
  readonly typeId: number;
  /** Of a timestamp with a zone, whose values are instants; others are local. */
  readonly timezone?: string | null;
  /** Of a decimal. */
  readonly scale?: number;
  /** Of a dictionary: the type of its values. */
  readonly dictionary?: ArrowType;
}

/** An Apache Arrow table, as far as it is read. */
export interface ArrowTable {
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: ArrowType }[] };
  readonly numRows: number;
  getChildAt(index: number): ArrowVector | null;
}

interface ArrowVector {
  readonly length: number;
  readonly nullCount: number;
  get(index: number): unknown;
  toArray(): unknown;
}

// the numbers of the type ids in Arrow's JavaScript
const dictionaryType = -1;
const nullType = 1;
const float = 3;
const boolean = 6;
const decimal = 7;
const date = 8;
const timestamp = 10;
const integer = 2;
const texts = [5, 20, 24];

/** The columns of an Arrow table; see `columnsOf`. */
export function arrowColumns(table: ArrowTable): Columns {
  const issues: Issue[] = [];
  const columns = new Map<string, ArrayLike<unknown>>();
  table.schema.fields.forEach(({ name, type }, index) => {
    const path = ["columns", name];
    const read = reader(type);
    const vector = table.getChildAt(index);
    if (columns.has(name))
      issues.push({ code: "conflict", path, message: "the table has it twice", fix: "rename one" });
    else if (read === undefined)
      issues.push({
        code: "unsupported",
        path,
        message: `a column of the Arrow type ${String(type).slice(0, 80)} cannot be read`,
        fix: "select the other columns, or write its parts as columns of their own",
      });
    else columns.set(name, vector === null ? [] : cells(vector, type, read));
  });
  if (issues.length > 0) throw new TwinError(issues);
  return Object.fromEntries(columns);
}

function cells(vector: ArrowVector, { typeId }: ArrowType, read: (cell: unknown) => unknown): ArrayLike<unknown> {
  if (typeId === float && vector.nullCount === 0) {
    const numbers = vector.toArray();
    if (numbers instanceof Float64Array) return numbers;
  }
  return Array.from({ length: vector.length }, (_, row) => {
    const cell = vector.get(row);
    return cell === null || cell === undefined ? null : read(cell);
  });
}

/** How the values of a type become cells; nothing for a type that no cell can hold. */
function reader({ typeId, timezone, scale = 0, dictionary }: ArrowType): ((cell: unknown) => unknown) | undefined {
  if (typeId === dictionaryType && dictionary !== undefined) return reader(dictionary);
  if (typeId === date) return (cell) => isoText(cell, 10);
  if (typeId === timestamp) return (cell) => (timezone ? Number(cell) : isoText(cell, 23));
  if (typeId === decimal) return (cell) => decimalNumber(cell as Uint32Array, scale);
  if (typeId === integer) return wholeNumber;
  const plain = typeId === float || typeId === boolean || typeId === nullType || texts.includes(typeId);
  return plain ? (cell) => cell : undefined;
}

function isoText(cell: unknown, length: number): string {
  return new Date(Number(cell)).toISOString().slice(0, length);
}

function wholeNumber(cell: unknown): unknown {
  return typeof cell === "bigint" && BigInt(Number(cell)) === cell ? Number(cell) : cell;
}

/** The nearest number to a decimal: a whole number in two's complement, the lowest 32 bits first, of which `scale` digits are decimals. */
function decimalNumber(parts: Uint32Array, scale: number): number {
  let whole = 0n;
  for (let i = parts.length - 1; i >= 0; i--) whole = (whole << 32n) | BigInt(parts[i] >>> 0);
  return Number(`${BigInt.asIntN(32 * parts.length, whole)}e${-scale}`);
}
