import { compileColumns, parseExpression } from "@sage-twin/formulas";
import {
  addDuration,
  arrayShape,
  choiceShape,
  defineEnvelope,
  type Frequency,
  type Instant,
  type Issue,
  nearest,
  numberShape,
  objectShape,
  optionalShape,
  parseFrequency,
  type Shape,
  TwinError,
  textShape,
  toInstant,
  unknownName,
} from "@sage-twin/kernel";
import { type Conflict, conflictsIn } from "./conflicts.js";
import { type Edit, type EditOptions, editIssues, editShape, openIn, type Size, timedEdit } from "./edit.js";
import type { Levers } from "./levers.js";

/** How the drawn sizes of two levers' edits hang together. */
export interface RankCorrelation {
  readonly between: readonly [string, string];
  /** Spearman's, -1..1. */
  readonly rank: number;
}

/** What a scenario is saved as. */
export interface ScenarioState {
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly from?: number;
  readonly until?: number;
  readonly ramp?: Frequency;
  readonly correlations?: readonly RankCorrelation[];
  /** Degrees of freedom of the t copula that joins them; Gaussian when absent. */
  readonly degrees?: number;
}

const pairShape: Shape<readonly [string, string]> = (value, path = []) => {
  const names = arrayShape(textShape)(value, path);
  if (names.length === 2) return names as readonly [string, string];
  throw new TwinError({ code: "corrupt", path, message: `${names.length} names are not a pair` });
};

const format = defineEnvelope<ScenarioState>({
  kind: "scenario",
  version: 1,
  parse: objectShape({
    name: textShape,
    edits: arrayShape(editShape),
    from: optionalShape(numberShape),
    until: optionalShape(numberShape),
    ramp: optionalShape(textShape),
    correlations: optionalShape(arrayShape(objectShape({ between: pairShape, rank: numberShape }))),
    degrees: optionalShape(choiceShape(...Array.from({ length: 60 }, (_, index) => index + 1))),
  }) as Shape<ScenarioState>,
});

/**
 * A what-if: an immutable list of edits to levers. Each verb returns a new scenario. Edits to one lever apply in their order: the last
 * `set` wins, and later scales and shifts act on it; edits of drawn size come after all others.
 *
 * @example
 * ```ts
 * import { scenario } from "@sage-twin/scenarios";
 *
 * const plan = scenario("spring push").scale("marketing", 1.3, { ramp: "3M" }).scale("price", 1.05).from("2026-04");
 * plan.edits.length; // => 2
 * ```
 */
export class Scenario<Lever extends string = string> {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Names that its formulas leave open: `with` gives them values. */
  readonly parameters: readonly string[];
  readonly #state: ScenarioState;
  readonly #levers: Levers | undefined;

  /** @internal Start with `scenario()` or `twin.scenario()`. */
  constructor(state: ScenarioState, levers?: Levers) {
    this.#state = state;
    this.#levers = levers;
    this.name = state.name;
    const { from, until, ramp } = state;
    this.edits = state.edits.map((edit) => ({
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
      ...(ramp === undefined ? {} : { ramp }),
      ...edit,
    }));
    this.parameters = [...new Set(state.edits.flatMap(openIn))];
  }

  /** Sets a lever to a level, whatever its causes do. */
  set(lever: Lever, level: Size, options: EditOptions = {}): Scenario<Lever> {
    return this.#edit({ lever, kind: "set", value: level }, options);
  }

  /** Multiplies a lever by a factor. */
  scale(lever: Lever, factor: Size, options: EditOptions = {}): Scenario<Lever> {
    return this.#edit({ lever, kind: "scale", value: factor }, options);
  }

  /** Adds a difference to a lever. */
  shift(lever: Lever, difference: Size, options: EditOptions = {}): Scenario<Lever> {
    return this.#edit({ lever, kind: "shift", value: difference }, options);
  }

  /** Multiplies a lever by a factor from `at` on, for as long as `lasting`; with `fade` it wears off afterwards. */
  pulse(
    lever: Lever,
    factor: Size,
    {
      at,
      lasting,
      ...options
    }: { readonly at: Instant; readonly lasting: Frequency } & Pick<EditOptions, "chance" | "fade" | "ramp">,
  ): Scenario<Lever> {
    const from = toInstant(at, [this.name, "pulse", lever, "at"]);
    return this.scale(lever, factor, { ...options, from, until: addDuration(from, parseFrequency(lasting)) });
  }

