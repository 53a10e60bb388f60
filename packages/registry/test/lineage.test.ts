import { memoryStore, TwinError } from "@sage-twin/kernel";
import { describe, expect, it } from "vitest";
import { contentId, datasetRegistry, fileId, Lineage } from "../src/index.js";

describe("lineage", () => {
  it("runs from a raw file over datasets and features to a model, and back", async () => {
    const store = memoryStore();
    const datasets = datasetRegistry(store);
    const { lineage } = datasets;
    const file = await fileId("x,y\n1,2");
    await lineage.record({ id: file.id, kind: "file", name: "raw.csv", details: { bytes: file.bytes } });
    const version = await datasets.commit("shop", { t: { x: [1] } }, { message: "m", sources: [file.id] });
    const features = contentId({ pipeline: ["lag"] });
    await lineage.record({ id: features, kind: "features", name: "lags" }, [version.id]);
    const model = contentId({ kind: "ets" });
    await lineage.record({ id: model, kind: "model", name: "ets" }, [features, version.id]);

    const up = await lineage.upstream(model);
    expect(up.nodes.map(({ kind }) => kind)).toEqual(["file", "dataset", "features", "model"]);
    expect(up.edges).toHaveLength(4);
    const down = await lineage.downstream(file.id);
    expect(down.nodes.map(({ kind }) => kind)).toEqual(["file", "dataset", "features", "model"]);
    expect((await lineage.downstream(model)).nodes).toHaveLength(1);
    expect(up.nodes[0].details).toEqual({ bytes: 7 });
  });

  it("adds inputs and repeats none", async () => {
    const lineage = new Lineage(memoryStore());
    for (const id of ["a", "b"]) await lineage.record({ id, kind: "file", name: id });
    await lineage.record({ id: "c", kind: "dataset", name: "c" }, ["a"]);
    await lineage.record({ id: "c", kind: "dataset", name: "c" }, ["a", "b", "b"]);
    expect((await lineage.upstream("c")).edges).toEqual([
      { from: "a", to: "c" },
      { from: "b", to: "c" },
    ]);
    expect((await lineage.downstream("a")).edges).toEqual([{ from: "a", to: "c" }]);
  });

  it("refuses circles and the unknown", async () => {
    const lineage = new Lineage(memoryStore());
    await lineage.record({ id: "a", kind: "file", name: "a" });
    await lineage.record({ id: "b", kind: "dataset", name: "b" }, ["a"]);
    const fails = async (work: Promise<unknown>, code: string) =>
      expect(
        await work.then(
          () => "",
          (error: unknown) => (TwinError.isInstance(error) ? error.code : String(error)),
        ),
      ).toBe(code);
    await fails(lineage.record({ id: "a", kind: "file", name: "a" }, ["b"]), "cycle");
    await fails(lineage.record({ id: "a", kind: "file", name: "a" }, ["a"]), "cycle");
    await fails(lineage.record({ id: "d", kind: "file", name: "d" }, ["x"]), "not-found");
    await fails(lineage.upstream("x"), "not-found");
    await fails(lineage.record({ id: "e", kind: "file", name: "e", details: { f: () => 1 } }), "not-serialisable");
  });
});
