import { department, ingest, TimeTable } from "@sage-twin/schemas";
import { describe, expect, it } from "vitest";
import { requirePeers } from "../../../../.tools/peers.js";
import { type DanfoFrame, type DanfoModule, fromDanfo, toDanfo } from "../src/index.js";

type Frame = DanfoFrame & {
  readonly shape: readonly number[];
  query(condition: unknown): Frame;
  column(name: string): { gt(limit: number): unknown };
};

const dfd = requirePeers(new URL("peers/", import.meta.url))?.("danfojs") as DanfoModule<Frame>;
const schema = department("s", { sales: { unit: "GBP", kind: "flow" }, staff: { unit: "people", kind: "stock" } });
const nan = Number.NaN;

describe.skipIf(dfd === undefined)("danfojs 1.2.0", () => {
  it("gives a frame and takes it back", async () => {
    const table = TimeTable.of({
      frequency: "D",
      start: "2026-01-05",
      columns: { sales: [0.1, nan, -3, 4], staff: [1, 2, 3, nan] },
    });
    const frame = toDanfo(table, dfd);
    expect([frame.shape, frame.columns]).toEqual([
      [4, 3],
      ["date", "sales", "staff"],
    ]);
    expect([...(await ingest(frame, { schema, frequency: "D" })).rows()]).toEqual([...table.rows()]);
  });

  it("takes a frame that danfojs made and queried", async () => {
    const made = new dfd.DataFrame({
      date: ["2026-01-05", "2026-01-06", "2026-01-07"],
      sales: [1, 2, 3],
      staff: [4, 5, 6],
    });
    const frame = made.query(made.column("sales").gt(1));
    expect(fromDanfo(frame)["sales"]).toEqual([2, 3]);
    const table = await ingest(frame, { schema });
    expect([...table.rows()]).toEqual([
      { date: "2026-01-06", sales: 2, staff: 5 },
      { date: "2026-01-07", sales: 3, staff: 6 },
    ]);
  });

  it("a wrong cell of a frame is an issue of its row", async () => {
    const frame = new dfd.DataFrame({ date: ["2026-01-05", "2026-01-06"], sales: ["1", "x"], staff: [1, 2] });
    await expect(ingest(frame, { schema })).rejects.toThrow("rows[1].sales: 'x' is not a number");
  });
});
