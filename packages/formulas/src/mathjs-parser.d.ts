import "mathjs/number";

declare module "mathjs/number" {
  /** mathjs's parser as a factory: it builds its tree from the node classes that it is given. */
  export function createParse(dependencies: Record<string, unknown>): (text: string) => unknown;
}
