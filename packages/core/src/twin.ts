import { type CausalGraph, causalGraph, type Effect, type ObservedProgram } from "@sage-twin/causal";
import {
  type Envelope,
  type Frequency,
  type Instant,
  type RunOptions,
  TwinError,
  toInstant,
  unknownName,
} from "@sage-twin/kernel";
import type { Rows } from "@sage-twin/registry";
import {
  type CompareOptions,
  type Comparison,
  checkLevers,
  compareScenarios,
  type Levers,
  Scenario,
  type SimulateOptions,
  type SimulationResult,
  type Study,
  scenario,
  simulateScenarios,
} from "@sage-twin/scenarios";

import type { Reached, ReachOptions } from "@sage-twin/scenarios/goal-seek";
import type { Department, TimeTable } from "@sage-twin/schemas";
import { type CatalogueEntry, type DerivedOptions, fullGraph, type TwinDefinition } from "./definition.js";
import { type LeverControl, leverControls } from "./lever-controls.js";
import { type BuildOptions, LiveModel } from "./live-model.js";
import type { TwinModel } from "./models.js";
import { type Outlook, readOutlook } from "./outlook.js";
import type { Report } from "./report.js";
import { openTwin, sealTwin } from "./save.js";
import { readState, type TwinState } from "./state.js";
import type {
  NoNames,
  ReportOptions,
  TwinEvent,
  TwinForecastOptions,
  TwinNames,
  TwinQuality,
  TwinRunOptions,
} from "./twin-types.js";

/**
 * The description of a business, step by step: departments, derived metrics, causes, levers, data. Immutable; each verb returns a new one,
 * and nothing is computed before `build`.
 */
export class TwinBuilder<Names extends TwinNames> {
  readonly #definition: TwinDefinition;

  /** @internal Start with `Twin.describe()`. */
  constructor(definition: TwinDefinition) {
    this.#definition = definition;
  }

  /** Adds a department and its metrics. */
  department<const Name extends string, Metric extends string>(
    name: Name,
    schema: Department<Metric>,
  ): TwinBuilder<{
    departments: Names["departments"] | Name;
    metrics: Names["metrics"] | Metric;
    levers: Names["levers"];
    models: Names["models"];
  }> {
    const { departments } = this.#definition;
    if (departments.some((other) => other.name === name)) {
      throw new TwinError({
        code: "conflict",
        path: ["department", name],
        message: `the department '${name}' is there already`,
      });
    }
    return this.#with({ departments: [...departments, { name, metrics: schema.metrics }] });
  }

  /** Adds a metric that equals a formula over others, exactly. */
  derive<const Name extends string>(
    name: Name,
    expression: string,
    options: DerivedOptions,
  ): TwinBuilder<{
    departments: Names["departments"];
    metrics: Names["metrics"] | Name;
    levers: Names["levers"];
    models: Names["models"];
  }> {
    causalGraph().identity(name, expression);
    return this.#with({ derived: [...this.#definition.derived, { name, expression, ...options }] });
  }

  /** States what causes what. Replaces what was stated before. */
  causes(graph: CausalGraph): TwinBuilder<Names> {
    return this.#with({ graph });
  }

  /** Declares the metrics that are set by decision; one without data needs a `baseline`. */
  levers<const Name extends string>(
    levers: Levers<Name>,
  ): TwinBuilder<{
    departments: Names["departments"];
    metrics: Names["metrics"] | Name;
    levers: Names["levers"] | Name;
    models: Names["models"];
  }> {
    checkLevers(levers);
    return this.#with({ levers: { ...this.#definition.levers, ...levers } });
  }

  /** Gives a department its data. */
  data(department: Names["departments"], table: TimeTable): TwinBuilder<Names> {
    const { departments, tables } = this.#definition;
    if (!departments.some(({ name }) => name === department)) {
      throw unknownName(
        "department",
        department,
        departments.map(({ name }) => name),
        ["data"],
      );
    }
    return this.#with({ tables: { ...tables, [department]: table } });
  }

  /** Names models of a registry, which `build` is given, by references such as `"churn@champion"`. */
  models<const Name extends string>(
    references: Readonly<Record<Name, string>>,
  ): TwinBuilder<{
    departments: Names["departments"];
    metrics: Names["metrics"];
    levers: Names["levers"];
    models: Names["models"] | Name;
  }> {
    const named = Object.entries<string>(references).map(([name, reference]) => [name, { reference }]);
    return this.#with({ models: { ...this.#definition.models, ...Object.fromEntries(named) } });
  }

