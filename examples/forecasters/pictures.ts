// Draws every forecaster on a real series, for docs/guide/forecasters/models.md: npx tsx examples/forecasters/pictures.ts
import { readFile, writeFile } from "node:fs/promises";
import {
  additive,
  adida,
  arima,
  auto,
  autoArima,
  autoCes,
  autoEts,
  autoTheta,
  conformal,
  croston,
  drift,
  dynamicOptimizedTheta,
  dynamicTheta,
  ensemble,
  type FittedForecaster,
  type Forecaster,
  gradientBoosting,
  historicMean,
  holt,
  holtWinters,
  imapa,
  intermittent,
  linearTrend,
  mstl,
  naive,
  optimizedTheta,
  regression,
  sba,
  seasonalNaive,
  ses,
  theta,
  transform,
  tsb,
  windowAverage,
} from "@sage-twin/forecasters";
import { forecastFan, paletteStyle, toSVG } from "@sage-twin/viz";

interface Days {
  readonly dates: readonly string[];
  readonly values: readonly number[];
}

async function column(file: string, name: string): Promise<Days> {
  const text = await readFile(new URL(`../data/online-retail/${file}-daily.csv`, import.meta.url), "utf8");
  const [header, ...rows] = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const index = header.indexOf(name);
  return { dates: rows.map(([date]) => date), values: rows.map((row) => Number(row[index])) };
}

/** The shop is closed on Saturdays: a week has six days. */
function openDays({ dates, values }: Days): Days {
  const open = dates.map((date) => new Date(date).getUTCDay() !== 6);
  return { dates: dates.filter((_, t) => open[t]), values: values.filter((_, t) => open[t]) };
}

const day = 86_400_000;
const horizon = 24;
const shown = 72;
const seasonLength = 6;
const season = { seasonLength };
const orders = openDays(await column("revenue", "orders"));
const abroad = openDays(await column("markets", "ordersAbroad"));
const lapsed = await column("customers", "lapsedCustomers");
const three = [autoEts(season), autoArima(season), drift()];

/** What stands above each panel, and its model. */
type Panels = Readonly<Record<string, Forecaster>>;
const pictures: Readonly<Record<string, { readonly of: string; readonly days: Days; readonly models: Panels }>> = {
  yardsticks: {
    of: "orders",
    days: orders,
    models: {
      naive: naive(),
      seasonalNaive: seasonalNaive(season),
      drift: drift(),
      historicMean: historicMean(),
      windowAverage: windowAverage({ window: 12 }),
      linearTrend: linearTrend(),
    },
  },
  smoothing: {
    of: "orders",
    days: orders,
    models: {
      ses: ses(),
      holt: holt({ damped: true }),
      holtWinters: holtWinters(season),
      autoEts: autoEts(season),
      autoCes: autoCes(season),
    },
  },
  theta: {
    of: "orders",
    days: orders,
    models: {
      theta: theta(season),
      optimizedTheta: optimizedTheta(season),
      dynamicTheta: dynamicTheta(season),
      dynamicOptimizedTheta: dynamicOptimizedTheta(season),
      autoTheta: autoTheta(season),
    },
  },
  arima: {
    of: "orders",
    days: orders,
    models: { arima: arima({ order: [1, 0, 1], seasonal: [0, 1, 1], seasonLength }), autoArima: autoArima(season) },
  },
  decomposition: {
    of: "orders",
    days: orders,
    models: { additive: additive({ frequency: "D" }), mstl: mstl({ seasonLengths: [seasonLength] }) },
  },
  learners: {
    of: "orders",
    days: orders,
    models: { regression: regression(season), gradientBoosting: gradientBoosting({ seasonLength, horizon }) },
  },
  intermittent: {
    of: "customers who lapsed",
    days: lapsed,
    models: {
      croston: croston(),
      sba: sba(),
      tsb: tsb({ alphaDemand: 0.1, alphaProbability: 0.1 }),
      adida: adida(),
      imapa: imapa(),
      intermittent: intermittent(),
    },
  },
  wrapped: {
    of: "orders from abroad",
    days: abroad,
    models: {
      autoEts: autoEts(season),
      "transform: Box-Cox": transform(autoEts(season), { kind: "boxCox", lambda: 0.5 }),
      "conformal: split": conformal(autoEts(season), { horizon }),
      "conformal: perHorizon": conformal(autoEts(season), { horizon, method: "perHorizon" }),
    },
  },
  combinations: {
    of: "orders",
    days: orders,
    models: {
      "ensemble.mean": ensemble.mean(three),
      "ensemble.median": ensemble.median(three),
      "ensemble.inverseError": ensemble.inverseError(three, { horizon }),
      "ensemble.stacking": ensemble.stacking(three, { horizon }),
      "ensemble.scum": ensemble.scum(season),
      auto: auto({ seasonLength, horizon }),
    },
  },
};

