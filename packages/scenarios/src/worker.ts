import { registerSimulation } from "./simulate-task.js";
import { registerSummary } from "./summarise-task.js";

registerSimulation();
registerSummary();
