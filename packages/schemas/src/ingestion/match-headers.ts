import { type Issue, TwinError } from "@sage-twin/kernel";
import type { Department } from "../departments/department.js";
import type { MetricDefinition } from "../departments/metric.js";
import { synonyms } from "./synonyms.js";

/** One header for a metric, or for the time, and why. */
export interface HeaderMatch {
  /** The metric's key, or that of the time. */
  readonly key: string;
  readonly header: string;
  /** 0..1: 1 the same text, .98 the same words, .9 a synonym, below that by how much of the words is alike. */
  readonly score: number;
  readonly reason: string;
}

/** What headers were matched to, and what was left unmatched. */
export interface HeaderReport<Key extends string = string> {
  readonly matched: readonly HeaderMatch[];
  /** Keys for which several headers are about as likely, or whose header is as likely another's; left unmatched. */
  readonly ambiguous: readonly { readonly key: string; readonly candidates: readonly HeaderMatch[] }[];
  /** Keys that no header is like. */
  readonly missing: readonly string[];
  readonly unusedHeaders: readonly string[];
  /** The header of each matched key, as the option `columns` of `ingest` takes it. */
  readonly columns: Partial<Readonly<Record<Key, string>>>;
}

const leastScore = 0.75;
/** Scores nearer than this do not tell two candidates apart. */
const margin = 0.05;
const words = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;
const groupOf = /* @__PURE__ */ new Map<string, number>(
  /* @__PURE__ */ synonyms.flatMap((group, index) => group.map((name) => [name, index] as const)),
);
const currencySymbols: Readonly<Record<string, string>> = { "£": "GBP", "€": "EUR", $: "USD", "¥": "JPY", "₹": "INR" };

/**
 * Matches the headers of a source to the metrics of a department, and to its time, by their text, their words, synonyms and
 * spelling. A header's unit in brackets must be the metric's. Nothing is guessed: a key with two likely headers is left
 * unmatched and told.
 *
 * @example
 * ```ts
 * import { department, matchHeaders } from "@sage-twin/schemas";
 *
 * const shop = department("shop", { revenue: { unit: "GBP", kind: "flow" }, averageOrderValue: { unit: "GBP", kind: "price" } });
 * const report = matchHeaders(["Order Date", "Turnover (GBP)", "AOV", "Notes"], shop);
 * report.columns; // => { revenue: "Turnover (GBP)", averageOrderValue: "AOV", date: "Order Date" }
 * report.matched[0]; // => { key: "revenue", header: "Turnover (GBP)", score: 0.9, reason: "a synonym" }
 * report.unusedHeaders; // => ["Notes"]
 * ```
 */
export function matchHeaders<Metric extends string>(
  headers: readonly string[],
  department: Department<Metric>,
  options: { readonly time?: string } = {},
): HeaderReport<Metric | "date"> {
  const { time = "date" } = options;
  const metrics = Object.entries<MetricDefinition>(department.metrics);
  const keys: [string, MetricDefinition | undefined][] = [...metrics, [time, undefined]];
  const parts = headers.map((header) => partsOf(header.slice(0, 200)));
  const candidates = keys.map(([key, definition]) =>
    headers
      .flatMap((header, index): HeaderMatch[] => {
        const found = compare(key, definition?.unit, header, parts[index]);
        return found.score >= leastScore ? [{ key, header, ...found }] : [];
      })
      .sort((a, b) => b.score - a.score),
  );
  const all = candidates.flat();
  const contenders = candidates.map((mine, index) => {
    // a header that another key has a better claim on is out of the running
    const open = mine.filter(
      ({ header, score }) =>
        !all.some((other) => other.key !== keys[index][0] && other.header === header && other.score >= score + margin),
    );
    const same = open.filter(({ score }) => score === 1);
    return same.length > 0 ? same : open.filter(({ score }) => open[0].score - score < margin);
  });
  const matched: HeaderMatch[] = [];
  const ambiguous: { key: string; candidates: HeaderMatch[] }[] = [];
  const missing: string[] = [];
  keys.forEach(([key], index) => {
    const mine = contenders[index];
    const claims = contenders.flat().filter((other) => other.key !== key && other.header === mine[0]?.header);
    if (mine.length === 0) missing.push(key);
    else if (mine.length === 1 && claims.length === 0) matched.push(mine[0]);
    else ambiguous.push({ key, candidates: mine.length > 1 ? mine : [...mine, ...claims] });
  });
  const used = new Set(matched.map(({ header }) => header));
  return {
    matched,
    ambiguous,
    missing,
    unusedHeaders: headers.filter((header) => !used.has(header)),
    columns: Object.fromEntries(matched.map(({ key, header }) => [key, header])) as HeaderReport<
      Metric | "date"
    >["columns"],
  };
}

