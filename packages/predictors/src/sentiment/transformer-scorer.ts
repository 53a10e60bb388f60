import { describeValue, TwinError } from "@sage-twin/kernel";
import { checkScores, checkTexts, plainText, type TextScore, type TextScorer } from "./text-scorer.js";

/** A text-classification pipeline in the shape of transformers.js: for each text the best label, with its probability. */
export type ClassificationPipeline = (texts: string[]) => Promise<unknown>;

const batch = 32;
const signs: Readonly<Record<string, number>> = { positive: 1, pos: 1, neutral: 0, neu: 0, negative: -1, neg: -1 };

/** Labels such as POSITIVE and negative, or "1 star" to "5 stars". */
function valueOfLabel(label: unknown): number | undefined {
  const text = String(label).trim().toLowerCase();
  if (Object.hasOwn(signs, text)) return signs[text];
  const stars = /^([1-5]) stars?$/.exec(text);
  return stars === null ? undefined : (Number(stars[1]) - 3) / 2;
}

/** Scores texts by a pipeline that you bring: the value of the best label times its probability, which is the confidence too. Throws a `TwinError` for an answer of another shape. */
export function transformerScorer(pipeline: ClassificationPipeline): TextScorer {
  return Object.freeze({
    name: "transformer",
    async score(texts: readonly string[], { signal }: { readonly signal?: AbortSignal } = {}) {
      const plain = checkTexts(texts).map(plainText);
      const scores: TextScore[] = [];
      for (let from = 0; from < plain.length; from += batch) {
        signal?.throwIfAborted();
        const part = plain.slice(from, from + batch);
        const answer = await pipeline(part);
        if (!Array.isArray(answer) || answer.length !== part.length) checkScores(answer, part.length, "transformer");
        (answer as unknown[]).forEach((given, index) => {
          const best = (Array.isArray(given) ? given[0] : given) as { label?: unknown; score?: unknown } | null;
          const value = valueOfLabel(best?.label);
          const confidence = best?.score;
          if (value === undefined || !(typeof confidence === "number" && confidence >= 0 && confidence <= 1))
            throw new TwinError({
              code: "invalid-data",
              path: ["pipeline", from + index],
              message: `the label ${describeValue(best?.label)} with ${describeValue(confidence)} says no sentiment`,
              fix: 'labels "positive", "neutral", "negative" or "1 star" to "5 stars" are known, with a score from 0 to 1',
            });
          scores.push(part[index] === "" ? { score: 0, confidence: 0 } : { score: value * confidence, confidence });
        });
      }
      return scores;
    },
  });
}
