"""Reference values for the learners: numpy 2, scikit-learn 1.9.1, LightGBM 4.7.0, statsmodels 0.15.0. Usage: python generate.py > reference.json"""
import json

import lightgbm
import numpy as np
import statsmodels.api as sm
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, mean_absolute_error, mean_poisson_deviance, mean_squared_error
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(4)
names = ["a", "b", "c", "d"]


def table(rows):
    x = np.round(rng.normal(size=(rows, 4)), 3)
    x[:, 1] = np.round(x[:, 1] * 40 + 300, 1)
    x[:, 3] = rng.integers(0, 6, rows)
    return x


def columns(x):
    return {name: x[:, i].tolist() for i, name in enumerate(names)}


out = {}

# Linear models.
x = table(120)
y = np.round(3 + 2 * x[:, 0] - 0.05 * x[:, 1] + 0.3 * x[:, 3] + rng.normal(size=120), 3)
w = np.round(rng.uniform(0.2, 3, 120), 2)
ols = sm.OLS(y, sm.add_constant(x)).fit()
wls = sm.WLS(y, sm.add_constant(x), weights=w).fit()
scaled = StandardScaler().fit(x)
ridge = Ridge(alpha=7.5).fit(scaled.transform(x), y)
label = (rng.uniform(size=120) < 1 / (1 + np.exp(-(x[:, 0] - 0.02 * (x[:, 1] - 300))))).astype(int)
logit = sm.Logit(label, sm.add_constant(x)).fit(disp=0, tol=1e-12)
penalised = LogisticRegression(C=1 / 2.5, tol=1e-12, max_iter=10000).fit(scaled.transform(x), label)
out["linear"] = {
    "columns": columns(x), "target": y.tolist(), "weights": w.tolist(), "label": label.tolist(),
    "ols": {"parameters": ols.params.tolist(), "standardErrors": ols.bse.tolist(), "rSquared": ols.rsquared, "residualDeviation": float(np.sqrt(ols.mse_resid))},
    "wls": {"parameters": wls.params.tolist(), "standardErrors": wls.bse.tolist(), "rSquared": wls.rsquared},
    "ridge": {"ridge": 7.5, "predictions": ridge.predict(scaled.transform(x)).tolist()},
    "logit": {"parameters": logit.params.tolist()},
    "penalised": {"ridge": 2.5, "predictions": penalised.predict_proba(scaled.transform(x))[:, 1].tolist()},
}

# Trees: generated rows, missing values in `c`, codes without order in `d`.
x = table(1500)
effect = np.array([0.0, 2.0, -1.5, 1.0, -2.5, 0.5])
signal = np.sin(2 * x[:, 0]) * 2 + 0.01 * (x[:, 1] - 300) * x[:, 0] + np.where(np.isnan(x[:, 2]), 1.0, x[:, 2] ** 2 / 2) + effect[x[:, 3].astype(int)]
x[rng.uniform(size=1500) < 0.15, 2] = np.nan
signal = np.where(np.isnan(x[:, 2]), signal + 1, signal)
y = np.round(signal + rng.normal(size=1500) * 0.5, 3)
counts = rng.poisson(np.exp(signal / 3))
label = (rng.uniform(size=1500) < 1 / (1 + np.exp(-signal))).astype(int)
train, test = slice(0, 1000), slice(1000, 1500)
common = dict(n_estimators=150, learning_rate=0.1, num_leaves=15, min_child_samples=20, min_child_weight=1e-3, verbose=-1, deterministic=True, num_threads=1)
trees = {"columns": columns(x), "target": y.tolist(), "counts": counts.tolist(), "label": label.tolist(), "training": 1000}
trees["columns"]["c"] = [None if np.isnan(v) else v for v in x[:, 2]]


def fit(objective, target, **more):
    model = (lightgbm.LGBMClassifier if objective == "binary" else lightgbm.LGBMRegressor)(objective=objective, **common, **more)
    model.fit(x[train], target[train], categorical_feature=[3])
    return model.predict_proba(x[test])[:, 1] if objective == "binary" else model.predict(x[test])


def pinball(target, prediction, q):
    return float(np.mean(np.maximum(q * (target - prediction), (q - 1) * (target - prediction))))


trees["lightgbm"] = {
    "squared": mean_squared_error(y[test], fit("regression", y)),
    "absolute": mean_absolute_error(y[test], fit("regression_l1", y)),
    "quantile": pinball(y[test], fit("quantile", y, alpha=0.9), 0.9),
    "poisson": mean_poisson_deviance(counts[test], fit("poisson", counts)),
    "logistic": log_loss(label[test], fit("binary", label)),
}
histogram = HistGradientBoostingRegressor(max_iter=150, max_leaf_nodes=15, min_samples_leaf=20, categorical_features=[3], early_stopping=False)
trees["scikit"] = {"squared": mean_squared_error(y[test], histogram.fit(x[train], y[train]).predict(x[test]))}
out["trees"] = trees
print(json.dumps(out))
