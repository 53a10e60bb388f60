// What workerPool's workerUrl names: the tasks, then the service.
import { serveTasks } from "@sage-twin/kernel";
import "./draws-task.js";

serveTasks();
