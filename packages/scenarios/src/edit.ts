import type { Distribution, Segment } from "@sage-twin/causal";
import { namesIn, parseExpression } from "@sage-twin/formulas";
import {
  arrayShape,
  choiceShape,
  type Frequency,
  type Instant,
  type Issue,
  numberShape,
  objectShape,
  optionalShape,
  type Path,
  parseFrequency,
  recordShape,
  type Shape,
  TwinError,
  textShape,
  toInstant,
} from "@sage-twin/kernel";

/** How large an edit is: a number, one drawn anew for each run, or a formula of parameters that are left open, such as `"1 + x / 100"`. */
export type Size = Distribution | number | string;

/** When an edit holds, and how it comes in and goes. */
export interface EditOptions {
  /** The first moment at which it holds. Default: the scenario's, or the start of the horizon. */
  readonly from?: Instant;
  /** The moment from which it no longer holds. Default: the scenario's, or never. */
  readonly until?: Instant;
  /** How long it takes to come in, evenly from nothing to all. Default: the scenario's, or at once. */
  readonly ramp?: Frequency;
  /** How long it takes to go, evenly from all to nothing, after `until`. Default: at once. */
  readonly fade?: Frequency;
  /** How likely it is to happen at all, 0..1. Default 1. */
  readonly chance?: number;
  /** The part of the metric that it holds in, the numbers being those of the whole: a level set for a share of .4 counts for .4. Default: all of it. */
  readonly segment?: Segment;
}

/** One change of one lever, or of any metric by an event. Plain data; instants in milliseconds since 1970. */
export interface Edit {
  readonly lever: string;
  /** `set` takes a level, `scale` a factor, `shift` a difference. */
  readonly kind: "scale" | "set" | "shift";
  readonly value: Size;
  readonly from?: number;
  readonly until?: number;
  readonly ramp?: Frequency;
  readonly fade?: Frequency;
  readonly chance?: number;
  readonly segment?: Segment;
  /** For a seasonal edit: the factor in each month of the year that has one of its own, 1 to 12. */
  readonly months?: Readonly<Record<string, number>>;
  /** What happens that nobody of the business decides: only an event may move a metric that is no lever. */
  readonly event?: string;
}

/** What an edit is refused for, if anything. */
export function editIssues(edit: Edit, path: Path): Issue[] {
  const issues: Issue[] = [];
  const refuse = (field: string, message: string, fix?: string): void => {
    issues.push({ code: "invalid-argument", path: [...path, field], message, ...(fix === undefined ? {} : { fix }) });
  };
  const { value, chance, months } = edit;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) refuse("value", `expected a finite number, received ${value}`);
  } else if (typeof value === "object" && value !== null) {
    const message = distributionProblem(value);
    if (message !== undefined) refuse("value", message);
  } else if (typeof value !== "string")
    refuse("value", `expected a number, a distribution or a formula, received ${String(value)}`);
  if (chance !== undefined && !(chance >= 0 && chance <= 1)) refuse("chance", `a chance lies in 0..1, not ${chance}`);
  for (const [month, factor] of Object.entries(months ?? {})) {
    if (!/^([1-9]|1[0-2])$/.test(month) || !Number.isFinite(factor))
      refuse("months", `month ${month} has a factor of ${factor}`, "give months 1 to 12 and finite factors");
  }
  return issues;
}

/** The names of the parameters that an edit leaves open. */
export function openIn({ value, lever }: Edit): readonly string[] {
  return typeof value === "string" ? namesIn(parseExpression(value, [lever])) : [];
}

/** An edit with its moments read. */
export function timedEdit(edit: Edit, { from, until, ramp, fade, chance, segment }: EditOptions, path: Path): Edit {
  return {
    ...edit,
    ...(from === undefined ? {} : { from: toInstant(from, [...path, "from"]) }),
    ...(until === undefined ? {} : { until: toInstant(until, [...path, "until"]) }),
    ...(ramp === undefined ? {} : { ramp: parseFrequency(ramp) }),
    ...(fade === undefined ? {} : { fade: parseFrequency(fade) }),
    ...(chance === undefined ? {} : { chance }),
    ...(segment === undefined ? {} : { segment }),
  };
}

function distributionProblem(size: Distribution): string | undefined {
  const numbers = Object.values(size).flatMap((part: unknown) => (typeof part === "string" ? [] : part));
  if (numbers.length === 0 || !numbers.every(Number.isFinite)) return "a distribution has finite numbers";
  switch (size.kind) {
    case "normal":
      return size.sd >= 0 ? undefined : `a standard deviation is 0 or more, not ${size.sd}`;
    case "lognormal":
      return size.sd >= 0 && size.median > 0
        ? undefined
        : "a lognormal distribution has a median above 0 and an sd of 0 or more";
    case "student":
      return size.sd >= 0 && size.degrees > 2
        ? undefined
        : "a Student distribution has more than 2 degrees of freedom and an sd of 0 or more";
    case "uniform":
      return size.low < size.high ? undefined : `low ${size.low} is not below high ${size.high}`;
    case "triangular":
      return size.low <= size.mode && size.mode <= size.high && size.low < size.high
        ? undefined
        : "a triangular distribution has low, mode and high in this order";
    case "empirical":
      return undefined;
    default:
      return `'${String((size as { kind: unknown }).kind)}' is no kind of distribution`;
  }
}

const distributionShape: Shape<Distribution> = (value, path = []) => {
  const kinds = ["normal", "lognormal", "student", "uniform", "triangular", "empirical"] as const;
  const kind = choiceShape(...kinds)((value as { kind?: unknown } | null)?.kind, [...path, "kind"]);
  const fields: Readonly<Record<(typeof kinds)[number], readonly string[]>> = {
    normal: ["mean", "sd"],
    lognormal: ["median", "sd"],
    student: ["mean", "sd", "degrees"],
    uniform: ["low", "high"],
    triangular: ["low", "mode", "high"],
    empirical: [],
  };
  return objectShape({
    kind: choiceShape(kind),
    ...Object.fromEntries(fields[kind].map((field) => [field, numberShape])),
    ...(kind === "empirical" ? { values: arrayShape(numberShape) } : {}),
  })(value, path) as unknown as Distribution;
};

const sizeShape: Shape<Size> = (value, path = []) => {
  if (typeof value === "string") {
    parseExpression(value, path);
    return value;
  }
  return typeof value === "object" ? distributionShape(value, path) : numberShape(value, path);
};

const fields = objectShape({
  lever: textShape,
  kind: choiceShape("scale", "set", "shift"),
  value: sizeShape,
  from: optionalShape(numberShape),
  until: optionalShape(numberShape),
  ramp: optionalShape(textShape),
  fade: optionalShape(textShape),
  chance: optionalShape(numberShape),
  segment: optionalShape(
    objectShape({
      name: textShape,
      share: (value, path) => (typeof value === "string" ? value : numberShape(value, path)),
    }),
  ),
  months: optionalShape(recordShape(numberShape)),
  event: optionalShape(textShape),
}) as Shape<Edit>;

/** Checks a saved edit. */
export const editShape: Shape<Edit> = (value, path = []) => {
  const edit = fields(value, path);
  const issues = editIssues(edit, path);
  if (issues.length > 0) throw new TwinError(issues);
  return edit;
};
