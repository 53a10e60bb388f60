import { compileColumns, namesIn, parseExpression } from "@sage-twin/formulas";
import { exp, log, Rng } from "@sage-twin/kernel";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compileProgram,
  compileWorld,
  type MetricNode,
  type Program,
  Tile,
  tileRuns,
  type World,
} from "../src/index.js";
import { randomEdit, randomProgram } from "./random-program.js";

const seeds = fc.integer({ min: 0, max: 1e6 }).map(String);

function tileOf(program: Program, worlds: readonly World[], seed = "s", index = 0): Tile {
  return new Tile(
    compileProgram(program),
    worlds.map((world) => compileWorld(program, world)),
    seed,
    index,
  );
}

/** Levels by step and node, in the baseline or a world. */
function levels(tile: Tile, program: Program, world = -1): Float64Array[][] {
  return Array.from({ length: program.steps }, () => {
    tile.advance();
    return program.nodes.map((_, node) => tile.level(node, world).slice());
  });
}

describe("the engine's invariants", () => {
  it("1. without an edit every value of a scenario is the baseline's, bit for bit", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const program = randomProgram(seed);
        // An edit of factor 1 is compiled like any other, and one that only starts at the last step must not show before.
        const late = randomEdit(seed, program);
        late.factor.fill(1, 0, program.steps - 1);
        late.shift.fill(0, 0, program.steps - 1);
        const nothing = {
          node: 0,
          factor: new Float64Array(program.steps).fill(1),
          shift: new Float64Array(program.steps),
        };
        const tile = tileOf(program, [{ edits: [] }, { edits: [nothing] }, { edits: [late] }]);
        for (let step = 0; step < program.steps; step++) {
          tile.advance();
          program.nodes.forEach((_, node) => {
            for (const world of step < program.steps - 1 ? [0, 1, 2] : [0, 1]) {
              const [baseline, scenario] = [tile.level(node), tile.level(node, world)];
              expect(baseline.every((value, run) => Object.is(value, scenario[run]))).toBe(true);
            }
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it("1b. nodes that an edit reaches without changing their causes stay bit-equal, whatever their link", () => {
    // The edit's own value equals the baseline, so every deviation downstream is exactly zero while all the arithmetic runs.
    fc.assert(
      fc.property(seeds, (seed) => {
        const program = randomProgram(seed);
        const lever = program.nodes[0] as MetricNode;
        const same = { node: 0, factor: new Float64Array(program.steps), shift: lever.level.slice() };
        const tile = tileOf(program, [{ edits: [same] }]);
        for (let step = 0; step < program.steps; step++) {
          tile.advance();
          // A random loop may feed itself to infinity, where no difference is defined.
          fc.pre(program.nodes.every((_, node) => tile.level(node).every(Number.isFinite)));
          program.nodes.forEach((_, node) => {
            expect(tile.level(node).every((value, run) => Object.is(value, tile.level(node, 0)[run]))).toBe(true);
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it("2. identities and stocks hold bit for bit in every run under any edit", () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, editSeed) => {
        const program = randomProgram(seed);
        const tile = tileOf(program, [{ edits: [randomEdit(editSeed, program)] }]);
        const before = new Map<string, Float64Array>();
        const output = new Float64Array(tileRuns);
        for (let step = 0; step < program.steps; step++) {
          tile.advance();
          for (const world of [-1, 0]) {
            program.nodes.forEach((node, index) => {
              const found = tile.level(index, world);
              if (node.kind === "identity") {
                const expression = parseExpression(node.expression);
                compileColumns(expression, namesIn(expression))(
                  node.inputs.map((input) => tile.level(input, world)),
                  output,
                  tileRuns,
                );
                expect(found).toEqual(output);
              }
              if (node.kind === "stock") {
                const last = before.get(`${world}/${index}`) ?? new Float64Array(tileRuns).fill(node.initial);
                const [inflow, outflow] = [tile.level(node.inflow, world), tile.level(node.outflow, world)];
                const floor = node.floor ?? Number.NEGATIVE_INFINITY;
                expect(found).toEqual(last.map((value, run) => Math.max(floor, value + inflow[run] - outflow[run])));
                before.set(`${world}/${index}`, found.slice());
              }
            });
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it("3. a tile's draws depend on the seed and its own number alone", () => {
    const program = randomProgram("tiles");
    const edit = { edits: [randomEdit("tiles", program)] };
    const alone = levels(tileOf(program, [], "s", 3), program);
    // Another tile stepped in between, and another world beside, change nothing.
    const other = tileOf(program, [edit], "s", 2);
    const tile = tileOf(program, [edit], "s", 3);
    for (let step = 0; step < program.steps; step++) {
      other.advance();
      tile.advance();
      expect(program.nodes.map((_, node) => tile.level(node).slice())).toEqual(alone[step]);
    }
    expect(levels(tileOf(program, [], "s", 2), program)).not.toEqual(alone);
    expect(levels(tileOf(program, [], "t", 3), program)).not.toEqual(alone);
  });

  it("4. an edit touches descendants alone, and only from its start plus the lags on the way", () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, editSeed) => {
        const program = randomProgram(seed);
        const edit = randomEdit(editSeed, program);
        const reach = earliestEffect(program, edit.node, edit.from);
        const tile = tileOf(program, [{ edits: [edit] }]);
        for (let step = 0; step < program.steps; step++) {
          tile.advance();
          program.nodes.forEach((_, node) => {
            if (step >= reach[node]) return;
            expect(tile.level(node, 0)).toEqual(tile.level(node));
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it("4b. a metric that is set ignores its parents", () => {
    const program = chain({ steps: 4 });
    const set = (node: number, level: number) => ({
      node,
      factor: new Float64Array(4),
      shift: new Float64Array(4).fill(level),
    });
    const tile = tileOf(program, [{ edits: [set(0, 9), set(1, 5)] }]);
    for (let step = 0; step < 4; step++) {
      tile.advance();
      expect(tile.level(1, 0).every((value) => value === 5)).toBe(true);
    }
  });

  it("5. a tile resumed from a snapshot goes on bit for bit", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 11 }), (seed, pause) => {
        const program = randomProgram(seed);
        const worlds = [{ edits: [randomEdit(seed, program)] }];
        const whole = levels(tileOf(program, worlds), program, 0);
        const first = tileOf(program, worlds);
        for (let step = 0; step < pause; step++) first.advance();
        const saved = first.snapshot();
        const second = tileOf(program, worlds);
        second.restore(saved);
        for (let step = pause; step < program.steps; step++) {
          second.advance();
          expect(program.nodes.map((_, node) => second.level(node, 0).slice())).toEqual(whole[step]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("5b. a counterfactual without an edit is history", () => {
    const history = Float64Array.from({ length: 8 }, (_, step) => 3 + step / 7);
    const program = chain({ steps: 8, given: history });
    const tile = tileOf(program, [{ edits: [] }]);
    for (let step = 0; step < 8; step++) {
      tile.advance();
      expect(tile.level(1, 0).every((value) => value === history[step])).toBe(true);
    }
  });

  it("6. on a log-linear graph the deviation is the structural effect: y changes by the elasticity", () => {
    const factor = 1.3;
    const program = chain({ steps: 6, effect: -1.5 });
    const scale = (value: number) => ({ node: 0, factor: new Float64Array(6).fill(value), shift: new Float64Array(6) });
    const tile = tileOf(program, [
      { edits: [scale(factor)] },
      { edits: [scale(1.1)] },
      { edits: [scale(1.1 * factor)] },
    ]);
    for (let step = 0; step < 6; step++) {
      tile.advance();
      for (let run = 0; run < tileRuns; run++) {
        const baseline = tile.level(1)[run];
        expect(tile.level(1, 0)[run] / baseline / exp(-1.5 * log(factor)) - 1).toBeCloseTo(0, 12);
        // scale(a) then scale(b) is scale(ab)
        const inTurn = (tile.level(1, 0)[run] * tile.level(1, 1)[run]) / baseline;
        expect(tile.level(1, 2)[run] / inTurn - 1).toBeCloseTo(0, 12);
      }
    }
  });

  it("6b. abduction, action and prediction by hand give the engine's counterfactual", () => {
    // y = exp(a + b ln x + u): from (x, y) the error u, then x' with the same u.
    const history = Float64Array.of(4, 5, 7, 6);
    const effect = -0.8;
    const program = chain({ steps: 4, given: history, effect });
    const level = (program.nodes[0] as MetricNode).level;
    const edit = { node: 0, factor: new Float64Array(4), shift: new Float64Array(4).fill(2.5) };
    const tile = tileOf(program, [{ edits: [edit] }]);
    for (let step = 0; step < 4; step++) {
      tile.advance();
      const error = log(history[step]) - (0.4 + effect * log(level[step]));
      const predicted = exp(0.4 + effect * log(2.5) + error);
      expect(tile.level(1, 0)[0] / predicted - 1).toBeCloseTo(0, 12);
    }
  });

  it("carry-over acts on levels: a lasting +30 % reaches the long-run elasticity step by step", () => {
    const carryover = 0.5;
    const program = chain({ steps: 10, effect: 0.24, carryover });
    const edit = { node: 0, factor: new Float64Array(10).fill(1.3), shift: new Float64Array(10) };
    const tile = tileOf(program, [{ edits: [edit] }]);
    for (let step = 0; step < 10; step++) {
      tile.advance();
      const stock = 1 + 0.3 * (1 - carryover ** (step + 1)); // adstock against its old level
      expect(tile.level(1, 0)[0] / tile.level(1)[0]).toBeCloseTo(exp(0.24 * log(stock)), 10);
    }
  });

  it("draws errors with the stated spread, persistence and correlation", () => {
    const program = twoErrors(20);
    const tiles = Array.from({ length: 40 }, (_, index) => tileOf(program, [], "moments", index));
    const runs = tiles.length * tileRuns;
    const at: [Float64Array, Float64Array][] = [];
    for (let step = 0; step < 20; step++) {
      const values: [Float64Array, Float64Array] = [new Float64Array(runs), new Float64Array(runs)];
      tiles.forEach((tile, index) => {
        tile.advance();
        values[0].set(tile.level(0), index * tileRuns);
        values[1].set(tile.level(1), index * tileRuns);
      });
      at.push(values);
    }
    for (const step of [0, 7, 19]) {
      expect(covariance(at[step][0], at[step][0])).toBeCloseTo(1, 1);
      expect(covariance(at[step][0], at[step][1])).toBeCloseTo(0.6, 1);
    }
    // A random walk: corr(s, t) = sqrt(s / t) with steps counted from one.
    expect(covariance(at[4][0], at[19][0])).toBeCloseTo(Math.sqrt(5 / 20), 1);
  });
});

/** n0 (a lever) -> n1, log-linear with the intercept 0.4. */
function chain(options: { steps: number; effect?: number; carryover?: number; given?: Float64Array }): Program {
  const { steps, effect = -1, carryover = 0, given } = options;
  const rng = new Rng("chain");
  const x = Float64Array.from({ length: steps }, () => (carryover > 0 ? 2 : 2 + rng.uniform()));
  const metric = {
    kind: "metric",
    link: { kind: "log" },
    spread: new Float64Array(steps),
    persistence: { decay: 0, carry: 0 },
  } as const;
  return {
    frequency: "W",
    start: Date.UTC(2026, 0, 5),
    steps,
    nodes: [
      { ...metric, name: "x", level: x, offset: x.map(log), given: true, edges: [] },
      {
        ...metric,
        name: "y",
        level: given ?? new Float64Array(steps).fill(exp(0.4)),
        offset: new Float64Array(steps).fill(0.4),
        spread: new Float64Array(steps).fill(0.2),
        given: given !== undefined,
        edges: [0],
      },
    ],
    features: [{ node: 0, curve: { kind: "log" }, carryover, memory: 0, history: new Float64Array(0), carried: 2 }],
    edges: [
      {
        feature: 0,
        to: 1,
        lag: 0,
        low: Number.NEGATIVE_INFINITY,
        high: Number.POSITIVE_INFINITY,
        centre: new Float64Array(steps),
      },
    ],
    effects: [{ node: 1, edges: [0], mean: Float64Array.of(effect), factor: Float64Array.of(0) }],
    noise:
      given === undefined ? { nodes: [1], factor: Float64Array.of(1) } : { nodes: [], factor: new Float64Array(0) },
  };
}

/** Two metrics of unit spread whose errors are random walks, correlated 0.6. */
function twoErrors(steps: number): Program {
  const node = (name: string): MetricNode => ({
    kind: "metric",
    name,
    link: { kind: "linear" },
    level: new Float64Array(steps),
    offset: new Float64Array(steps),
    spread: new Float64Array(steps).fill(1),
    persistence: { decay: 1, carry: 1 },
    given: false,
    edges: [],
  });
  return {
    frequency: "W",
    start: Date.UTC(2026, 0, 5),
    steps,
    nodes: [node("a"), node("b")],
    features: [],
    edges: [],
    effects: [],
    noise: { nodes: [0, 1], factor: Float64Array.of(1, 0, 0.6, 0.8) },
  };
}

function covariance(a: Float64Array, b: Float64Array): number {
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  return a.reduce((sum, value, index) => sum + (value - meanA) * (b[index] - meanB), 0) / a.length;
}

/** The first step at which each node can feel an edit, by walking the program's arrows. */
function earliestEffect(program: Program, lever: number, from: number): number[] {
  const earliest = program.nodes.map((_, node) => (node === lever ? from : Number.POSITIVE_INFINITY));
  for (let round = 0; round < program.nodes.length * program.steps; round++) {
    program.nodes.forEach((node, index) => {
      const causes =
        node.kind === "metric"
          ? node.edges.map(
              (edge) => earliest[program.features[program.edges[edge].feature].node] + program.edges[edge].lag,
            )
          : node.kind === "identity"
            ? node.inputs.map((input) => earliest[input])
            : [earliest[node.inflow], earliest[node.outflow]];
      earliest[index] = Math.min(earliest[index], ...causes);
    });
  }
  return earliest;
}
