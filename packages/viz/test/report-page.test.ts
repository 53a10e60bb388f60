import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { html, Markup } from "../src/html.js";
import { style, styleDigest } from "../src/report-style.js";

describe("the page's policy", () => {
  it("names the stylesheet by its digest", () => {
    expect(styleDigest).toBe(createHash("sha256").update(style).digest("base64"));
  });
});

describe("the template of markup", () => {
  it("escapes whatever is not markup itself", () => {
    const bad = `<b a="1" b='2'>&`;
    expect(html`<p title="${bad}">${[bad, new Markup("<i>"), 3, undefined]}</p>`.text).toBe(
      `<p title="&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;">&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;<i>3</p>`,
    );
  });
});
