"""Golden values of series statistics. Run: python series.py > series.json (statsmodels 0.15.0, scipy 1.17.1, numpy seed 11)."""
import json
import warnings

import numpy as np
import scipy
import scipy.signal
import scipy.stats
import statsmodels
from statsmodels.regression.linear_model import burg
from statsmodels.tsa.seasonal import STL
from statsmodels.tsa.stattools import acf

warnings.filterwarnings("ignore")
rng = np.random.default_rng(11)


def numbers(array):
    return [float(f"{x:.14g}") for x in array]


def season(rows, period, outliers):
    t = np.arange(rows)
    y = 20 + 0.3 * t + 5 * np.sin(2 * np.pi * t / period) + 2 * np.cos(4 * np.pi * t / period) + rng.normal(0, 1, rows)
    y[rng.integers(0, rows, outliers)] += 25
    return np.round(y, 3)


stl = []
for rows, period, options in [
    (48, 12, {}), (50, 12, {"robust": True}), (37, 4, {"seasonal": 11}), (37, 4, {"robust": True, "trend": 15}),
    (120, 7, {"seasonal": 35, "lowPass": 9}), (24, 12, {}), (90, 24, {"robust": True, "seasonal": 13}),
]:
    y = season(rows, period, 3)
    names = {"lowPass": "low_pass"}
    model = STL(y, period=period, **{names.get(k, k): v for k, v in options.items()})
    fit = model.fit()
    stl.append({"values": numbers(y), "options": {"period": period, **options}, "trend": numbers(fit.trend),
                "seasonal": numbers(fit.seasonal), "remainder": numbers(fit.resid), "weights": numbers(fit.weights)})

y = season(60, 12, 2)
frequencies, power = scipy.signal.periodogram(y, detrend="constant", scaling="spectrum")
print(json.dumps({
    "statsmodels": statsmodels.__version__, "scipy": scipy.__version__, "stl": stl,
    "series": numbers(y), "acf": numbers(acf(y, nlags=20, fft=False)),
    "burg": numbers(burg(y - y.mean(), 3, demean=False)[0]),
    "periodogram": {"frequencies": numbers(frequencies[1:]), "power": numbers(power[1:] / power[1:].sum())},
    "fTail": [[x, a, b, float(scipy.stats.f.sf(x, a, b))]
              for x in (0.1, 1, 2.5, 10, 60) for a in (1, 3, 11) for b in (2, 7, 40, 300)],
    "studentQuantile": [[p, d, float(scipy.stats.t.ppf(p, d))]
                        for p in (0.001, 0.3, 0.6, 0.975, 0.99999) for d in (1, 2, 5, 30, 500)],
    "chiSquareTail": [[x, d, float(scipy.stats.chi2.sf(x, d))] for x in (0.05, 1, 5, 30, 200) for d in (1, 2, 11, 60)],
}, separators=(",", ":")))
