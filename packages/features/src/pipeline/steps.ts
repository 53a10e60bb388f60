import { type Path, TwinError, unknownName } from "@sage-twin/kernel";
import type { PipelineColumns } from "./inputs.js";
import type { StepDescription, StepKind, StepSpec } from "./step.js";
import { calendarStep, fourierStep } from "./steps/calendar-step.js";
import { changeStep } from "./steps/change-step.js";
import { frequencyEncodingStep, targetEncodingStep } from "./steps/encoding-step.js";
import { formulaStep } from "./steps/formula-step.js";
import { anomalyStep, seasonalStep } from "./steps/learnt-step.js";
import { expandingStep, exponentialStep, rollingStep } from "./steps/window-step.js";

const kinds = {
  change: changeStep,
  rolling: rollingStep,
  expanding: expandingStep,
  exponential: exponentialStep,
  calendar: calendarStep,
  fourier: fourierStep,
  formula: formulaStep,
  targetEncoding: targetEncodingStep,
  frequencyEncoding: frequencyEncodingStep,
  anomaly: anomalyStep,
  seasonal: seasonalStep,
} as const;

/** What every step may be. */
export type AnyStepSpec = Parameters<(typeof kinds)[keyof typeof kinds]["open"]>[0];

/** The kind of a step; a `TwinError` for one that there is not. */
export function kindOf(spec: StepSpec, path: Path = []): StepKind {
  if (!Object.hasOwn(kinds, spec.kind))
    throw unknownName("step", String(spec.kind), Object.keys(kinds), [...path, "kind"]);
  return kinds[spec.kind as keyof typeof kinds] as unknown as StepKind;
}

/** Where a feature comes from, and what it costs. */
export interface FeatureMetadata {
  readonly name: string;
  /** `""` for none. */
  readonly unit: string;
  /** The step that makes it, as plain JSON. */
  readonly step: Readonly<Record<string, unknown>>;
  /** The columns and features that the step reads. */
  readonly sources: readonly string[];
  /** The columns of the table that it comes from, through all steps. */
  readonly columns: readonly string[];
  /** Whether it depends on what the training table holds. */
  readonly fitted: boolean;
  /** Work for one row, and rows remembered by `update`: null where a duration decides. */
  readonly cost: { readonly work: string; readonly memory: number | null };
}

/** Describes a step that follows others; a `TwinError` names what it reads and is not there. */
export function describeStep(
  spec: StepSpec,
  columns: PipelineColumns,
  earlier: readonly FeatureMetadata[],
): { readonly description: StepDescription; readonly features: readonly FeatureMetadata[] } {
  const path = ["steps", spec.name];
  const made = new Map(earlier.map((feature) => [feature.name, feature]));
  const known = [...Object.keys(columns.numbers), ...made.keys()];
  const unitOf = (name: string): string => made.get(name)?.unit ?? columns.numbers[name] ?? "";
  const description = kindOf(spec, path).describe(spec, unitOf, path);
  const { outputs, sources, textSources = [], work, memory } = description;
  const issues = [
    ...sources.filter((name) => !known.includes(name)).map((name) => unknownName("column", name, known, path)),
    ...textSources
      .filter((name) => !columns.texts.includes(name))
      .map((name) => unknownName("column of texts", name, columns.texts, path)),
    ...outputs
      .filter(
        ({ name }) =>
          [...known, ...columns.texts, columns.time].includes(name) ||
          !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ||
          name === "__proto__",
      )
      .map(({ name }) => badName(name, path)),
  ].flatMap((error) => error.issues);
  if (issues.length > 0) throw new TwinError(issues);
  const origins = new Set(sources.flatMap((name) => made.get(name)?.columns ?? [name]).concat(textSources));
  const { kind, ...rest } = spec;
  const features = outputs.map(({ name, unit }) => ({
    name,
    unit,
    step: { kind, ...rest },
    sources: [...sources, ...textSources],
    columns: [...origins],
    fitted: kindOf(spec).fit !== undefined || sources.some((source) => made.get(source)?.fitted === true),
    cost: { work, memory },
  }));
  return { description, features };
}

function badName(name: string, path: Path): TwinError {
  const message = `'${String(name).slice(0, 40)}' is taken, or not a name of letters, digits and _`;
  return new TwinError({ code: "invalid-argument", path, message, fix: "choose another name" });
}
