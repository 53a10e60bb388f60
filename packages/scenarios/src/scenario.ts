import {
  arrayShape,
  choiceShape,
  defineEnvelope,
  type Frequency,
  type Instant,
  nearest,
  numberShape,
  objectShape,
  optionalShape,
  parseFrequency,
  type Shape,
  TwinError,
  textShape,
  toInstant,
} from "@sage-twin/kernel";
import type { Levers } from "./levers.js";

/** When an edit holds, and how it comes in. */
export interface EditOptions {
  /** The first moment at which it holds. Default: the scenario's, or the start of the horizon. */
  readonly from?: Instant;
  /** The moment from which it no longer holds. Default: the scenario's, or never. */
  readonly until?: Instant;
  /** How long it takes to come in, evenly from nothing to all. Default: the scenario's, or at once. */
  readonly ramp?: Frequency;
}

/** One change of one lever. Plain data; instants in milliseconds since 1970. */
export interface Edit {
  readonly lever: string;
  /** `set` takes a level, `scale` a factor, `shift` a difference. */
  readonly kind: "scale" | "set" | "shift";
  readonly value: number;
  readonly from?: number;
  readonly until?: number;
  readonly ramp?: Frequency;
}

/** What a scenario is saved as. */
export interface ScenarioState {
  readonly name: string;
  readonly edits: readonly Edit[];
  readonly from?: number;
  readonly until?: number;
  readonly ramp?: Frequency;
}

const format = defineEnvelope<ScenarioState>({
  kind: "scenario",
  version: 1,
  parse: objectShape({
    name: textShape,
    edits: arrayShape(
      objectShape({
        lever: textShape,
        kind: choiceShape("scale", "set", "shift"),
        value: numberShape,
        from: optionalShape(numberShape),
        until: optionalShape(numberShape),
        ramp: optionalShape(textShape),
      }),
    ),
    from: optionalShape(numberShape),
    until: optionalShape(numberShape),
    ramp: optionalShape(textShape),
  }) as Shape<ScenarioState>,
});

/**
 * A what-if: an immutable list of edits to levers. Each verb returns a new scenario. Edits to one lever apply in their order: the last
 * `set` wins, and later scales and shifts act on it.
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
  }

  /** Sets a lever to a level, whatever its causes do. */
  set(lever: Lever, level: number, options: EditOptions = {}): Scenario<Lever> {
    return this.#edit({ lever, kind: "set", value: level }, options);
  }

  /** Multiplies a lever by a factor. */
  scale(lever: Lever, factor: number, options: EditOptions = {}): Scenario<Lever> {
    return this.#edit({ lever, kind: "scale", value: factor }, options);
  }

  /** Adds a difference to a lever. */
  shift(lever: Lever, difference: number, options: EditOptions = {}): Scenario<Lever> {
    return this.#edit({ lever, kind: "shift", value: difference }, options);
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

  toJSON() {
    return format.seal(this.#state);
  }

  /** Reads what `toJSON` wrote; anything else is a `TwinError`. With `levers`, every edit must be of one of them. */
  static fromJSON<Lever extends string = string>(json: unknown, levers?: Levers<Lever>): Scenario<Lever> {
    const state = format.open(json);
    for (const { lever } of state.edits) checkLever(lever, levers);
    return new Scenario<Lever>(state, levers);
  }

  #edit(edit: Edit, { from, until, ramp }: EditOptions): Scenario<Lever> {
    const path = [this.name, edit.kind, edit.lever];
    checkLever(edit.lever, this.#levers, path);
    if (!Number.isFinite(edit.value)) {
      throw new TwinError({
        code: "invalid-argument",
        path,
        message: `expected a finite number, received ${edit.value}`,
      });
    }
    const timed: Edit = {
      ...edit,
      ...(from === undefined ? {} : { from: toInstant(from, [...path, "from"]) }),
      ...(until === undefined ? {} : { until: toInstant(until, [...path, "until"]) }),
      ...(ramp === undefined ? {} : { ramp: parseFrequency(ramp) }),
    };
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

/** A scenario without edits. With `levers`, every edit must be of one of them. */
export function scenario<Lever extends string = string>(name: string, levers?: Levers<Lever>): Scenario<Lever> {
  if (typeof name !== "string" || name === "") {
    throw new TwinError({ code: "invalid-argument", path: ["scenario"], message: "a scenario needs a name" });
  }
  return new Scenario<Lever>({ name, edits: [] }, levers);
}

function checkLever(lever: string, levers: Levers | undefined, path: readonly string[] = ["edits"]): void {
  if (levers === undefined || Object.hasOwn(levers, lever)) return;
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
