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
import type { Edge, Identity, Stock } from "./graph.js";
import type { Link } from "./link.js";

/** What a graph is saved as. */
export interface GraphState {
  readonly edges: readonly Edge[];
  readonly identities: readonly Identity[];
  readonly stocks: readonly Stock[];
  readonly links: Readonly<Record<string, Link>>;
}

/** A link of any kind, with the numbers that its kind needs. */
export const linkShape: Shape<Link> = (value, path = []) => {
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
