import type { Path, Shape } from "@sage-twin/kernel";
import { refuse } from "./checks.js";
import { type Engine, engineOf } from "./fitted.js";
import type { FittedForecaster, Forecaster } from "./types.js";

/** Opens the saved model within another. */
export type Opener = (json: unknown, path?: Path) => FittedForecaster;

/** The engines of saved models that are part of a state: the state stays plain JSON, whatever the model within. */
const engines = /* @__PURE__ */ new WeakMap<object, Engine>();

/** The saved form of a model's engine, to be part of a state. */
export function keepEngine(engine: Engine): unknown {
  const saved = engine.toJSON() as object;
  engines.set(saved, engine);
  return saved;
}

/** The engine of a saved form that `keepEngine` or `innerShape` returned. */
export function engineIn(saved: unknown): Engine {
  return engines.get(saved as object) as Engine;
}

/** A saved model within a state. */
export function innerShape(open: Opener): Shape<unknown> {
  return (value, path) => keepEngine(engineOf(open(value, path)));
}

/** For a kind that only publishes: its models are opened by `modelFromJSON`. */
export const noOpener: Opener = (_, path = []) => refuse(path, "no opener", "use modelFromJSON", "unsupported");

/** Refuses what is no forecaster. */
export function checkForecaster(model: Forecaster, path: string): Forecaster {
  if (typeof model?.fit === "function" && typeof model.name === "string") return model;
  return refuse([path], "this is no forecaster", "give a model such as autoEts()");
}
