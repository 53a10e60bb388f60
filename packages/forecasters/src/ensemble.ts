import { inverseErrorEnsemble } from "./ensemble-inverse-error.js";
import { meanEnsemble } from "./ensemble-mean.js";
import { medianEnsemble } from "./ensemble-median.js";
import { scumEnsemble } from "./ensemble-scum.js";
import { stackingEnsemble } from "./ensemble-stacking.js";

/** Models that are made of several: `ensemble.mean([autoEts(), drift()])`. */
export const ensemble: {
  readonly mean: typeof meanEnsemble;
  readonly median: typeof medianEnsemble;
  readonly inverseError: typeof inverseErrorEnsemble;
  readonly stacking: typeof stackingEnsemble;
  readonly scum: typeof scumEnsemble;
} = /* @__PURE__ */ Object.freeze({
  mean: meanEnsemble,
  median: medianEnsemble,
  inverseError: inverseErrorEnsemble,
  stacking: stackingEnsemble,
  scum: scumEnsemble,
});
