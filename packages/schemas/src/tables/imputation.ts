import { arrayShape, numberShape, objectShape, type Shape, textShape } from "@sage-twin/kernel";

/** How a value came to be that no source gave: a flow split over finer periods, or a gap filled. */
export type ImputationPolicy = "split" | "carry" | "forward" | "linear" | "seasonal";

/** The cells of one metric that were made by one policy. */
export interface Imputation {
  readonly metric: string;
  readonly policy: ImputationPolicy;
  readonly cells: number;
}

/** The shape of saved imputations. */
export const imputationsShape = /* @__PURE__ */ arrayShape(
  /* @__PURE__ */ objectShape({
    metric: textShape,
    policy: textShape as Shape<ImputationPolicy>,
    cells: numberShape,
  }),
);

/** Both, the cells of one metric and policy added up. */
export function addImputations(before: readonly Imputation[] = [], more: readonly Imputation[]): readonly Imputation[] {
  const same = (a: Imputation, b: Imputation): boolean => a.metric === b.metric && a.policy === b.policy;
  const added = before.map((one) => ({
    ...one,
    cells: one.cells + (more.find((other) => same(one, other))?.cells ?? 0),
  }));
  return [...added, ...more.filter((one) => one.cells > 0 && !before.some((other) => same(one, other)))];
}
