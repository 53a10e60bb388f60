import { registerMany } from "./many-task.js";

registerMany();
