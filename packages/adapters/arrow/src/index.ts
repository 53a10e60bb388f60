export { type ArrowTable, columnsOf as fromArrow } from "@sage-twin/schemas";
export { type ArrowModule, toArrow } from "./to-arrow.js";
