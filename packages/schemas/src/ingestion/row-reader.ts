import { type Issue, unknownName } from "@sage-twin/kernel";
import { aggregationRule, type MetricDefinition } from "../departments/metric.js";
import { type CellCounts, type CheckedBatch, checkBatch, type Feed } from "../validation/check-rows.js";
import { IssueLog } from "../validation/issue-log.js";
import type { Batch, Request } from "./batch.js";
import type { WrongCell } from "./format-batch.js";
import type { RowOptions } from "./ingest-options.js";
import { TimeCells } from "./time-cells.js";

/** The parts of the reading that are loaded only where the options ask for them. */
interface Extras {
  readonly match?: typeof import("./match-headers.js");
  readonly format?: typeof import("./format-batch.js");
}

/** Chooses the columns that metrics are fed from, and turns batches of cells into checked numbers and times. */
export class RowReader implements Request {
  readonly log = new IssueLog(
    'mend the row, or set such rows aside with invalid: "reject" (CSV rows count as in the file, the header being row 1)',
  );
  /** What was read of each feed. */
  readonly counts: readonly CellCounts[];
  readonly times: TimeCells;
  rowsRead = 0;
  readonly #options: RowOptions<string>;
  readonly #extras: Extras;
  /** Columns that are read besides those of the time and the metrics; they come first after the time. */
  readonly #more: readonly string[];
  readonly #formatCells: ((batch: Batch, feeds: readonly Feed[]) => FormattedBatch) | undefined;
  #names: string[] = [];
  #feeds: readonly Feed[] = [];
  /** The place of the time among the names, -1 where the source has no such column. */
  #time = 0;

  private constructor(options: RowOptions<string>, extras: Extras, more: readonly string[]) {
    const { schema, timeZone = "UTC", columns = {}, aggregate = {}, format = {} } = options;
    this.#options = options;
    this.#extras = extras;
    this.#more = more;
    const chosen = columns === "match" ? {} : columns;
    for (const name of [...Object.keys(chosen), ...Object.keys(aggregate)])
      if (!Object.hasOwn(schema.metrics, name))
        throw unknownName("metric", name, Object.keys(schema.metrics), [schema.name]);
    this.times = new TimeCells(timeZone, extras.format?.dateReader(format));
    this.#formatCells = extras.format?.cellFormatter(format);
    this.counts = Object.keys(schema.metrics).map(() => ({ read: 0, empty: 0, invalid: 0 }));
    this.#feed(chosen, options.time ?? "date");
  }

  /** `more` are columns to read besides, whose cells stay as they are. */
  static async open(options: RowOptions<string>, more: readonly string[] = []): Promise<RowReader> {
    return new RowReader(
      options,
      {
        ...(options.columns === "match" ? { match: await import("./match-headers.js") } : {}),
        ...(options.format === undefined ? {} : { format: await import("./format-batch.js") }),
      },
      more,
    );
  }

  get feeds(): readonly Feed[] {
    return this.#feeds;
  }

  /** The column of the time. */
  get timeName(): string {
    return this.#names[0];
  }

  /** The source column of each metric. */
  get columns(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#feeds.map(({ metric, column }) => [metric, this.#names[column]]));
  }

  /** The source columns that are needed: the time, those asked for besides, then those that feed a metric. */
  readonly choose = (header: readonly string[]): readonly string[] => {
    const { match } = this.#extras;
    if (match !== undefined) {
      const { schema, time, onMatch } = this.#options;
      const rest = header.filter((name) => name !== time && !this.#more.includes(name));
      const report = match.matchHeaders(time === undefined ? header : rest, schema);
      const shown =
        time === undefined ? report : { ...report, missing: report.missing.filter((key) => key !== "date") };
      onMatch?.(shown);
      match.requireMatched(shown);
      const columns: Readonly<Record<string, string | undefined>> = report.columns;
      this.#feed(columns, time ?? columns["date"] ?? "date");
    }
    return this.#names;
  };

  #feed(columns: Readonly<Record<string, string | undefined>>, time: string): void {
    const { schema, aggregate = {} } = this.#options;
    const rules: Readonly<Record<string, Feed["rule"] | undefined>> = aggregate;
    const names = [time, ...this.#more];
    const places = new Map(names.map((name, place) => [name, place]));
    this.#feeds = Object.entries<MetricDefinition>(schema.metrics).map(([metric, definition]) => {
      const name = columns[metric] ?? metric;
      // a column is read once for each unit, as its text may tell a currency or a percentage
      const key = this.#formatCells === undefined ? name : `${name}\n${definition.unit}`;
      const place = places.get(key) ?? names.push(name) - 1;
      places.set(key, place);
      return { metric, definition, rule: rules[metric] ?? aggregationRule(definition), column: place };
    });
    this.#names = names;
  }

  /** Takes what is wrong with the source as a whole. */
  readonly report = (issues: readonly Issue[]): void => {
    this.log.addAll(issues);
    if (issues.some(({ path }) => path[0] === "columns" && path[1] === this.#names[0])) this.#time = -1;
  };

  /** Checks a batch; what is wrong with it is in the log. */
  check(batch: Batch): CheckedBatch {
    const { log, counts, times } = this;
    this.rowsRead += batch.rows.length + batch.faults.length;
    const { formatted, wrong } = this.#formatCells?.(batch, this.#feeds) ?? { formatted: batch, wrong: [] };
    const checked = checkBatch(formatted, this.#feeds, this.#time, this.#names, times, log, counts);
    for (const { at, column, message } of wrong) {
      checked.bad[at] = 1;
      this.#feeds.forEach((feed, index) => {
        if (feed.column !== column) return;
        counts[index].empty--;
        counts[index].invalid++;
      });
      const row = batch.rows[at];
      log.addRow({ code: "invalid-data", reason: "not a number", row, column: this.#names[column], message });
    }
    return checked;
  }
}

interface FormattedBatch {
  readonly formatted: Batch;
  readonly wrong: readonly WrongCell[];
}
