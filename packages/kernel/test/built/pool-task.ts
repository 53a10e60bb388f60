import { registerTask } from "@sage-twin/kernel";

export interface PoolInput {
  readonly milliseconds?: number;
  /** Goes on whatever its signal says. */
  readonly stubborn?: boolean;
}

registerTask({ name: "pool", version: "1" }, async ({ milliseconds = 0, stubborn }: PoolInput, { index, signal }) => {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, milliseconds);
    if (!stubborn) signal.addEventListener("abort", () => resolve());
  });
  return index;
});
