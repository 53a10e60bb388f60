import { arrayShape, choiceShape, numberShape, objectShape, Rng, textShape } from "@sage-twin/kernel";
import { invalidArgument, requireWhole } from "../../numbers.js";
import type { Inputs } from "../inputs.js";
import { columnIn, type OpenStep, type StepKind, type StepSpec, stateless } from "../step.js";

/** The mean target of a category. */
export interface TargetEncodingSpec extends StepSpec {
  readonly kind: "targetEncoding";
  readonly column: string;
  readonly target: string;
  /** How many values the prior counts as. */
  readonly smoothing: number;
  /** What training rows are encoded from: the rows before each, or the other folds. */
  readonly training: "ordered" | "outOfFold";
  readonly folds: number;
  readonly seed: string;
}

/** The share of the rows that are in a category. */
export interface FrequencyEncodingSpec extends StepSpec {
  readonly kind: "frequencyEncoding";
  readonly column: string;
}

/** What is counted of each category; a missing text is a category of its own. */
interface Tally {
  readonly sums: Map<string | null, number>;
  readonly counts: Map<string | null, number>;
  sum: number;
  count: number;
}

const newTally = (): Tally => ({ sums: new Map(), counts: new Map(), sum: 0, count: 0 });

function add(tally: Tally, category: string | null, target: number, times = 1): void {
  if (Number.isNaN(target)) return;
  tally.sums.set(category, (tally.sums.get(category) ?? 0) + times * target);
  tally.counts.set(category, (tally.counts.get(category) ?? 0) + times);
  tally.sum += times * target;
  tally.count += times;
}

/** (sum + smoothing * prior) / (count + smoothing) with the mean of all as prior (Micci-Barreca 2001): the prior for an unseen category. */
function smoothed(tally: Tally, category: string | null, smoothing: number): number {
  const prior = tally.sum / tally.count;
  const count = tally.counts.get(category) ?? 0;
  return count === 0 ? prior : ((tally.sums.get(category) as number) + smoothing * prior) / (count + smoothing);
}

const learntShape = /* @__PURE__ */ objectShape({
  categories: /* @__PURE__ */ arrayShape((value, path) => (value === null ? null : textShape(value, path))),
  encodings: /* @__PURE__ */ arrayShape(numberShape),
  otherwise: numberShape,
});

/** Looks up what was learnt. */
function openLookup(column: string, learnt: unknown): OpenStep {
  const { categories, encodings, otherwise } = learntShape(learnt);
  const encodingOf = new Map(categories.map((category, index) => [category, encodings[index]]));
  const encode = (category: string | null): number => encodingOf.get(category) ?? otherwise;
  return {
    transform: (inputs) => [Float64Array.from(textsIn(inputs, column), encode)],
    stream: () => stateless((row) => [encode(row.texts.get(column) as string | null)]),
  };
}

function textsIn(inputs: Inputs, column: string): readonly (string | null)[] {
  return inputs.texts.get(column) as readonly (string | null)[];
}

export const targetEncodingStep: StepKind<TargetEncodingSpec> = {
  shape: /* @__PURE__ */ objectShape({
    column: textShape,
    target: textShape,
    smoothing: numberShape,
    training: /* @__PURE__ */ choiceShape("ordered", "outOfFold"),
    folds: numberShape,
    seed: textShape,
  }),
  describe({ name, column, target, smoothing, folds }, unitOf, path) {
    if (!(smoothing >= 0)) throw invalidArgument([...path, "smoothing"], `${smoothing} is not a number from 0`);
    requireWhole(folds, [...path, "folds"], 2);
    const outputs = [{ name, unit: unitOf(target) }];
    return { outputs, sources: [target], textSources: [column], work: "O(1)", memory: 0 };
  },
  fit({ column, target, smoothing }, inputs) {
    const tally = newTally();
    const targets = columnIn(inputs, target);
    textsIn(inputs, column).forEach((category, row) => {
      add(tally, category, targets[row]);
    });
    if (tally.count === 0) throw invalidArgument([target], "every target is missing");
    const categories = [...tally.counts.keys()];
    const encodings = categories.map((category) => smoothed(tally, category, smoothing));
    return { categories, encodings, otherwise: tally.sum / tally.count };
  },
  open({ column, target, smoothing, training, folds, seed }, learnt) {
    return {
      ...openLookup(column, learnt),
      training(inputs) {
        const texts = textsIn(inputs, column);
        const targets = columnIn(inputs, target);
        return [
          training === "ordered"
            ? encodeOrdered(texts, targets, smoothing)
            : encodeOutOfFold(texts, targets, smoothing, foldsOf(texts.length, folds, seed), folds),
        ];
      },
    };
  },
};

/** Each row from the rows before it alone; NaN where there is none with a target. */
function encodeOrdered(texts: readonly (string | null)[], targets: Float64Array, smoothing: number): Float64Array {
  const tally = newTally();
  return targets.map((target, row) => {
    const encoding = smoothed(tally, texts[row], smoothing);
    add(tally, texts[row], target);
    return encoding;
  });
}

function encodeOutOfFold(
  texts: readonly (string | null)[],
  targets: Float64Array,
  smoothing: number,
  foldOf: Int32Array,
  folds: number,
): Float64Array {
  const others = Array.from({ length: folds }, (_, fold) => {
    const tally = newTally();
    targets.forEach((target, row) => {
      if (foldOf[row] !== fold) add(tally, texts[row], target);
    });
    return tally;
  });
  return targets.map((_, row) => smoothed(others[foldOf[row]], texts[row], smoothing));
}

/** A fold for each row, all of one size but for one row, shuffled. */
function foldsOf(rows: number, folds: number, seed: string): Int32Array {
  const foldOf = Int32Array.from({ length: rows }, (_, row) => row % folds);
  const rng = new Rng(seed);
  for (let row = rows - 1; row > 0; row--) {
    const other = rng.integer(row + 1);
    [foldOf[row], foldOf[other]] = [foldOf[other], foldOf[row]];
  }
  return foldOf;
}

export const frequencyEncodingStep: StepKind<FrequencyEncodingSpec> = {
  shape: /* @__PURE__ */ objectShape({ column: textShape }),
  describe({ name, column }) {
    return { outputs: [{ name, unit: "" }], sources: [], textSources: [column], work: "O(1)", memory: 0 };
  },
  fit({ column }, inputs) {
    const tally = newTally();
    for (const category of textsIn(inputs, column)) add(tally, category, 0);
    if (tally.count === 0) throw invalidArgument([column], "there are no rows");
    const categories = [...tally.counts.keys()];
    const encodings = categories.map((category) => (tally.counts.get(category) as number) / tally.count);
    return { categories, encodings, otherwise: 0 };
  },
  open({ column }, learnt) {
    return {
      ...openLookup(column, learnt),
      training(inputs) {
        const tally = newTally();
        const shares = textsIn(inputs, column).map((category) => {
          const share = (tally.counts.get(category) ?? 0) / tally.count;
          add(tally, category, 0);
          return share;
        });
        return [Float64Array.from(shares)];
      },
    };
  },
};
