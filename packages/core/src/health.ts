import { normalDistribution } from "@sage-twin/kernel";
import type { CatalogueEntry } from "./definition.js";

/** One metric's part in the health index. */
export interface HealthPart {
  readonly metric: string;
  readonly department: string;
  /** 0..100: 50 is as usual, more is better than usual. */
  readonly score: number;
  /** Its share in the index; the weights sum to 1. */
  readonly weight: number;
  readonly value: number;
  /** The median of the periods that it is compared with. */
  readonly usual: number;
}

/** How the business does against its own recent past: 50 is as usual. */
export interface Health {
  /** The sum of weight x score, 0..100; `undefined` where no metric says which way is good. */
  readonly index: number | undefined;
  readonly parts: readonly HealthPart[];
}

const window = 26;
const fewest = 4;
const madToSd = 1.482602218505602;

/**
 * The health index: each metric that has a good direction is scored 100 x Phi(z), with z its last value's distance from the median of up
 * to 26 periods before, in robust standard deviations (1.4826 x the median absolute deviation), signed so that up is good. Departments
 * weigh the same, and so do the metrics within one.
 */
export function assessHealth(catalogue: readonly CatalogueEntry[], columns: ReadonlyMap<string, Float64Array>): Health {
  const scored = catalogue.flatMap(({ metric, department, good }) => {
    const known = (columns.get(metric) ?? new Float64Array(0)).filter(Number.isFinite);
    const value = known[known.length - 1];
    const before = known.slice(Math.max(0, known.length - 1 - window), -1).sort();
    if (good === undefined || before.length < fewest) return [];
    const usual = middle(before);
    const spread = madToSd * middle(before.map((other) => Math.abs(other - usual)).sort());
    const distance = value - usual;
    const z = spread > 0 ? distance / spread : Math.sign(distance) * Number.MAX_VALUE;
    return [{ metric, department, value, usual, score: 100 * normalDistribution(good === "up" ? z : -z) }];
  });
  const departments = new Set(scored.map(({ department }) => department));
  const parts = scored.map((part) => ({
    ...part,
    weight: 1 / departments.size / scored.filter(({ department }) => department === part.department).length,
  }));
  const index = parts.length > 0 ? parts.reduce((sum, { score, weight }) => sum + score * weight, 0) : undefined;
  return { index, parts };
}

function middle(ascending: Float64Array): number {
  const half = ascending.length >> 1;
  return ascending.length % 2 === 1 ? ascending[half] : (ascending[half - 1] + ascending[half]) / 2;
}
