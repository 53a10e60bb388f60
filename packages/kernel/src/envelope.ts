import { type Path, TwinError } from "./errors.js";
import { describeValue, requireJson } from "./json.js";
import { type StandardSchema, validateStandard } from "./standard-schema.js";
import { libraryVersion } from "./version.js";

/** Everything fitted or configured, as JSON: what it is, which version of its schema, who wrote it, and its state. */
export interface Envelope<State = unknown> {
  readonly kind: string;
  readonly schemaVersion: number;
  readonly libraryVersion: string;
  readonly state: State;
}

/** How one kind of thing is saved and opened again. */
export interface EnvelopeFormat<State> {
  readonly kind: string;
  /** Wraps a plain JSON state; a `TwinError` "not-serialisable" names every part that JSON cannot hold. */
  seal(state: State): Envelope<State>;
  /**
   * The state in a parsed envelope of this or an earlier schema version.
   * Throws a `TwinError`: "corrupt" for anything else, "newer-version" for a later one. `path` says where the envelope stands
   * in its document.
   */
  open(json: unknown, path?: Path): State;
}

/** What `defineEnvelope` needs to know. */
export interface EnvelopeDefinition<State> {
  readonly kind: string;
  /** The current schema version, from 1. */
  readonly version: number;
  /** Checks the state of the current version: a shape, a function that throws, or a Standard Schema validator. */
  readonly parse: ((state: unknown) => State) | StandardSchema<State>;
  /** Element `i` turns a state of version `i + 1` into one of version `i + 2`: one for each earlier version. */
  readonly migrations?: readonly ((state: unknown) => unknown)[];
}

/**
 * A versioned JSON format for one kind of thing.
 *
 * @example
 * ```ts
 * import { defineEnvelope, numberShape, objectShape } from "@sage-twin/kernel";
 *
 * const format = defineEnvelope({ kind: "offset", version: 1, parse: objectShape({ offset: numberShape }) });
 * const text = JSON.stringify(format.seal({ offset: 3 }));
 * format.open(JSON.parse(text)).offset; // => 3
 * ```
 */
export function defineEnvelope<State>(definition: EnvelopeDefinition<State>): EnvelopeFormat<State> {
  const { kind, version, parse, migrations = [] } = definition;
  if (!Number.isInteger(version) || migrations.length !== version - 1) {
    throw new TwinError({
      code: "invalid-argument",
      path: [kind, "migrations"],
      message: `schema version ${version} needs ${version - 1} migrations, not ${migrations.length}`,
    });
  }
  return {
    kind,
    seal(state) {
      requireJson(state, "not-serialisable");
      return { kind, schemaVersion: version, libraryVersion, state };
    },
    open(json, path = []) {
      return within(path, () => {
        const envelope = requireEnvelope(json, kind, version);
        return within(["state"], () => {
          const state = migrations
            .slice(envelope.schemaVersion - 1)
            .reduce((earlier, migrate) => migrate(earlier), envelope.state);
          return typeof parse === "function" ? parse(state) : validateStandard(parse, state, "corrupt");
        });
      });
    },
  };
}

function requireEnvelope(json: unknown, kind: string, version: number): Envelope {
  const corrupt = (message: string, fix = `give the whole JSON that was saved as '${kind}'`): TwinError =>
    new TwinError({ code: "corrupt", path: [], message, fix });
  if (typeof json === "string") throw corrupt("this is text, not parsed JSON", "parse it first: parseJson(text)");
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw corrupt(`${describeValue(json)} is not a saved '${kind}'`);
  requireJson(json, "corrupt");
  const { kind: found, schemaVersion, libraryVersion: writer, state } = json as Partial<Record<string, unknown>>;
  if (found !== kind)
    throw corrupt(
      typeof found === "string" ? `this is a saved ${describeValue(found)}, not a '${kind}'` : `not a saved '${kind}'`,
    );
  if (!Number.isInteger(schemaVersion) || (schemaVersion as number) < 1 || typeof writer !== "string")
    throw corrupt(`the saved '${kind}' has no schemaVersion or libraryVersion`);
  if ((schemaVersion as number) > version) {
    throw new TwinError({
      code: "newer-version",
      path: ["schemaVersion"],
      message: `this '${kind}' was written by SAGE-Twin ${writer.slice(0, 40)} with schema version ${schemaVersion}; this is ${libraryVersion}, which reads up to ${version}`,
      fix: `upgrade the @sage-twin packages to ${writer.slice(0, 40)} or later`,
    });
  }
  if (state === undefined) throw corrupt(`the saved '${kind}' has no state`);
  return json as Envelope;
}

/** Runs `action`; what it throws becomes a `TwinError` whose paths start with `prefix`. */
function within<Value>(prefix: Path, action: () => Value): Value {
  try {
    return action();
  } catch (cause) {
    const issues = TwinError.isInstance(cause)
      ? cause.issues
      : [
          {
            code: "corrupt" as const,
            path: [],
            message: cause instanceof Error ? cause.message : String(cause),
          },
        ];
    throw new TwinError(
      issues.map((issue) => ({ ...issue, path: [...prefix, ...issue.path] })),
      { cause },
    );
  }
}
