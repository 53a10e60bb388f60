import { inDomain, type Link, toLink } from "../link.js";
import { type AdditiveData, type MechanismForm, over, type Part } from "./additive-fit.js";
import type { ChildData, ChildPart } from "./child-data.js";
import { type HeldOut, meanDifference, rollOrigin } from "./roll-origin.js";

/** From the simplest on: how many numbers each form takes from the data, about. */
export const complexity: Readonly<Record<MechanismForm, number>> = {
  linear: 1,
  elasticity: 1,
  logistic: 1,
  saturation: 2,
  lookup: 3,
  boosted: 4,
};

/** A form for each cause, and how well they foretold held-out rows. */
export interface Trial {
  /** By cause; undefined where the mechanism stays as it is. */
  readonly forms: readonly (MechanismForm | undefined)[];
  readonly held: HeldOut;
}

/** The best forms on one link scale. */
export interface FormSearch {
  readonly link: Link;
  readonly trial: Trial;
  /** By cause and form: the trial with this form, others as chosen. */
  readonly tried: ReadonlyMap<number, ReadonlyMap<MechanismForm, Trial>>;
  /** By cause: forms that its data do not allow, and why. */
  readonly unfit: ReadonlyMap<number, ReadonlyMap<MechanismForm, string>>;
  readonly additive: {
    readonly data: AdditiveData;
    /** Which of the causes are fitted; effects without uncertainty are not. */
    readonly positions: readonly number[];
    parts(forms: Trial["forms"]): readonly Part[];
  };
}

const passes = 3;

/** Chooses forms one cause after the other, others as they stand, until none changes. Returns why where a cause can take none of its forms. */
export function searchForms(
  data: ChildData,
  link: Link,
  declared: boolean,
  signal: AbortSignal | undefined,
): FormSearch | string {
  const { child, parts, outcome, nuisance } = data;
  const offset = new Float64Array(outcome.length);
  const positions = [...parts.keys()].filter((position) => {
    const { forms, edge, levels } = parts[position];
    const { prior, curve } = edge.mechanism;
    if (forms !== undefined || prior.sd > 0) return true;
    const values = over(curve, levels);
    for (let row = 0; row < offset.length; row++) offset[row] += prior.mean * values[row];
    return false;
  });
  const response = outcome.map((value, row) => toLink(link, value) - offset[row]);
  const additive: FormSearch["additive"] = {
    data: { response, offset, nuisance, causes: positions.map((position) => parts[position].levels) },
    positions,
    parts: (forms) => positions.map((position) => forms[position] ?? parts[position].edge.mechanism.curve),
  };
  const unfit = new Map<number, Map<MechanismForm, string>>();
  const allowed = parts.map((part, position) => {
    const reasons = new Map<MechanismForm, string>();
    unfit.set(position, reasons);
    return part.forms?.filter((form) => {
      const why = unfitness(form, link, part, outcome, declared || part.forms?.length === 1);
      if (why !== undefined) reasons.set(form, why);
      return why === undefined;
    });
  });
  const impossible = allowed.findIndex((forms) => forms?.length === 0);
  if (impossible >= 0) {
    const [why] = unfit.get(impossible)?.values() ?? [];
    return `'${parts[impossible].edge.from}' on '${child}', ${link.kind} scale: ${why}`;
  }
  const trials = new Map<string, Trial>();
  const attempt = (forms: Trial["forms"]): Trial => {
    const key = forms.join();
    const known = trials.get(key);
    if (known !== undefined) return known;
    signal?.throwIfAborted();
    const trial = { forms, held: rollOrigin(additive.data, outcome, link, additive.parts(forms)) };
    trials.set(key, trial);
    return trial;
  };
  let current: Trial["forms"] = allowed.map(
    (forms) => forms && [...forms].sort((a, b) => complexity[a] - complexity[b])[0],
  );
  const tried = new Map<number, ReadonlyMap<MechanismForm, Trial>>();
  for (let pass = 0; pass < passes; pass++) {
    const before = current.join();
    allowed.forEach((forms, position) => {
      if (forms === undefined) return;
      const own = new Map(
        forms.map(
          (form) => [form, attempt(current.map((other, index) => (index === position ? form : other)))] as const,
        ),
      );
      tried.set(position, own);
      current = simplest([...own.values()]).forms;
    });
    if (current.join() === before) break;
  }
  return { link, trial: attempt(current), tried, unfit, additive };
}

/** The mean squared error of a trial. */
export function meanOf({ held: { squares } }: Trial): number {
  return squares.reduce((sum, value) => sum + value, 0) / squares.length;
}

/** Of the trials within one standard error of the best (of their difference from it), the simplest; of equally simple ones the best. */
export function simplest(trials: readonly Trial[]): Trial {
  const best = trials.reduce((low, trial) => (meanOf(trial) < meanOf(low) ? trial : low));
  const near = trials.filter((trial) => {
    const { mean, error } = meanDifference(trial.held.squares, best.held.squares);
    return trial === best || mean <= error;
  });
  const size = ({ forms }: Trial): number =>
    forms.reduce((sum, form) => sum + (form === undefined ? 0 : complexity[form]), 0);
  return near.reduce((low, trial) =>
    size(trial) < size(low) || (size(trial) === size(low) && meanOf(trial) < meanOf(low)) ? trial : low,
  );
}

/** Why a form does not suit the data; undefined where it does. */
function unfitness(
  form: MechanismForm,
  link: Link,
  { edge, levels }: ChildPart,
  outcome: Float64Array,
  wanted: boolean,
): string | undefined {
  const low = levels.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  if (form === "elasticity") {
    if (link.kind !== "log") return "an elasticity needs an outcome that is taken by its logarithm";
    return low > 0 ? undefined : `'${edge.from}' reaches ${low}, and an elasticity needs its logarithm`;
  }
  if (form === "logistic") {
    if (link.kind !== "logit") return "a logistic effect needs an outcome between declared bounds";
    return outcome.every((value) => inDomain(link, value)) ? undefined : "the outcome reaches its bounds";
  }
  if (form === "linear" && link.kind === "logit" && !wanted)
    return "between bounds, a straight effect is the logistic one";
  if (form === "saturation" && low < 0) return `'${edge.from}' reaches ${low}, and a saturation starts at 0`;
  return undefined;
}
