import { checkTexts, plainText, type TextScore, type TextScorer } from "./text-scorer.js";

interface Analyser {
  polarity_scores(text: string): { readonly compound: number };
}

const textsBetweenPauses = 500;

/**
 * Scores English by the VADER lexicon and its rules for negation, emphasis and emoticons (Hutto and Gilbert 2014). The library is loaded with the first text. A text without a
 * word of the lexicon scores 0: texts in other languages, emoji alone, empty ones.
 *
 * @example
 * ```ts
 * import { lexiconScorer } from "@sage-twin/predictors";
 *
 * const [good, bad] = await lexiconScorer().score(["Great service!", "Broken on arrival."]);
 * good.score > 0.5 && bad.score < -0.3; // => true
 * ```
 */
export function lexiconScorer(): TextScorer {
  return Object.freeze({
    name: "vader",
    async score(texts: readonly string[], { signal }: { readonly signal?: AbortSignal } = {}) {
      checkTexts(texts);
      signal?.throwIfAborted();
      const module = (await import("vader-sentiment")) as {
        readonly SentimentIntensityAnalyzer?: Analyser;
        readonly default?: { readonly SentimentIntensityAnalyzer: Analyser };
      };
      const analyser = (module.SentimentIntensityAnalyzer ?? module.default?.SentimentIntensityAnalyzer) as Analyser;
      const scores: TextScore[] = [];
      for (let index = 0; index < texts.length; index++) {
        const text = plainText(texts[index]);
        scores.push({ score: text === "" ? 0 : Math.max(-1, Math.min(1, analyser.polarity_scores(text).compound)) });
        if (index % textsBetweenPauses === textsBetweenPauses - 1) {
          await new Promise((resolve) => setTimeout(resolve));
          signal?.throwIfAborted();
        }
      }
      return scores;
    },
  });
}
