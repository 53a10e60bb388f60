import { TwinError } from "@sage-twin/kernel";

/** Refuses what cannot be the name of a dataset, a model, a tag or an alias. */
export function requireName(what: string, name: unknown): void {
  if (typeof name === "string" && /^[\p{L}\p{N}][\p{L}\p{N} ._/-]{0,99}$/u.test(name)) return;
  throw new TwinError({
    code: "invalid-argument",
    path: [what],
    message: `${typeof name === "string" ? `'${name.slice(0, 40)}'` : String(name)} cannot be the name of a ${what}`,
    fix: "use 1 to 100 letters, digits, spaces and . _ / -, the first a letter or digit",
  });
}

/** Refuses as well what would be taken for an id or the latest version. */
export function requireAlias(what: string, name: string): void {
  requireName(what, name);
  if (name === "latest" || /^[0-9a-f]{6,64}$/.test(name))
    throw new TwinError({
      code: "invalid-argument",
      path: [what],
      message: `'${name}' would be taken for ${name === "latest" ? "the latest version" : "an id"}`,
      fix: "choose another name",
    });
}
