import { formatInstant, unknownName } from "@sage-twin/kernel";

/** Features over the rows of a table: columnar and immutable. */
export class FeatureTable<Feature extends string = string> {
  readonly length: number;
  readonly features: readonly Feature[];
  readonly #columns: ReadonlyMap<string, Float64Array>;
  readonly #instants: Float64Array | undefined;

  /** Takes columns of one length as they are. */
  constructor(columns: ReadonlyMap<Feature, Float64Array>, length: number, instants: Float64Array | undefined) {
    this.length = length;
    this.features = Object.freeze([...columns.keys()]);
    this.#columns = columns;
    this.#instants = instants;
  }

  /** A copy of a feature's values, one for each row, NaN where there is none. A `TwinError` names the near feature for an unknown one. */
  column(feature: Feature): Float64Array {
    const values = this.#columns.get(feature);
    if (values === undefined) throw unknownName("feature", String(feature), this.features, ["feature"]);
    return values.slice();
  }

  /** Copies of all columns by name: what `TimeTable.of` and the learners take. */
  columns(): Readonly<Record<Feature, Float64Array>> {
    return Object.fromEntries(this.features.map((feature) => [feature, this.column(feature)])) as never;
  }

  /** Each row as an object, with its `time` as ISO text where the table has one. */
  *rows(): Generator<Readonly<Record<Feature, number>> & { readonly time?: string }> {
    for (let row = 0; row < this.length; row++) {
      const record: Record<string, number | string> = {};
      if (this.#instants !== undefined) record["time"] = formatInstant(this.#instants[row], "h");
      for (const [feature, values] of this.#columns) record[feature] = values[row];
      yield record as never;
    }
  }
}
