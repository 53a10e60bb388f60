import { describe, expect, it } from "vitest";
import { alignTables, department, TimeTable } from "../../src/index.js";
import { caught } from "../helpers.js";

const nan = Number.NaN;
const sales = department("sales", { sold: { unit: "units", kind: "flow" } });
const staff = department("staff", { people: { unit: "people", kind: "stock" } });
const days = TimeTable.of({
  frequency: "D",
  start: "2026-01-15",
  columns: { sold: new Float64Array(17 + 28 + 31 + 5).fill(1) },
});
const months = TimeTable.of({ frequency: "M", start: "2026-01", columns: { people: [3, 4] } });

describe("alignTables", () => {
  it("brings all to the coarsest frequency; outer and inner", () => {
    const outer = alignTables({ sales: days, staff: months }, [sales, staff]);
    expect([outer.frequency, outer.start, outer.length]).toEqual(["M", Date.UTC(2026, 0, 1), 3]);
    expect([...outer.tables.sales.column("sold")]).toEqual([nan, 28, 31]);
    expect([...outer.tables.staff.column("people")]).toEqual([3, 4, nan]);
    expect(outer.tables.staff.quality.gaps).toEqual([{ from: "2026-03-01", to: "2026-03-01", periods: 1 }]);
    expect(outer.changes).toEqual([
      { table: "sales", resampledFrom: "D", missing: 1, cut: 0 },
      { table: "staff", missing: 1, cut: 0 },
    ]);
    expect(outer.tables.sales.quality.incomplete.map(({ dropped }) => dropped)).toEqual([true, true]);

    const inner = alignTables({ sales: days, staff: months }, [sales, staff], { range: "inner" });
    expect([inner.start, inner.length, inner.changes.map(({ cut }) => cut)]).toEqual([Date.UTC(2026, 1, 1), 1, [1, 1]]);
    expect([...inner.tables.sales.column("sold")]).toEqual([28]);
    const kept = alignTables({ sales: days, staff: months }, [sales, staff], { incomplete: "keep" });
    expect([...kept.tables.sales.column("sold")]).toEqual([17, 28, 31, 5]);
  });

  it("to a finer frequency, counting what it makes", () => {
    const { tables } = alignTables({ sales: days, staff: months }, [sales, staff], { frequency: "D", range: "inner" });
    expect([tables.sales.length, tables.staff.length]).toEqual([45, 45]);
    expect([...tables.staff.column("people").slice(15, 18)]).toEqual([3, 3, 4]);
    expect(tables.staff.imputed).toEqual([{ metric: "people", policy: "carry", cells: 57 }]);
  });

  it("leaves one table, and tables that fit, as they are", () => {
    expect(alignTables({ staff: months }, []).tables.staff).toBe(months);
  });

  it("refuses no tables, no department, no common period, and periods that do not nest", async () => {
    expect((await caught(() => alignTables({}, []))).code).toBe("not-found");
    expect((await caught(() => alignTables({ sales: days, staff: months }, [staff]))).path).toEqual([
      "tables",
      "sales",
    ]);
    const late = TimeTable.of({ frequency: "M", start: "2027-01", columns: { people: [1] } });
    const error = await caught(() => alignTables({ staff: months, late }, [], { range: "inner" }));
    expect(error.message).toContain("staff 2026-01-01 to 2026-03-01, late 2027-01-01 to 2027-02-01");
    const weeks = TimeTable.of({ frequency: "W", start: "2026-01-05", columns: { sold: [1, 1, 1, 1, 1] } });
    expect((await caught(() => alignTables({ sales: weeks, staff: months }, [sales, staff]))).code).toBe("unsupported");
  });
});
