import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { TwinError } from "@sage-twin/kernel";
import { auc } from "@sage-twin/numerics";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { languageModelScorer, lexiconScorer, transformerScorer } from "../../src/index.js";
import { labelledReviews } from "./labelled-reviews.js";

const problems = async (action: () => Promise<unknown>): Promise<string[]> => {
  try {
    await action();
  } catch (error) {
    if (TwinError.isInstance(error)) return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw error;
  }
  return [];
};

describe("lexiconScorer", () => {
  it("tells praise from complaint, and both from neither", async () => {
    const scores = await lexiconScorer().score(labelledReviews.map(([text]) => text));
    const clear = labelledReviews.flatMap(([, label], index) => (label === 0 ? [] : [[label, scores[index].score]]));
    expect(
      auc(
        clear.map(([label]) => (label > 0 ? 1 : 0)),
        clear.map(([, score]) => score),
      ),
    ).toBeGreaterThan(0.95);
    const right = labelledReviews.filter(([, label], index) => Math.sign(scores[index].score) === label);
    expect(right.length).toBeGreaterThanOrEqual(48);
    for (const { score } of scores) expect(Math.abs(score)).toBeLessThanOrEqual(1);
  });

  it("scores hostile texts: long, markup, controls, words that JavaScript knows, other languages, nothing", async () => {
    const texts = [
      "good ".repeat(100_000),
      "x".repeat(1_000_000),
      '<script>alert("bad awful")</script><b>good</b>',
      "\u0000go\u200bod \u202egreat",
      "constructor __proto__ hasOwnProperty",
      "the constructor was good",
      "Lieferung kam am Dienstag",
      "",
      "   ",
      "😀😀😀",
      "😡",
    ];
    const scores = (await lexiconScorer().score(texts)).map(({ score }) => score);
    expect(scores.every((score) => score >= -1 && score <= 1)).toBe(true);
    expect([scores[1], scores[4], scores[6], scores[7], scores[8]]).toEqual([0, 0, 0, 0, 0]);
    expect(scores[0]).toBeGreaterThan(0);
    expect(scores[3]).toBeGreaterThan(0);
    expect(scores[5]).toBeGreaterThan(0);
    expect(scores[9]).toBeGreaterThan(0);
    expect(scores[10]).toBeLessThan(0);
  });

  it("gives way, aborts, and refuses what is no text", async () => {
    const stop = new AbortController();
    const scoring = lexiconScorer().score(new Array(100_000).fill("good"), { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")));
    await expect(scoring).rejects.toThrow("enough");
    expect(await problems(() => lexiconScorer().score(["good", 3 as never]))).toEqual(["texts.1: 3 is no text"]);
    expect(await problems(() => lexiconScorer().score("good" as never))).toHaveLength(1);
  });
});

describe("languageModelScorer", () => {
  let server: Server;
  let endpoint: string;
  let answers: ((texts: string[], tries: number) => { status?: number; body: unknown; wait?: number })[] = [];
  let asked: { model: string; texts: string[]; authorization: string | undefined }[] = [];
  const scored = (scores: unknown): { body: unknown } => ({
    body: { choices: [{ message: { content: typeof scores === "string" ? scores : JSON.stringify({ scores }) } }] },
  });

  beforeEach(async () => {
    asked = [];
    server = createServer((request, response) => {
      let text = "";
      request.on("data", (part) => {
        text += part;
      });
      request.on("end", () => {
        const { model, messages } = JSON.parse(text);
        const texts = JSON.parse(messages[1].content);
        asked.push({ model, texts, authorization: request.headers.authorization });
        const answer = answers[Math.min(asked.length, answers.length) - 1](texts, asked.length);
        setTimeout(() => {
          response.writeHead(answer.status ?? 200, { "content-type": "application/json" });
          response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
        }, answer.wait ?? 0);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it("asks in batches, and keeps the order; empty texts are not asked for", async () => {
    answers = [(texts) => scored(texts.map((text) => (text.includes("good") ? 0.8 : -0.5)))];
    const headers = { authorization: "Bearer key" };
    const scorer = languageModelScorer({ endpoint, model: "judge", batch: 2, headers });
    const scores = await scorer.score(["good", "", "bad", "a good <b>one</b>"]);
    expect(scores).toEqual([{ score: 0.8 }, { score: 0 }, { score: -0.5 }, { score: 0.8 }]);
    expect(asked).toEqual([
      { model: "judge", texts: ["good", "bad"], authorization: "Bearer key" },
      { model: "judge", texts: ["a good one"], authorization: "Bearer key" },
    ]);
  });

  it("tries again after trouble of the server and after prose, a bounded number of times", async () => {
    answers = [
      () => ({ status: 503, body: "busy" }),
      () => scored("Sure! The sentiment is positive."),
      () => scored([0.5]),
    ];
    expect(await languageModelScorer({ endpoint, model: "m" }).score(["good"])).toEqual([{ score: 0.5 }]);
    expect(asked).toHaveLength(3);
  });

  it("refuses every answer that is not one number for each text", async () => {
    const bad: [unknown, RegExp][] = [
      [[0.5], /1 for 2 texts/],
      [[0.5, 7], /7 is no score/],
      [[0.5, "0.3"], /no score/],
      ["not json", /did not answer with JSON/],
      ['{"scores": {"length": 2}}', /instead of scores/],
      ["null", /instead of scores/],
      [`{"scores": [${"0,".repeat(200_000)}0]}`, /longer than/],
    ];
    for (const [answer, message] of bad) {
      answers = [() => scored(answer)];
      const found = await problems(() => languageModelScorer({ endpoint, model: "m", retries: 0 }).score(["a", "b"]));
      expect(found.join()).toMatch(message);
    }
    answers = [() => ({ status: 401, body: "no" })];
    asked = [];
    expect(await problems(() => languageModelScorer({ endpoint, model: "m" }).score(["a"]))).toEqual([
      "endpoint: the endpoint answered 401",
    ]);
    expect(asked).toHaveLength(1);
  });

  it("gives up in time, and aborts while it waits", async () => {
    answers = [() => ({ ...scored([0]), wait: 3000 })];
    const slow = languageModelScorer({ endpoint, model: "m", timeout: 50, retries: 1 });
    expect(await problems(() => slow.score(["a"]))).toEqual(["endpoint: no answer within 50 ms"]);
    expect(asked).toHaveLength(2);
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("enough")), 50);
    const patient = languageModelScorer({ endpoint, model: "m" });
    await expect(patient.score(["a"], { signal: stop.signal })).rejects.toThrow("enough");
  });

  it("refuses settings that are none, all at once, and an endpoint where nobody listens", async () => {
    const wrong = { endpoint: "file:///etc/passwd", model: "", batch: 0, retries: 9, timeout: 0 };
    const found = await problems(async () => languageModelScorer(wrong));
    expect(found.map((text) => text.split(":")[0])).toEqual(["endpoint", "model", "batch", "retries", "timeout"]);
    const nowhere = languageModelScorer({ endpoint: "http://127.0.0.1:1/", model: "m", retries: 0 });
    expect(await problems(() => nowhere.score(["a"]))).toHaveLength(1);
  });
});

describe("transformerScorer", () => {
  it("reads labels and stars with their probability", async () => {
    const labels: Record<string, unknown> = {
      a: { label: "POSITIVE", score: 0.9 },
      b: [{ label: "negative", score: 0.6 }],
      c: { label: "2 stars", score: 0.5 },
      d: { label: "neutral", score: 1 },
    };
    const scorer = transformerScorer(async (texts) => texts.map((text) => labels[text]));
    expect(await scorer.score(["a", "b", "c", "d"])).toEqual([
      { score: 0.9, confidence: 0.9 },
      { score: -0.6, confidence: 0.6 },
      { score: -0.25, confidence: 0.5 },
      { score: 0, confidence: 1 },
    ]);
  });

  it("refuses answers of another shape", async () => {
    for (const answer of [null, [], [{}], [{ label: "LABEL_1", score: 1 }], [{ label: "positive", score: 2 }]])
      expect(await problems(() => transformerScorer(async () => answer).score(["a"]))).toHaveLength(1);
  });
});
