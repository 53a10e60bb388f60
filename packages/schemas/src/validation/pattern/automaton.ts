import { type Path, TwinError } from "@sage-twin/kernel";
import { type CodeUnits, type Pattern, parsePattern } from "./parse-pattern.js";

/**
 * One state: with `units` it takes one of these code units and goes to `next`; else it goes to `next` and `other` without one, at the
 * start or end of the text alone where `only` says so.
 */
interface State {
  readonly units?: CodeUnits;
  readonly only?: "start" | "end";
  next: number;
  other: number;
}

/** A set of states that the automaton can be in, with what follows from each code unit so far met. */
interface StateSet {
  /** States that take a code unit or wait for the end. */
  readonly states: readonly number[];
  readonly matched: boolean;
  matchedAtEnd: boolean | undefined;
  readonly after: Map<number, StateSet>;
}

const mostStates = 2000;
const mostSteps = 50_000;
const accept = 0;

/**
 * Whether a text has a match of the pattern anywhere, as `RegExp.test` tells, in time linear in the text whatever the pattern: the
 * pattern is a finite automaton (Thompson 1968), whose sets of states are made when first met. Throws a `TwinError` for a pattern
 * that is not regular, or of more than 2,000 states.
 */
export function compilePattern(text: string, path: Path): (value: string) => boolean {
  const states: State[] = [{ next: -1, other: -1 }];
  const add = (state: State): number => {
    if (states.length >= mostStates) {
      throw new TwinError({
        code: "too-large",
        path,
        message: `the pattern has more than ${mostStates} states`,
        fix: "lower its counts {n,m}",
      });
    }
    return states.push(state) - 1;
  };
  /** The state from which `pattern` leads to `to`. */
  const build = (pattern: Pattern, to: number): number => {
    switch (pattern.kind) {
      case "units":
        return add({ units: pattern.units, next: to, other: -1 });
      case "start":
      case "end":
        return add({ only: pattern.kind, next: to, other: -1 });
      case "sequence":
        return pattern.parts.reduceRight((next, part) => build(part, next), to);
      case "choice":
        return pattern.parts.map((part) => build(part, to)).reduceRight((other, next) => add({ next, other }));
      case "repeat": {
        const { part, least, most } = pattern;
        let entry = to;
        if (most === Infinity) {
          entry = add({ next: -1, other: to });
          states[entry].next = build(part, entry);
        } else for (let i = least; i < most; i++) entry = add({ next: build(part, entry), other: to });
        for (let i = 0; i < least; i++) entry = build(part, entry);
        return entry;
      }
    }
  };
  return matcher(states, build(parsePattern(text, path), accept));
}

function matcher(states: readonly State[], first: number): (value: string) => boolean {
  const seen = new Uint32Array(states.length);
  let visit = 0;

  /** The states reached from `from` without a code unit. */
  const close = (from: readonly number[], atStart: boolean, atEnd: boolean): StateSet => {
    visit++;
    const kept: number[] = [];
    let matched = false;
    const stack = [...from];
    for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
      if (index < 0 || seen[index] === visit) continue;
      seen[index] = visit;
      const { units, only, next, other } = states[index];
      if (index === accept) matched = true;
      else if (units !== undefined) kept.push(index);
      else if (only === undefined) stack.push(next, other);
      else if (only === "start" ? atStart : atEnd) stack.push(next);
      else if (only === "end") kept.push(index);
    }
    return { states: kept.sort((a, b) => a - b), matched, matchedAtEnd: undefined, after: new Map() };
  };

  // what has been met, forgotten when it is too much
  let known = new Map<string, StateSet>();
  let steps = 0;
  const begin = close([first], true, false);
  const beginEmpty = close([first], true, true).matched;

  const step = (set: StateSet, code: number): StateSet => {
    const reached = [first]; // a match may begin anywhere
    for (const index of set.states) if (includes(states[index].units, code)) reached.push(states[index].next);
    const closed = close(reached, false, false);
    const key = closed.matched ? "matched" : closed.states.join();
    let target = known.get(key);
    if (target === undefined) {
      target = closed;
      known.set(key, target);
    }
    if (++steps > mostSteps) {
      for (const { after } of known.values()) after.clear();
      begin.after.clear();
      known = new Map();
      steps = 0;
    } else set.after.set(code, target);
    return target;
  };

  return (value) => {
    if (value.length === 0) return beginEmpty;
    let set = begin;
    for (let i = 0; i < value.length; i++) {
      if (set.matched) return true;
      const code = value.charCodeAt(i);
      set = set.after.get(code) ?? step(set, code);
    }
    set.matchedAtEnd ??= set.matched || close(set.states, false, true).matched;
    return set.matchedAtEnd;
  };
}

function includes(units: CodeUnits | undefined, code: number): boolean {
  if (units === undefined) return false;
  for (let i = 0; i < units.length; i += 2) if (code >= units[i] && code <= units[i + 1]) return true;
  return false;
}
