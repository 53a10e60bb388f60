"""Reference values for reconciliation: hierarchicalforecast 1.5.3. Usage: python reconcile.py > reconcile.json"""
import json

import numpy as np
from hierarchicalforecast.methods import MiddleOut, MinTrace, TopDown

rng = np.random.default_rng(11)
# total = A + B; A = a1 + a2; B = b1 + b2 + b3
names = ["total", "A", "B", "a1", "a2", "b1", "b2", "b3"]
S = np.vstack([np.ones(5), [1, 1, 0, 0, 0], [0, 0, 1, 1, 1], np.eye(5)])
structure = {"total": ["A", "B"], "A": ["a1", "a2"], "B": ["b1", "b2", "b3"]}
horizon, length = 3, 40
base = np.round(S @ rng.uniform(20, 90, (5, horizon)) + rng.normal(0, 6, (8, horizon)), 3)
mixing = rng.normal(size=(8, 8)) * 0.4 + np.diag([9, 5, 6, 2, 3, 2, 4, 1])
residuals = np.round(mixing @ rng.normal(size=(8, length)), 3)
tags = {"top": np.array([0]), "middle": np.array([1, 2]), "bottom": np.arange(3, 8)}
out = {"names": names, "structure": structure, "mean": base.tolist(), "residuals": residuals.tolist(), "reconciled": {}}
for name, method in {"ols": "ols", "wlsStructural": "wls_struct", "wlsVariance": "wls_var", "minTShrink": "mint_shrink"}.items():
    P, _ = MinTrace(method)._get_PW_matrices(S=S, y_hat=base, y_insample=residuals, y_hat_insample=np.zeros_like(residuals))
    out["reconciled"][name] = (S @ (P @ base)).tolist()
out["reconciled"]["topDown"] = TopDown("forecast_proportions").fit_predict(S=S, y_hat=base, tags=tags)["mean"].tolist()
out["reconciled"]["middleOut"] = MiddleOut("middle", "forecast_proportions").fit_predict(S=S, y_hat=base, tags=tags)["mean"].tolist()
print(json.dumps(out))
