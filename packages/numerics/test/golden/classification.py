"""Reference scores and calibrations: scikit-learn 1.9.1, scipy 1.17.1. Usage: python classification.py > classification.json"""
import json

import numpy as np
import scipy
import sklearn
from scipy.optimize import minimize
from sklearn.calibration import _SigmoidCalibration, calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

rng = np.random.default_rng(3)
n = 400
true = rng.beta(1.2, 2.5, n)
labels = (rng.uniform(size=n) < true).astype(int)
p = np.round(np.clip(true**1.7 + 0.05 * rng.normal(size=n), 0.01, 0.99), 2)  # biased, with ties
odds = np.log(p / (1 - p))
ones, zeros = labels.sum(), n - labels.sum()
targets = np.where(labels == 1, (ones + 1) / (ones + 2), 1 / (zeros + 2))
platt = _SigmoidCalibration().fit(odds, labels)
isotonic = IsotonicRegression(out_of_bounds="clip").fit(p, labels)


def fit(columns):
    x = np.stack(columns, axis=1)
    loss = lambda w: np.mean(np.logaddexp(0, x @ w) - targets * (x @ w))
    slope = lambda w: x.T @ (1 / (1 + np.exp(-x @ w)) - targets) / n
    return minimize(loss, np.zeros(x.shape[1]), jac=slope, method="BFGS", options={"gtol": 1e-12}).x


beta = fit([np.log(p), -np.log(1 - p), np.ones(n)])
temperature = fit([odds])
grid = [0.02, 0.2, 0.35, 0.5, 0.77, 0.95]
observed, predicted = calibration_curve(labels, p, n_bins=10)
print(json.dumps({
    "versions": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__},
    "labels": labels.tolist(), "probabilities": p.tolist(),
    "auc": roc_auc_score(labels, p), "averagePrecision": average_precision_score(labels, p),
    "brier": brier_score_loss(labels, p), "logLoss": log_loss(labels, p),
    "observed": observed.tolist(), "predicted": predicted.tolist(),
    "platt": {"slope": -platt.a_, "intercept": -platt.b_},
    "beta": beta.tolist(), "temperature": 1 / temperature[0],
    "grid": grid, "isotonic": isotonic.predict(grid).tolist(),
}))
