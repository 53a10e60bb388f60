import { describeValue, type Issue, type Path, TwinError } from "@sage-twin/kernel";

/** What a dense layer does to its sums. */
export type Activation = "linear" | "relu" | "tanh";

/** Every output is a weighted sum of the inputs plus a bias, then the activation (default `"linear"`). */
export interface DenseLayer {
  readonly kind: "dense";
  readonly units: number;
  readonly activation?: Activation;
}

/** A linear map that is not trained, one row of the matrix per output: pooling, interpolation, a basis of trends or waves. */
export interface FixedLayer {
  readonly kind: "fixed";
  readonly matrix: readonly (readonly number[])[];
}

/**
 * A long short-term memory (Hochreiter and Schmidhuber 1997, with forget gates) over a sequence: its inputs are steps of `features` numbers, the oldest first, and its outputs the
 * hidden state after the last step.
 */
export interface LstmLayer {
  readonly kind: "lstm";
  readonly units: number;
  readonly features: number;
}

/**
 * Doubly residual blocks (Oreshkin et al. 2020, N-BEATS). Each block is a list of layers from the remainder of the inputs to a backcast, as many numbers as the inputs, followed by
 * `outputs` numbers. The backcast is taken off the remainder before the next block; the outputs of all blocks are added up.
 */
export interface ResidualLayer {
  readonly kind: "residual";
  readonly outputs: number;
  readonly blocks: readonly (readonly NetworkLayer[])[];
}

export type NetworkLayer = DenseLayer | FixedLayer | LstmLayer | ResidualLayer;

/** A network as plain JSON: how many numbers go in, and the layers one after the other. */
export interface NetworkSpec {
  readonly inputs: number;
  readonly layers: readonly NetworkLayer[];
}

/** One block of a network's weights: a matrix, row-major with one row per unit, or the biases of the units. */
export interface WeightBlock {
  readonly role: "matrix" | "bias";
  readonly rows: number;
  readonly columns: number;
  /** Where it starts among all weights. */
  readonly start: number;
  readonly layer: DenseLayer | LstmLayer;
}

/** What follows from a network's description. */
export interface NetworkShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: number;
  /**
   * In the order of the layers, those of residual blocks in their place: a dense layer has a matrix of units x inputs and a bias; an LSTM a matrix of 4 units x
   * (features + units) and a bias, the gates in the order input, forget, cell, output.
   */
  readonly blocks: readonly WeightBlock[];
}

const mostUnits = 65_536;
const mostWeights = 50_000_000;
const deepest = 8;

/**
 * Checks a network's description and counts its weights. Throws a `TwinError` that lists every layer that does not fit.
 *
 * @example
 * ```ts
 * import { networkShape } from "@sage-twin/learners";
 *
 * const shape = networkShape({ inputs: 3, layers: [{ kind: "dense", units: 8, activation: "relu" }, { kind: "dense", units: 2 }] });
 * [shape.outputs, shape.weights]; // => [2, 50]
 * ```
 */
export function networkShape(spec: NetworkSpec, path: Path = ["network"]): NetworkShape {
  const issues: Issue[] = [];
  const blocks: WeightBlock[] = [];
  let weights = 0;
  const problem = (at: Path, message: string, fix: string): void => {
    issues.push({ code: "invalid-argument", path: [...path, ...at], message, fix });
  };
  const count = (value: unknown, at: Path): number => {
    if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= mostUnits) return value as number;
    problem(at, `${describeValue(value)} is not a whole number from 1 to ${mostUnits}`, "give how many");
    return Number.NaN;
  };
  const own = (layer: DenseLayer | LstmLayer, rows: number, columns: number): void => {
    blocks.push({ role: "matrix", rows, columns, start: weights, layer });
    blocks.push({ role: "bias", rows, columns: 1, start: weights + rows * columns, layer });
    weights += rows * (columns + 1);
  };
  const list = (layers: unknown, inputs: number, at: Path, depth: number): number => {
    if (!Array.isArray(layers) || layers.length === 0 || depth > deepest) {
      problem(
        at,
        `${describeValue(layers)} is not a list of layers`,
        `give at least one, nested at most ${deepest} deep`,
      );
      return Number.NaN;
    }
    return layers.reduce((size: number, layer, index) => outputsOf(layer, size, [...at, index], depth), inputs);
  };
  /** The outputs of a layer; NaN where that cannot be said. */
  const outputsOf = (layer: NetworkLayer, inputs: number, at: Path, depth: number): number => {
    switch ((layer as NetworkLayer | null)?.kind) {
      case "dense": {
        const { units, activation = "linear" } = layer as DenseLayer;
        if (!activations.includes(activation))
          problem(
            [...at, "activation"],
            `${describeValue(activation)} is no activation`,
            `one of ${activations.join(", ")}`,
          );
        own(layer as DenseLayer, count(units, [...at, "units"]), inputs);
        return units;
      }
      case "fixed": {
        const { matrix } = layer as FixedLayer;
        const fits = (row: unknown): boolean =>
          Array.isArray(row) && row.length > 0 && row.every(Number.isFinite) && !(row.length !== inputs && inputs > 0);
        if (Array.isArray(matrix) && matrix.length > 0 && matrix.every(fits)) return matrix.length;
        problem(
          [...at, "matrix"],
          `the matrix does not take ${inputs} inputs`,
          "give one row of that many finite numbers per output",
        );
        return Number.NaN;
      }
      case "lstm": {
        const { units, features } = layer as LstmLayer;
        const width = count(features, [...at, "features"]);
        if (inputs % width > 0)
          problem([...at, "features"], `${inputs} inputs are not steps of ${width}`, "give a divisor of the inputs");
        const all = count(units, [...at, "units"]);
        own(layer as LstmLayer, 4 * all, width + all);
        return all;
      }
      case "residual": {
        const { outputs, blocks: parts } = layer as ResidualLayer;
        const wanted = inputs + count(outputs, [...at, "outputs"]);
        if (!Array.isArray(parts) || parts.length === 0)
          problem([...at, "blocks"], "there are no blocks", "give at least one");
        else
          parts.forEach((part, index) => {
            const where = [...at, "blocks", index];
            const found = list(part, inputs, where, depth + 1);
            if (found !== wanted && found > 0 && wanted > 0)
              problem(where, `the block has ${found} outputs, not inputs + outputs = ${wanted}`, "mend its last layer");
          });
        return outputs;
      }
      default:
        problem(at, `${describeValue(layer)} is no layer`, "its kind is one of dense, fixed, lstm, residual");
        return Number.NaN;
    }
  };
  const inputs = count((spec as NetworkSpec | null)?.inputs, ["inputs"]);
  const outputs = list((spec as NetworkSpec | null)?.layers, inputs, ["layers"], 0);
  if (weights > mostWeights) problem([], `the network has ${weights} weights`, `at most ${mostWeights} are allowed`);
  if (issues.length > 0) throw new TwinError(issues);
  return { inputs, outputs, weights, blocks };
}

const activations: readonly string[] = ["linear", "relu", "tanh"];
