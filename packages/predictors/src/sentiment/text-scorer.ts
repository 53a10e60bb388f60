import { describeValue, type Issue, TwinError } from "@sage-twin/kernel";

/** What a scorer makes of a text. */
export interface TextScore {
  /** From -1, complaint, to 1, praise; 0 says nothing either way. */
  readonly score: number;
  /** How sure the scorer is, 0 to 1, where it tells. */
  readonly confidence?: number;
}

/** Anything that scores texts: a lexicon, a language model, a transformer. */
export interface TextScorer {
  readonly name: string;
  /** One score for each text, in their order. */
  score(texts: readonly string[], options?: { readonly signal?: AbortSignal }): Promise<readonly TextScore[]>;
}

/** The characters of a text that are read. */
const longestText = 2000;
const tags = /<\/?[a-z][^<>]{0,200}>/gi;
const controls = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]+/gu;
const longWords = /\S{100,}/g;

/** Plain text: without HTML tags and control characters, spaces as one, at most 2,000 characters; words of 100 and more are left out. */
export function plainText(text: string): string {
  return text
    .slice(0, longestText)
    .replace(tags, " ")
    .replace(controls, " ")
    .replace(longWords, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Checks what a scorer answered; a `TwinError` lists every score that is none. */
export function checkScores(scores: unknown, count: number, name: string): readonly TextScore[] {
  const fix = `mend the scorer ${describeValue(name)}`;
  if (!Array.isArray(scores) || scores.length !== count)
    throw new TwinError({
      code: "invalid-data",
      path: ["scores"],
      message: `${Array.isArray(scores) ? scores.length : describeValue(scores)} for ${count} texts`,
      fix,
    });
  const issues: Issue[] = [];
  const checked = scores.map((item: Partial<TextScore> | null, index): TextScore => {
    const score = item?.score;
    const confidence = item?.confidence;
    if (!(typeof score === "number" && score >= -1 && score <= 1) && issues.length < 20)
      issues.push({
        code: "invalid-data",
        path: ["scores", index, "score"],
        message: `${describeValue(score)} is no score from -1 to 1`,
        fix,
      });
    if (confidence !== undefined && !(confidence >= 0 && confidence <= 1) && issues.length < 20)
      issues.push({
        code: "invalid-data",
        path: ["scores", index, "confidence"],
        message: `${describeValue(confidence)} is no confidence from 0 to 1`,
        fix,
      });
    return { score: score as number, ...(confidence !== undefined && { confidence }) };
  });
  if (issues.length > 0) throw new TwinError(issues);
  return checked;
}

/** The texts, or a `TwinError` for what is none. */
export function checkTexts(texts: readonly string[]): readonly string[] {
  const wrong = Array.isArray(texts) ? texts.findIndex((text) => typeof text !== "string") : 0;
  if (wrong < 0) return texts;
  throw new TwinError({
    code: "invalid-data",
    path: ["texts", ...(Array.isArray(texts) ? [wrong] : [])],
    message: `${describeValue(Array.isArray(texts) ? texts[wrong] : texts)} is no text`,
    fix: "give a list of texts",
  });
}
