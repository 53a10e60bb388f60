import { registerBacktest } from "./backtest-task.js";
import { registerMany } from "./many-task.js";

registerBacktest();
registerMany();
