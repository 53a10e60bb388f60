import type { Frequency } from "@sage-twin/kernel";
import type { IncompletePeriod, IntakeFigures } from "../quality/quality.js";
import type { Imputation } from "./imputation.js";

/** What a `TimeTable` is made of; rows are periods, one after the other. */
export interface TableParts {
  readonly frequency: Frequency;
  /** The number of the first period (see the kernel's `periodIndex`). */
  readonly first: number;
  /** One value per period, NaN where missing. */
  readonly columns: ReadonlyMap<string, Float64Array>;
  /** 1 for each period that had a row, 0 in a gap. */
  readonly present: Uint8Array;
  readonly intake: IntakeFigures;
  readonly incomplete?: readonly IncompletePeriod[];
  readonly imputed?: readonly Imputation[];
}
