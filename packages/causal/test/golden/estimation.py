"""Reference values for estimation.test.ts: statsmodels, linearmodels, PySensemakr.

Writes estimation.json: the data (300 rows, 30 stores) and what the references find in them.
"""
import json
from importlib.metadata import version

import numpy as np
import pandas as pd
import statsmodels.api as sm
from linearmodels.iv import IV2SLS
from linearmodels.panel import PanelOLS
from sensemakr import Sensemakr
import statsmodels.formula.api as smf

rng = np.random.default_rng(5)
n = 300
store = np.repeat(np.arange(30), 10)
week = np.tile(np.arange(10), 30)
z = rng.normal(size=n)
u = rng.normal(size=n)
x = z + u + rng.normal(size=30)[store] + rng.normal(size=n)
w = rng.normal(size=n)
b = (rng.uniform(size=n) < 1 / (1 + np.exp(-0.8 * w))).astype(float)
y = 2 * x + 3 * u + w + 1.5 * b + rng.normal(size=30)[store] + rng.normal(size=n)
d = pd.DataFrame(dict(store=store, week=week, z=z, x=x, w=w, b=b, y=y)).round(4)

out = {"versions": {p: version(p) for p in ["statsmodels", "linearmodels", "PySensemakr"]}}
ols = smf.ols("y ~ x + w", d)
hc1 = ols.fit(cov_type="HC1")
out["hc1"] = [hc1.params["x"], hc1.bse["x"]]
cl = ols.fit(cov_type="cluster", cov_kwds={"groups": d.store})
out["cluster"] = [cl.params["x"], cl.bse["x"]]
iv = IV2SLS(d.y, d[["w"]].assign(c=1.0), d.x, d.z).fit(cov_type="robust", debiased=True)
out["iv"] = [iv.params["x"], iv.std_errors["x"]]
panel = PanelOLS(d.set_index(["store", "week"]).y, d.set_index(["store", "week"])[["x", "w"]], entity_effects=True, time_effects=True)
two = panel.fit(cov_type="robust", debiased=True)
out["within"] = [two.params["x"], two.std_errors["x"]]
s = Sensemakr(ols.fit(), treatment="x").sensitivity_stats
out["robustness"] = [s["rv_q"], s["rv_qa"], s["r2yd_x"]]
from sensemakr import bias_functions

f = ols.fit()
out["adjusted"] = [
    float(bias_functions.adjusted_estimate(model=f, treatment="x", r2dz_x=0.2, r2yz_dx=0.3)),
    float(bias_functions.adjusted_se(model=f, treatment="x", r2dz_x=0.2, r2yz_dx=0.3)),
]
try:
    from statsmodels.treatment.treatment_effects import TreatmentEffect

    teff = TreatmentEffect(smf.ols("y ~ w", d), d.b.values, results_select=smf.logit("b ~ w", d).fit(disp=0))
    ipw = teff.ipw()
    out["ipw"] = [float(np.ravel(ipw.effect)[0]), float(np.ravel(ipw.results_gmm.bse)[0])]
except Exception as error:  # the module is young
    print("ipw", error)
out["data"] = {k: d[k].tolist() for k in d}
json.dump(json.loads(json.dumps(out, default=float)), open(__file__.replace(".py", ".json"), "w"))
print({k: v for k, v in out.items() if k != "data"})
