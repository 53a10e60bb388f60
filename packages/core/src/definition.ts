import type { CausalGraph, MetricBounds } from "@sage-twin/causal";
import { TwinError } from "@sage-twin/kernel";
import type { Levers, MetricInfo } from "@sage-twin/scenarios";
import type { Department, MetricDefinition, MetricKind, TimeTable } from "@sage-twin/schemas";

/** What is said of a derived metric. */
export interface DerivedOptions {
  readonly unit: string;
  /** Default `"rate"`. */
  readonly kind?: MetricKind;
  readonly good?: "down" | "up";
  readonly description?: string;
}

/** A metric that is a formula over others. */
interface DerivedMetric extends DerivedOptions {
  readonly name: string;
  readonly expression: string;
}

/** A model that a twin predicts with: what was asked for, and the id of the version that it meant when the twin was built. */
export interface ModelPin {
  readonly reference: string;
  readonly version?: string;
}

/** Everything that a developer has said of a business. Plain and immutable. */
export interface TwinDefinition {
  readonly name: string;
  readonly departments: readonly Department[];
  readonly derived: readonly DerivedMetric[];
  readonly graph: CausalGraph;
  readonly levers: Levers;
  readonly tables: Readonly<Record<string, TimeTable>>;
  /** By the twin's names of them. */
  readonly models: Readonly<Record<string, ModelPin>>;
}

/** One metric with the department that it belongs to; derived metrics belong to `"derived"`. */
export interface CatalogueEntry extends MetricInfo {
  readonly metric: string;
  readonly department: string;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Every metric, by name; one that two departments define is an error. */
export function catalogueOf({
  departments,
  derived,
  levers,
}: TwinDefinition): Readonly<Record<string, CatalogueEntry>> {
  const catalogue: Record<string, CatalogueEntry> = {};
  const add = (metric: string, department: string, entry: Omit<CatalogueEntry, "department" | "metric">): void => {
    const other = catalogue[metric];
    if (Object.hasOwn(catalogue, metric)) {
      throw new TwinError({
        code: "conflict",
        path: ["department", department, metric],
        message: `the metric '${metric}' is defined by '${other.department}' and by '${department}'`,
        fix: "rename one of them",
      });
    }
    catalogue[metric] = { ...entry, metric, department };
  };
  for (const { name, metrics } of departments) {
    for (const [metric, definition] of Object.entries<MetricDefinition>(metrics)) {
      const { unit, kind, good, description, minimum, maximum } = definition;
      add(metric, name, { unit, kind, good, description, minimum, maximum });
    }
  }
  for (const { name, unit, kind = "rate", good, description } of derived)
    add(name, "derived", { unit, kind, good, description });
  for (const [name, { unit = "" }] of Object.entries(levers)) {
    if (!Object.hasOwn(catalogue, name)) add(name, "levers", { unit, kind: "rate" });
  }
  return catalogue;
}

/** The graph with every derived metric as an identity. */
export function fullGraph({ graph, derived }: TwinDefinition): CausalGraph {
  return derived.reduce((sum, { name, expression }) => sum.identity(name, expression), graph);
}

/** What is known of each metric's range: rates between their bounds, levers between theirs. */
export function boundsOf(catalogue: Readonly<Record<string, CatalogueEntry>>): Readonly<Record<string, MetricBounds>> {
  return Object.fromEntries(
    Object.values(catalogue).map(({ metric, minimum, maximum }) => [metric, { minimum, maximum }]),
  );
}
