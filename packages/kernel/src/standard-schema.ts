import { type ErrorCode, type Path, TwinError } from "./errors.js";

/** What a Standard Schema validator (zod, valibot, arktype, ...) answers. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        readonly message: string;
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
      }[];
    };

/** Any validator that follows Standard Schema version 1 (standardschema.dev). */
export interface StandardSchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** The value as the validator returns it; a `TwinError` of `code` holds every issue, its paths inside `path`. */
export function validateStandard<Output>(
  schema: StandardSchema<Output>,
  value: unknown,
  code: ErrorCode,
  path: Path = [],
): Output {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) {
    result.catch(() => {});
    throw new TwinError({
      code: "unsupported",
      path,
      message: "this validator is asynchronous",
      fix: "give one that validates synchronously",
    });
  }
  if (result.issues === undefined) return result.value;
  throw new TwinError(
    result.issues.map((issue) => ({
      code,
      path: [...path, ...(issue.path ?? []).map(pathPart)],
      message: issue.message,
    })),
  );
}

function pathPart(part: PropertyKey | { readonly key: PropertyKey }): string | number {
  const key = typeof part === "object" ? part.key : part;
  return typeof key === "number" ? key : String(key);
}
