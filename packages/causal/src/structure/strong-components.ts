/**
 * The groups of nodes that reach each other (Tarjan 1972, without recursion), numbered by the first node of each.
 */
export function strongComponents(size: number, edges: readonly (readonly [number, number])[]) {
  const children: number[][] = Array.from({ length: size }, () => []);
  for (const [from, to] of edges) children[from].push(to);
  const entered = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const open = new Uint8Array(size);
  const waiting: number[] = [];
  const groups: number[][] = [];
  let clock = 0;
  for (let root = 0; root < size; root++) {
    if (entered[root] >= 0) continue;
    const path: { node: number; next: number }[] = [];
    const enter = (node: number): void => {
      entered[node] = clock;
      low[node] = clock++;
      open[node] = 1;
      waiting.push(node);
      path.push({ node, next: 0 });
    };
    enter(root);
    while (path.length > 0) {
      const top = path[path.length - 1];
      const { node } = top;
      if (top.next < children[node].length) {
        const child = children[node][top.next++];
        if (entered[child] < 0) enter(child);
        else if (open[child] !== 0) low[node] = Math.min(low[node], entered[child]);
        continue;
      }
      path.pop();
      if (path.length > 0) {
        const { node: parent } = path[path.length - 1];
        low[parent] = Math.min(low[parent], low[node]);
      }
      if (low[node] !== entered[node]) continue;
      const group: number[] = [];
      for (let member = -1; member !== node; ) {
        member = waiting.pop() as number;
        open[member] = 0;
        group.push(member);
      }
      groups.push(group.sort((a, b) => a - b));
    }
  }
  const components = groups.sort((a, b) => a[0] - b[0]);
  const componentOf = new Int32Array(size);
  components.forEach((group, component) => {
    for (const node of group) componentOf[node] = component;
  });
  return { componentOf, components };
}
