import { detectAnomalies, detectSeasonality } from "@sage-twin/features";
import { memoryStore } from "@sage-twin/kernel";
import { datasetRegistry } from "@sage-twin/registry";
import { between, holds, identity, notNull, type PipelineData, validationPipeline } from "@sage-twin/schemas";
import { departments } from "./departments.js";
import type { ShopTables } from "./shop.js";

/** What the checks of the shop's tables found. */
export interface DataCheck {
  /** The dataset version of the weekly tables: the digest of their content. */
  readonly version: string;
  readonly rules: readonly { readonly rule: string; readonly status: string; readonly unexpected: number }[];
  /** The strength of the week's pattern in daily sales, 0..1; undefined where there is none. */
  readonly weekPattern: number | undefined;
  /** Weeks whose net sales stand out, with the reason. */
  readonly anomalies: readonly { readonly week: string; readonly reason: string }[];
}

const rules = validationPipeline("online retail, by week", { policy: "warn" }).expect(
  notNull("netSales", { mostly: 0.95 }),
  between("orders", { minimum: 1 }),
  identity("netSales", "grossSales - refunds", { tolerance: 1e-9 }),
  holds("refunds <= grossSales"),
);

/** Checks the shop's tables: rules over their rows, the season of a week, weeks that stand out, and the version of what was read. */
export async function checkData(weekly: ShopTables, daily: ShopTables): Promise<DataCheck> {
  const table = weekly.revenue;
  const { checks } = await rules.run(table as PipelineData, { detail: "summary" });
  const week = detectSeasonality(daily.revenue.column("netSales"), { periods: [7] }).evidence[0];
  const found = detectAnomalies(table.column("netSales"), { methods: ["robustZ"] }).anomalies;
  const { id } = await datasetRegistry(memoryStore()).commit(
    "online-retail",
    { ...weekly },
    {
      message: "weekly tables",
      schema: Object.values(departments),
    },
  );
  return {
    version: id,
    rules: checks.map(({ expectation, status, unexpected = 0 }) => ({ rule: expectation, status, unexpected })),
    weekPattern: week?.detected ? week.strength : undefined,
    anomalies: found.map(({ index, reason }) => ({ week: table.dates[index], reason })),
  };
}
