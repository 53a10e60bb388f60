/** Every subset of `size` of the items, in lexicographic order. */
export function* subsetsOf(items: readonly number[], size: number): Generator<number[]> {
  if (size > items.length) return;
  const at = Array.from({ length: size }, (_, index) => index);
  for (;;) {
    yield at.map((index) => items[index]);
    let moved = size - 1;
    while (moved >= 0 && at[moved] === items.length - size + moved) moved--;
    if (moved < 0) return;
    at[moved]++;
    for (let next = moved + 1; next < size; next++) at[next] = at[next - 1] + 1;
  }
}
