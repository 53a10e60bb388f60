import type { Effect, FittedProgram } from "@sage-twin/causal";

/** An effect that an answer leans on and that the data did not settle by themselves. */
export interface Assumption extends Effect {
  /** In words: where the number comes from and what the data added. */
  readonly note: string;
}

/** The effects on any path from the levers: the assumed and sourced ones, and with `fromData` those that the data alone gave. */
export function assumptionsOf(
  { program, effects }: FittedProgram,
  levers: readonly string[],
  fromData = false,
): readonly Assumption[] {
  const reached = new Set(levers);
  const used = new Set<number>();
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    program.nodes.forEach((node) => {
      if (node.kind === "identity" && node.inputs.some((input) => reached.has(program.nodes[input].name)))
        reached.add(node.name);
      if (node.kind === "stock" && [node.inflow, node.outflow].some((flow) => reached.has(program.nodes[flow].name)))
        reached.add(node.name);
    });
    effects.forEach(({ from, to }, index) => {
      if (!reached.has(from)) return;
      used.add(index);
      reached.add(to);
    });
  }
  return [...used]
    .sort((a, b) => a - b)
    .map((index) => effects[index])
    .filter(({ evidence }) => fromData || evidence !== "data")
    .map((effect) => ({ ...effect, note: describe(effect) }));
}

function describe({ from, to, evidence, source, prior, learnt }: Effect): string {
  const origin = evidence === "sourced" ? `from ${source}` : evidence === "data" ? "from the data" : "assumed";
  const data =
    prior.sd === 0
      ? "taken as exact"
      : learnt < 0.05
        ? "the data say nothing of it"
        : `the data removed ${Math.round(100 * learnt)} % of its variance`;
  return `${from} -> ${to}: ${origin}; ${data}`;
}