  /** Multiplies a lever by a factor in the months of the year that have one, 1 to 12; a period belongs to the month that it starts in. */
  seasonal(lever: Lever, months: Readonly<Record<number, number>>, options: EditOptions = {}): Scenario<Lever> {
    return this.#edit({ lever, kind: "scale", value: 1, months }, options);
  }

  /**
   * Something that nobody of the business decides, such as a rival's price or a strike: it moves any metric that has no formula, not levers alone. Give
   * one of `set`, `scale` and `shift`.
   */
  event(
    name: string,
    metric: string,
    {
      set,
      scale,
      shift,
      ...options
    }: { readonly set?: Size; readonly scale?: Size; readonly shift?: Size } & EditOptions,
  ): Scenario<Lever> {
    const given = Object.entries({ set, scale, shift }).filter(([, size]) => size !== undefined);
    if (typeof name !== "string" || name === "" || given.length !== 1) {
      throw new TwinError({
        code: "invalid-argument",
        path: [this.name, "event", metric],
        message: `an event has a name and one of set, scale and shift; received ${given.length} of them`,
      });
    }
    const [kind, value] = given[0] as [Edit["kind"], Size];
    return this.#edit({ lever: metric, kind, value, event: name }, options);
  }

  /**
   * Says how the drawn sizes of edits hang together: a rank correlation for each pair of levers; where extremes come together too, give `degrees` of
   * freedom of a t copula, the fewer the more.
   */
  correlate(
    pairs: readonly (readonly [string, string, number])[],
    { degrees }: { readonly degrees?: number } = {},
  ): Scenario<Lever> {
    const issues = pairs.flatMap(([a, b, rank], index): Issue[] => {
      const unknown = [a, b].filter(
        (name) => !this.edits.some(({ lever, value }) => lever === name && typeof value === "object"),
      );
      const path = [this.name, "correlate", index];
      if (a === b || !(rank >= -1 && rank <= 1))
        return [
          {
            code: "invalid-argument",
            path,
            message: `'${a}', '${b}' and ${rank} are no pair with a correlation in -1..1`,
          },
        ];
      return unknown.map((name) => ({
        code: "not-found",
        path,
        message: `'${name}' has no edit of drawn size`,
        fix: "give one of its edits a distribution",
      }));
    });
    if (degrees !== undefined && !(Number.isInteger(degrees) && degrees >= 1 && degrees <= 60))
      issues.push({
        code: "invalid-argument",
        path: [this.name, "correlate", "degrees"],
        message: `degrees of freedom are a whole number from 1 to 60, not ${degrees}`,
      });
    if (issues.length > 0) throw new TwinError(issues);
    const correlations = pairs.map(([a, b, rank]) => ({ between: [a, b] as const, rank }));
    return this.#with({ correlations, ...(degrees === undefined ? {} : { degrees }) });
  }

