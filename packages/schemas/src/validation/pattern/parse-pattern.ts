import { type Path, TwinError } from "@sage-twin/kernel";

/** A set of UTF-16 code units as ranges `[from, to, from, to ...]`, ascending. */
export type CodeUnits = readonly number[];

/** A pattern as a tree. */
export type Pattern =
  | { readonly kind: "units"; readonly units: CodeUnits }
  | { readonly kind: "start" | "end" }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Pattern[] }
  | { readonly kind: "repeat"; readonly part: Pattern; readonly least: number; readonly most: number };

const longestPattern = 1000;
const deepestPattern = 50;
const mostRepeats = 1000;
const last = 0xffff;
const digits: CodeUnits = [48, 57];
const wordUnits: CodeUnits = [48, 57, 65, 90, 95, 95, 97, 122];
const spaces: CodeUnits = [
  9, 13, 32, 32, 160, 160, 5760, 5760, 8192, 8202, 8232, 8233, 8239, 8239, 8287, 8287, 12288, 12288, 65279, 65279,
];
const lineEnds: CodeUnits = [10, 10, 13, 13, 8232, 8233];
const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

/**
 * Parses the regular part of JavaScript's patterns: literals, `.`, classes, `\d \w \s` and their negations, groups, `|`, `^`, `$`, and
 * `* + ? {n} {n,} {n,m}`. Back references, look-around, `\b` and named groups are refused by a `TwinError`: they need backtracking, or
 * are not needed to say whether a text matches.
 */
export function parsePattern(text: string, path: Path): Pattern {
  let at = 0;
  const refuse = (message: string, fix?: string): never => {
    throw new TwinError({ code: "invalid-argument", path, message: `${message} at ${at} of the pattern`, fix });
  };
  if (typeof text !== "string") return refuse("this is not text");
  if (text.length > longestPattern)
    return refuse(`${text.length} characters are more than ${longestPattern}`, "shorten it");
  const eat = (token: string): boolean => {
    if (!text.startsWith(token, at)) return false;
    at += token.length;
    return true;
  };

  const choice = (depth: number): Pattern => {
    if (depth > deepestPattern) refuse(`groups are nested deeper than ${deepestPattern}`);
    const parts = [sequence(depth)];
    while (eat("|")) parts.push(sequence(depth));
    return parts.length === 1 ? parts[0] : { kind: "choice", parts };
  };

  const sequence = (depth: number): Pattern => {
    const parts: Pattern[] = [];
    while (at < text.length && text[at] !== "|" && text[at] !== ")") parts.push(repeated(depth));
    return parts.length === 1 ? parts[0] : { kind: "sequence", parts };
  };

  const repeated = (depth: number): Pattern => {
    const bare = text[at] === "^" || text[at] === "$";
    const part = atom(depth);
    const counts = quantifier();
    if (counts === undefined) return part;
    if (bare) refuse("^ and $ cannot be repeated");
    eat("?"); // a lazy match is a match
    if (quantifier() !== undefined) refuse("nothing to repeat");
    return { kind: "repeat", part, least: counts[0], most: counts[1] };
  };

  const quantifier = (): readonly [number, number] | undefined => {
    if (eat("*")) return [0, Infinity];
    if (eat("+")) return [1, Infinity];
    if (eat("?")) return [0, 1];
    const match = /^\{(\d{1,4})(,(\d{1,4})?)?\}/.exec(text.slice(at, at + 11));
    if (match === null) return undefined;
    const least = Number(match[1]);
    const most = match[2] === undefined ? least : match[3] === undefined ? Infinity : Number(match[3]);
    if (most < least || Math.max(least, most === Infinity ? 0 : most) > mostRepeats)
      refuse(`${match[0]} is not from a smaller to a larger count up to ${mostRepeats}`);
    at += match[0].length;
    return [least, most];
  };

  const atom = (depth: number): Pattern => {
    if (eat("(")) {
      if (!eat("?:") && text[at] === "?")
        refuse("look-around and named groups are not allowed", "use a group: ( ) or (?: )");
      const inner = choice(depth + 1);
      if (!eat(")")) refuse("a group is not closed");
      return inner;
    }
    if (eat("^")) return { kind: "start" };
    if (eat("$")) return { kind: "end" };
    if (eat(".")) return { kind: "units", units: without(lineEnds) };
    if (eat("[")) return { kind: "units", units: characterClass() };
    if ("*+?{}]".includes(text[at])) refuse(`'${text[at]}' stands alone`, `write \\${text[at]} for the character`);
    return { kind: "units", units: unit(false) };
  };

  const characterClass = (): CodeUnits => {
    const negated = eat("^");
    const ranges: number[] = [];
    while (!eat("]")) {
      if (at >= text.length) refuse("a class is not closed");
      const from = unit(true);
      if (text[at] === "-" && text[at + 1] !== "]" && at + 1 < text.length) {
        at++;
        const to = unit(true);
        if (from.length !== 2 || from[0] !== from[1] || to.length !== 2 || to[0] !== to[1] || to[0] < from[0])
          refuse("a range goes from a character to a later one");
        ranges.push(from[0], to[1]);
      } else ranges.push(...from);
    }
    const units = merged(ranges);
    return negated ? without(units) : units;
  };

  const unit = (inClass: boolean): CodeUnits => {
    const code = text.charCodeAt(at++);
    if (code !== 92) return [code, code];
    const name = text[at++];
    if (name === undefined) refuse("the pattern ends with \\");
    const set = { d: digits, w: wordUnits, s: spaces }[name.toLowerCase()];
    if (set !== undefined) return name === name.toLowerCase() ? set : without(set);
    if (Object.hasOwn(controls, name)) return [controls[name], controls[name]];
    const hex = name === "u" ? 4 : name === "x" ? 2 : 0;
    if (hex > 0) {
      const value = text.slice(at, at + hex);
      if (value.length !== hex || !/^[0-9a-f]+$/i.test(value)) refuse(`\\${name} needs ${hex} hexadecimal digits`);
      at += hex;
      return [Number.parseInt(value, 16), Number.parseInt(value, 16)];
    }
    if (/[0-9A-Za-z]/.test(name)) refuse(`\\${name} is not allowed${inClass ? " in a class" : ""}`);
    return [name.charCodeAt(0), name.charCodeAt(0)];
  };

  const pattern = choice(0);
  if (at < text.length) refuse("')' stands alone", "write \\) for the character");
  return pattern;
}

function merged(ranges: readonly number[]): CodeUnits {
  const pairs = Array.from({ length: ranges.length / 2 }, (_, i) => [ranges[2 * i], ranges[2 * i + 1]]);
  const result: number[] = [];
  for (const [from, to] of pairs.sort((a, b) => a[0] - b[0])) {
    if (result.length > 0 && from <= result[result.length - 1] + 1)
      result[result.length - 1] = Math.max(result[result.length - 1], to);
    else result.push(from, to);
  }
  return result;
}

function without(units: CodeUnits): CodeUnits {
  const result: number[] = [];
  let next = 0;
  for (let i = 0; i < units.length; i += 2) {
    if (units[i] > next) result.push(next, units[i] - 1);
    next = units[i + 1] + 1;
  }
  if (next <= last) result.push(next, last);
  return result;
}
