export { tfjsBackend } from "./tfjs-backend.js";
export type { Tensorflow } from "./tfjs-module.js";
