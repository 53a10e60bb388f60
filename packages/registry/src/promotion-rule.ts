import {
  arrayShape,
  choiceShape,
  type Issue,
  numberShape,
  objectShape,
  optionalShape,
  type Path,
  type Shape,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import type { ModelVersion } from "./model-version.js";

/** A demand on one metric: a bound, or a comparison with the present holder of the alias. */
export interface MetricDemand {
  readonly metric: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Compared with the holder, `"higher"` or `"lower"` is better; without a holder there is nothing to compare. */
  readonly better?: "higher" | "lower";
  /** By how much better than the holder at least. Default 0: no worse. Negative: worse by no more than that. */
  readonly by?: number;
}

/** What must hold before an alias moves to a version: every demand. Plain JSON. */
export interface PromotionRule {
  readonly require: readonly MetricDemand[];
}

/** How one demand came out. */
export interface DemandOutcome {
  readonly metric: string;
  readonly demand: "atLeast" | "atMost" | "better";
  /** The candidate's metric; null when it has none. */
  readonly value: number | null;
  /** The least, or most, that passes; null when the holder lacks the metric or there is no holder. */
  readonly bound: number | null;
  /** By how much it failed; 0 when it passed, null when there was nothing to measure. */
  readonly shortfall: number | null;
  readonly passed: boolean;
}

const rounding = 1e-12;

export const promotionRuleShape: Shape<PromotionRule> = /* @__PURE__ */ objectShape({
  require: /* @__PURE__ */ arrayShape(
    /* @__PURE__ */ objectShape({
      metric: textShape,
      atLeast: /* @__PURE__ */ optionalShape(numberShape),
      atMost: /* @__PURE__ */ optionalShape(numberShape),
      better: /* @__PURE__ */ optionalShape(/* @__PURE__ */ choiceShape("higher", "lower")),
      by: /* @__PURE__ */ optionalShape(numberShape),
    }),
  ),
});

/** A rule as it was given, checked; the `TwinError` "invalid-argument" has every issue. */
export function requireRule(rule: unknown): PromotionRule {
  const path = ["rule"];
  try {
    const checked = promotionRuleShape(rule, path);
    const issues = checked.require.flatMap(({ atLeast, atMost, better, by }, index): Issue[] => {
      const at = [...path, "require", index];
      if (atLeast === undefined && atMost === undefined && better === undefined)
        return [
          { code: "invalid-argument", path: at, message: "this demands nothing", fix: "say atLeast, atMost or better" },
        ];
      if (by !== undefined && better === undefined)
        return [
          {
            code: "invalid-argument",
            path: at,
            message: "'by' needs 'better'",
            fix: 'say better: "higher" or "lower"',
          },
        ];
      return [];
    });
    if (issues.length > 0) throw new TwinError(issues);
    return checked;
  } catch (error) {
    if (!TwinError.isInstance(error)) throw error;
    throw new TwinError(error.issues.map((issue) => ({ ...issue, code: "invalid-argument" })));
  }
}

/**
 * How each demand of a rule comes out for a candidate beside the present holder. A bound counts as met within 1e-12 of its size.
 *
 * @example
 * ```ts
 * import { ruleOutcomes } from "@sage-twin/registry";
 *
 * const rule = { require: [{ metric: "auc", better: "higher", by: 0.125 }] } as const;
 * const [auc] = ruleOutcomes(rule, { metrics: { auc: 0.75 } }, { metrics: { auc: 0.875 } });
 * auc.passed; // => false
 * auc.shortfall; // => 0.25
 * ```
 */
export function ruleOutcomes(
  rule: PromotionRule,
  candidate: Pick<ModelVersion, "metrics">,
  holder?: Pick<ModelVersion, "metrics">,
): readonly DemandOutcome[] {
  const metricOf = (version: Pick<ModelVersion, "metrics">, metric: string): number | null =>
    Object.hasOwn(version.metrics, metric) ? version.metrics[metric] : null;
  return rule.require.flatMap(({ metric, atLeast, atMost, better, by = 0 }) => {
    const value = metricOf(candidate, metric);
    const outcome = (demand: DemandOutcome["demand"], bound: number | null, sign: number): DemandOutcome => {
      if (value === null || bound === null) return { metric, demand, value, bound, shortfall: null, passed: false };
      const short = sign * (bound - value);
      const passed = short <= rounding * Math.max(1, Math.abs(bound));
      return { metric, demand, value, bound, shortfall: passed ? 0 : short, passed };
    };
    const all: DemandOutcome[] = [];
    if (atLeast !== undefined) all.push(outcome("atLeast", atLeast, 1));
    if (atMost !== undefined) all.push(outcome("atMost", atMost, -1));
    if (better !== undefined && holder === undefined)
      all.push({
        metric,
        demand: "better",
        value,
        bound: null,
        shortfall: value === null ? null : 0,
        passed: value !== null,
      });
    if (better !== undefined && holder !== undefined) {
      const sign = better === "higher" ? 1 : -1;
      const held = metricOf(holder, metric);
      all.push(outcome("better", held === null ? null : held + sign * by, sign));
    }
    return all;
  });
}

/** Throws a `TwinError` "out-of-range" that says of each demand that failed by how much. */
export function requireOutcomes(outcomes: readonly DemandOutcome[], rule: PromotionRule, path: Path): void {
  const failed = outcomes.filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  throw new TwinError(
    failed.map(({ metric, demand, value, bound, shortfall }): Issue => {
      const at = [...path, metric];
      const code = "out-of-range";
      if (value === null)
        return {
          code,
          path: at,
          message: `the version has no metric '${metric}'`,
          fix: "measure it and register the version with it",
        };
      if (bound === null)
        return {
          code,
          path: at,
          message: `the present holder has no metric '${metric}' to compare with`,
          fix: "change the rule, or register the holder with it",
        };
      const { better, by = 0 } = rule.require.find((wanted) => wanted.metric === metric && wanted.better) ?? {};
      const most = demand === "atMost" || (demand === "better" && better === "lower");
      const sign = better === "lower" ? -1 : 1;
      const why =
        demand === "better"
          ? `, the holder's ${shown(bound - sign * by)} ${sign * by < 0 ? "-" : "+"} ${Math.abs(by)}`
          : "";
      return {
        code,
        path: at,
        message: `${shown(value)} is ${shown(shortfall as number)} ${most ? "above" : "below"} the ${most ? "most" : "least"} that passes, ${shown(bound)}${why}`,
        fix: "promote a better version, or change the rule of the alias",
      };
    }),
  );
}

const shown = (value: number): string => String(Number(value.toPrecision(6)));
