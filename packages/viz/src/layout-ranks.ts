interface Ends {
  readonly from: string;
  readonly to: string;
}

/** Which edges close a loop: those back to a node that is still open in a walk in depth. */
export function findUpward(names: readonly string[], edges: readonly Ends[]): readonly boolean[] {
  const upward = edges.map(() => false);
  const state = new Map<string, "done" | "open">();
  const visit = (name: string): void => {
    state.set(name, "open");
    edges.forEach(({ from, to }, index) => {
      if (from !== name || to === name) return;
      if (state.get(to) === "open") upward[index] = true;
      else if (!state.has(to)) visit(to);
    });
    state.set(name, "done");
  };
  const caused = new Set(edges.map(({ to }) => to));
  for (const name of [...names.filter((name) => !caused.has(name)), ...names]) if (!state.has(name)) visit(name);
  return upward;
}

/** The rank of each node: the longest path to it; then those with more effects than causes move down towards their effects. */
export function rankNodes(names: readonly string[], downward: readonly Ends[]): ReadonlyMap<string, number> {
  const ranks = new Map(names.map((name) => [name, 0]));
  const rank = (name: string): number => ranks.get(name) as number;
  for (let moved = true; moved; ) {
    moved = false;
    for (const { from, to } of downward) {
      if (rank(to) > rank(from)) continue;
      ranks.set(to, rank(from) + 1);
      moved = true;
    }
  }
  for (const name of [...names].sort((a, b) => rank(b) - rank(a))) {
    const effects = downward.filter(({ from }) => from === name).map(({ to }) => rank(to));
    const causes = downward.filter(({ to }) => to === name).length;
    if (effects.length > causes) ranks.set(name, Math.min(...effects) - 1);
  }
  return ranks;
}
