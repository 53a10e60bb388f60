import { type Issue, TwinError } from "@sage-twin/kernel";

/** What keeping and losing a customer costs. */
export interface RetentionCosts {
  /** What a lost customer is worth: one number, or one for each customer, such as lifetime values. */
  readonly loss: number | ArrayLike<number>;
  /** What an attempt to keep one customer costs. */
  readonly contact: number;
  /** The share of those about to leave whom the attempt keeps. Default: 1. */
  readonly saved?: number;
}

/** Whom to try to keep. */
export interface RetentionPlan {
  /** From which probability on an attempt pays, one for each customer. */
  readonly thresholds: Float64Array;
  /** The rows of the customers to contact, the one that gains most first. */
  readonly contacts: Int32Array;
  /** What the plan is expected to gain over doing nothing. */
  readonly saving: number;
  /** What contacting everybody would gain, below 0 where it costs more than it saves. */
  readonly savingOfAll: number;
}

/**
 * The customers whom it pays to contact: those with probability x saved x loss above the cost of the contact (the threshold of Elkan 2001 for these costs).
 *
 * @param probabilities of leaving, calibrated: one for each customer.
 *
 * @example
 * ```ts
 * import { retentionPlan } from "@sage-twin/predictors";
 *
 * const { thresholds, contacts, saving } = retentionPlan([0.1, 0.6, 0.3], { loss: 100, contact: 10, saved: 0.5 });
 * thresholds[0]; // => 0.2
 * contacts; // => Int32Array.of(1, 2)
 * saving; // => 25
 * ```
 */
export function retentionPlan(probabilities: ArrayLike<number>, costs: RetentionCosts): RetentionPlan {
  const { loss, contact, saved = 1 } = costs;
  const issues: Issue[] = [];
  const check = (valid: boolean, path: (string | number)[], message: string, fix: string): void => {
    if (!valid && issues.length < 20) issues.push({ code: "invalid-argument", path, message, fix });
  };
  check(contact >= 0 && Number.isFinite(contact), ["contact"], `${contact}`, "give a cost from 0");
  check(saved > 0 && saved <= 1, ["saved"], `${saved}`, "give a share above 0, up to 1");
  const lossOf = (row: number): number => (typeof loss === "number" ? loss : loss[row]);
  if (typeof loss !== "number" && loss?.length !== probabilities.length)
    check(false, ["loss"], `${loss?.length} losses for ${probabilities.length} customers`, "give one for each");
  else
    for (let row = 0; row < probabilities.length; row++) {
      const p = probabilities[row];
      check(p >= 0 && p <= 1, ["probabilities", row], `${p}`, "give probabilities, 0 to 1");
      check(lossOf(row) >= 0 && Number.isFinite(lossOf(row)), ["loss", row], `${lossOf(row)}`, "give a value from 0");
    }
  if (issues.length > 0) throw new TwinError(issues);
  const gains = Float64Array.from(probabilities, (p, row) => p * saved * lossOf(row) - contact);
  const rows = Int32Array.from(gains.keys()).filter((row) => gains[row] > 0);
  return {
    thresholds: gains.map((_, row) => Math.min(1, contact / (saved * lossOf(row)))),
    contacts: rows.sort((a, b) => gains[b] - gains[a] || a - b),
    saving: rows.reduce((sum, row) => sum + gains[row], 0),
    savingOfAll: gains.reduce((sum, gain) => sum + gain, 0),
  };
}
