import type { Path } from "@sage-twin/kernel";
import { additiveKind } from "./additive.js";
import { cesKind } from "./auto-ces.js";
import { autoKind } from "./combined.js";
import { conformalKind } from "./conformal.js";
import { lineKind } from "./drift.js";
import { ensembleKind } from "./ensemble-process.js";
import { demandKind } from "./fit-demand.js";
import { boostingKind } from "./gradient-boosting.js";
import { openKind } from "./kinds.js";
import { mstlKind } from "./mstl.js";
import { neuralKind } from "./neural.js";
import { arimaKind } from "./publish-arima.js";
import { regressionKind } from "./regression.js";
import { transformKind } from "./transform.js";
import type { FittedForecaster } from "./types.js";

/**
 * The fitted model that `toJSON()` saved. Throws a `TwinError`: "corrupt" for anything that is not one, "newer-version" for
 * one that a later version wrote.
 *
 * @example
 * ```ts
 * import { modelFromJSON, naive } from "@sage-twin/forecasters";
 *
 * const text = JSON.stringify(naive().fit([3, 5, 4]));
 * modelFromJSON(JSON.parse(text)).forecast(1).mean[0]; // => 4
 * ```
 */
export function modelFromJSON(json: unknown): FittedForecaster {
  return open(json);
}

function open(json: unknown, path?: Path): FittedForecaster {
  const more = {
    "forecaster/additive": additiveKind.open,
    "forecaster/arima": arimaKind.open,
    "forecaster/auto": autoKind.open,
    "forecaster/demand": demandKind.open,
    "forecaster/ces": cesKind.open,
    "forecaster/boosting": boostingKind.open,
    "forecaster/conformal": conformalKind(open).open,
    "forecaster/ensemble": ensembleKind(open).open,
    "forecaster/line": lineKind.open,
    "forecaster/mstl": mstlKind(open).open,
    "forecaster/neural": neuralKind.open,
    "forecaster/regression": regressionKind.open,
    "forecaster/transform": transformKind(open).open,
  };
  return openKind(json, more, path);
}
