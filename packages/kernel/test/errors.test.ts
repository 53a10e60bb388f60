import { describe, expect, it } from "vitest";
import { type Issue, nearest, TwinError, unknownName } from "../src/index.js";

const issue = (path: Issue["path"], message: string, fix?: string): Issue => ({
  code: "invalid-data",
  path,
  message,
  fix,
});

describe("TwinError", () => {
  it("says where, what and how to mend it", () => {
    const cause = new Error("below");
    const error = new TwinError(issue(["rows", 317, "price"], "'abc' is not a number", "write 1.5"), { cause });
    expect(error.message).toBe("rows[317].price: 'abc' is not a number; write 1.5");
    expect(error).toMatchObject({ name: "TwinError", code: "invalid-data", path: ["rows", 317, "price"], cause });
    expect(error).toBeInstanceOf(Error);
  });

  it("leaves out an empty path and an absent fix", () => {
    expect(new TwinError(issue([], "nothing there")).message).toBe("nothing there");
    expect(new TwinError(issue([3, "a", "b"], "bad")).message).toBe("[3].a.b: bad");
  });

  it("lists several issues, and takes its code and path from the first", () => {
    const error = new TwinError([issue(["a"], "first"), { ...issue(["b"], "second", "mend"), code: "domain" }]);
    expect(error.message).toBe("2 problems:\n- a: first\n- b: second; mend");
    expect([error.code, error.path, error.issues.length]).toEqual(["invalid-data", ["a"], 2]);
  });

  it("shows twenty of many issues and keeps all", () => {
    const error = new TwinError(Array.from({ length: 1000 }, (_, index) => issue([index], "bad")));
    const lines = error.message.split("\n");
    expect(lines).toHaveLength(22);
    expect(lines[0]).toBe("1000 problems:");
    expect(lines[20]).toBe("- [19]: bad");
    expect(lines[21]).toBe("- and 980 more, in error.issues");
    expect(error.issues).toHaveLength(1000);
  });

  it("shortens a path that is an attack", () => {
    const error = new TwinError(issue(["x".repeat(1e6)], "bad"));
    expect(error.message.length).toBeLessThan(250);
    expect(error.path[0]).toHaveLength(1e6);
  });

  it("knows its kind across copies of the package", () => {
    const foreign = Object.assign(new Error("foreign"), { [Symbol.for("sage-twin.error")]: true });
    expect([new TwinError(issue([], "own")), foreign].map(TwinError.isInstance)).toEqual([true, true]);
    expect([new Error("plain"), null, undefined, "text", {}].map(TwinError.isInstance)).toEqual(
      new Array(5).fill(false),
    );
  });
});

describe("nearest", () => {
  const names = ["revenue", "orders", "customers", "price"];

  it.each([
    ["reveneu", "revenue"],
    ["Orders", "orders"],
    ["custmers", "customers"],
    ["prise", "price"],
    ["pirce", "price"],
    ["profit", undefined],
    ["", undefined],
    ["x".repeat(1e6), undefined],
  ])("to %s is %s", (name, expected) => {
    expect(nearest(name, names)).toBe(expected);
  });

  it("counts two swapped neighbours as one change", () => {
    expect(nearest("ab", ["ba"])).toBe("ba");
    expect(nearest("abc", ["cab"])).toBeUndefined();
  });

  it("prefers the nearer", () => {
    expect(nearest("orderz", ["order", "orders", "borders"])).toBe("order");
    expect(nearest("ordersx", ["order", "orders"])).toBe("orders");
  });
});

describe("unknownName", () => {
  it("suggests the near name, else lists a dozen", () => {
    expect(unknownName("metric", "reveneu", ["revenue"], ["metrics", 0]).message).toBe(
      "metrics[0]: unknown metric 'reveneu'; did you mean 'revenue'?",
    );
    expect(unknownName("lever", "zzz", ["alpha", "beta"]).message).toBe("unknown lever 'zzz'; known: alpha, beta");
    expect(unknownName("lever", "zzz", []).message).toBe("unknown lever 'zzz'");
    const many = Array.from({ length: 30 }, (_, index) => `metric${index}`);
    expect(unknownName("metric", "zzz", many).message).toMatch(/metric11, \.\.\.$/);
    expect(unknownName("metric", "z".repeat(1e6), many).message.length).toBeLessThan(300);
  });
});
