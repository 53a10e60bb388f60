import { type FittedProgram, fitInSteps, type ObservedProgram, prepareGraph } from "@sage-twin/causal";
import type { Forecaster } from "@sage-twin/forecasters";
import {
  type Frequency,
  formatInstant,
  periodIndex,
  periodStart,
  periodStarts,
  type RunOptions,
  roundedSteps,
  TwinError,
  unknownName,
} from "@sage-twin/kernel";
import { ingest } from "@sage-twin/schemas";
import { boundsOf, type CatalogueEntry, catalogueOf, fullGraph, type TwinDefinition } from "./definition.js";
import { joinHistory, type TwinHistory } from "./join-history.js";
import type { ModelSource } from "./models.js";

/** How a twin is built. */
export interface BuildOptions {
  /** Same seed, same bytes. Default `"sage-twin"`. */
  readonly seed?: string | number;
  /** How far ahead the twin looks. Default `"12M"`. */
  readonly horizon?: Frequency;
  /** The model behind each metric's forecast. Default: chosen per metric by backtest. */
  readonly forecaster?: Forecaster;
  /** Where the models are that the description names, and what reads them. */
  readonly models?: ModelSource;
}

const mostSteps = 10_000;

/** A description with its data, checked; its fit, made when first needed; and what is observed after. */
export class LiveModel {
  readonly seed: string;
  readonly horizon: Frequency;
  readonly catalogue: Readonly<Record<string, CatalogueEntry>>;
  /** Steps to the horizon. */
  readonly steps: number;
  #definition: TwinDefinition;
  #version: number;
  #aligned: TwinHistory;
  #history: ReadonlyMap<string, Float64Array>;
  #fit: { readonly version: number; readonly program: Promise<FittedProgram> } | undefined;
  readonly #forecaster: Forecaster | undefined;
  readonly models: ModelSource | undefined;

  constructor(
    definition: TwinDefinition,
    { seed = "sage-twin", horizon = "12M", forecaster, models }: BuildOptions,
    version: number,
  ) {
    this.#definition = definition;
    this.#version = version;
    this.#forecaster = forecaster;
    this.models = models;
    this.seed = String(seed);
    this.horizon = horizon;
    this.catalogue = catalogueOf(definition);
    this.#aligned = joinHistory(definition.departments, definition.tables);
    this.steps = this.stepsOf(horizon, ["horizon"], mostSteps);
    this.#history = this.#prepare(definition, this.#aligned);
  }

  get definition(): TwinDefinition {
    return this.#definition;
  }

  get version(): number {
    return this.#version;
  }

  get table(): TwinHistory {
    return this.#aligned;
  }

  /** Every metric's history on the twin's clock, NaN where it is missing. */
  get history(): ReadonlyMap<string, Float64Array> {
    return this.#history;
  }

  get dates(): readonly string[] {
    const { start, frequency, length } = this.#aligned;
    return Array.from(periodStarts(start, frequency, length), (instant) => formatInstant(instant, frequency));
  }

  checkMetric(metric: string): void {
    if (!Object.hasOwn(this.catalogue, metric))
      throw unknownName("metric", metric, Object.keys(this.catalogue), ["metric"]);
  }

  /** How many periods a horizon is, 1 to `most`. */
  stepsOf(horizon: Frequency, path: readonly (string | number)[], most = this.steps): number {
    const { frequency, start, length } = this.#aligned;
    const end = periodStart(periodIndex(start, frequency) + length, frequency);
    const steps = roundedSteps(horizon, frequency, end);
    if (Number.isInteger(steps) && steps >= 1 && steps <= most) return steps;
    throw new TwinError({
      code: "out-of-range",
      path,
      message: `a horizon of ${horizon} is ${steps} periods of ${frequency}, outside 1 to ${most}`,
      fix:
        most < mostSteps ? "build the twin with a longer horizon: .build({ horizon: ... })" : "use a shorter horizon",
    });
  }

  /** The program of this version: fitted once, on the first question. A fit that failed or was aborted is tried again by the next. */
  fit(options: RunOptions): Promise<FittedProgram> {
    if (this.#fit?.version !== this.#version) {
      const program = this.#fitNow(options);
      this.#fit = { version: this.#version, program };
      program.catch(() => {
        if (this.#fit?.program === program) this.#fit = undefined;
      });
    }
    return this.#fit.program;
  }

  /** The fitted program with what it was fitted on. */
  async fitted(options: RunOptions): Promise<ObservedProgram> {
    const fitted = await this.fit(options);
    const { start, length } = this.#aligned;
    const observations = { history: this.#history, start, length };
    return { ...fitted, graph: fullGraph(this.#definition), observations };
  }

  /** Appends rows to a department's table; all or nothing. Returns how many were taken. */
  async observe(
    name: string,
    rows: readonly Readonly<Record<string, unknown>>[],
    options: RunOptions,
  ): Promise<number> {
    const { departments, tables } = this.#definition;
    const department = departments.find((candidate) => candidate.name === name);
    if (department === undefined) {
      throw unknownName(
        "department",
        name,
        departments.map((other) => other.name),
        ["observe"],
      );
    }
    const table = tables[name];
    const { signal, onProgress } = options;
    const added = await ingest(rows, {
      signal,
      onProgress,
      schema: department,
      frequency: table?.frequency ?? this.#aligned.frequency,
    });
    const definition = {
      ...this.#definition,
      tables: { ...tables, [name]: table === undefined ? added : table.append(added) },
    };
    const aligned = joinHistory(departments, definition.tables);
    this.#history = this.#prepare(definition, aligned);
    this.#definition = definition;
    this.#aligned = aligned;
    this.#version++;
    return added.quality.rowsAccepted;
  }

  /** Checks description and data together; returns every metric's history. */
  #prepare(definition: TwinDefinition, table: TwinHistory): ReadonlyMap<string, Float64Array> {
    return prepareGraph(fullGraph(definition), table, { levers: definition.levers, bounds: boundsOf(this.catalogue) })
      .history;
  }

  async #fitNow({ signal, onProgress }: RunOptions): Promise<FittedProgram> {
    const work = fitInSteps(fullGraph(this.#definition), this.#aligned, {
      horizon: this.steps,
      forecaster: this.#forecaster,
      levers: this.#definition.levers,
      bounds: boundsOf(this.catalogue),
      seed: this.seed,
      signal,
      onProgress,
    });
    for (;;) {
      const { done, value } = work.next();
      if (done) return value;
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
}
