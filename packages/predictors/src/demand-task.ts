import { libraryVersion, registerTask, type Task } from "@sage-twin/kernel";
import { fitItem, type ItemSettings, type ItemState } from "./demand/fit-item.js";
import type { ItemDemand } from "./demand/read-demand.js";

/** Items that are fitted together. */
export interface DemandChunk {
  readonly items: readonly ItemDemand[];
  readonly settings: ItemSettings;
}

/** Fits a chunk of items, in a worker too. */
export const demandTask: Task = {
  name: "predictors/demand",
  version: libraryVersion,
  ...(import.meta.url === undefined ? {} : { module: new URL("./worker.js", import.meta.url).href }),
};

/** Makes the task known to the thread. */
export function registerDemand(): void {
  registerTask<DemandChunk, ItemState[]>(demandTask, async ({ items, settings }, { signal, progress }) => {
    const states: ItemState[] = [];
    for (const { item, values } of items) {
      signal.throwIfAborted();
      states.push(fitItem(item, values, settings));
      progress(states.length / items.length);
    }
    return states;
  });
}
