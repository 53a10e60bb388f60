import {
  arrayShape,
  booleanShape,
  choiceShape,
  numberShape,
  objectShape,
  optionalShape,
  recordShape,
  type Shape,
  textShape,
} from "@sage-twin/kernel";
import type { Link } from "./link.js";
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

/** What a graph is saved as. */
export interface GraphState {
  readonly edges: readonly Edge[];
  readonly identities: readonly Identity[];
  readonly stocks: readonly Stock[];
  readonly links: Readonly<Record<string, Link>>;
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
  kind: choiceShape("elasticity", "formula", "linear"),
  prior: objectShape({ mean: numberShape, sd: numberShape }),
  evidence: choiceShape("assumed", "data", "sourced"),
  source: optionalShape(textShape),
  lag: optionalShape(textShape),
  carryover: numberShape,
  expression: optionalShape(textShape),
  link: optionalShape(choiceShape("linear", "log")),
});

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
}) as Shape<GraphState>;