/** Throws a `TwinError` that tells each key without a header of its own. */
export function requireMatched({ ambiguous, missing, unusedHeaders }: HeaderReport): void {
  const issues: Issue[] = [
    ...ambiguous.map(({ key, candidates }): Issue => {
      const like = candidates.map(({ key: other, header, score }) => `'${header}' as ${other} (${score.toFixed(2)})`);
      const message = `no header is clearly '${key}': ${like.join(", ")}`;
      return {
        code: "conflict",
        path: ["columns", key],
        message,
        fix: "give columns: { metric: header } instead of a match",
      };
    }),
    ...missing.map((key): Issue => {
      const left = unusedHeaders.slice(0, 10).map((header) => `'${header.slice(0, 40)}'`);
      const message = `no header is like '${key}'`;
      const fix = left.length > 0 ? `the headers left are ${left.join(", ")}; give columns` : "give columns";
      return { code: "unknown-name", path: ["columns", key], message, fix };
    }),
  ];
  if (issues.length > 0) throw new TwinError(issues);
}

interface Parts {
  readonly words: string;
  /** A unit in brackets, as a currency code or "%". */
  readonly unit: string | undefined;
}

function partsOf(text: string): Parts {
  const bracket = /[([{]([^)\]}]*)[)\]}]/.exec(text)?.[1].trim();
  const bare = bracket === undefined ? text : text.replace(/[([{][^)\]}]*[)\]}]/g, " ");
  const sign = bracket ?? /[%£€$¥₹]/.exec(text)?.[0] ?? "";
  const unit = currencySymbols[sign] ?? (/^(%|[A-Z]{3})$/.test(sign) ? sign : undefined);
  const plain = bare.normalize("NFKD").replace(/\p{M}/gu, "").replace(/ß/g, "ss");
  const found = plain.match(words)?.map((word) => singular(word.toLowerCase())) ?? [];
  return { words: found.join(" "), unit };
}

function singular(word: string): string {
  if (word.length > 4 && word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  return word.length > 3 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

function compare(
  key: string,
  unit: string | undefined,
  header: string,
  { words: theirs, unit: theirUnit }: Parts,
): { readonly score: number; readonly reason: string } {
  if (header === key) return { score: 1, reason: "the same text" };
  const { words: mine } = partsOf(key);
  if (theirUnit !== undefined && unit !== undefined && !unit.startsWith(theirUnit))
    return { score: 0, reason: `its unit is ${theirUnit}, not ${unit}` };
  if (mine === "" || theirs === "") return { score: 0, reason: "no words" };
  if (mine === theirs || mine.replaceAll(" ", "") === theirs.replaceAll(" ", ""))
    return { score: 0.98, reason: "the same words" };
  const group = groupOf.get(mine);
  if (group !== undefined && group === groupOf.get(theirs)) return { score: 0.9, reason: "a synonym" };
  const [a, b] = [mine.split(" "), theirs.split(" ")];
  const shared = a.reduce((sum, word) => sum + Math.max(...b.map((other) => likeness(word, other))), 0);
  const alike = (2 * shared) / (a.length + b.length);
  return { score: Math.min(0.89, alike), reason: alike > 0 ? "alike in words and spelling" : "nothing in common" };
}

/** 1 - edits / length of two words, 0 where less than three quarters are the same. */
function likeness(a: string, b: string): number {
  const length = Math.max(a.length, b.length);
  const share = 1 - edits(a, b) / length;
  return share >= 0.75 ? share : 0;
}

/** The insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment). */
function edits(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    before = last;
    last = row;
  }
  return last[b.length];
}
