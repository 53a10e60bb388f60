"""Reference fits by Prophet: python additive.py > additive.json (prophet 1.5.0, pandas, numpy; all series are generated here)."""
import json
import logging
import warnings

import numpy as np
import pandas as pd
import prophet
from prophet import Prophet

warnings.filterwarnings("ignore")
logging.getLogger("cmdstanpy").setLevel(logging.ERROR)
logging.getLogger("prophet").setLevel(logging.ERROR)
rng = np.random.default_rng(42)


def numbers(array):
    return [float(f"{x:.10g}") for x in array]


def log_posterior(model):
    """Of the fitted parameters, by the densities of prophet.stan, without constants."""
    history, p = model.history, {k: v[0] for k, v in model.params.items()}
    data = model.preprocess(history)
    trend = model.predict_trend(history).to_numpy() / model.y_scale
    if model.growth == "logistic":
        trend = (model.predict_trend(history).to_numpy() - history["floor"].to_numpy()) / model.y_scale
    x = data.X.to_numpy()
    yhat = trend * (1 + x @ (p["beta"] * data.s_m.to_numpy())) + x @ (p["beta"] * data.s_a.to_numpy())
    y = history["y_scaled"].to_numpy()
    sigma = float(np.ravel(p["sigma_obs"])[0])
    value = -len(y) * np.log(sigma) - ((y - yhat) ** 2).sum() / (2 * sigma**2) - sigma**2 / (2 * 0.25)
    value -= float(np.ravel(p["k"])[0]) ** 2 / 50 + float(np.ravel(p["m"])[0]) ** 2 / 50
    value -= np.abs(p["delta"]).sum() / model.changepoint_prior_scale if model.growth != "flat" else 0
    return value - (p["beta"] ** 2 / (2 * np.asarray(data.sigmas) ** 2)).sum()


def case(name, frequency, ds, y, horizon, options, seasons=None, holidays=None, cap=None, regressor=None, drop=()):
    frame = pd.DataFrame({"ds": ds[: len(y)], "y": np.round(y, 4)})
    future = pd.DataFrame({"ds": ds[len(y) : len(y) + horizon]})
    model = Prophet(holidays=holidays, **options)
    if seasons:
        for s in seasons:
            model.add_seasonality(s["name"], s["period"], s["order"])
    if cap:
        frame["cap"] = future["cap"] = cap
        frame["floor"] = future["floor"] = 0
    if regressor is not None:
        model.add_regressor("x")
        frame["x"] = np.round(regressor[: len(y)], 4)
        future["x"] = np.round(regressor[len(y) : len(y) + horizon], 4)
    frame = frame.drop(index=list(drop)).reset_index(drop=True)
    model.fit(frame)
    fitted = model.predict(future)
    return {
        "name": name,
        "frequency": frequency,
        "timestamps": [int(t.timestamp() * 1000) for t in frame.ds],
        "values": frame.y.tolist(),
        "exogenous": None if regressor is None else frame.x.tolist(),
        "futureExogenous": None if regressor is None else future.x.tolist(),
        "mean": numbers(fitted.yhat),
        "trend": numbers(fitted.trend),
        "trendLower": numbers(fitted.trend_lower),
        "trendUpper": numbers(fitted.trend_upper),
        "scale": float(model.y_scale),
        "sigma": float(np.ravel(model.params["sigma_obs"])[0]),
        "logPosterior": float(log_posterior(model)),
    }


days = pd.date_range("2021-01-01", periods=2000)
months = pd.date_range("1990-01-01", periods=400, freq="MS")
t = np.arange(1095)
bend = 200 + 0.2 * t - 0.35 * np.maximum(0, t - 500)
year = 15 * np.sin(2 * np.pi * t / 365.25) + 6 * np.cos(4 * np.pi * t / 365.25)
week = np.array([6, 3, 0, -2, 1, -4, -4])[t % 7]
daily = bend + year + week + rng.normal(0, 4, t.size)
christmas = pd.DataFrame({"holiday": "christmas", "ds": pd.to_datetime([f"{y}-12-25" for y in range(2021, 2026)]), "lower_window": -1, "upper_window": 1})
party = daily + 40 * np.isin(days[: t.size].strftime("%m-%d"), ["12-24", "12-25", "12-26"])
m = np.arange(96)
monthly = (100 + 1.1 * m) * (1 + 0.2 * np.sin(2 * np.pi * m / 12) + 0.05 * np.cos(2 * np.pi * m / 6)) + rng.normal(0, 4, m.size)
growth = 500 / (1 + np.exp(-0.006 * (t - 500))) + 3 * week + rng.normal(0, 8, t.size)
weather = rng.normal(15, 5, 2000)
four = [{"name": "yearly", "period": 365.25, "order": 4}]
off = {"yearly_seasonality": False, "weekly_seasonality": False, "daily_seasonality": False}
cases = [
    case("daily, yearly and weekly", "D", days, daily, 60, {"interval_width": 0.9}),
    case("daily with a holiday's window", "D", days, party, 400, {}, holidays=christmas),
    case("monthly, multiplicative", "M", months, monthly, 24, {**off, "seasonality_mode": "multiplicative"}, seasons=four),
    case("monthly, additive", "M", months, monthly, 24, off, seasons=four),
    case("logistic", "D", days, growth, 200, {"growth": "logistic", "yearly_seasonality": False}, cap=600),
    case("flat", "D", days, 50 + week[:200] + rng.normal(0, 1, 200), 30, {"growth": "flat"}),
    case("with a regressor and missing days", "D", days, (bend + week)[:400] + 2.5 * weather[:400] + rng.normal(0, 4, 400), 30, {"changepoint_prior_scale": 0.2}, regressor=weather, drop=range(100, 130)),
]
print(json.dumps({"prophet": prophet.__version__, "cases": cases}))
