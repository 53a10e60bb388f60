import { requireJson, unknownName } from "@sage-twin/kernel";
import { additive } from "./additive.js";
import { adida } from "./adida.js";
import { arima } from "./arima.js";
import { auto } from "./auto.js";
import { autoArima } from "./auto-arima.js";
import { autoCes } from "./auto-ces.js";
import { autoEts } from "./auto-ets.js";
import { autoTheta } from "./auto-theta.js";
import { checkOptions } from "./checks.js";
import { croston } from "./croston.js";
import { drift } from "./drift.js";
import { dynamicOptimizedTheta } from "./dynamic-optimized-theta.js";
import { dynamicTheta } from "./dynamic-theta.js";
import { scumEnsemble } from "./ensemble-scum.js";
import { gradientBoosting } from "./gradient-boosting.js";
import { historicMean } from "./historic-mean.js";
import { holt } from "./holt.js";
import { holtWinters } from "./holt-winters.js";
import { imapa } from "./imapa.js";
import { intermittent } from "./intermittent.js";
import { linearTrend } from "./linear-trend.js";
import { mstl } from "./mstl.js";
import { naive } from "./naive.js";
import { neural } from "./neural.js";
import { optimizedTheta } from "./optimized-theta.js";
import { regression } from "./regression.js";
import { sba } from "./sba.js";
import { seasonalNaive } from "./seasonal-naive.js";
import { ses } from "./ses.js";
import { theta } from "./theta.js";
import { tsb } from "./tsb.js";
import type { Forecaster } from "./types.js";
import { windowAverage } from "./window-average.js";

const makers = {
  additive,
  adida,
  arima,
  auto,
  autoArima,
  autoCes,
  autoEts,
  autoTheta,
  croston,
  drift,
  dynamicOptimizedTheta,
  dynamicTheta,
  "ensemble.scum": scumEnsemble,
  gradientBoosting,
  historicMean,
  holt,
  holtWinters,
  imapa,
  intermittent,
  linearTrend,
  mstl,
  naive,
  neural,
  optimizedTheta,
  regression,
  sba,
  seasonalNaive,
  ses,
  theta,
  tsb,
  windowAverage,
};

/** A model as plain JSON, so that it can travel to a worker: the name of its function, and its options. */
export type ModelDescription = {
  [Name in keyof typeof makers]: { readonly name: Name; readonly options?: Parameters<(typeof makers)[Name]>[0] };
}[keyof typeof makers];

/** Makes the described model; a `TwinError` for an unknown name, options that JSON cannot hold, and whatever the model refuses. */
export function modelByName(description: ModelDescription): Forecaster {
  const { name, options } = checkOptions(description, "model");
  if (!Object.hasOwn(makers, name)) throw unknownName("model", String(name), Object.keys(makers), ["model", "name"]);
  if (options !== undefined) requireJson(options, "not-serialisable");
  return (makers[name] as (options?: unknown) => Forecaster)(options);
}