  /**
   * Checks everything and returns the twin; nothing is fitted before the first question.
   *
   * @throws TwinError with what is wrong: unknown names, cycles, identities that contradict the data, missing data.
   */
  async build(options: BuildOptions = {}): Promise<Twin<Names>> {
    let { models } = this.#definition;
    if (Object.keys(models).length > 0) models = await (await import("./models.js")).pinModels(options.models, models);
    return new Twin<Names>(new LiveModel({ ...this.#definition, models }, options, 1));
  }

  #with<Next extends TwinNames>(change: Partial<TwinDefinition>): TwinBuilder<Next> {
    return new TwinBuilder<Next>({ ...this.#definition, ...change });
  }
}

const defaultRuns = 10_000;

/**
 * The digital twin of a business: it mirrors (`state`, `quality`), forecasts (`forecast`), answers what-ifs (`scenario`, `simulate`,
 * `compare`) and stays live (`observe`, `subscribe`). One engine answers all: a forecast is the simulation without edits.
 *
 * @example
 * ```ts
 * import { causalGraph, department, elasticity, TimeTable, Twin } from "@sage-twin/core";
 *
 * const sales = department("sales", {
 *   price: { unit: "GBP", kind: "price", minimum: 0 },
 *   orders: { unit: "orders", kind: "flow", good: "up", minimum: 0 },
 * });
 * const table = TimeTable.of({
 *   frequency: "M",
 *   start: "2025-01",
 *   columns: { price: [5, 5, 6, 6, 5, 5, 6, 6, 5, 5, 6, 6], orders: [100, 98, 84, 85, 101, 99, 83, 86, 100, 102, 85, 84] },
 * });
 * const twin = await Twin.describe("shop")
 *   .department("sales", sales)
 *   .derive("revenue", "price * orders", { unit: "GBP", kind: "flow", good: "up" })
 *   .causes(causalGraph().cause("price", "orders", elasticity(-1, { sd: 0.5 })))
 *   .levers({ price: { unit: "GBP", min: 1, max: 10 } })
 *   .data("sales", table)
 *   .build({ horizon: "6M" });
 * const result = await twin.simulate(twin.scenario("dearer").scale("price", 1.1), { runs: 1000 });
 * result.difference("orders").total.mean < 0; // => true
 * ```
 */
export class Twin<Names extends TwinNames = TwinNames> {
  readonly name: string;
  readonly #model: LiveModel;
  readonly #listeners = new Set<(event: TwinEvent) => void>();
  #observing: Promise<unknown> = Promise.resolve();

  /** @internal Use `Twin.describe()` or `Twin.fromJSON()`. */
  constructor(model: LiveModel) {
    this.name = model.definition.name;
    this.#model = model;
  }

  /** Starts the description of a business. */
  static describe(name: string): TwinBuilder<NoNames> {
    if (typeof name !== "string" || name === "") {
      throw new TwinError({ code: "invalid-argument", path: ["name"], message: "a twin needs a name" });
    }
    return new TwinBuilder<NoNames>({
      name,
      departments: [],
      derived: [],
      graph: causalGraph(),
      levers: {},
      tables: {},
      models: {},
    });
  }

  /**
   * Reads what `toJSON` wrote. Anything else is a `TwinError`: `corrupt`, or `newer-version` for one that a later release wrote.
   * A forecaster of one's own and where the models are is not saved and must be given again.
   */
  static fromJSON(json: unknown, options: Pick<BuildOptions, "forecaster" | "models"> = {}): Twin {
    const { definition, seed, horizon, version } = openTwin(json);
    return new Twin(new LiveModel(definition, { seed, horizon, ...options }, version));
  }

  get seed(): string {
    return this.#model.seed;
  }

  /** How far ahead the twin looks. */
  get horizon(): Frequency {
    return this.#model.horizon;
  }

  /** The clock of the twin: the coarsest frequency of its tables. */
  get frequency(): Frequency {
    return this.#model.table.frequency;
  }

  /** Counts observations: 1 as built. */
  get version(): number {
    return this.#model.version;
  }

  /** Every metric with its unit, kind and department. */
  get catalogue(): readonly CatalogueEntry[] {
    return Object.values(this.#model.catalogue);
  }

  /** What causes what, with derived metrics as identities. */
  get graph(): CausalGraph {
    return fullGraph(this.#model.definition);
  }

  /** What can be decided: one description per lever, ready for a slider. */
  levers(): readonly LeverControl[] {
    const { definition, history, catalogue } = this.#model;
    return leverControls(definition.levers, history, catalogue, this.graph);
  }

  /** The history of a metric on the twin's clock, NaN where it is missing. */
  history(metric: Names["metrics"]): { readonly dates: readonly string[]; readonly values: Float64Array } {
    this.#model.checkMetric(metric);
    return { dates: this.#model.dates, values: (this.#model.history.get(metric) as Float64Array).slice() };
  }

  /** The indicators and the health index, now or at the end of the period that contains `at`. */
  state(options: { readonly at?: Instant } = {}): TwinState {
    const { table, history, version } = this.#model;
    const at = options.at === undefined ? undefined : toInstant(options.at, ["at"]);
    return readState(table, history, this.catalogue, version, at);
  }

  /** How good the data are, by department, with every figure that the scores are made of. */
  quality(): TwinQuality {
    const { definition, table } = this.#model;
    const departments = Object.fromEntries(
      Object.entries(definition.tables).map(([name, { quality }]) => [name, quality]),
    );
    const scores = Object.values(departments).map(({ score }) => score);
    return { score: scores.reduce((sum, score) => sum + score, 0) / scores.length, departments, notes: table.notes };
  }

  /** What was learnt of every effect: prior, posterior, and where it comes from. */
  async effects(options: RunOptions = {}): Promise<readonly Effect[]> {
    return (await this.#model.fit(options)).effects;
  }

  /** What will happen to a metric: its path and intervals, and its figure over each horizon. */
  async forecast(metric: Names["metrics"], options: TwinForecastOptions = {}): Promise<Outlook> {
    return (await this.#outlooks([metric], options))[0];
  }

  /** A scenario without edits, whose verbs know the twin's levers. */
  scenario(name: string): Scenario<Names["levers"]> {
    return scenario(name, this.#model.definition.levers as Levers<Names["levers"]>);
  }

  /** Reads a saved scenario; its edits must be of this twin's levers. */
  scenarioFromJSON(json: unknown): Scenario<Names["levers"]> {
    return Scenario.fromJSON(json, this.#model.definition.levers as Levers<Names["levers"]>);
  }

  /** What if: every metric's distribution under a scenario, beside the forecast, with the same draws. */
  async simulate(
    plan: Scenario<Names["levers"]>,
    options: TwinRunOptions<Names["metrics"]> = {},
  ): Promise<SimulationResult<Names["metrics"]>> {
    const study = await this.study(options);
    const [result] = await simulateScenarios<Names["metrics"]>(study, [plan], this.#runOptions(options));
    return result;
  }

  /** Several what-ifs beside the forecast, and which levers moved what. */
  async compare(
    plans: readonly Scenario<Names["levers"]>[],
    { why, ...options }: TwinRunOptions<Names["metrics"]> & Pick<CompareOptions, "why"> = {},
  ): Promise<Comparison<Names["metrics"]>> {
    const run = { ...this.#runOptions(options), why };
    return compareScenarios<Names["metrics"]>(await this.study(options), plans, run);
  }

  /** The smallest or cheapest change of levers that brings a metric's total to a target with a wanted probability. */
  async reach(options: ReachOptions): Promise<Reached> {
    const { reach } = await import("@sage-twin/scenarios/goal-seek");
    return reach(await this.study(options), { ...options, seed: options.seed ?? this.seed });
  }

  /** What scenarios are run on, for the functions of `@sage-twin/scenarios` that take a study: `tornado`, `sobol`, `discover`. */
  async study(options: RunOptions = {}): Promise<Study> {
    const { definition, catalogue } = this.#model;
    return { fitted: await this.#model.fit(options), levers: definition.levers, catalogue };
  }

  /** The fitted program and what it was fitted on, for the functions of `@sage-twin/causal` that ask about the past: `attribute`. */
  fitted(options: RunOptions = {}): Promise<ObservedProgram> {
    return this.#model.fitted(options);
  }

  /** The models that the twin predicts with: the versions that it was built with, and how they stand in the registry now. */
  async models(): Promise<readonly TwinModel[]> {
    const { models, definition } = this.#model;
    return (await import("./models.js")).describeModels(models, definition.models);
  }

  /**
   * What a model says of rows, one prediction each; the version is the one that the twin was built with.
   *
   * @param rows objects, or columns by name.
   * @throws TwinError "unknown-name" for another model; "invalid-data" for rows that do not fit the model's signature.
   */
  async predict(name: Names["models"], rows: Rows): Promise<readonly unknown[]> {
    const { models, definition } = this.#model;
    return (await import("./models.js")).predictRows(models, definition.models, name, rows);
  }

  /**
   * Takes in new rows of a department: validated, appended, and a new version of the state. Forecasts made before know that they are
   * stale. Rows that are invalid, or that contradict known periods, are refused whole. Calls wait for each other.
   *
   * @param rows objects with a `date` and the department's metrics.
   */
  observe(
    department: Names["departments"],
    rows: Iterable<Readonly<Record<string, unknown>>>,
    options: RunOptions = {},
  ): Promise<TwinState> {
    const turn = this.#observing.then(() => this.#observe(department, [...rows], options));
    this.#observing = turn.catch(() => {});
    return turn;
  }

  /** Calls `listener` after every observation; returns what ends it. */
  subscribe(listener: (event: TwinEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /**
   * A report on all of it: state, quality, forecasts, what-ifs, causes and assumptions, with pictures, as one self-contained page. Every figure on
   * it is that of the verb. Needs the optional peers vega, vega-lite and vega-interpreter.
   *
   * @throws TwinError "missing-peer" without them; "unknown-name" for a metric that the twin or the comparison does not have.
   */
  async report(options: ReportOptions<Names["metrics"]> = {}): Promise<Report> {
    const { title, comparison, metrics, horizons, heldOut, sections, ...run } = options;
    const contents = { title, comparison, metrics, horizons, heldOut, sections };
    const { makeReport, metricsToReport } = await import("./report.js");
    const { definition, history, dates } = this.#model;
    const { name, version, seed, frequency, graph } = this;
    const outlooks = await this.#outlooks(metricsToReport(this.catalogue, contents), { ...run, horizons });
    const effects = await this.effects(run);
    const { levers } = definition;
    const [state, quality] = [this.state(), this.quality()];
    const about = { name, version, seed: String(run.seed ?? seed), frequency, dates, history, graph, levers };
    return makeReport({ ...about, state, quality, outlooks, effects, contents, runs: run.runs ?? defaultRuns });
  }

  /** Everything that was said and observed, as versioned JSON. What is fitted follows from it, byte by byte. */
  toJSON(): Envelope {
    const { definition, seed, horizon, version } = this.#model;
    return sealTwin({ definition, seed, horizon, version });
  }

  async #observe(
    department: string,
    rows: readonly Readonly<Record<string, unknown>>[],
    options: RunOptions,
  ): Promise<TwinState> {
    const accepted = await this.#model.observe(department, rows, options);
    const state = this.state();
    for (const listener of [...this.#listeners]) {
      listener({ type: "observed", department, rows: accepted, version: state.version, state });
    }
    return state;
  }

  /** The forecasts of several metrics, read from one simulation. */
  async #outlooks(metrics: readonly Names["metrics"][], options: TwinForecastOptions): Promise<readonly Outlook[]> {
    const { horizons = [this.horizon], levels = [80, 95], ...run } = options;
    const model = this.#model;
    for (const metric of metrics) model.checkMetric(metric);
    if (horizons.length === 0) {
      throw new TwinError({ code: "invalid-argument", path: ["horizons"], message: "name at least one horizon" });
    }
    const steps = horizons.map((horizon, index) => model.stepsOf(horizon, ["horizons", index]));
    const { version } = model;
    const study = await this.study(run);
    const [result] = await simulateScenarios(study, [scenario("forecast")], {
      ...this.#runOptions(run),
      steps: Math.max(...steps),
    });
    const spans = horizons.map((horizon, index) => ({ horizon, steps: steps[index] }));
    return metrics.map((metric) => {
      const fittedModel = study.fitted.models[metric] ?? "follows from others";
      return readOutlook(result, metric, { model: fittedModel, version, current: () => model.version }, levels, spans);
    });
  }

  #runOptions({ horizon, ...options }: TwinRunOptions): SimulateOptions {
    const steps = horizon === undefined ? {} : { steps: this.#model.stepsOf(horizon, ["horizon"]) };
    return { runs: defaultRuns, ...options, seed: options.seed ?? this.seed, ...steps };
  }
}
