import { describeValue, TwinError } from "@sage-twin/kernel";
import { churnFromJSON } from "./churn/fitted-churn.js";
import { demandFromJSON } from "./demand/fitted-demand.js";
import type { FittedPredictor } from "./fitted-predictor.js";
import { marketingFromJSON } from "./marketing/fitted-marketing.js";
import { revenueFromJSON } from "./revenue/fitted-revenue.js";
import { sentimentFromJSON } from "./sentiment/fitted-sentiment.js";

const kinds: Readonly<Record<string, (json: unknown) => FittedPredictor>> = {
  "predictor/churn": churnFromJSON,
  "predictor/demand": demandFromJSON,
  "predictor/marketing": marketingFromJSON,
  "predictor/revenue": revenueFromJSON,
  "predictor/sentiment": sentimentFromJSON,
};

/**
 * The fitted predictor that `toJSON()` saved. Throws a `TwinError`: "corrupt" for anything that is not one, "newer-version" for
 * one that a later version wrote.
 */
export function predictorFromJSON(json: unknown): FittedPredictor {
  const kind = typeof json === "object" && json !== null ? (json as { kind?: unknown }).kind : undefined;
  if (typeof kind === "string" && Object.hasOwn(kinds, kind)) return kinds[kind](json);
  throw new TwinError({
    code: "corrupt",
    path: ["kind"],
    message: `${describeValue(kind ?? json)} is no saved predictor`,
    fix: `one of ${Object.keys(kinds).join(", ")} is expected`,
  });
}
