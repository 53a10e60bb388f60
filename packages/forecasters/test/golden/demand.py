"""Reference forecasts of intermittent demand by statsforecast 2.1.1: python demand.py > demand.json (all series are generated here)."""
import json

import numpy as np
from statsforecast.models import ADIDA, IMAPA, TSB, CrostonClassic, CrostonSBA

rng = np.random.default_rng(7)
models = {"croston": CrostonClassic(), "sba": CrostonSBA(), "tsb": TSB(alpha_d=0.2, alpha_p=0.1), "adida": ADIDA(), "imapa": IMAPA()}
panel = []
for index in range(60):
    length = int(rng.integers(5, 120))
    share = rng.uniform(0.05, 1)
    sizes = rng.negative_binomial(2, 0.3, length) + 1.0 if index % 2 else np.round(rng.lognormal(2, 0.7, length), 3)
    values = np.where(rng.uniform(size=length) < share, sizes, 0.0)
    if not values.any():
        values[int(rng.integers(length))] = 4.0
    panel.append({"values": values.tolist(), **{name: float(model.forecast(y=values, h=1)["mean"][0]) for name, model in models.items()}})
print(json.dumps({"statsforecast": "2.1.1", "panel": panel}))
