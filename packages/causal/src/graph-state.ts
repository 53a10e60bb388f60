import {
  arrayShape,
  booleanShape,
  choiceShape,
  numberShape,
  objectShape,
  optionalShape,
  recordShape,
  type Shape,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import { curveShape } from "./curve.js";
import type { Link } from "./link.js";
import type { Noise } from "./margin.js";
import type { Mechanism } from "./mechanisms/mechanism.js";

/** One cause of one effect. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly mechanism: Mechanism;
}

/** A metric that equals a formula over others, exactly, in every sample. */
export interface Identity {
  readonly name: string;
  readonly expression: string;
}

/** A metric that accumulates: next = now + inflow - outflow. */
export interface Stock {
  readonly name: string;
  readonly inflow: string;
  readonly outflow: string;
  /** The level is held at or above this; every time it is, is counted. */
  readonly floor?: number;
  /** Whether the outflow is a rate times the stock, so that a larger stock loses more. Default true. */
  readonly proportional: boolean;
}

/** A hidden cause that two metrics share: a bidirected edge. */
export interface Confounding {
  readonly between: readonly [string, string];
  /** What the hidden cause is, where somebody knows. */
  readonly name?: string;
}

/** What a graph is saved as. */
export interface GraphState {
  readonly edges: readonly Edge[];
  readonly identities: readonly Identity[];
  readonly stocks: readonly Stock[];
  readonly links: Readonly<Record<string, Link>>;
  /** Absent in graphs saved before hidden confounders, and where there are none. */
  readonly confounders?: readonly Confounding[];
  /** Metrics that stand alone; absent where there are none. */
  readonly lone?: readonly string[];
  /** How errors are distributed, where that was declared. */
  readonly noises?: Readonly<Record<string, Noise>>;
}

/** A link of any kind, with the numbers that its kind needs. */
const linkShape: Shape<Link> = (value, path = []) => {
  const { kind } = objectShape({
    kind: choiceShape("linear", "log", "logit", "asinh"),
    low: optionalShape(numberShape),
    high: optionalShape(numberShape),
    scale: optionalShape(numberShape),
  })(value, path);
  if (kind === "logit")
    return objectShape({
      kind: choiceShape(kind),
      low: numberShape,
      high: numberShape,
    })(value, path);
  if (kind === "asinh") return objectShape({ kind: choiceShape(kind), scale: numberShape })(value, path);
  return objectShape({ kind: choiceShape(kind) })(value, path);
};

const mechanismShape = objectShape({
  kind: choiceShape("custom", "elasticity", "formula", "linear", "logistic", "lookup", "saturation"),
  curve: curveShape,
  prior: objectShape({ mean: numberShape, sd: numberShape }),
  evidence: choiceShape("assumed", "data", "sourced"),
  source: optionalShape(textShape),
  lag: optionalShape(textShape),
  carryover: numberShape,
  smoothing: optionalShape(objectShape({ over: textShape, order: choiceShape(1, 3) })),
  link: optionalShape(linkShape),
});

const pairShape: Shape<readonly [string, string]> = (value, path = []) => {
  const names = arrayShape(textShape)(value, path);
  if (names.length === 2) return names as readonly [string, string];
  throw new TwinError({ code: "corrupt", path, message: `${names.length} names are not a pair` });
};

const noiseShape: Shape<Noise> = (value, path = []) => {
  const { kind } = objectShape({
    kind: choiceShape("gaussian", "student", "empirical"),
    degrees: optionalShape(numberShape),
  })(value, path);
  if (kind === "student") return objectShape({ kind: choiceShape(kind), degrees: numberShape })(value, path);
  return objectShape({ kind: choiceShape(kind) })(value, path);
};

/** Checks a saved graph. */
export const parseGraphState = objectShape({
  edges: arrayShape(objectShape({ from: textShape, to: textShape, mechanism: mechanismShape })),
  identities: arrayShape(objectShape({ name: textShape, expression: textShape })),
  stocks: arrayShape(
    objectShape({
      name: textShape,
      inflow: textShape,
      outflow: textShape,
      floor: optionalShape(numberShape),
      proportional: booleanShape,
    }),
  ),
  links: recordShape(linkShape),
  confounders: optionalShape(arrayShape(objectShape({ between: pairShape, name: optionalShape(textShape) }))),
  lone: optionalShape(arrayShape(textShape)),
  noises: optionalShape(recordShape(noiseShape)),
}) as Shape<GraphState>;
