"""Reference fits by statsmodels: python arima.py > arima.json

The log-likelihoods are those of statsmodels' exact Kalman filter at the parameters that it found; the series are those of statsforecast.json.
"""

import json
import sys
import warnings

import numpy as np
import statsmodels
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.stattools import kpss

warnings.filterwarnings("ignore")
SERIES = {name: np.array(s["values"], float) for name, s in json.load(open("statsforecast.json"))["series"].items()}
AIR = np.log(SERIES["airPassengers"])
GAPS = AIR.copy()
GAPS[[30, 31, 100]] = np.nan
WAVE = np.sin(np.arange(64) * 0.7)
CASES = {
    "airline": (AIR, (0, 1, 1), (0, 1, 1, 12), None),
    "seasonal autoregression": (AIR, (1, 1, 0), (1, 1, 0, 12), None),
    "missing values, no differences": (GAPS, (1, 0, 1), (1, 0, 0, 12), None),
    "autoregression": (SERIES["randomWalk"], (1, 0, 0), (0, 0, 0, 0), None),
    "mixed": (SERIES["quarters"], (1, 1, 1), (0, 1, 1, 4), None),
    "mean and moving average": (SERIES["noiseAroundZero"], (0, 0, 2), (0, 0, 0, 0), None),
    "regression": (SERIES["quarters"] + 30 * WAVE, (1, 0, 0), (0, 1, 1, 4), WAVE),
}


def main():
    out = {"statsmodels": statsmodels.__version__, "numpy": np.__version__, "cases": {}, "kpss": {}}
    for name, (y, order, seasonal, x) in CASES.items():
        constant = order[1] + seasonal[1] == 0
        fit = ARIMA(y, exog=x, order=order, seasonal_order=seasonal, trend="c" if constant else "n",
                    enforce_stationarity=True, enforce_invertibility=True)
        # statsmodels starts differenced models diffusely; the likelihood of the differences needs simple differencing.
        fit = ARIMA(y, exog=x, order=order, seasonal_order=seasonal, trend="c" if constant else "n").fit() if constant else simple(y, x, order, seasonal)
        mean = fit["mean"] if isinstance(fit, dict) else fit.forecast(6).tolist()
        out["cases"][name] = {
            "values": [None if np.isnan(v) else v for v in y],
            "order": order,
            "seasonal": seasonal[:3],
            "seasonLength": seasonal[3] or 1,
            "exogenous": None if x is None else x.tolist(),
            "logLikelihood": fit["llf"] if isinstance(fit, dict) else float(fit.llf),
            "beta": fit.get("beta") if isinstance(fit, dict) else None,
            "mean": mean,
        }
    for name, y in SERIES.items():
        lags = int(3 * np.sqrt(len(y)) / 13)
        out["kpss"][name] = float(kpss(y, regression="c", nlags=lags)[0])
    json.dump(out, sys.stdout, indent=1)


def simple(y, x, order, seasonal):
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    model = SARIMAX(y, exog=x, order=order, seasonal_order=seasonal, trend="n", simple_differencing=True)
    fit = model.fit(disp=False, maxiter=500)
    plain = SARIMAX(y, exog=x, order=order, seasonal_order=seasonal, trend="n").filter(fit.params)
    ahead = np.sin((len(y) + np.arange(6)) * 0.7) if x is not None else None
    return {
        "llf": float(fit.llf),
        "mean": plain.forecast(6, exog=ahead).tolist(),
        "beta": None if x is None else float(fit.params[0]),
    }


main()
