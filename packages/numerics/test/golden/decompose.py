"""Golden values of MSTL and Guerrero's lambda: python decompose.py > decompose.json (statsmodels 0.15.0, coreforecast 0.0.20)."""
import json

import numpy as np
from coreforecast.scalers import boxcox_lambda
from statsmodels.tsa.seasonal import MSTL

rng = np.random.default_rng(5)


def numbers(array):
    return [float(f"{x:.14g}") for x in array]


def days(rows, short, long):
    t = np.arange(rows)
    y = 40 + 0.1 * t + 6 * np.sin(2 * np.pi * t / short) + 9 * np.cos(2 * np.pi * t / long) + rng.normal(0, 1, rows)
    return np.round(y, 3)


mstl = []
for values, periods, options in [
    (days(120, 7, 30), [7, 30], {}),
    (days(100, 4, 12), [4, 12], {"iterate": 4, "windows": [7, 9]}),
    (days(60, 12, 5), [12], {}),
]:
    result = MSTL(values, periods=periods, **options).fit()
    seasonal = np.atleast_2d(result.seasonal.T)
    mstl.append({
        "values": numbers(values), "periods": periods, "options": options,
        "trend": numbers(result.trend), "seasonal": [numbers(s) for s in seasonal],
    })

guerrero = []
for length, power in [(12, 0.0), (4, 0.5), (7, 1.0), (1, 0.3)]:
    t = np.arange(20 * max(length, 4))
    level = 5 + 0.05 * t + np.sin(2 * np.pi * t / max(length, 2))
    z = level + rng.normal(0, 0.15, t.size)
    y = np.exp(0.5 * z) if power == 0 else np.maximum(z, 0.1) ** (1 / power)
    y = np.round(y, 6)
    found = boxcox_lambda(y, method="guerrero", season_length=max(length, 2), lower=-0.9, upper=2.0)
    guerrero.append({"seasonLength": length, "values": numbers(y), "lambda": float(found)})

print(json.dumps({"mstl": mstl, "guerrero": guerrero}))
