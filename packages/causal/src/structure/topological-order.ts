/**
 * The names in an order in which each one's causes come before it, or a cycle: its names from cause to effect, the first again at the end.
 */
export function sortTopologically(metrics: Iterable<string>, causes: ReadonlyMap<string, readonly string[]>) {
  const order: string[] = [];
  const state = new Map<string, "done" | "open">();
  for (const root of metrics) {
    if (state.has(root)) continue;
    // Depth first without recursion: a graph may be a chain of thousands.
    const stack: { name: string; next: number }[] = [{ name: root, next: 0 }];
    state.set(root, "open");
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      const parents = causes.get(top.name) ?? [];
      if (top.next === parents.length) {
        state.set(top.name, "done");
        order.push(top.name);
        stack.pop();
        continue;
      }
      const parent = parents[top.next++];
      if (!causes.has(parent) || state.get(parent) === "done") continue;
      if (state.get(parent) === "open") {
        const from = stack.findIndex(({ name }) => name === parent);
        const names = stack.slice(from).map(({ name }) => name);
        return { order, cycle: [parent, ...names.slice(1).reverse(), parent] };
      }
      state.set(parent, "open");
      stack.push({ name: parent, next: 0 });
    }
  }
  return { order, cycle: undefined };
}
