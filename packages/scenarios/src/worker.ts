import { registerSimulation } from "./simulate-task.js";

registerSimulation();
