import { describeValue, type RunOptions, TwinError, unknownName } from "@sage-twin/kernel";

/** What the bytes or text of a source are written in. */
export type SourceType = "csv" | "json" | "ndjson" | "parquet";

/** What a source may cost. What is beyond a limit is refused when the limit is reached, not after it was read. */
export interface ReadLimits {
  /** Bytes or characters in all, after decompression. Default 10,000,000,000. */
  readonly bytes?: number;
  /** How many times larger gzip may make its bytes. Default 200; counted from the first 1,000,000 bytes. */
  readonly ratio?: number;
  /** Characters of one CSV row, JSON row or NDJSON line. Default 10,000,000. */
  readonly line?: number;
  /** Characters of one cell. Default 2,000,000. */
  readonly cell?: number;
  /** Rows. Default 1,000,000,000. */
  readonly rows?: number;
  /** Bytes or characters of what must be held whole: a JSON object of columns, or Parquet that comes as a stream. Default 200,000,000. */
  readonly document?: number;
}

/** How bytes and text are read. */
export interface ReadOptions extends Pick<RunOptions, "signal" | "onProgress"> {
  /** Default: by the name or media type of a file or response, else `"csv"`. */
  readonly type?: SourceType;
  /** Between the cells of CSV. Default `","`. */
  readonly delimiter?: "," | ";" | "\t" | "|";
  /** A label of the Encoding Standard, such as `"windows-1252"`. Default: by the byte-order mark, else UTF-8. */
  readonly encoding?: string;
  readonly limits?: ReadLimits;
}

const defaults: Required<ReadLimits> = {
  bytes: 10_000_000_000,
  ratio: 200,
  line: 10_000_000,
  cell: 2_000_000,
  rows: 1_000_000_000,
  document: 200_000_000,
};

/** The limits with their defaults. Throws a `TwinError` for one that is unknown or not a positive number. */
export function limitsOf({ limits = {} }: Pick<ReadOptions, "limits">): Required<ReadLimits> {
  for (const [name, limit] of Object.entries(limits)) {
    if (!Object.hasOwn(defaults, name)) throw unknownName("limit", name, Object.keys(defaults), ["limits"]);
    if (!(typeof limit === "number" && limit > 0))
      throw new TwinError({
        code: "invalid-argument",
        path: ["limits", name],
        message: `${describeValue(limit)} is not a positive number`,
      });
  }
  return { ...defaults, ...limits };
}

/** The error of a source beyond a limit. */
export function beyond(limit: keyof ReadLimits, most: number, path: TwinError["path"], what: string): TwinError {
  return new TwinError({
    code: "too-large",
    path,
    message: `${what} more than ${most}`,
    fix: `if that is right, raise limits.${limit}`,
  });
}
