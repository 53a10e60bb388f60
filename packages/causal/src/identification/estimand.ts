/** What to compute from observed probabilities: a tree of plain data. */
export type Estimand =
  | { readonly kind: "probability"; readonly of: readonly string[]; readonly given: readonly string[] }
  /** Without factors it is 1. */
  | { readonly kind: "product"; readonly factors: readonly Estimand[] }
  | { readonly kind: "sum"; readonly over: readonly string[]; readonly of: Estimand }
  | { readonly kind: "ratio"; readonly numerator: Estimand; readonly denominator: Estimand };

/** The probability of some variables given others. */
export function probability(of: readonly string[], given: readonly string[] = []): Estimand {
  return { kind: "probability", of, given };
}

/** A product, without nested products. */
export function product(factors: readonly Estimand[]): Estimand {
  const flat = factors.flatMap((factor) => factorsOf(factor));
  return flat.length === 1 ? flat[0] : { kind: "product", factors: flat };
}

function factorsOf(estimand: Estimand): readonly Estimand[] {
  return estimand.kind === "product" ? estimand.factors : [estimand];
}

/** A sum, nested ones joined; a variable that stands in one probability alone, before its bar, sums to 1 and goes with it. */
export function sum(over: readonly string[], of: Estimand): Estimand {
  if (of.kind === "sum" && !of.over.some((name) => over.includes(name))) return sum([...over, ...of.over], of.of);
  let left = [...over];
  let factors = factorsOf(of);
  for (let changed = true; changed; ) {
    changed = false;
    for (const name of left) {
      const holders = factors.filter((factor) => mentions(factor, name));
      if (holders.length !== 1 || holders[0].kind !== "probability" || !holders[0].of.includes(name)) continue;
      const [{ of: names, given }] = holders;
      const rest = names.filter((other) => other !== name);
      factors = factors.flatMap((factor) =>
        factor !== holders[0] ? [factor] : rest.length > 0 ? [probability(rest, given)] : [],
      );
      left = left.filter((other) => other !== name);
      changed = true;
    }
  }
  const body = product(factors);
  return left.length === 0 ? body : { kind: "sum", over: left, of: body };
}

/** A ratio, common factors cancelled. */
export function ratio(numerator: Estimand, denominator: Estimand): Estimand {
  const below = [...factorsOf(denominator)];
  const above = factorsOf(numerator).filter((factor) => {
    const key = JSON.stringify(factor);
    const at = below.findIndex((other) => JSON.stringify(other) === key);
    if (at >= 0) below.splice(at, 1);
    return at < 0;
  });
  return below.length === 0
    ? product(above)
    : { kind: "ratio", numerator: product(above), denominator: product(below) };
}

/** Whether the value of an estimand depends on `name`. */
function mentions(estimand: Estimand, name: string): boolean {
  switch (estimand.kind) {
    case "probability":
      return estimand.of.includes(name) || estimand.given.includes(name);
    case "product":
      return estimand.factors.some((factor) => mentions(factor, name));
    case "sum":
      return !estimand.over.includes(name) && mentions(estimand.of, name);
    case "ratio":
      return mentions(estimand.numerator, name) || mentions(estimand.denominator, name);
  }
}

/** The variables whose values an estimand depends on, in the order in which they stand in it. */
export function freeVariables(estimand: Estimand): string[] {
  switch (estimand.kind) {
    case "probability":
      return [...estimand.of, ...estimand.given];
    case "product":
      return [...new Set(estimand.factors.flatMap(freeVariables))];
    case "sum":
      return freeVariables(estimand.of).filter((name) => !estimand.over.includes(name));
    case "ratio":
      return [...new Set([estimand.numerator, estimand.denominator].flatMap(freeVariables))];
  }
}

/** How many probabilities an estimand is written with. */
export function sizeOf(estimand: Estimand): number {
  switch (estimand.kind) {
    case "probability":
      return 1;
    case "product":
      return estimand.factors.reduce((total, factor) => total + sizeOf(factor), 0);
    case "sum":
      return sizeOf(estimand.of);
    case "ratio":
      return sizeOf(estimand.numerator) + sizeOf(estimand.denominator);
  }
}

/**
 * An estimand as one line: `Σ[season] P(orders | price, season) P(season)`. A variable that is summed over while its name already
 * stands for a value gets a prime, so that `price′` runs over all prices while `price` is the one that is set.
 *
 * @param free the names that stand for values outside the estimand. Default: those that it depends on.
 */
export function estimandText(estimand: Estimand, free: readonly string[] = freeVariables(estimand)): string {
  return write(estimand, new Map(free.map((name) => [name, name])));
}

function write(estimand: Estimand, names: ReadonlyMap<string, string>): string {
  const list = (variables: readonly string[]): string => variables.map((name) => names.get(name) ?? name).join(", ");
  switch (estimand.kind) {
    case "probability":
      return `P(${list(estimand.of)}${estimand.given.length > 0 ? ` | ${list(estimand.given)}` : ""})`;
    case "product":
      return estimand.factors.length === 0 ? "1" : estimand.factors.map((factor) => group(factor, names)).join(" ");
    case "sum": {
      const inner = new Map(names);
      const over = estimand.over.map((name) => {
        const before = names.get(name);
        const shown = before === undefined ? name : `${before}′`;
        inner.set(name, shown);
        return shown;
      });
      return `Σ[${over.join(", ")}] ${write(estimand.of, inner)}`;
    }
    case "ratio":
      return `${group(estimand.numerator, names)} / ${group(estimand.denominator, names)}`;
  }
}

/** In brackets where the neighbours could be read into it. */
function group(estimand: Estimand, names: ReadonlyMap<string, string>): string {
  const text = write(estimand, names);
  return estimand.kind === "probability" ? text : `(${text})`;
}
