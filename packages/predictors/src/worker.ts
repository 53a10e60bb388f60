import { registerDemand } from "./demand/demand-predictor.js";

registerDemand();
