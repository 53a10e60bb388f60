import { exp, TwinError } from "@sage-twin/kernel";
import { checkLevel, quantile } from "../estimation/effect-estimate.js";
import type { RegressionEffect } from "../estimation/regression-effect.js";

/** How strong a cause that was not measured would have to be. */
export interface Robustness {
  /** The share of what is left of both treatment and outcome that it would have to explain to take the effect to 0. */
  readonly robustnessValue: number;
  /** The same, to take it within the noise at `level`. */
  readonly robustnessValueOfNoise: number;
  /** The effect and its standard error if a cause explained these shares of what is left. */
  adjusted(shares: { readonly ofTreatment: number; readonly ofOutcome: number }): {
    readonly effect: number;
    readonly standardError: number;
  };
}

/**
 * How much a cause that was not measured could change a regression's effect: the robustness value and bias-adjusted effects of Cinelli and
 * Hazlett (2020), from classical standard errors.
 *
 * @param level the significance that the effect is to lose. Default: 0.05.
 */
export function robustness(estimate: RegressionEffect, level = 0.05): Robustness {
  checkLevel(level);
  const { partialRSquared, effect, classicDegrees: degrees, classicError } = estimate;
  const t = Math.sqrt((partialRSquared / (1 - partialRSquared)) * degrees);
  const critical = quantile(1 - level / 2, degrees - 1) / Math.sqrt(degrees - 1);
  const f = t / Math.sqrt(degrees);
  const value = (squared: number): number => (Math.sqrt(squared * squared + 4 * squared) - squared) / 2;
  const g = f - critical;
  const noise = g <= 0 ? 0 : f > 1 / critical ? (f * f - critical * critical) / (1 + f * f) : value(g * g);
  return {
    robustnessValue: value(f * f),
    robustnessValueOfNoise: noise,
    adjusted({ ofTreatment, ofOutcome }) {
      for (const [name, share] of Object.entries({ ofTreatment, ofOutcome }))
        if (!(share >= 0 && share < 1))
          throw new TwinError({
            code: "out-of-range",
            path: [name],
            message: `a share lies from 0 to below 1, not ${share}`,
          });
      const bias = classicError * Math.sqrt((degrees * ofOutcome * ofTreatment) / (1 - ofTreatment));
      return {
        effect: Math.sign(effect) * (Math.abs(effect) - bias),
        standardError: classicError * Math.sqrt(((1 - ofOutcome) / (1 - ofTreatment)) * (degrees / (degrees - 1))),
      };
    },
  };
}

/**
 * The E-value of a risk ratio: how strongly, as risk ratios, a cause that was not measured would have to go with both treatment and outcome
 * to explain it away (VanderWeele and Ding 2017).
 *
 * @throws TwinError for a ratio that is not above 0.
 */
export function eValue(riskRatio: number): number {
  if (!(riskRatio > 0 && riskRatio < Number.POSITIVE_INFINITY))
    throw new TwinError({
      code: "out-of-range",
      path: ["riskRatio"],
      message: `a risk ratio is above 0, not ${riskRatio}`,
    });
  const ratio = riskRatio < 1 ? 1 / riskRatio : riskRatio;
  return ratio + Math.sqrt(ratio * (ratio - 1));
}

/**
 * The E-value of a difference of means in standard deviations of the outcome, and that of the end of its 95 % interval nearest to 0 (1 where
 * that holds 0), by the risk ratio of about exp(0.91 d) (VanderWeele and Ding 2017).
 *
 * @param change the difference of treatment that is judged. Default: 1.
 */
export function eValueOfEffect(
  estimate: { readonly effect: number; readonly standardError: number },
  outcomeDeviation: number,
  change = 1,
): { readonly effect: number; readonly interval: number } {
  if (!(outcomeDeviation > 0))
    throw new TwinError({
      code: "out-of-range",
      path: ["outcomeDeviation"],
      message: `a standard deviation is above 0, not ${outcomeDeviation}`,
    });
  const size = Math.abs((estimate.effect * change) / outcomeDeviation);
  const error = Math.abs((estimate.standardError * change) / outcomeDeviation);
  const nearest = exp(0.91 * size - 1.78 * error);
  return { effect: eValue(exp(0.91 * size)), interval: nearest > 1 ? eValue(nearest) : 1 };
}
