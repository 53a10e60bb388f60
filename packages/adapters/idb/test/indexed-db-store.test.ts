import { expect, it } from "vitest";
import { indexedDbStore } from "../src/index.js";

it("says so where there is no IndexedDB", () => {
  expect(() => indexedDbStore("twin")).toThrow("this runtime has no IndexedDB");
});