  /** Gives values to parameters that are left open; the others stay open. */
  with(values: Readonly<Record<string, number>>): Scenario<Lever> {
    for (const [name, value] of Object.entries(values)) {
      if (!this.parameters.includes(name)) throw unknownName("parameter", name, this.parameters, [this.name, "with"]);
      if (!Number.isFinite(value))
        throw new TwinError({
          code: "invalid-argument",
          path: [this.name, "with", name],
          message: `expected a finite number, received ${value}`,
        });
    }
    return this.#with({
      edits: this.#state.edits.map((edit) => {
        const names = openIn(edit);
        if (names.length === 0 || !names.every((name) => Object.hasOwn(values, name))) return edit;
        const output = new Float64Array(1);
        const inputs = names.map((name) => Float64Array.of(values[name]));
        compileColumns(parseExpression(edit.value as string), names)(inputs, output, 1);
        return { ...edit, value: output[0] };
      }),
    });
  }

  /** Both at once: this one's edits, then those of the other. */
  and(other: Scenario<Lever>): Scenario<Lever> {
    const correlations = [...(this.#state.correlations ?? []), ...(other.#state.correlations ?? [])];
    const degrees = this.#state.degrees ?? other.#state.degrees;
    return new Scenario<Lever>(
      {
        name: `${this.name} and ${other.name}`,
        edits: [...this.edits, ...other.edits],
        ...(correlations.length > 0 ? { correlations } : {}),
        ...(degrees === undefined ? {} : { degrees }),
      },
      this.#levers,
    );
  }

  /**
   * One after the other (`then` would make a promise of it): edits of the other that state no start begin where this one ends.
   *
   * @throws TwinError where this one never ends.
   */
  followedBy(other: Scenario<Lever>): Scenario<Lever> {
    const ends = this.edits.map(({ until }) => until);
    if (ends.length === 0 || ends.includes(undefined)) {
      throw new TwinError({
        code: "invalid-time",
        path: [this.name, "followedBy"],
        message: `'${this.name}' does not end, so nothing comes after it`,
        fix: "give it an end with `until`",
      });
    }
    const end = Math.max(...(ends as number[]));
    const later = new Scenario<Lever>(
      { ...other.#state, edits: other.edits.map((edit) => ({ ...edit, from: edit.from ?? end })) },
      this.#levers,
    );
    return new Scenario<Lever>({ ...this.and(later).#state, name: `${this.name}, then ${other.name}` }, this.#levers);
  }

  /** The moment from which edits without one of their own hold. */
  from(instant: Instant): Scenario<Lever> {
    return this.#with({ from: toInstant(instant, [this.name, "from"]) });
  }

  /** The moment at which edits without one of their own cease to hold. */
  until(instant: Instant): Scenario<Lever> {
    return this.#with({ until: toInstant(instant, [this.name, "until"]) });
  }

  /** How long edits without a ramp of their own take to come in. */
  ramp(duration: Frequency): Scenario<Lever> {
    return this.#with({ ramp: parseFrequency(duration) });
  }

  /** The same edits under another name. */
  named(name: string): Scenario<Lever> {
    return scenario<Lever>(name, this.#levers as Levers<Lever>).#with({ ...this.#state, name });
  }

  /** Edits that undo others of the same lever at the same time. */
  conflicts(): readonly Conflict[] {
    return conflictsIn(this.edits);
  }

  /** How drawn sizes hang together; undefined where nothing is said of it. */
  get correlations(): Pick<ScenarioState, "correlations" | "degrees"> {
    const { correlations, degrees } = this.#state;
    return { correlations, degrees };
  }

  toJSON() {
    return format.seal(this.#state);
  }

  /** Reads what `toJSON` wrote; anything else is a `TwinError`. With `levers`, every edit must be of one of them, or an event. */
  static fromJSON<Lever extends string = string>(json: unknown, levers?: Levers<Lever>): Scenario<Lever> {
    const state = format.open(json);
    for (const edit of state.edits) checkLever(edit, levers);
    return new Scenario<Lever>(state, levers);
  }

  #edit(edit: Edit, options: EditOptions): Scenario<Lever> {
    const path = [this.name, edit.kind, edit.lever];
    checkLever(edit, this.#levers, path);
    const timed = timedEdit(edit, options, path);
    const issues = editIssues(timed, path);
    if (issues.length > 0) throw new TwinError(issues);
    openIn(timed);
    return this.#with({ edits: [...this.#state.edits, timed] });
  }

  #with(change: Partial<ScenarioState>): Scenario<Lever> {
    const state = { ...this.#state, ...change };
    if (state.from !== undefined && state.until !== undefined && state.from >= state.until) {
      throw new TwinError({
        code: "invalid-time",
        path: [this.name],
        message: "the scenario ends before it starts",
        fix: "put `until` after `from`",
      });
    }
    return new Scenario<Lever>(state, this.#levers);
  }
}

/** A scenario without edits. With `levers`, every edit must be of one of them, or an event. */
export function scenario<Lever extends string = string>(name: string, levers?: Levers<Lever>): Scenario<Lever> {
  if (typeof name !== "string" || name === "") {
    throw new TwinError({ code: "invalid-argument", path: ["scenario"], message: "a scenario needs a name" });
  }
  return new Scenario<Lever>({ name, edits: [] }, levers);
}

function checkLever({ lever, event }: Edit, levers: Levers | undefined, path: readonly string[] = ["edits"]): void {
  if (event !== undefined || levers === undefined || Object.hasOwn(levers, lever)) return;
  const known = Object.keys(levers);
  const near = nearest(lever, known);
  const fix =
    near !== undefined
      ? `did you mean '${near}'?`
      : known.length > 0
        ? `levers: ${known.join(", ")}; declare more with .levers()`
        : "declare it with .levers()";
  throw new TwinError({ code: "not-a-lever", path, message: `'${lever}' is not a lever`, fix });
}
