"""Golden values of pandas' windows. Run: python windows.py > windows.json (pandas 2.3.3, numpy seed 7)."""
import itertools
import json

import numpy as np
import pandas as pd

rng = np.random.default_rng(7)
rows = 28
values = np.round(rng.normal(50, 10, rows), 3)
other = np.round(values * 0.5 + rng.normal(0, 5, rows), 3)
missing = values.copy()
missing[[0, 5, 6, 7, 8, 20]] = np.nan
other_missing = other.copy()
other_missing[[3, 6, 21]] = np.nan
hours = np.cumsum(rng.integers(1, 30, rows))
times = pd.Timestamp("2026-01-01") + pd.to_timedelta(hours, unit="h")


def numbers(series):
    return [None if not np.isfinite(x) else float(f"{x:.12g}") for x in np.asarray(series, dtype=float)]


def statistics(windows, companion):
    out = {
        "sum": windows.sum(), "mean": windows.mean(), "variance": windows.var(), "std": windows.std(ddof=0),
        "min": windows.min(), "max": windows.max(), "median": windows.median(), "quantile": windows.quantile(0.3),
        "skew": windows.skew(), "kurtosis": windows.kurt(),
        "covariance": windows.cov(companion), "correlation": windows.corr(companion),
    }
    return {name: numbers(series) for name, series in out.items()}


cases = []
for name, data in (("values", values), ("missing", missing)):
    companion = other if name == "values" else other_missing
    for closed, center, (window, least) in itertools.product(
        ["right", "left", "both", "neither"], [False, True], [(5, None), (5, 1), (6, 2), (1, 0), (60, 3)]
    ):
        series = pd.Series(data)
        windows = series.rolling(window, min_periods=least, center=center, closed=closed)
        cases.append({"data": name, "options": {"window": window, "minPeriods": least, "center": center, "closed": closed},
                      "expected": statistics(windows, pd.Series(companion))})
    for closed, center, (window, least) in itertools.product(
        ["right", "left", "both", "neither"], [False, True], [("48h", None), ("3D", 2), ("2W", 4)]
    ):
        series = pd.Series(data, index=times)
        pandas_window = {"48h": "48h", "3D": "3D", "2W": "14D"}[window]
        windows = series.rolling(pandas_window, min_periods=least, center=center, closed=closed)
        cases.append({"data": name, "timed": True,
                      "options": {"window": window, "minPeriods": least, "center": center, "closed": closed},
                      "expected": statistics(windows, pd.Series(companion, index=times))})

expanding = []
for name, data in (("values", values), ("missing", missing)):
    companion = other if name == "values" else other_missing
    for least in (1, 4):
        expanding.append({"data": name, "minPeriods": least,
                          "expected": statistics(pd.Series(data).expanding(least), pd.Series(companion))})

exponential = []
for name, data in (("values", values), ("missing", missing)):
    for adjust, ignore, least, (ours, theirs, value) in itertools.product(
        [True, False], [True, False], [0, 3],
        [("alpha", "alpha", 0.3), ("span", "span", 9), ("halfLife", "halflife", 2.5), ("centreOfMass", "com", 4)],
    ):
        windows = pd.Series(data).ewm(**{theirs: value}, adjust=adjust, ignore_na=ignore, min_periods=least)
        exponential.append({"data": name,
                            "options": {ours: value, "adjust": adjust, "ignoreMissing": ignore, "minPeriods": least},
                            "expected": {"mean": numbers(windows.mean()), "variance": numbers(windows.var()),
                                         "std": numbers(windows.std())}})

print(json.dumps({
    "pandas": pd.__version__,
    "values": numbers(values), "missing": numbers(missing), "other": numbers(other),
    "otherMissing": numbers(other_missing), "times": [t.isoformat() for t in times],
    "rolling": cases, "expanding": expanding, "exponential": exponential,
}, separators=(",", ":")))
