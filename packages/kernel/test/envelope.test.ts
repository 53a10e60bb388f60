import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arrayShape,
  booleanShape,
  choiceShape,
  decodeNumbers,
  defineEnvelope,
  encodedNumbersShape,
  encodeNumbers,
  libraryVersion,
  numberShape,
  objectShape,
  optionalShape,
  parseJson,
  recordShape,
  type StandardSchema,
  TwinError,
  textShape,
} from "../src/index.js";

const offset = defineEnvelope({
  kind: "offset",
  version: 3,
  parse: objectShape({ offset: numberShape, unit: optionalShape(textShape) }),
  migrations: [
    (state) => ({ offset: (state as { value: number }).value }),
    (state) => ({ ...(state as object), unit: "GBP" }),
  ],
});
const sealed = { kind: "offset", schemaVersion: 3, libraryVersion, state: { offset: 2 } };

function thrown(action: () => unknown): TwinError {
  try {
    action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error;
    throw error;
  }
  return expect.fail("nothing was thrown");
}

describe("libraryVersion", () => {
  it("is the version of the package", () => {
    const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(libraryVersion).toBe(manifest.version);
  });
});

describe("an envelope", () => {
  it("keeps its state through JSON text", () => {
    const envelope = offset.seal({ offset: 2, unit: "GBP" });
    expect(envelope).toEqual({ ...sealed, state: { offset: 2, unit: "GBP" } });
    expect(offset.open(parseJson(JSON.stringify(envelope)))).toEqual({ offset: 2, unit: "GBP" });
  });

  it("migrates older states step by step", () => {
    expect(offset.open({ ...sealed, schemaVersion: 1, state: { value: 5 } })).toEqual({ offset: 5, unit: "GBP" });
    expect(offset.open({ ...sealed, schemaVersion: 2, state: { offset: 5 } })).toEqual({ offset: 5, unit: "GBP" });
    expect(offset.open(sealed)).toEqual({ offset: 2 });
  });

  it("refuses what a newer version wrote, and says which", () => {
    const error = thrown(() => offset.open({ ...sealed, schemaVersion: 4, libraryVersion: "9.1.0", state: null }));
    expect(error.code).toBe("newer-version");
    expect(error.message).toContain("written by SAGE-Twin 9.1.0 with schema version 4");
    expect(error.message).toContain(`this is ${libraryVersion}, which reads up to 3`);
    expect(error.message).toContain("upgrade the @sage-twin packages to 9.1.0 or later");
  });

  it.each([
    ["text", JSON.stringify(sealed), "parse it first"],
    ["nothing", undefined, "undefined is not a saved 'offset'"],
    ["null", null, "null is not a saved"],
    ["a list", [sealed], "an array is not a saved"],
    ["an empty object", {}, "not a saved 'offset'"],
    ["another kind", { ...sealed, kind: "twin" }, "this is a saved 'twin', not a 'offset'"],
    ["no schema version", { ...sealed, schemaVersion: undefined }, "no schemaVersion or libraryVersion"],
    ["schema version 0", { ...sealed, schemaVersion: 0 }, "no schemaVersion or libraryVersion"],
    ["schema version 1.5", { ...sealed, schemaVersion: 1.5 }, "no schemaVersion or libraryVersion"],
    ["no library version", { ...sealed, libraryVersion: 1 }, "no schemaVersion or libraryVersion"],
    ["no state", { ...sealed, state: undefined }, "has no state"],
    ["a migration that fails", { ...sealed, schemaVersion: 1, state: null }, "state: "],
    ["NaN", { ...sealed, state: { offset: Number.NaN } }, "NaN is not plain JSON"],
  ])("refuses %s", (_, json, message) => {
    const error = thrown(() => offset.open(json));
    expect(error.code).toBe("corrupt");
    expect(error.message).toContain(message);
  });

  it("names every problem of a state, inside its document", () => {
    const error = thrown(() => offset.open({ ...sealed, state: { offset: "2", unit: 3, extra: 1 } }, ["models", 1]));
    expect(error.issues.map(({ path, message }) => [path.join("/"), message])).toEqual([
      ["models/1/state/offset", "'2' is not a finite number"],
      ["models/1/state/unit", "3 is not text"],
      ["models/1/state/extra", "unknown member"],
    ]);
  });

  it.each(["__proto__", "constructor", "prototype"])("refuses the key %s anywhere, reading and writing", (key) => {
    const state = `{ "offset": 2, "list": [{ "deep": { "${key}": { "polluted": true } } }] }`;
    const json = JSON.parse(`{ "kind": "offset", "schemaVersion": 3, "libraryVersion": "0.1.0", "state": ${state} }`);
    const error = thrown(() => offset.open(json));
    expect(error).toMatchObject({ code: "corrupt", path: ["state", "list", 0, "deep", key] });
    expect(thrown(() => offset.seal(json.state)).code).toBe("not-serialisable");
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("survives nesting that would exhaust the stack, cycles, and shared parts", () => {
    const deep = JSON.parse(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`);
    expect(thrown(() => offset.open({ ...sealed, state: deep })).message).toContain("nested deeper than 100 levels");
    const cyclic: Record<string, unknown> = {};
    cyclic["a"] = cyclic["b"] = [cyclic, cyclic];
    expect(thrown(() => offset.open({ ...sealed, state: cyclic })).code).toBe("corrupt");
    let shared: unknown = 1;
    for (let level = 0; level < 90; level++) shared = [shared, shared];
    expect(thrown(() => offset.open({ ...sealed, state: shared })).code).toBe("corrupt");
  });

  it("refuses to save what JSON cannot hold, and names all of it", () => {
    const state = {
      a: () => 1,
      b: [undefined, Number.NaN],
      c: new Float64Array(2),
      d: 1n,
      e: new Date(0),
      f: Symbol("s"),
      ok: undefined,
    };
    const error = thrown(() => offset.seal(state as never));
    expect(error.code).toBe("not-serialisable");
    expect(error.issues.map(({ path }) => path.join("/")).sort()).toEqual(["a", "b/0", "b/1", "c", "d", "e", "f"]);
  });

  it("takes any Standard Schema validator", () => {
    const schema = (validate: StandardSchema<string>["~standard"]["validate"]) =>
      defineEnvelope({ kind: "s", version: 1, parse: { "~standard": { version: 1, vendor: "test", validate } } });
    const envelope = { kind: "s", schemaVersion: 1, libraryVersion, state: "x" };
    expect(schema((value) => ({ value: `${value}!` })).open(envelope)).toBe("x!");
    const issues = [{ message: "bad", path: ["a", { key: 2 }] }, { message: "worse" }];
    const error = thrown(() => schema(() => ({ issues })).open(envelope));
    expect(error.issues).toMatchObject([
      { code: "corrupt", path: ["state", "a", 2], message: "bad" },
      { path: ["state"], message: "worse" },
    ]);
    expect(thrown(() => schema(async () => ({ value: "x" })).open(envelope)).code).toBe("unsupported");
  });

  it("must have a migration from every earlier version", () => {
    expect(thrown(() => defineEnvelope({ kind: "x", version: 2, parse: numberShape })).code).toBe("invalid-argument");
    expect(thrown(() => defineEnvelope({ kind: "x", version: 0, parse: numberShape })).code).toBe("invalid-argument");
  });
});

describe("parseJson", () => {
  it.each(["", "  ", "{", '{"a": 1', "nonsense", "[1,]"])("refuses %j", (text) => {
    const error = thrown(() => parseJson(text));
    expect(error.code).toBe("corrupt");
    expect(error.message).toContain("cut off or was changed");
  });

  it("refuses every truncation of an envelope", () => {
    const text = JSON.stringify(sealed);
    for (let length = 0; length < text.length; length++) {
      expect(() => offset.open(parseJson(text.slice(0, length)))).toThrow(expect.objectContaining({ code: "corrupt" }));
    }
  });
});

describe("encoded numbers", () => {
  it("come back as the same bytes, through JSON", () => {
    fc.assert(
      fc.property(fc.float64Array(), (values) => {
        const decoded = decodeNumbers(JSON.parse(JSON.stringify(encodeNumbers(values))));
        expect(decoded.length).toBe(values.length);
        for (let i = 0; i < values.length; i++) expect(Object.is(decoded[i], values[i])).toBe(true);
      }),
    );
  });

  it.each([["text"], [{ length: 1 }], [[1, "2"]], [[undefined]], [[true]], [["NaN"]]])("refuse %j", (bad) => {
    expect(() => decodeNumbers(bad, ["values"])).toThrow(expect.objectContaining({ code: "corrupt" }));
  });
});

describe("shapes", () => {
  const shape = objectShape({
    name: textShape,
    mode: choiceShape("add", "multiply", null),
    on: booleanShape,
    values: encodedNumbersShape,
    parts: arrayShape(objectShape({ weight: numberShape })),
    byName: recordShape(numberShape),
    note: optionalShape(textShape),
  });
  const good = { name: "n", mode: null, on: true, values: [1, null, "-0"], parts: [{ weight: 1 }], byName: { a: 1 } };

  it("accept what they describe", () => {
    expect(shape(good)).toEqual(good);
    expect(shape({ ...good, note: "x" })).toEqual({ ...good, note: "x" });
  });

  it("gather every problem with its path", () => {
    const bad = {
      name: 1,
      mode: "divide",
      on: 0,
      values: [Number.NaN],
      parts: [{}, { weight: "1", x: 1 }, 3],
      byName: { a: null, b: "" },
      note: 1,
      more: 1,
    };
    const paths = thrown(() => shape(bad, ["root"])).issues.map(({ path }) => path.join("/"));
    expect(paths).toEqual([
      "root/name",
      "root/mode",
      "root/on",
      "root/values/0",
      "root/parts/0/weight",
      "root/parts/1/weight",
      "root/parts/1/x",
      "root/parts/2",
      "root/byName/a",
      "root/byName/b",
      "root/note",
      "root/more",
    ]);
  });

  it.each([undefined, null, [], "text", 1])("refuse %j for an object", (bad) => {
    expect(thrown(() => shape(bad)).code).toBe("corrupt");
  });

  it("keep a hostile key from the prototype", () => {
    const record = recordShape(numberShape)(JSON.parse('{ "__proto__": 1 }'));
    expect(Object.keys(record)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
  });
});
