/** A module of Node's own, also in Deno and Bun; undefined in browsers. Bundlers do not see it, unlike an import. */
export function builtin<Module>(name: string): Module | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): unknown };
  };
  return process?.getBuiltinModule?.(name) as Module | undefined;
}
