import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundle } from "../../../../../.tools/bundle.js";
import { browserArguments, runtimePath } from "../../../../../.tools/runtimes.js";

const output = bundle(import.meta.url, { main: "./page/main.ts" });
const executablePath = runtimePath("chromium");
const address = "http://store.test/";

interface Look {
  readonly moves: readonly { readonly by?: string; readonly note: number }[];
  readonly champion: number;
}

describe.skipIf(executablePath === undefined)("indexedDbStore in Chromium", () => {
  let profile = "";
  let context: BrowserContext;

  async function start(): Promise<void> {
    context = await chromium.launchPersistentContext(profile, { executablePath, args: [...browserArguments] });
    await context.route(`${address}**`, (route) =>
      route.request().url().endsWith(".js")
        ? route.fulfill({ contentType: "text/javascript", body: readFileSync(join(output, "main.js"), "utf8") })
        : route.fulfill({
            contentType: "text/html",
            body: '<!doctype html><script type="module" src="/main.js"></script>',
          }),
    );
  }
  async function open(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(address);
    await page.waitForFunction("globalThis.look !== undefined");
    return page;
  }

  beforeEach(async () => {
    profile = mkdtempSync(join(tmpdir(), "sage-twin-idb-"));
    await start();
  });
  afterEach(async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });

  it("keeps the contract", async () => {
    expect(await (await open()).evaluate("contract()")).toEqual([]);
  });

  it("loses no promotion of two tabs at once, nor when the browser starts again", async () => {
    const tabs = [await open(), await open()];
    await Promise.all(tabs.map((tab, index) => tab.evaluate(`promote("${index}", 2, 40)`)));
    const seen = (await tabs[0].evaluate("look()")) as Look;
    expect(seen.moves).toHaveLength(80);
    for (const index of [0, 1])
      expect(seen.moves.filter(({ by }) => by === `${index}`).map(({ note }) => note)).toEqual([...Array(40).keys()]);
    expect(seen.champion).toBe(seen.moves.at(-1)?.note);
    expect(seen.moves.filter(({ by }, index) => index > 0 && seen.moves[index - 1].by !== by).length).toBeGreaterThan(
      2,
    );
    await context.close();
    await start();
    expect(await (await open()).evaluate("look()")).toEqual(seen);
  });

  it("leaves the last good state when a tab is closed while it writes", async () => {
    for (let round = 0; round < 8; round++) {
      const page = await open();
      await page.evaluate("void endlessly()");
      await page.waitForFunction("globalThis.acknowledged !== undefined");
      await new Promise((resolve) => setTimeout(resolve, (round * 13.7) % 60));
      const acknowledged = (await page.evaluate("globalThis.acknowledged")) as number;
      await page.close();
      const other = await open();
      const { moves, champion } = (await other.evaluate("look()")) as Look;
      const notes = moves.map(({ note }) => note);
      expect(notes.at(-1)).toBeGreaterThanOrEqual(acknowledged);
      expect(notes).toEqual([...new Set(notes)].sort((a, b) => a - b));
      expect(champion).toBe(notes.at(-1));
      await other.close();
    }
  });
});
