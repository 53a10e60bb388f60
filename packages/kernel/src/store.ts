/** A value and how often it was written. */
export interface StoredValue {
  readonly value: unknown;
  /** 1 after the first write of the key, one more after each further one. */
  readonly version: number;
}

/** One entry of a log. */
export interface LogEntry {
  /** Its place in the log, from 0. */
  readonly index: number;
  readonly value: unknown;
}

/**
 * Where a twin keeps what must outlive it: JSON values by key, and logs that only grow. Keys are any text; the keys of values
 * and of logs are apart. What is stored is a copy; anything but plain JSON is refused with a `TwinError` "not-serialisable".
 */
export interface Store {
  get(key: string): Promise<StoredValue | undefined>;
  /** Writes whatever was there before; returns the new version. */
  put(key: string, value: unknown): Promise<number>;
  /** Writes only if the key's version is still `version` (0: the key is absent); returns whether it did. The new version is one more. */
  compareAndSet(key: string, version: number, value: unknown): Promise<boolean>;
  /** Adds an entry at the end of a log, atomically; returns its index. */
  append(log: string, value: unknown): Promise<number>;
  /** The entries of a log from index `from` (default 0) on, in order; none when there is no such log. */
  scan(log: string, from?: number): AsyncIterable<LogEntry>;
}
