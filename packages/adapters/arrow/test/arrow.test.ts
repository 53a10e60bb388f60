import { readFileSync } from "node:fs";
import { department, ingest, TimeTable } from "@sage-twin/schemas";
import { describe, expect, it } from "vitest";
import { requirePeers } from "../../../../.tools/peers.js";
import { type ArrowModule, type ArrowTable, fromArrow, toArrow } from "../src/index.js";

type Arrow = ArrowModule<ArrowTable> & {
  tableFromIPC(bytes: Uint8Array): ArrowTable;
  tableToIPC(table: ArrowTable): Uint8Array;
};

const arrow = requirePeers(new URL("peers/", import.meta.url))?.("apache-arrow") as Arrow;
const golden = (name: string): ArrowTable =>
  arrow.tableFromIPC(readFileSync(new URL(`golden/${name}.arrow`, import.meta.url)));
const nan = Number.NaN;

describe.skipIf(arrow === undefined)("Apache Arrow 21.2.0", () => {
  it("reads every type of a file that pyarrow 26 wrote (golden/column_types.py)", () => {
    const columns = fromArrow(golden("types"));
    const read = Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, Array.from(cells)]));
    expect(read).toEqual({
      date32: ["2026-01-05", null, "1969-12-31"],
      date64: ["2026-01-05", null, "1969-12-31"],
      second: ["2026-01-05T09:30:00.000", null, "1969-12-31T23:59:59.000"],
      milli: ["2026-01-05T09:30:00.250", null, "1969-12-31T23:59:59.000"],
      micro: ["2026-01-05T09:30:00.250", null, "1969-12-31T23:59:59.000"],
      nano: ["2026-01-05T09:30:00.250", null, "1969-12-31T23:59:59.000"],
      zoned: [Date.UTC(2026, 0, 5, 9, 30), null, Date.UTC(1969, 11, 31)],
      int8: [-1, null, 127],
      uint32: [0, null, 2 ** 32 - 1],
      int64: [-(2 ** 53), null, 2 ** 53 - 1],
      big: [9007199254740993n, null, 1],
      float: [0.5, null, nan],
      double: [0.1, null, -1e300],
      whole: [1.5, 2.5, -0.5],
      decimal: [19.99, null, -1234567.01],
      wide: [0.1, null, -5.25],
      text: ["a", null, "é"],
      category: ["x", null, "x"],
      flag: [true, null, false],
      nothing: [null, null, null],
    });
  });

  it("refuses nested columns, each named", () => {
    expect(() => fromArrow(golden("nested"))).toThrow(/columns\.list: .*Arrow type List[\s\S]*columns\.struct/);
  });

  it("takes local timestamps in the time zone, and instants as they are", async () => {
    const schema = department("s", { decimal: { unit: "GBP", kind: "flow" } });
    const read = (time: string): Promise<TimeTable> =>
      ingest(golden("types"), { schema, time, timeZone: "America/New_York", frequency: "h", invalid: "reject" });
    expect((await read("milli")).dates.at(-1)).toBe("2026-01-05T14:00Z");
    expect((await read("zoned")).dates.at(-1)).toBe("2026-01-05T09:00Z");
    expect((await read("milli")).quality.reasons).toMatchObject([{ reason: "not a time", count: 1 }]);
  });

  it("a wrong cell in Arrow is an issue of its row, and a whole number that no number holds is one", async () => {
    const schema = department("s", { big: { unit: "1", kind: "stock" } });
    await expect(ingest(golden("types"), { schema, time: "date32" })).rejects.toThrow(
      /rows\[0\]\.big: 9007199254740993 is not a number/,
    );
  });

  it.each(["D", "h", "M"] as const)(
    "gives a table of '%s' and takes it back, through Arrow's own file format",
    async (frequency) => {
      const schema = department("s", {
        sales: { unit: "GBP", kind: "flow" },
        staff: { unit: "people", kind: "stock" },
      });
      const table = TimeTable.of({
        frequency,
        start: "2026-01-01",
        columns: { sales: [0.1, nan, -3e300, 4], staff: [1, nan, 3, nan] },
      });
      const copy = await ingest(arrow.tableFromIPC(arrow.tableToIPC(toArrow(table, arrow))), { schema, frequency });
      expect([...copy.rows()]).toEqual([...table.rows()]);
    },
  );
});
