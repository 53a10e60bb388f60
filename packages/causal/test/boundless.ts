import { FittedModel } from "../src/index.js";

/** The same model without the uncertainty of what lies outside of the data. */
export function boundless(model: FittedModel): FittedModel {
  const edges = model.program.edges.map((edge) => ({
    ...edge,
    low: Number.NEGATIVE_INFINITY,
    high: Number.POSITIVE_INFINITY,
  }));
  const { effects, models, links, notes } = model;
  return new FittedModel(
    { program: { ...model.program, edges }, effects, models, links, notes },
    model.graph,
    model.observations,
  );
}
