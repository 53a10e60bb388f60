import type { Rng } from "@sage-twin/kernel";

/** The range from which each business draws each of its parameters; rates and memories are those of a week. */
const ranges = {
  annualGrowth: [-0.03, 0.08],
  seasonAmplitude: [0.06, 0.16],
  seasonPhase: [0.75, 0.95],
  halfYearAmplitude: [0, 0.06],
  peakHeight: [0.1, 0.3],
  breakSize: [-0.22, -0.1],
  demandSpread: [0.08, 0.12],
  demandMemory: [0.7, 0.85],
  demandOnOrders: [0.8, 1.2],
  demandOnPrice: [0.15, 0.3],
  demandOnMarketing: [0.2, 0.5],
  competitorSpread: [0.04, 0.07],
  competitorOnPrice: [0.3, 0.5],
  competitorOnOrders: [0.4, 0.8],
  basePrice: [8, 20],
  priceSlope: [2.6, 4.4],
  priceSpread: [0.03, 0.05],
  costShare: [0.35, 0.5],
  costSpread: [0.06, 0.1],
  costPassThrough: [0.35, 0.6],
  baseOrders: [600, 2400],
  visitorElasticity: [0.45, 0.75],
  marketingShare: [0.05, 0.1],
  marketingSpread: [0.15, 0.3],
  marketingMemory: [0.3, 0.65],
  hillPower: [1, 1.8],
  paidShare: [0.3, 0.55],
  promotionDepth: [0.15, 0.3],
  promotionLift: [0.4, 0.7],
  delayPenalty: [0.05, 0.12],
  sentimentLift: [0.1, 0.25],
  loyalty: [0.2, 0.4],
  delayOnSatisfaction: [0.2, 0.45],
  churn: [0.006, 0.012],
  churnSlope: [0.02, 0.04],
} as const;

/** What makes one simulated business differ from another. */
export type BusinessParameters = { readonly [Name in keyof typeof ranges]: number };

/** Draws every parameter from a stream of its own. */
export function drawParameters(rng: Rng): BusinessParameters {
  return Object.fromEntries(
    Object.entries(ranges).map(([name, [low, high]]) => [
      name,
      low + (high - low) * rng.derive("parameter", name).uniform(),
    ]),
  ) as BusinessParameters;
}
