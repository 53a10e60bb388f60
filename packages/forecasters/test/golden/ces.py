"""Reference fits by statsforecast 2.1.1: python ces.py > ces.json. The series are those of statsforecast.json."""

import json
import pathlib
import sys

import numpy as np
import statsforecast
from statsforecast.ces import auto_ces, cesmodel, forecast_ces
from statsforecast.models import AutoTheta
from statsforecast.theta import auto_theta

FORMS = {"none": "N", "simple": "S", "partial": "P", "full": "F"}


def ces(y, m):
    forms = {}
    for name, letter in FORMS.items():
        if m == 1 and letter != "N":
            continue
        fit = cesmodel(y.copy(), m, letter, None, None, None, None, 3)
        forms[name] = {
            "squares": float(np.sum(fit["residuals"] ** 2)),
            "aicc": float(fit["aicc"]),
            "mean": forecast_ces(fit, 12)["mean"].tolist(),
        }
    selected = auto_ces(y.copy(), m)["seasontype"]
    return {"forms": forms, "selected": next(name for name, letter in FORMS.items() if letter == selected)}


def theta(y, m):
    model = AutoTheta(season_length=m).fit(y)
    errors = {name: float(auto_theta(y, m, model=name)["mse"]) for name in ("STM", "OTM", "DSTM", "DOTM")}
    return {"selected": model.model_["modeltype"], "errors": errors, "mean": model.predict(12)["mean"].tolist()}


source = json.loads(pathlib.Path(__file__).with_name("statsforecast.json").read_text())["series"]
json.dump(
    {
        "statsforecast": statsforecast.__version__,
        "numpy": np.__version__,
        "series": {
            name: {
                "ces": ces(np.array(item["values"], float), item["seasonLength"]),
                "theta": theta(np.array(item["values"], float), item["seasonLength"]),
            }
            for name, item in source.items()
        },
    },
    sys.stdout,
    indent=1,
)
