import { describeValue, type Issue, TwinError } from "@sage-twin/kernel";

/** How numbers and dates are written in text. What the format leaves open is an issue of its cell, never a guess. */
export interface CellFormat {
  /** A BCP 47 locale, which tells separators, the order of day and month, and the names of months. Default: English names only. */
  readonly locale?: string;
  /** Default: that of the locale, else `"."`. */
  readonly decimal?: "." | ",";
  /** Between groups of digits; `""` for none. Default: that of the locale, else none. */
  readonly group?: "." | "," | " " | "'" | "";
  /** The order of day, month and year where all are numbers: `01/02/2026`. Default: that of the locale, else undeclared. */
  readonly dates?: "dmy" | "mdy" | "ymd";
  /** The first year of Excel's day numbers; a time that is a number is then one of them. Default: there are none. */
  readonly excel?: 1900 | 1904;
}

const choices = {
  decimal: [".", ","],
  group: [".", ",", " ", "'", ""],
  dates: ["dmy", "mdy", "ymd"],
  excel: [1900, 1904],
};
const currencyCode = /^[A-Z]{3}(?![A-Za-z])/;
const longest = 64;
const minus = /^[-\u2212]/;

/** A format whose separators are known. */
export interface ResolvedFormat extends Omit<CellFormat, "decimal" | "group"> {
  readonly decimal: string;
  readonly group: string;
}

/** The separators of a format. Throws a `TwinError` for what is not a format. */
export function resolveFormat(format: CellFormat): ResolvedFormat {
  const issues: Issue[] = [];
  for (const [name, value] of Object.entries(format)) {
    const known: readonly unknown[] | undefined = choices[name as keyof typeof choices];
    if (name === "locale" || value === undefined || known?.includes(value)) continue;
    const fix = known === undefined ? undefined : `give ${known.map((choice) => JSON.stringify(choice)).join(" or ")}`;
    const message = known === undefined ? `unknown member '${name}'` : `${describeValue(value)} cannot be the ${name}`;
    issues.push({ code: "invalid-argument", path: ["format", name], message, ...(fix === undefined ? {} : { fix }) });
  }
  const { locale } = format;
  const separators = { decimal: ".", group: "" };
  if (locale !== undefined) {
    try {
      for (const { type, value } of new Intl.NumberFormat(locale, { numberingSystem: "latn" }).formatToParts(1234567.5))
        if (type === "decimal" || type === "group") separators[type] = plainSpaces(value);
    } catch {
      const message = `unknown locale ${describeValue(locale)}`;
      issues.push({ code: "invalid-argument", path: ["format", "locale"], message, fix: 'give one such as "de-DE"' });
    }
  }
  const resolved = { ...separators, ...format };
  if (resolved.decimal === resolved.group)
    issues.push({ code: "conflict", path: ["format"], message: `decimal and group are both '${resolved.decimal}'` });
  if (issues.length > 0) throw new TwinError(issues);
  return resolved;
}

/**
 * Reads numbers as people write them: `1.234,56`, `£1,200`, `12 %`, `(1,200)`. An amount must be in the currency of the unit; a
 * percentage is a share where the unit is `"1"`, and itself where it is `"%"`.
 */
export function numberReader(format: CellFormat): (text: string, unit: string) => number | string {
  const { decimal, group, locale } = resolveFormat(format);
  const affixes = new Map<string, ReadonlySet<string>>();
  const escaped = (separator: string): string => (separator === "" ? "" : `\\${separator}`);
  const indian = locale !== undefined && /\d\D\d\d\D\d{3}$/.test(new Intl.NumberFormat(locale).format(12_345_678));
  const grouped =
    group === "" ? "" : `\\d{1,3}(?:${escaped(group)}\\d{${indian ? "2,3" : "3"}})*${escaped(group)}\\d{3}|`;
  const shape = new RegExp(
    `^(?:${grouped}\\d+|(?=${escaped(decimal)}\\d))(?:${escaped(decimal)}\\d+)?(?:[eE][-+]?\\d+)?$`,
  );
  return (cell, unit) => {
    let text = plainSpaces(cell.trim());
    let sign = 1;
    const parentheses = /^\((.*)\)$/.exec(text);
    if (parentheses !== null) {
      sign = -1;
      text = parentheses[1].trim();
    }
    const shortText = text.length <= longest ? text : "";
    const [, before, digits, after] = /^([^\d.,]*)([\d.,](?:.*\d)?)([^\d]*)$/.exec(shortText) ?? [];
    const problem = `${describeValue(cell)} is not a number as ${locale ?? "the format"} writes it`;
    if (digits === undefined) return problem;
    let prefix = before.trim();
    let suffix = after.trim();
    if (minus.test(prefix) || /[-\u2212]$/.test(prefix)) {
      if (sign < 0) return problem;
      sign = -1;
      prefix = prefix.replace(/^[-\u2212]|[-\u2212]$/, "").trim();
    } else if (prefix.startsWith("+")) prefix = prefix.slice(1).trim();
    let power = "";
    if (prefix === "%" || suffix === "%") {
      if (unit !== "1" && unit !== "%") return `${describeValue(cell)} is a percentage, where the unit is '${unit}'`;
      if (unit === "1") power = "e-2";
      if (prefix === "%") prefix = "";
      else suffix = "";
    }
    const amount = prefix === "" ? suffix : prefix;
    if (prefix !== "" && suffix !== "") return problem;
    if (amount !== "") {
      const known = affixes.get(unit) ?? currencyNames(unit, locale);
      affixes.set(unit, known);
      if (!known.has(amount)) return `${describeValue(cell)} is not an amount in '${unit}'`;
    }
    if (!shape.test(digits)) return problem;
    const plain = (group === "" ? digits : digits.replaceAll(group, "")).replace(decimal, ".");
    const number = sign * Number(power === "" || /e/i.test(plain) ? plain : plain + power);
    if (power !== "" && /e/i.test(plain)) return problem;
    return Number.isFinite(number) ? number : `${describeValue(cell)} is too large for a number`;
  };
}

/** How an amount of a unit's currency may be marked: its code and its symbols. */
function currencyNames(unit: string, locale: string | undefined): ReadonlySet<string> {
  const currency = currencyCode.exec(unit)?.[0];
  const names = new Set<string>();
  if (currency === undefined) return names;
  names.add(currency);
  for (const language of new Set(["en", locale ?? "en"]))
    for (const currencyDisplay of ["symbol", "narrowSymbol"] as const)
      for (const { type, value } of new Intl.NumberFormat(language, {
        style: "currency",
        currency,
        currencyDisplay,
      }).formatToParts(1))
        if (type === "currency") names.add(value.trim());
  return names;
}

function plainSpaces(text: string): string {
  return text.replace(/[\u00a0\u202f\u2009]/g, " ").replace(/\u2019/g, "'");
}
