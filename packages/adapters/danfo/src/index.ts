export { columnsOf as fromDanfo, type DanfoFrame } from "@sage-twin/schemas";
export { type DanfoModule, toDanfo } from "./to-danfo.js";
