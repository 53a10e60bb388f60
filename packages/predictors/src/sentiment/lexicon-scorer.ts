import { checkTexts, plainText, type TextScore, type TextScorer } from "./text-scorer.js";

const textsBetweenPauses = 500;
/** The library's tables inherit this word from JavaScript, and a text with it would score nothing. */
const inherited = /constructor/gi;

/**
 * Scores English by the AFINN-165 lexicon with negations, emoticons and emoji, by the library wink-sentiment, which is loaded with the first text. A text without a
 * word of the lexicon scores 0: other languages, empty texts.
 *
 * @example
 * ```ts
 * import { lexiconScorer } from "@sage-twin/predictors";
 *
 * const [good, bad] = await lexiconScorer().score(["Great service!", "Not good, never again."]);
 * good.score > 0.5 && bad.score < -0.3; // => true
 * ```
 */
export function lexiconScorer(): TextScorer {
  return Object.freeze({
    name: "afinn",
    async score(texts: readonly string[], { signal }: { readonly signal?: AbortSignal } = {}) {
      checkTexts(texts);
      signal?.throwIfAborted();
      const { default: analyse } = await import("wink-sentiment");
      const scores: TextScore[] = [];
      for (let index = 0; index < texts.length; index++) {
        scores.push({ score: analyse(plainText(texts[index]).replace(inherited, " ")).normalizedScore / 5 });
        if (index % textsBetweenPauses === textsBetweenPauses - 1) {
          await new Promise((resolve) => setTimeout(resolve));
          signal?.throwIfAborted();
        }
      }
      return scores;
    },
  });
}
