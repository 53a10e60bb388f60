import { unknownName } from "@sage-twin/kernel";

const forms = [
  ["ANN", "AAN", "AAdN", "ANA", "AAA", "AAdA"],
  ["MNN", "MAN", "MAdN", "MNA", "MAA", "MAdA", "MNM", "MAM", "MAdM"],
  ["MMN", "MMdN", "MMM", "MMdM"],
] as const;

/**
 * A form of exponential smoothing: error (A additive, M multiplicative), trend (N none, A additive, M multiplicative; d damped)
 * and season (N, A, M). These 19 are the ones whose forecasts are numerically stable (Hyndman, Koehler, Ord and Snyder 2008).
 */
export type EtsForm = (typeof forms)[number][number];

export const additiveForms: readonly EtsForm[] = forms[0];
/** Those that the automatic search tries on a positive series; multiplicative trends, which can explode, only when asked for. */
export const searchedForms: readonly EtsForm[] = [...forms[0], ...forms[1]];
export const allForms: readonly EtsForm[] = /* @__PURE__ */ forms.flat();

export function checkForm(form: string): EtsForm {
  if ((allForms as readonly string[]).includes(form)) return form as EtsForm;
  throw unknownName("ETS form", String(form), allForms, ["form"]);
}

/** A form taken apart. */
export interface EtsParts {
  readonly multiplicativeError: boolean;
  readonly hasTrend: boolean;
  readonly multiplicativeTrend: boolean;
  readonly damped: boolean;
  readonly seasonal: boolean;
  readonly multiplicativeSeason: boolean;
}

export function partsOf(form: EtsForm): EtsParts {
  const season = form.at(-1);
  return {
    multiplicativeError: form[0] === "M",
    hasTrend: form[1] !== "N",
    multiplicativeTrend: form[1] === "M",
    damped: form[2] === "d",
    seasonal: season !== "N",
    multiplicativeSeason: season === "M",
  };
}

/** The form as it is written in the literature: `ets(A,Ad,M)`. */
export function formName(form: EtsForm): string {
  return `ets(${form[0]},${form.slice(1, -1)},${form.at(-1)})`;
}
