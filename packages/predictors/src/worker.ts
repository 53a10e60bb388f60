import { registerDemand } from "./demand-task.js";

registerDemand();
