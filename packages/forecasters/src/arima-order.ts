import { numberShape, objectShape, type Shape } from "@sage-twin/kernel";
import { checkWhole, refuse } from "./checks.js";

/** The orders of a seasonal ARIMA model: ARIMA(p,d,q)(P,D,Q). */
export interface ArimaOrder {
  readonly p: number;
  readonly d: number;
  readonly q: number;
  readonly P: number;
  readonly D: number;
  readonly Q: number;
  /** Values in one season; 1 where there is none. */
  readonly seasonLength: number;
  /** Whether the differenced series has a mean of its own: a mean of the series when d + D = 0, a drift when it is 1. */
  readonly constant: boolean;
}

export const orderShape: Shape<Omit<ArimaOrder, "constant">> = /* @__PURE__ */ objectShape({
  p: numberShape,
  d: numberShape,
  q: numberShape,
  P: numberShape,
  D: numberShape,
  Q: numberShape,
  seasonLength: numberShape,
});

const mostTerms = 24;
const mostDifferences = 2;

/** The order as it is written in the literature: `arima(1,1,1)(0,1,1)[12]`. */
export function orderName({ p, d, q, P, D, Q, seasonLength, constant }: ArimaOrder): string {
  const season = P + D + Q > 0 ? `(${P},${D},${Q})[${seasonLength}]` : "";
  return `arima(${p},${d},${q})${season}${constant ? (d + D > 0 ? " with drift" : " with mean") : ""}`;
}

/** Checks orders as users give them. */
export function checkOrder(
  order: readonly [number, number, number],
  seasonal: readonly [number, number, number],
  seasonLength: number,
  constant: boolean | undefined,
): ArimaOrder {
  const whole = (values: readonly number[], path: string): void => {
    if (!Array.isArray(values) || values.length !== 3)
      refuse([path], "these are not three orders", "give [autoregressive, differences, moving average]");
    values.forEach((value, index) => {
      const most = index === 1 ? mostDifferences : mostTerms;
      if (!(Number.isInteger(value) && value >= 0 && value <= most))
        refuse([path, index], `${value} is not a whole number from 0 to ${most}`, "give such an order");
    });
  };
  checkWhole(seasonLength, "seasonLength");
  whole(order, "order");
  whole(seasonal, "seasonal");
  const [p, d, q] = order;
  const [P, D, Q] = seasonal;
  if (seasonLength === 1 && P + D + Q > 0)
    refuse(["seasonal"], "there is no season of 1", "give the seasonLength, such as 12 for months");
  return { p, d, q, P, D, Q, seasonLength, constant: constant ?? d + D < 2 };
}
