import { TwinError } from "@sage-twin/kernel";
import type { Levers } from "./levers.js";
import { Scenario } from "./scenario.js";

const longest = 65_536;
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/**
 * A scenario as text for an address: the JSON of what it says, in the URL-safe alphabet of RFC 4648.
 *
 * @example
 * ```ts
 * import { fromShortForm, scenario, toShortForm } from "@sage-twin/scenarios";
 *
 * const text = toShortForm(scenario("push").scale("marketing", 1.2));
 * /^[A-Za-z0-9_-]+$/.test(text) && fromShortForm(text).edits[0].value; // => 1.2
 * ```
 */
export function toShortForm(scenario: Scenario): string {
  const { schemaVersion, state } = scenario.toJSON();
  const bytes = new TextEncoder().encode(JSON.stringify([schemaVersion, state]));
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const word = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const count = Math.min(3, bytes.length - at) + 1;
    for (let letter = 0; letter < count; letter++) text += letters[(word >> (18 - 6 * letter)) & 63];
  }
  return text;
}

/** Reads what `toShortForm` wrote; anything else is a `TwinError`. With `levers`, every edit must be of one of them, or an event. */
export function fromShortForm<Lever extends string = string>(text: string, levers?: Levers<Lever>): Scenario<Lever> {
  const refuse = (message: string): TwinError =>
    new TwinError({ code: "corrupt", path: ["short form"], message, fix: "copy the whole address" });
  if (typeof text !== "string" || text.length > longest)
    throw refuse(`a short form is a text of at most ${longest} letters`);
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const letter of text) {
    const value = letters.indexOf(letter);
    if (value < 0) throw refuse(`'${letter}' is no letter of a short form`);
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (held >> bits) & 255;
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw refuse("this is no scenario");
  }
  if (!Array.isArray(parsed) || parsed.length !== 2) throw refuse("this is no scenario");
  const [schemaVersion, state] = parsed;
  return Scenario.fromJSON<Lever>({ kind: "scenario", schemaVersion, libraryVersion: "0.0.0", state }, levers);
}