/** Where each wanted date stands among the steps ahead: one a day for a model of the calendar, else one an observation. */
function stepsOf(model: Forecaster, days: Days, from: number): number[] {
  return days.dates
    .slice(from)
    .map((date, index) =>
      model.name === "additive" ? Math.round((Date.parse(date) - Date.parse(days.dates[from - 1])) / day) - 1 : index,
    );
}

async function panel(title: string, model: Forecaster, of: string, days: Days, id: string): Promise<string> {
  const from = days.values.length - horizon;
  const timestamps = days.dates.slice(0, from).map((date) => Date.parse(date));
  const fitted: FittedForecaster = model.fit(days.values.slice(0, from), { timestamps });
  const steps = stepsOf(model, days, from);
  const out = fitted.forecast(steps[steps.length - 1] + 1);
  const at = (list: Float64Array): number[] => steps.map((step) => Math.round(10 * list[step]) / 10);
  const rows = (begin: number, end: number) => ({
    dates: days.dates.slice(begin, end),
    values: days.values.slice(begin, end),
  });
  const spec = forecastFan({
    metric: of,
    title: /^(auto|arima|intermittent)/.test(title) && fitted.name.length < 40 ? `${title}: ${fitted.name}` : title,
    unit: "",
    history: rows(from - shown, from),
    outlook: {
      dates: days.dates.slice(from),
      median: at(out.mean),
      bands: [95, 80].map((level) => {
        const { lower, upper } = out.interval(level);
        return { level, lower: at(lower), upper: at(upper) };
      }),
    },
    actual: rows(from, days.values.length),
    width: 400,
  }) as unknown as {
    title: unknown;
    height: number;
    layer: { mark: { point?: object }; encoding: { color?: object } }[];
  };
  spec.height = 130;
  for (const { mark, encoding } of spec.layer) {
    encoding.color = { ...encoding.color, legend: null };
    delete mark.point;
  }
  return toSVG({ ...spec, padding: 6 } as never, { id });
}

const legend = "known; forecast (dashed), 80 and 95 % intervals; what happened then";
let total = 0;
for (const [name, { of, days, models }] of Object.entries(pictures)) {
  const panels: string[] = [];
  for (const [title, model] of Object.entries(models))
    panels.push(await panel(title, model, of, days, `${name}${panels.length}`));
  const sizes = panels.map((svg) => /width="(\d+(?:\.\d+)?)" height="(\d+(?:\.\d+)?)"/.exec(svg) as RegExpExecArray);
  const tall = Math.ceil(Math.max(...sizes.map(([, , height]) => Number(height))));
  const wide = Math.ceil(Math.max(...sizes.map(([, width]) => Number(width))));
  const height = tall * Math.ceil(panels.length / 2) + 34;
  const placed = panels.map((svg, index) =>
    svg.replace("<svg ", `<svg x="${8 + (index % 2) * wide}" y="${30 + tall * Math.floor(index / 2)}" `),
  );
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="${2 * wide + 16}" height="${height}" viewBox="0 0 ${2 * wide + 16} ${height}" role="img" aria-label="${of} a day: ${Object.keys(models).join(", ")}"><style>${paletteStyle}</style><rect width="100%" height="100%" rx="8" fill="var(--twin-page, #ffffff)"/><text x="16" y="20" font-family="sans-serif" font-size="12" fill="var(--twin-muted, #515c6b)">${of} a day: ${legend}</text>${placed.join("")}</svg>\n`;
  total += picture.length;
  await writeFile(new URL(`../../docs/guide/forecasters/${name}.svg`, import.meta.url), picture);
}
console.log(`9 pictures, ${Math.round(total / 1000)} kB`);
