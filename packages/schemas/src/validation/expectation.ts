import type { StandardSchema } from "@sage-twin/kernel";

/** `"error"`: a failure makes the pipeline fail and its rows bad. `"warn"`: it is told, and nothing else. */
export type Severity = "error" | "warn";

/** A cell that can be compared. */
export type SetValue = string | number | boolean;

/** Both ends count; one that is absent does not bound. */
export interface Bounds {
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What every expectation takes. */
export interface ExpectationOptions {
  /** Default `"error"`. */
  readonly severity?: Severity;
  /** A formula: only rows where it holds are looked at (`"orders > 0"`); where a name in it is missing, it does not. Default: all rows. */
  readonly when?: string;
}

/** What an expectation of rows takes. */
export interface RowExpectationOptions extends ExpectationOptions {
  /** The least share of the rows with a value that must be as expected, 0..1. Default 1. */
  readonly mostly?: number;
}

/** Bounds on figures of a column: mean, standard deviation (n - 1), and quantiles by their probability (linear, type 7). */
export interface DistributionBounds {
  readonly mean?: Bounds;
  readonly standardDeviation?: Bounds;
  readonly quantiles?: Readonly<Record<string, Bounds>>;
}

/** How like a sample a column must be. */
export interface ReferenceTest {
  readonly reference: readonly number[];
  /**
   * `"kolmogorovSmirnov"`: the two-sample test, p-value by the limit distribution with Stephens' (1970) correction.
   * `"populationStability"`: the index PSI over bins of equal shares of the reference.
   */
  readonly test: "kolmogorovSmirnov" | "populationStability";
  /** Fails where the p-value is below (default 0.05), or the index above (default 0.2). */
  readonly limit?: number;
  /** Bins of the index. Default 10. */
  readonly bins?: number;
}

/**
 * A user's check. It gets the columns it asked for and its parameters, and answers for the whole (true or false) or for each row: true,
 * false, or null where there is nothing to judge. What it throws makes the expectation errored.
 */
export type CustomCheck = (
  columns: Readonly<Record<string, ArrayLike<unknown>>>,
  parameters: unknown,
) => CustomAnswer | Promise<CustomAnswer>;

/** What a user's check answers. */
export type CustomAnswer = boolean | readonly (boolean | null)[];

/** Everything an expectation is: plain data, besides trusted patterns, schemas and checks that are given as code. */
export type Expectation = RowExpectationOptions &
  (
    | { readonly kind: "notNull"; readonly column: string }
    | ({ readonly kind: "between"; readonly column: string } & Bounds)
    | { readonly kind: "unique"; readonly columns: readonly string[] }
    | { readonly kind: "inSet"; readonly column: string; readonly values: readonly SetValue[] }
    | { readonly kind: "matches"; readonly column: string; readonly pattern: string | RegExp }
    | {
        readonly kind: "monotone";
        readonly column: string;
        readonly direction?: "up" | "down";
        readonly strictly?: boolean;
      }
    | {
        readonly kind: "noJump";
        readonly column: string;
        readonly deviations?: number;
        readonly relative?: number;
      }
    | { readonly kind: "freshness"; readonly column: string; readonly within: string }
    | ({ readonly kind: "rowCount" } & Bounds)
    | ({ readonly kind: "distribution"; readonly column: string } & (DistributionBounds | ReferenceTest))
    | {
        readonly kind: "identity";
        readonly column: string;
        readonly formula: string;
        readonly tolerance?: number;
      }
    | { readonly kind: "holds"; readonly formula: string }
    | { readonly kind: "conforms"; readonly schema: StandardSchema }
    | {
        readonly kind: "custom";
        readonly name: string;
        readonly columns?: readonly string[];
        readonly parameters?: unknown;
        readonly check?: CustomCheck;
      }
  );

/** The expectation of one kind. */
export type ExpectationOf<Kind extends Expectation["kind"]> = Extract<Expectation, { readonly kind: Kind }>;
