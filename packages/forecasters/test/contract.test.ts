import { forecasterContract } from "@sage-twin/testing";
import { describe, it } from "vitest";
import {
  auto,
  autoEts,
  dynamicOptimizedTheta,
  type EtsForm,
  type Forecaster,
  naive,
  seasonalNaive,
} from "../src/index.js";

const forms: readonly EtsForm[] = ["ANN", "AAdN", "AAA", "MNN", "MAdA", "MAM", "MMN", "MMdM"];
const models: Readonly<Record<string, () => Forecaster>> = {
  naive: () => naive(),
  seasonalNaive: () => seasonalNaive({ seasonLength: 12 }),
  autoEts: () => autoEts({ seasonLength: 12 }),
  "autoEts without season": () => autoEts(),
  dynamicOptimizedTheta: () => dynamicOptimizedTheta({ seasonLength: 12 }),
  "dynamicOptimizedTheta without season": () => dynamicOptimizedTheta(),
  auto: () => auto({ seasonLength: 12 }),
  "auto without season": () => auto({ horizon: 4 }),
  ...Object.fromEntries(forms.map((form) => [`ets ${form}`, () => autoEts({ seasonLength: 12, form })])),
};

for (const [name, create] of Object.entries(models)) {
  describe(name, () => {
    for (const check of forecasterContract(name, create)) it(check.name, check.run);
  });
}
