"""Prophet's forecasts of the series on standard input, for additive.ts."""
import json
import logging
import sys
import time

import numpy as np
import pandas as pd
from prophet import Prophet

logging.getLogger("cmdstanpy").setLevel(logging.ERROR)
logging.getLogger("prophet").setLevel(logging.ERROR)
np.random.seed(1)
out = []
for item in json.load(sys.stdin):
    frame = pd.DataFrame({"ds": pd.to_datetime(item["timestamps"], unit="ms"), "y": item["values"]})
    started = time.perf_counter()
    holidays = pd.DataFrame(item["holidays"]) if item.get("holidays") else None
    model = Prophet(interval_width=0.95, seasonality_mode=item["mode"], holidays=holidays)
    model.fit(frame)
    found = model.predict(pd.DataFrame({"ds": pd.to_datetime(item["future"], unit="ms")}))
    elapsed = 1000 * (time.perf_counter() - started)
    out.append({"mean": found.yhat.tolist(), "lower": found.yhat_lower.tolist(), "upper": found.yhat_upper.tolist(), "milliseconds": elapsed})
json.dump(out, sys.stdout)
