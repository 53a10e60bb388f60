import { registerContractTask } from "./contract-tasks.js";

registerContractTask();
