"""Reference fits by statsforecast: python generate.py > statsforecast.json

AirPassengers is Box and Jenkins' public table; the other series are generated here.
"""

import json
import sys

import numpy as np
import statsforecast
from statsforecast.ets import etsmodel
from statsforecast.models import AutoETS
from statsforecast.theta import auto_theta, forecast_theta

AIR = [
    112,118,132,129,121,135,148,148,136,119,104,118,115,126,141,135,125,149,170,170,158,133,114,140,
    145,150,178,163,172,178,199,199,184,162,146,166,171,180,193,181,183,218,230,242,209,191,172,194,
    196,196,236,235,229,243,264,272,237,211,180,201,204,188,235,227,234,264,302,293,259,229,203,229,
    242,233,267,269,270,315,364,347,312,274,237,278,284,277,317,313,318,374,413,405,355,306,271,306,
    315,301,356,348,355,422,465,467,404,347,305,336,340,318,362,348,363,435,491,505,404,359,310,337,
    360,342,406,396,420,472,548,559,463,407,362,405,417,391,419,461,472,535,622,606,508,461,390,432,
]
FORMS = ["ANN", "AAN", "AAdN", "ANA", "AAA", "AAdA", "MNN", "MAN", "MAdN", "MNA", "MAA", "MAdA", "MNM", "MAM", "MAdM"]


def series():
    rng = np.random.default_rng(20261123)
    walk = 200 + np.cumsum(rng.normal(0, 3, 60))
    trend = 50 + 1.5 * np.arange(40) + rng.normal(0, 4, 40)
    quarters = (100 + 0.8 * np.arange(64)) * np.tile([0.8, 1.1, 1.25, 0.85], 16) * np.exp(rng.normal(0, 0.03, 64))
    weekdays = 20 + np.tile([5, 3, 0, -1, 2, -4, -5], 12) + rng.normal(0, 1.5, 84)
    noise = rng.normal(0, 5, 50)
    return {
        "airPassengers": (12, np.array(AIR, float)),
        "randomWalk": (1, walk),
        "noisyTrend": (1, trend),
        "quarters": (4, quarters),
        "weekdays": (7, weekdays),
        "noiseAroundZero": (1, noise),
    }


def ets(y, m):
    aicc = {}
    for form in FORMS:
        if (m == 1 and form[-1] != "N") or (form.startswith("M") or form.endswith("M")) and y.min() <= 0:
            continue
        fit = etsmodel(
            y, m, form[0], form[1], form[-1], form[2] == "d", np.nan, np.nan, np.nan, np.nan,
            lower=np.array([1e-4, 1e-4, 1e-4, 0.8]), upper=np.array([0.9999, 0.9999, 0.9999, 0.98]),
            opt_crit="lik", nmse=3, bounds="both",
        )
        # The reference optimiser may leave the region that it states; such a fit is no reference.
        alpha, beta, gamma = np.nan_to_num(fit["par"][:3])
        if beta <= alpha and gamma <= 1 - alpha:
            aicc[form] = fit["aicc"]
    model = AutoETS(season_length=m).fit(y)
    return {"aicc": aicc, "selected": model.model_["method"], "mean": model.predict(h=12)["mean"].tolist()}


def theta(y, m):
    fit = auto_theta(y, m, model="DOTM")
    # What the optimiser minimises leaves the first three errors out.
    scale = fit["residuals"][3:] if not fit.get("decompose") else None
    return {
        "seasonal": bool(fit.get("decompose", False)),
        "alpha": float(fit["par"]["alpha"]),
        "theta": float(fit["par"]["theta"]),
        "squares": None if scale is None else float((scale**2).sum()),
        "mean": forecast_theta(fit, 12)["mean"].tolist(),
    }


def main():
    out = {
        "statsforecast": statsforecast.__version__,
        "numpy": np.__version__,
        "python": sys.version.split()[0],
        "series": {
            name: {"seasonLength": m, "values": y.tolist(), "ets": ets(y, m), "theta": theta(y, m)}
            for name, (m, y) in series().items()
        },
    }
    json.dump(out, sys.stdout, indent=1)


main()
