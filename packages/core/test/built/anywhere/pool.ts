// What workerPool's workerUrl names: the engine's task, then the service.
import { serveTasks } from "@sage-twin/kernel";
import "@sage-twin/scenarios/worker";

serveTasks();
