export { assert, assertSame, assertThrows, assertTwinError, type ContractCheck } from "./contract.js";
export { type ExecutorContractOptions, executorContract } from "./executor-contract.js";
export { forecasterContract } from "./forecaster-contract.js";
export { type ManualClock, manualClock } from "./manual-clock.js";
export { storeContract } from "./store-contract.js";
