export { type ColumnFunction, compileColumns } from "./columns.js";
export { type Expression, namesIn, type Operation, parseExpression } from "./expression.js";
