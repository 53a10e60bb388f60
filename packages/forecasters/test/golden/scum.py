"""Reference fits by statsforecast 2.1.1: python scum.py > scum.json. The series are those of statsforecast.json."""

import json
import pathlib

import numpy as np
import statsforecast
from statsforecast.models import AutoARIMA, AutoCES, AutoETS, DynamicOptimizedTheta

source = json.loads(pathlib.Path(__file__).with_name("statsforecast.json").read_text())["series"]
series = {}
for name, item in source.items():
    values = np.array(item["values"], dtype=float)
    season = item["seasonLength"]
    members = {
        model.__name__: model(season_length=season).fit(values).predict(8)["mean"].tolist()
        for model in (AutoETS, AutoCES, AutoARIMA, DynamicOptimizedTheta)
    }
    series[name] = {"members": members, "median": np.median(np.array(list(members.values())), axis=0).tolist()}
print(json.dumps({"statsforecast": statsforecast.__version__, "numpy": np.__version__, "series": series}))
