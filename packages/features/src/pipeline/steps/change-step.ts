import { choiceShape, decodeNumbers, encodeNumbers, numberShape, objectShape, textShape } from "@sage-twin/kernel";
import { changes } from "../../lags.js";
import { requireWhole } from "../../numbers.js";
import { columnIn, numberIn, type StepKind, type StepSpec } from "../step.js";

/** A lag, difference or change against an earlier row. */
export interface ChangeSpec extends StepSpec {
  readonly kind: "change";
  readonly change: keyof typeof changes;
  readonly column: string;
  readonly periods: number;
}

export const changeStep: StepKind<ChangeSpec> = {
  shape: /* @__PURE__ */ objectShape({
    change: /* @__PURE__ */ choiceShape("lag", "difference", "percentageChange", "logChange"),
    column: textShape,
    periods: numberShape,
  }),
  describe({ name, change, column, periods }, unitOf, path) {
    requireWhole(periods, [...path, "periods"], 1, 2 ** 24);
    const unit = change === "lag" || change === "difference" ? unitOf(column) : "";
    return { outputs: [{ name, unit }], sources: [column], work: "O(1)", memory: periods };
  },
  open({ change, column, periods }) {
    const combine = changes[change];
    return {
      transform: (inputs) => {
        const values = columnIn(inputs, column);
        return [values.map((value, row) => (row < periods ? Number.NaN : combine(value, values[row - periods])))];
      },
      stream: () => {
        const ring = new Float64Array(periods).fill(Number.NaN);
        let next = 0;
        return {
          push(row) {
            const value = numberIn(row, column);
            const earlier = ring[next];
            ring[next] = value;
            next = (next + 1) % periods;
            return [combine(value, earlier)];
          },
          memory: () => encodeNumbers([...ring.subarray(next), ...ring.subarray(0, next)]),
          restore(memory) {
            ring.set(decodeNumbers(memory).subarray(0, periods));
            next = 0;
          },
        };
      },
    };
  },
};
