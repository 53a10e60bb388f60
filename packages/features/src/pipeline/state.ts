import { arrayShape, objectShape, optionalShape, type Path, recordShape, textShape } from "@sage-twin/kernel";
import type { PipelineColumns } from "./inputs.js";
import type { StepDescription, StepSpec } from "./step.js";
import { describeStep, type FeatureMetadata, kindOf } from "./steps.js";

/** Everything that makes a pipeline what it is. Plain JSON. */
export interface PipelineState {
  readonly columns: PipelineColumns;
  readonly frequency?: string | undefined;
  readonly steps: readonly StepSpec[];
}

/** A pipeline's steps with what they make. */
export interface DescribedSteps {
  readonly descriptions: readonly StepDescription[];
  readonly metadata: readonly FeatureMetadata[];
}

/** Describes the steps in turn; a `TwinError` names what one of them reads that is not there. */
export function describeSteps({ columns, steps }: PipelineState): DescribedSteps {
  const descriptions: StepDescription[] = [];
  const metadata: FeatureMetadata[] = [];
  for (const spec of steps) {
    const { description, features } = describeStep(spec, columns, metadata);
    descriptions.push(description);
    metadata.push(...features);
  }
  return { descriptions, metadata };
}

/** The shapes of a saved pipeline's state. */
export const pipelineShapes = {
  columns: /* @__PURE__ */ objectShape({
    numbers: /* @__PURE__ */ recordShape(textShape),
    texts: /* @__PURE__ */ arrayShape(textShape),
    time: textShape,
  }),
  frequency: /* @__PURE__ */ optionalShape(textShape),
  steps: /* @__PURE__ */ arrayShape((value: unknown, path: Path = []): StepSpec => {
    const whole = typeof value === "object" && value !== null ? value : {};
    const { kind, name, ...rest } = whole as Record<string, unknown>;
    const spec = { kind: textShape(kind, [...path, "kind"]), name: textShape(name, [...path, "name"]) };
    return { ...spec, ...kindOf(spec, path).shape(rest, path) };
  }),
};
