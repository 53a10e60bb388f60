import { errorDeviations } from "../error-deviations.js";
import type { Program, ProgramNode } from "../program.js";
import { type ObservedProgram, observedProgram } from "./observed-program.js";
import type { TakenApart } from "./own-errors.js";

/** Rows of the data as a program: what came before them as it was, what is usual in them, and errors of the metrics' own. */
export class WindowProgram {
  readonly #apart: TakenApart;
  readonly #first: number;
  readonly #rows: number;
  readonly #base: Program;

  constructor(model: ObservedProgram, apart: TakenApart, first: number, rows: number) {
    this.#apart = apart;
    this.#first = first;
    this.#rows = rows;
    const observed = observedProgram(model.program, model.observations, first, rows);
    const edges = observed.edges.map((edge) => {
      const { usual } = apart.features[edge.feature];
      const centre = Float64Array.from({ length: rows }, (_, step) => usual[Math.max(0, first + step - edge.lag)]);
      // What was seen is no extrapolation.
      return { ...edge, centre, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    });
    this.#base = { ...observed, edges };
  }

  /** Metrics in which something is left to chance. */
  get chancy(): readonly number[] {
    return this.#base.nodes.flatMap((_, node) => ((this.#apart.own[node]?.sd ?? 0) > 0 ? [node] : []));
  }

  /** The program in which the errors of the nodes `as observed` are what they were, and those of `free` ones are drawn; none elsewhere. */
  program(asObserved: ReadonlySet<number>, free: ReadonlySet<number>): Program {
    const drawn = this.chancy.filter((node) => free.has(node));
    const nodes = this.#base.nodes.map((node, index): ProgramNode => {
      const own = this.#apart.own[index];
      if (node.kind !== "metric" || own === undefined) return node;
      const { decay, sd, margin } = own;
      const random = free.has(index) && sd > 0;
      const left = asObserved.has(index) || sd === 0 ? this.observedErrors(index) : this.keptErrors(index);
      const persistence = { decay, carry: decay };
      const deviations = errorDeviations(persistence, this.#rows);
      return {
        kind: "metric",
        name: node.name,
        link: node.link,
        level: node.level,
        offset: left.map((error, step) => own.usual[this.#first + step] + error),
        spread: deviations.map((deviation) => (random ? sd * deviation : 0)),
        persistence,
        ...(random && margin !== undefined ? { margin } : {}),
        given: false,
        edges: node.edges,
      };
    });
    const factor = new Float64Array(drawn.length ** 2);
    for (let row = 0; row < drawn.length; row++) factor[row * (drawn.length + 1)] = 1;
    return { ...this.#base, nodes, noise: { nodes: drawn, factor } };
  }

  /** A metric's errors in the rows as they were. */
  observedErrors(node: number): Float64Array {
    return this.#apart.own[node]?.errors.slice(this.#first, this.#first + this.#rows) as Float64Array;
  }

  /** What would have been left in the rows of a metric's last error before them. */
  keptErrors(node: number): Float64Array {
    const { errors, decay } = this.#apart.own[node] as NonNullable<TakenApart["own"][number]>;
    let left = this.#first > 0 && Number.isFinite(errors[this.#first - 1]) ? errors[this.#first - 1] : 0;
    return Float64Array.from({ length: this.#rows }, () => {
      left *= decay;
      return left;
    });
  }
}
