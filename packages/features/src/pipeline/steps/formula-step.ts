import { compileColumns, namesIn, parseExpression } from "@sage-twin/formulas";
import { objectShape, textShape } from "@sage-twin/kernel";
import { columnIn, numberIn, type StepKind, type StepSpec, stateless } from "../step.js";

/** An interaction, a ratio, or any other formula over the columns of a row. */
export interface FormulaSpec extends StepSpec {
  readonly kind: "formula";
  readonly formula: string;
  readonly unit: string;
}

export const formulaStep: StepKind<FormulaSpec> = {
  shape: /* @__PURE__ */ objectShape({ formula: textShape, unit: textShape }),
  describe({ name, formula, unit }, _unitOf, path) {
    const sources = namesIn(parseExpression(formula, [...path, "formula"]));
    return { outputs: [{ name, unit }], sources, work: "O(1)", memory: 0 };
  },
  open({ formula }) {
    const expression = parseExpression(formula);
    const names = namesIn(expression);
    const evaluate = compileColumns(expression, names);
    const cells = names.map(() => new Float64Array(1));
    const result = new Float64Array(1);
    return {
      transform(inputs) {
        const output = new Float64Array(inputs.rows);
        evaluate(
          names.map((name) => columnIn(inputs, name)),
          output,
          inputs.rows,
        );
        return [output];
      },
      stream: () =>
        stateless((row) => {
          for (let index = 0; index < names.length; index++) cells[index][0] = numberIn(row, names[index]);
          evaluate(cells, result, 1);
          return [result[0]];
        }),
    };
  },
};
