"""Reference values of penalised, multinomial and tree models: scikit-learn 1.9.1, statsmodels 0.15.0, LightGBM 4.7.0. Usage: python models.py > models.json"""
import json

import lightgbm
import numpy as np
import sklearn
import statsmodels.api as sm
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression
from sklearn.metrics import log_loss, mean_squared_error, mean_tweedie_deviance
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(11)
names = ["a", "b", "c", "d", "e"]
n = 150
x = np.round(rng.normal(size=(n, 5)), 3)
x[:, 1] = np.round(0.7 * x[:, 0] + 0.3 * x[:, 1], 3)
x[:, 3] = np.round(100 + 20 * x[:, 3], 1)
y = np.round(2 + 1.5 * x[:, 0] - 0.02 * x[:, 3] + 0.1 * x[:, 2] + rng.normal(size=n), 3)
label = (rng.uniform(size=n) < 1 / (1 + np.exp(-(x[:, 0] + 0.03 * (x[:, 3] - 100))))).astype(int)
kinds = np.argmax(np.c_[x[:, 0], 0.05 * (x[:, 3] - 100), x[:, 2]] + rng.gumbel(size=(n, 3)), axis=1)
z = StandardScaler().fit_transform(x)
common = dict(tol=1e-14, max_iter=1_000_000)
lasso = Lasso(alpha=20 / n, **common).fit(z, y)
net = ElasticNet(alpha=(10 + 5) / n, l1_ratio=10 / 15, **common).fit(z, y)
sparse = LogisticRegression(l1_ratio=1, solver="saga", C=1 / 6, tol=1e-13, max_iter=1_000_000).fit(z, label)
both = LogisticRegression(solver="saga", C=1 / 8, l1_ratio=0.5, tol=1e-13, max_iter=1_000_000).fit(z, label)
logit = sm.Logit(label, sm.add_constant(x)).fit(disp=0, tol=1e-13)
multi = LogisticRegression(C=1 / 2, tol=1e-12, max_iter=100_000).fit(z, kinds)
out = {
    "versions": {"scikit-learn": sklearn.__version__, "statsmodels": sm.__version__ if hasattr(sm, "__version__") else "0.15.0", "lightgbm": lightgbm.__version__},
    "linear": {
        "columns": {name: x[:, i].tolist() for i, name in enumerate(names)},
        "target": y.tolist(), "label": label.tolist(), "kinds": kinds.tolist(),
        "lasso": {"lasso": 20, "coefficients": lasso.coef_.tolist(), "predictions": lasso.predict(z).tolist()},
        "elasticNet": {"lasso": 10, "ridge": 5, "coefficients": net.coef_.tolist(), "predictions": net.predict(z).tolist()},
        "logisticLasso": {"lasso": 6, "predictions": sparse.predict_proba(z)[:, 1].tolist(), "zero": (np.abs(sparse.coef_[0]) < 1e-9).tolist()},
        "logisticNet": {"lasso": 4, "ridge": 4, "predictions": both.predict_proba(z)[:, 1].tolist()},
        "standardErrors": logit.bse[1:].tolist(),
        "multinomial": {"ridge": 2, "probabilities": multi.predict_proba(z).T.tolist()},
    },
}

# Trees on generated rows: three classes, sums that are often 0, and a forest.
rows, training = 1500, 1000
x = np.round(rng.normal(size=(rows, 4)), 3)
x[:, 3] = rng.integers(0, 12, rows)
effect = np.round(rng.normal(size=12), 2)
signal = np.sin(2 * x[:, 0]) + 0.5 * x[:, 1] * x[:, 2] + effect[x[:, 3].astype(int)]
x[rng.uniform(size=rows) < 0.1, 2] = np.nan
kinds = np.argmax(np.c_[signal, -signal, np.cos(2 * x[:, 1])] + rng.gumbel(size=(rows, 3)), axis=1)
sums = np.round(np.array([rng.gamma(2, np.exp(s / 2), k).sum() for s, k in zip(signal, rng.poisson(np.exp(signal / 2)))]), 3)
y = np.round(signal + 0.5 * rng.normal(size=rows), 3)
train, test = slice(0, training), slice(training, rows)
boost = dict(n_estimators=80, learning_rate=0.1, num_leaves=15, min_child_samples=20, verbose=-1, deterministic=True, num_threads=1)
classes = lightgbm.LGBMClassifier(objective="multiclass", **boost).fit(x[train], kinds[train], categorical_feature=[3])
tweedie = lightgbm.LGBMRegressor(objective="tweedie", tweedie_variance_power=1.4, **boost).fit(x[train], sums[train], categorical_feature=[3])
filled = np.nan_to_num(x, nan=-9)
forest = RandomForestRegressor(200, min_samples_leaf=5, max_features=1 / 3, oob_score=True, random_state=0).fit(filled[train], y[train])
out["trees"] = {
    "columns": {name: [None if np.isnan(v) else v for v in x[:, i].tolist()] for i, name in enumerate(names[:4])},
    "training": training, "kinds": kinds.tolist(), "sums": sums.tolist(), "target": y.tolist(),
    "multiclass": log_loss(kinds[test], classes.predict_proba(x[test])),
    "tweedie": mean_tweedie_deviance(sums[test], tweedie.predict(x[test]), power=1.4),
    "forest": mean_squared_error(y[test], forest.predict(filled[test])),
    "forestOutOfBag": mean_squared_error(y[train], forest.oob_prediction_),
}
print(json.dumps(out))
