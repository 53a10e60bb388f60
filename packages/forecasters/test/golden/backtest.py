"""Scores of a seasonal naive backtest by utilsforecast 0.2.17, naive 2 by statsmodels 0.15.0: python backtest.py > backtest.json."""

import json
import pathlib
import sys

import numpy as np
import pandas as pd
import utilsforecast.losses as losses
from scipy.stats import norm
from statsmodels.tsa.seasonal import seasonal_decompose
from statsmodels.tsa.stattools import acf

M, HORIZON, GAP, FOLDS, STEP, LENGTH = 4, 3, 2, 4, 2, 40


def naive2(y, horizon):
    r = acf(y, nlags=M, fft=False)[1:]
    seasonal = abs(r[-1]) > norm.ppf(0.95) * np.sqrt((1 + 2 * np.sum(r[:-1] ** 2)) / len(y))
    if not seasonal:
        return np.repeat(y[-1], horizon)
    pattern = seasonal_decompose(y, model="multiplicative", period=M).seasonal
    ahead = (len(y) + np.arange(horizon)) % M
    return y[-1] / pattern[-1] * pattern[ahead]


y = np.array(json.loads(pathlib.Path(__file__).with_name("statsforecast.json").read_text())["series"]["quarters"]["values"])
frames, trains, rivals = [], [], []
for fold in range(FOLDS):
    origin = len(y) - HORIZON - (FOLDS - 1 - fold) * STEP
    train = y[origin - GAP - LENGTH : origin - GAP]
    ahead = np.arange(GAP, GAP + HORIZON)
    mean = train[-M:][ahead % M]
    sigma = np.sqrt(np.mean((train[M:] - train[:-M]) ** 2)) * np.sqrt(1 + ahead // M)
    frame = {"unique_id": f"fold{fold}", "ds": np.arange(origin, origin + HORIZON), "y": y[origin : origin + HORIZON], "m": mean}
    frame |= {f"q{p}": mean + norm.ppf(p) * sigma for p in (0.05, 0.3, 0.95)}
    frame["naive2"] = naive2(train, GAP + HORIZON)[GAP:]
    frames.append(pd.DataFrame(frame))
    trains.append(pd.DataFrame({"unique_id": f"fold{fold}", "ds": np.arange(LENGTH), "y": train}))
df, train_df = pd.concat(frames), pd.concat(trains)
one = lambda loss, model="m", **more: float(loss(df, [model], **more)[model].mean())
scaled = {"seasonality": M, "train_df": train_df}
# The mean over folds of equal length is the pooled score, but for the roots.
rmse = float(np.sqrt(losses.mse(df, ["m"])["m"].mean()))
rmsse = float(np.sqrt((losses.rmsse(df, ["m"], **scaled)["m"] ** 2).mean()))
out = {
    "options": {"horizon": HORIZON, "gap": GAP, "folds": FOLDS, "step": STEP, "window": "rolling", "length": LENGTH},
    "mae": one(losses.mae),
    "rmse": rmse,
    "bias": one(losses.bias),
    "mape": 100 * one(losses.mape),
    "smape": 200 * one(losses.smape),
    "mase": one(losses.mase, **scaled),
    "rmsse": rmsse,
    "owa": 0.5 * (one(losses.smape) / one(losses.smape, "naive2") + one(losses.mase, **scaled) / one(losses.mase, "naive2", **scaled)),
    "pinball": {str(p): float(losses.quantile_loss(df, {"m": f"q{p}"}, q=p)["m"].mean()) for p in (0.05, 0.3, 0.95)},
    "coverage": float(((df.y >= df["q0.05"]) & (df.y <= df["q0.95"])).mean()),
}
json.dump(out, sys.stdout, indent=1)
