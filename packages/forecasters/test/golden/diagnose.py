"""Residual tests by statsmodels 0.15.0 and scipy 1.17.1: python diagnose.py > diagnose.json. The residuals are differences of series generated here."""

import json
import sys

import numpy as np
from scipy import stats
from statsmodels.stats.diagnostic import acorr_ljungbox, het_arch, normal_ad
from statsmodels.stats.stattools import jarque_bera
from statsmodels.tsa.stattools import acf

rng = np.random.default_rng(7)


def arch(count):
    errors, last = [], 0.0
    for _ in range(count):
        last = rng.normal() * np.sqrt(0.3 + 0.7 * last**2)
        errors.append(last)
    return np.array(errors)


def moving(count):
    e = rng.normal(size=count + 1)
    return 100 * (e[1:] + 0.6 * e[:-1])


errors = {
    "noise": rng.normal(0.1, 2, 120),
    "moving average": moving(80),
    "clusters": arch(200),
    "skewed": rng.exponential(1, 60) - 0.7,
    "tiny": 1e-9 * rng.normal(size=25),
}
LAGS = {"noise": 10, "moving average": 6, "clusters": 4, "skewed": 12, "tiny": 3}
out = {}
for name, e in errors.items():
    values = np.cumsum(np.concatenate([[0.0], e]))
    e = np.diff(values)
    lags = LAGS[name]
    box = acorr_ljungbox(e, lags=[lags], model_df=2).iloc[0]
    jb, jb_p, skew, kurtosis = jarque_bera(e)
    ad, ad_p = normal_ad(e)
    lm, lm_p, *_ = het_arch(e / e.std(), nlags=lags)  # scaled: squares of tiny errors are singular to it
    t = stats.ttest_1samp(e, 0)
    out[name] = {
        "values": values.tolist(),
        "lags": lags,
        "acf": acf(e, nlags=lags).tolist(),
        "ljungBox": [box.lb_stat, box.lb_pvalue],
        "jarqueBera": [jb, jb_p, skew, kurtosis],
        "andersonDarling": [ad, ad_p],
        "arch": [lm, lm_p],
        "bias": [e.mean(), stats.sem(e), t.statistic, t.pvalue],
    }
json.dump(out, sys.stdout, indent=1)
