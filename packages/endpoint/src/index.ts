export { bearer } from "./auth.js";
export { createIngestHandler, type IngestAnswer, type IngestHandlerOptions } from "./ingest-handler.js";
export { type OpenApiOptions, openApiDocument } from "./openapi.js";
export type { ProblemDetails } from "./problem.js";
export { type Observer, type StoredRows, storedRows } from "./target.js";
