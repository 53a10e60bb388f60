import * as sdk from "@sage-twin/core";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserArguments, runtimePath } from "../../../../.tools/runtimes.js";
import { answers } from "./anywhere/answers.js";

const executablePath = runtimePath("chromium");
const appearances = (["light", "dark"] as const).flatMap((colorScheme) =>
  [1280, 360].map((width) => ({ colorScheme, width })),
);

describe.skipIf(executablePath === undefined)("the report's page in Chromium", () => {
  let html = "";
  let browser: Browser;
  beforeAll(async () => {
    html = JSON.parse((await answers(sdk, { pictures: true }))["page"]);
    browser = await chromium.launch({ executablePath, args: [...browserArguments] });
  });
  afterAll(() => browser?.close());

  it.each(appearances)(
    "is quiet, loads nothing and fits, $colorScheme and $width wide",
    async ({ colorScheme, width }) => {
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
      const said: string[] = [];
      page.on("console", (message) => said.push(message.text()));
      page.on("pageerror", (error) => said.push(error.message));
      page.on("request", (request) => said.push(request.url()));
      await page.setContent(html, { waitUntil: "load" });
      expect(said).toEqual([]);
      const look = await page.evaluate(() => {
        const luminance = (colour: string): number => {
          const [red, green, blue] = (colour.match(/[\d.]+/g) ?? []).map(Number);
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const { color, backgroundColor } = getComputedStyle(document.body);
        const { scrollWidth, clientWidth } = document.documentElement;
        return {
          overflow: scrollWidth - clientWidth,
          pictures: document.querySelectorAll("svg").length,
          darkPaper: luminance(backgroundColor) < 128,
          lightInk: luminance(color) > 128,
        };
      });
      expect(look.overflow).toBe(0);
      expect(look.pictures).toBeGreaterThan(3);
      expect(look.darkPaper).toBe(colorScheme === "dark");
      expect(look.lightInk).toBe(colorScheme === "dark");
      await page.close();
    },
  );
});
