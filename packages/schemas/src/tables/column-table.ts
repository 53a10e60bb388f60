/** One column: numbers, NaN where missing, or texts, null where missing. */
export type ColumnValues = ArrayLike<number> | readonly (string | null)[];

/** Columns of one length by their names, in any order of rows: what a table is before it has regular periods. */
export type ColumnTable = Readonly<Record<string, ColumnValues>>;
