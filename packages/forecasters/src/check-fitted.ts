import { refuse } from "./checks.js";
import type { FittedForecaster } from "./types.js";

/** Refuses what is no fitted model. */
export function checkFitted(fitted: FittedForecaster): FittedForecaster {
  if (typeof fitted?.forecast === "function" && fitted.residuals instanceof Float64Array) return fitted;
  return refuse(
    ["fitted"],
    "this is no fitted model",
    "give what a forecaster's fit returns, such as autoEts().fit(values)",
  );
}
