import { describeValue, type Issue, TwinError } from "@sage-twin/kernel";

/** What a target says: a service level, or what a unit too few and a unit too many cost. */
export type StockTarget =
  | { readonly serviceLevel: number }
  | { readonly underageCost: number; readonly overageCost: number };

/** What a stock of some size does against a demand. */
export interface StockDecision {
  /** The smallest quantity that covers the demand with the probability `serviceLevel`. */
  readonly quantity: number;
  /** Asked for, or the critical ratio underageCost / (underageCost + overageCost). */
  readonly serviceLevel: number;
  /** `quantity` less the mean demand. */
  readonly safetyStock: number;
  readonly expectedShortage: number;
  readonly expectedSurplus: number;
  /** The share of the demand that is met from stock; 1 without demand. */
  readonly fillRate: number;
  readonly stockoutProbability: number;
  /** Of shortage and surplus; there with costs. */
  readonly expectedCost?: number;
}

/** The issues of a target, at `path`. */
export function targetIssues(target: Partial<Record<string, unknown>>, path: readonly (string | number)[]): Issue[] {
  const { serviceLevel, underageCost, overageCost } = target;
  const costs = underageCost !== undefined || overageCost !== undefined;
  const issue = (name: string, message: string, fix: string): Issue => ({
    code: "invalid-argument",
    path: [...path, name],
    message,
    fix,
  });
  if (costs === (serviceLevel !== undefined))
    return [
      issue(
        "serviceLevel",
        costs ? "there is a service level beside costs" : "there is no target",
        "give serviceLevel, or underageCost and overageCost",
      ),
    ];
  if (!costs)
    return typeof serviceLevel === "number" && serviceLevel > 0 && serviceLevel < 1
      ? []
      : [issue("serviceLevel", `${describeValue(serviceLevel)} is no level between 0 and 1`, "such as 0.95")];
  return (["underageCost", "overageCost"] as const).flatMap((name) => {
    const cost = target[name];
    return typeof cost === "number" && cost > 0 && cost < 1e15
      ? []
      : [issue(name, `${describeValue(cost)} is no cost above 0`, "give the cost of one unit")];
  });
}

/** The probability with which the demand is to be covered. */
export function serviceLevelOf(target: StockTarget): number {
  return "serviceLevel" in target
    ? target.serviceLevel
    : target.underageCost / (target.underageCost + target.overageCost);
}

/** The smallest of an ascending sample that at least a share `level` does not exceed. */
export function sampleQuantile(ascending: Float64Array, level: number): number {
  const count = ascending.length;
  return ascending[Math.min(count - 1, Math.max(0, Math.ceil(level * count - 1e-9) - 1))];
}

/** The mean of what a sample exceeds `quantity` by. */
export function meanShortage(sample: Float64Array, quantity: number): number {
  let sum = 0;
  for (const demand of sample) if (demand > quantity) sum += demand - quantity;
  return sum / sample.length;
}

/**
 * The newsvendor's quantity for a sample of the demand: its quantile at the critical ratio, which no other quantity undercuts in expected cost on the sample
 * (Arrow, Harris and Marschak 1951), with what it leads to.
 *
 * @throws TwinError for an empty sample, a demand that is no number from 0, and targets outside their range.
 *
 * @example
 * ```ts
 * import { newsvendor } from "@sage-twin/predictors";
 *
 * const demands = [2, 3, 3, 4, 8];
 * const { quantity, expectedShortage } = newsvendor(demands, { underageCost: 3, overageCost: 1 });
 * [quantity, expectedShortage]; // => [4, 0.8]
 * ```
 */
export function newsvendor(demands: ArrayLike<number>, target: StockTarget): StockDecision {
  const sorted = Float64Array.from(demands).sort();
  const issues = targetIssues({ ...target }, ["target"]);
  const wrong = Array.from(demands).findIndex((demand) => !(demand >= 0 && demand < Number.POSITIVE_INFINITY));
  if (wrong >= 0 || sorted.length === 0)
    issues.push({
      code: "invalid-data",
      path: ["demands", ...(wrong >= 0 ? [wrong] : [])],
      message: wrong >= 0 ? `${describeValue(demands[wrong])} is no demand` : "there are no demands",
      fix: "give numbers from 0",
    });
  if (issues.length > 0) throw new TwinError(issues);
  return decide(sorted, target);
}

/** `newsvendor` of an ascending sample. */
export function decide(sorted: Float64Array, target: StockTarget): StockDecision {
  const serviceLevel = serviceLevelOf(target);
  const quantity = sampleQuantile(sorted, serviceLevel);
  const mean = sorted.reduce((sum, demand) => sum + demand, 0) / sorted.length;
  const expectedShortage = meanShortage(sorted, quantity);
  const expectedSurplus = quantity - mean + expectedShortage;
  return {
    quantity,
    serviceLevel,
    safetyStock: quantity - mean,
    expectedShortage,
    expectedSurplus,
    fillRate: mean > 0 ? 1 - expectedShortage / mean : 1,
    stockoutProbability: sorted.filter((demand) => demand > quantity).length / sorted.length,
    ...("underageCost" in target && {
      expectedCost: target.underageCost * expectedShortage + target.overageCost * expectedSurplus,
    }),
  };
}
