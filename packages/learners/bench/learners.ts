/**
 * Training and prediction on 100,000 and on 1,000,000 rows x 20 columns, beside LightGBM in the Python of SAGE_TWIN_PYTHON (one thread each; the runs take turns, so that both meet
 * the same load). Usage: `npm run bench -- learners`.
 */
import { spawnSync } from "node:child_process";
import { Rng } from "@sage-twin/kernel";
import { histogramTrees, linearRegression, logisticRegression } from "@sage-twin/learners";

const rows = 100_000;
const width = 20;
const rng = new Rng("bench").words();
const columns: Record<string, Float64Array> = {};
for (let j = 0; j < width; j++) columns[`c${j}`] = Float64Array.from({ length: rows }, () => rng.uniform() * 2 - 1);
const { c0, c1, c2, c3 } = columns;
const target = c0.map(
  (value, row) => Math.sqrt(1 + value) + 2 * c1[row] * c2[row] + (c3[row] > 0.2 ? 1 : 0) + 0.5 * (rng.uniform() - 0.5),
);
const label = target.map((value) => (value > 1 ? 1 : 0));

function time<Value>(action: () => Value): { readonly milliseconds: number; readonly value: Value } {
  const runs = Array.from({ length: 3 }, () => {
    const start = performance.now();
    const value = action();
    return { milliseconds: performance.now() - start, value };
  });
  return runs.sort((a, b) => a.milliseconds - b.milliseconds)[1];
}

const rmse = (prediction: Float64Array): number =>
  Math.sqrt(prediction.reduce((sum, value, row) => sum + (value - target[row]) ** 2 / rows, 0));
const trees = time(() => histogramTrees({ trees: 100 }).fit(columns, target));
const predicted = time(() => trees.value.predict(columns));
const classes = time(() => histogramTrees({ trees: 100, loss: "logistic" }).fit(columns, label));
console.log(
  `histogramTrees  squared   fit ${trees.milliseconds.toFixed(0)} ms, predict ${predicted.milliseconds.toFixed(0)} ms, rmse ${rmse(predicted.value).toFixed(5)}`,
);
console.log(`histogramTrees  logistic  fit ${classes.milliseconds.toFixed(0)} ms`);
console.log(
  `linearRegression          fit ${time(() => linearRegression().fit(columns, target)).milliseconds.toFixed(0)} ms`,
);
console.log(
  `logisticRegression        fit ${time(() => logisticRegression().fit(columns, label)).milliseconds.toFixed(0)} ms`,
);

const program = `
import sys, time, numpy, lightgbm
data = numpy.frombuffer(sys.stdin.buffer.read(), dtype=numpy.float64).reshape(${width + 2}, ${rows})
x, y, label = numpy.ascontiguousarray(data[:${width}].T), data[${width}], data[${width + 1}]
def median(action):
    runs = []
    for _ in range(3):
        start = time.perf_counter(); value = action(); runs.append((time.perf_counter() - start, value))
    return sorted(runs, key=lambda run: run[0])[1]
common = dict(n_estimators=100, num_leaves=31, learning_rate=0.1, min_child_samples=20, num_threads=1, verbose=-1)
fit, model = median(lambda: lightgbm.LGBMRegressor(**common).fit(x, y))
predict, p = median(lambda: model.predict(x))
classes, _ = median(lambda: lightgbm.LGBMClassifier(**common).fit(x, label))
print(lightgbm.__version__, fit * 1000, predict * 1000, numpy.sqrt(numpy.mean((p - y) ** 2)), classes * 1000)
`;
const input = Buffer.concat([...Object.values(columns), target, label].map(({ buffer }) => Buffer.from(buffer)));
const python = spawnSync(process.env.SAGE_TWIN_PYTHON ?? "python3", ["-c", program], {
  input,
  encoding: "utf8",
  maxBuffer: 2 ** 30,
});
if (python.status !== 0) console.log("no LightGBM: set SAGE_TWIN_PYTHON to a Python that has it, for the comparison");
else {
  const [version, ...figures] = python.stdout.trim().split(" ");
  const [fit, predict, error, classFit] = figures.map(Number);
  console.log(
    `LightGBM ${version}  squared   fit ${fit.toFixed(0)} ms, predict ${predict.toFixed(0)} ms, rmse ${error.toFixed(5)}`,
  );
  console.log(`LightGBM        logistic  fit ${classFit.toFixed(0)} ms`);
  console.log(
    `ratio of fit times, ours over LightGBM's: squared ${(trees.milliseconds / fit).toFixed(2)}, logistic ${(classes.milliseconds / classFit).toFixed(2)}; of predict ${(predicted.milliseconds / predict).toFixed(2)}`,
  );
}

// A million rows, 100 trees of depth 6: once each, ours before and after LightGBM.
const many = 1_000_000;
const wide: Record<string, Float64Array> = {};
for (let j = 0; j < width; j++) wide[`c${j}`] = Float64Array.from({ length: many }, () => rng.uniform() * 2 - 1);
const sum = wide.c0.map(
  (value, row) =>
    Math.sqrt(1 + value) + 2 * wide.c1[row] * wide.c2[row] + (wide.c3[row] > 0.2 ? 1 : 0) + 0.5 * (rng.uniform() - 0.5),
);
const outcome = sum.map((value) => (value > 1 ? 1 : 0));
for (const loss of ["squared", "logistic"] as const) {
  const y = loss === "squared" ? sum : outcome;
  const used = process.cpuUsage();
  const start = performance.now();
  const fitted = histogramTrees({ loss, trees: 100, depth: 6, leaves: 64 }).fit(wide, y);
  const fit = performance.now() - start;
  const cpu = process.cpuUsage(used).user / 1000;
  const before = performance.now();
  fitted.predict(wide);
  console.log(
    `1,000,000 rows  ${loss.padEnd(8)}  fit ${fit.toFixed(0)} ms (CPU ${cpu.toFixed(0)} ms), predict ${(performance.now() - before).toFixed(0)} ms, memory ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`,
  );
  const large = `
import time, numpy, lightgbm
rng = numpy.random.default_rng(1)
x = rng.uniform(-1, 1, (${many}, ${width}))
y = numpy.sqrt(1 + x[:, 0]) + 2 * x[:, 1] * x[:, 2] + (x[:, 3] > .2) + .5 * (rng.uniform(size=${many}) - .5)
y = ${loss === "squared" ? "y" : "(y > 1).astype(float)"}
start, used = time.perf_counter(), time.process_time()
model = lightgbm.train(dict(objective="${loss === "squared" ? "regression" : "binary"}", num_leaves=64, max_depth=6, num_threads=1, verbose=-1), lightgbm.Dataset(x, y), 100)
fit, cpu = time.perf_counter() - start, time.process_time() - used
start = time.perf_counter()
model.predict(x, num_threads=1)
print(fit * 1000, cpu * 1000, (time.perf_counter() - start) * 1000)
`;
  const other = spawnSync(process.env.SAGE_TWIN_PYTHON ?? "python3", ["-c", large], { encoding: "utf8" });
  if (other.status !== 0) continue;
  const [otherFit, otherCpu, otherPredict] = other.stdout.trim().split(" ").map(Number);
  console.log(
    `  LightGBM  fit ${otherFit.toFixed(0)} ms (CPU ${otherCpu.toFixed(0)} ms), predict ${otherPredict.toFixed(0)} ms; ratio of CPU times ${(cpu / otherCpu).toFixed(2)}`,
  );
}
