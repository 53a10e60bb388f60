import { describeValue, type Path } from "@sage-twin/kernel";
import { cesKind } from "./auto-ces.js";
import { etsKind } from "./auto-ets.js";
import { refuse } from "./checks.js";
import { thetaKind } from "./fit-theta.js";
import { mstlKind } from "./mstl.js";
import { naiveKind } from "./naive.js";
import { arimaKind } from "./publish-arima.js";
import { seasonalNaiveKind } from "./seasonal-naive.js";
import type { FittedForecaster } from "./types.js";

type Open = (json: unknown, path?: Path) => FittedForecaster;

/** Opens a saved model with the opener of its kind, one of those of single models or of `more`. */
export function openKind(json: unknown, more: Readonly<Record<string, Open>> = {}, path: Path = []): FittedForecaster {
  const kinds: Readonly<Record<string, Open>> = {
    "forecaster/arima": arimaKind.open,
    "forecaster/ces": cesKind.open,
    "forecaster/ets": etsKind.open,
    "forecaster/mstl": mstlKind((inner, at) => openKind(inner, {}, at)).open,
    "forecaster/naive": naiveKind.open,
    "forecaster/seasonalNaive": seasonalNaiveKind.open,
    "forecaster/theta": thetaKind.open,
    ...more,
  };
  const kind = typeof json === "object" && json !== null ? (json as { kind?: unknown }).kind : undefined;
  if (typeof kind === "string" && Object.hasOwn(kinds, kind)) return kinds[kind](json, path);
  return refuse(
    [...path, "kind"],
    `${describeValue(kind ?? json)} is no saved forecaster`,
    `one of ${Object.keys(kinds).join(", ")} is expected`,
    "corrupt",
  );
}
