import { describeValue } from "@sage-twin/kernel";
import { type Batch, columnBatches, type Request, RowBatcher } from "./batch.js";
import { emptySource } from "./csv.js";
import { JsonElements, notJson } from "./json-elements.js";
import { beyond, limitsOf, type ReadOptions } from "./read-options.js";
import { type TextSource, textOf } from "./text-source.js";

/** JSON text in batches: an array of row objects, read as it comes, or an object of columns, read whole. */
export async function* jsonBatches(source: TextSource, request: Request, options: ReadOptions): AsyncGenerator<Batch> {
  const { signal, onProgress } = options;
  const limits = limitsOf(options);
  const elements = new JsonElements(limits.line, limits.document);
  const batcher = new RowBatcher(request, limits.cell);
  const total = typeof source === "string" ? source.length : 0;
  let done = 0;
  let row = 0;
  const advance = (text: string, last: boolean): string => {
    const whole = elements.next(text, last);
    done += text.length;
    onProgress?.({ stage: "read", done, total: last ? done : total });
    signal?.throwIfAborted();
    return whole;
  };
  const parse = (text: string): unknown => {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw notJson(`${row > 0 ? `after row ${row - 1}: ` : ""}${(cause as Error).message.slice(0, 200)}`, cause);
    }
  };
  const add = (text: string): Batch => {
    const records = parse(`[${text}]`) as unknown[];
    for (const record of records) batcher.add(row++, record);
    return batcher.batch();
  };
  signal?.throwIfAborted();
  for await (const text of textOf(source, options)) {
    const whole = advance(text, false);
    if (whole.trim() !== "") yield add(whole);
  }
  const rest = advance("", true);
  if (done === 0) throw emptySource();
  if (!elements.isObject) {
    if (rest.trim() !== "") yield add(rest);
    batcher.end();
    return;
  }
  const columns = parse(rest) as Record<string, unknown>;
  for (const [name, cells] of Object.entries(columns))
    if (!Array.isArray(cells)) throw notJson(`'${name.slice(0, 80)}' is ${describeValue(cells)}, not a column`);
  yield* columnBatches(columns as Record<string, unknown[]>, request, { signal });
}

/** Text of one JSON object per line in batches; a line that is not JSON is among the `faults`, and blank lines are skipped. */
export async function* ndjsonBatches(
  source: TextSource,
  request: Request,
  options: ReadOptions,
): AsyncGenerator<Batch> {
  const { signal, onProgress } = options;
  const limits = limitsOf(options);
  const batcher = new RowBatcher(request, limits.cell);
  const total = typeof source === "string" ? source.length : 0;
  let done = 0;
  let rest = "";
  let line = 0;
  const add = (text: string): void => {
    line++;
    if (text.length > limits.line) throw beyond("line", limits.line, ["rows", line], "the characters of the line are");
    if (text.trim() === "") return;
    let record: unknown;
    try {
      record = JSON.parse(text);
    } catch (cause) {
      batcher.fault(line, "not JSON", `${describeValue(text)}: ${(cause as Error).message.slice(0, 200)}`);
      return;
    }
    batcher.add(line, record);
  };
  signal?.throwIfAborted();
  for await (const text of textOf(source, options)) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > limits.line)
      throw beyond("line", limits.line, ["rows", line + lines.length + 1], "the characters of the line are");
    lines.forEach(add);
    done += text.length;
    onProgress?.({ stage: "read", done, total });
    signal?.throwIfAborted();
    yield batcher.batch();
  }
  add(rest);
  if (done === 0) throw emptySource();
  onProgress?.({ stage: "read", done, total: done });
  yield batcher.batch();
  batcher.end();
}
