import { CausalGraph } from "@sage-twin/causal";
import {
  arrayShape,
  defineEnvelope,
  type Envelope,
  type Frequency,
  numberShape,
  objectShape,
  optionalShape,
  recordShape,
  type Shape,
  TwinError,
  textShape,
} from "@sage-twin/kernel";
import { checkLevers } from "@sage-twin/scenarios";
import { department, TimeTable } from "@sage-twin/schemas";
import type { TwinDefinition } from "./definition.js";

interface Saved {
  readonly definition: TwinDefinition;
  readonly seed: string;
  readonly horizon: Frequency;
  readonly version: number;
}

/** What the envelope holds: the definition with its graph and tables in their own envelopes. */
interface SavedState extends Omit<TwinDefinition, "graph" | "tables">, Omit<Saved, "definition"> {
  readonly graph: unknown;
  readonly tables: Readonly<Record<string, unknown>>;
}

const anything: Shape<unknown> = (value) => value;

const format = defineEnvelope<SavedState>({
  kind: "twin",
  version: 1,
  parse: objectShape({
    name: textShape,
    departments: arrayShape(objectShape({ name: textShape, metrics: anything })),
    derived: arrayShape(
      objectShape({
        name: textShape,
        expression: textShape,
        unit: textShape,
        kind: optionalShape(textShape),
        good: optionalShape(textShape),
        description: optionalShape(textShape),
      }),
    ),
    graph: anything,
    levers: recordShape(
      objectShape({
        unit: optionalShape(textShape),
        label: optionalShape(textShape),
        min: optionalShape(numberShape),
        max: optionalShape(numberShape),
        step: optionalShape(numberShape),
        baseline: optionalShape(numberShape),
        cost: optionalShape(numberShape),
        movedBy: optionalShape(arrayShape(textShape)),
      }),
    ),
    tables: recordShape(anything),
    models: optionalShape(recordShape(objectShape({ reference: textShape, version: textShape }))),
    seed: textShape,
    horizon: textShape,
    version: numberShape,
  }) as Shape<SavedState>,
});

/** A twin as versioned JSON. */
export function sealTwin({ definition, ...rest }: Saved): Envelope {
  const { name, departments, derived, graph, levers, tables, models } = definition;
  return format.seal({
    name,
    departments,
    derived,
    graph: graph.toJSON(),
    levers,
    models,
    tables: Object.fromEntries(Object.entries(tables).map(([department, table]) => [department, table.toJSON()])),
    ...rest,
  });
}

/** Reads and checks what `sealTwin` wrote. */
export function openTwin(json: unknown): Saved {
  const { name, departments, derived, graph, levers, tables, models, seed, horizon, version } = format.open(json);
  if (!Number.isInteger(version) || version < 1) {
    throw new TwinError({ code: "corrupt", path: ["state", "version"], message: `${version} is not a version` });
  }
  checkLevers(levers);
  return {
    definition: {
      name,
      departments: departments.map((saved) => department(saved.name, saved.metrics)),
      derived,
      graph: CausalGraph.fromJSON(graph),
      levers,
      models: models ?? {},
      tables: Object.fromEntries(
        Object.entries(tables).map(([department, table]) => [department, TimeTable.fromJSON(table)]),
      ),
    },
    seed,
    horizon,
    version,
  };
}
