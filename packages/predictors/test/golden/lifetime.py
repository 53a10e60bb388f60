"""Golden values of lifetime.test.ts and survival.test.ts: lifetimes 0.11.3, lifelines 0.30.3, SciPy. Usage: python lifetime.py > lifetime.json"""
import json

import numpy as np
from lifelines import KaplanMeierFitter
from lifetimes import BetaGeoFitter, GammaGammaFitter
from lifetimes.generate_data import beta_geometric_nbd_model
from scipy import special

np.random.seed(2026)
T = np.random.randint(50, 270, size=600)
made = beta_geometric_nbd_model(T, r=0.25, alpha=4.5, a=0.8, b=2.4, size=600)
summary = {
    "repeats": made["frequency"].astype(int).tolist(),
    "recency": np.round(made["recency"], 3).tolist(),
    "age": np.round(made["T"], 3).tolist(),
}
summary["recency"] = [0.0 if x == 0 else r for x, r in zip(summary["repeats"], summary["recency"])]
x, t, age = (np.array(summary[name], dtype=float) for name in ("repeats", "recency", "age"))
purchases = BetaGeoFitter(penalizer_coef=0.0)
purchases.fit(x, t, age)
rows = list(range(0, 600, 40))
v = np.random.gamma(3.7, 1 / 15.4, size=600)
spend = np.array([np.random.gamma(6.25 * max(1, k), 1 / (max(1, k) * s)) for k, s in zip(x, v)])
spend = np.round(spend, 2)
repeat = x > 0
spending = GammaGammaFitter(penalizer_coef=0.0)
spending.fit(x[repeat], spend[repeat])
durations = np.round(np.random.exponential(20, size=60) + 1).astype(int)
observed = np.random.uniform(size=60) < 0.7
curve = KaplanMeierFitter().fit(durations, observed, alpha=0.05)
print(
    json.dumps(
        {
            "summary": summary,
            "spend": spend.tolist(),
            "bgNbd": {
                "parameters": {name: float(value) for name, value in purchases.params_.items()},
                "logLikelihood": -float(purchases._negative_log_likelihood_ * len(x)),
                "rows": rows,
                "alive": purchases.conditional_probability_alive(x, t, age)[rows].tolist(),
                "expected": np.asarray(purchases.conditional_expected_number_of_purchases_up_to_time(90, x, t, age))[rows].tolist(),
                "expectedOfNew": float(purchases.expected_number_of_purchases_up_to_time(90)),
            },
            "gammaGamma": {
                "parameters": {name: float(value) for name, value in spending.params_.items()},
                "logLikelihood": -float(spending._negative_log_likelihood_ * repeat.sum()),
                "expected": np.asarray(spending.conditional_expected_average_profit(x[rows], spend[rows])).tolist(),
            },
            "kaplanMeier": {
                "durations": durations.tolist(),
                "observed": observed.astype(int).tolist(),
                "times": curve.survival_function_.index.tolist(),
                "survival": curve.survival_function_.iloc[:, 0].tolist(),
                "lower": curve.confidence_interval_.iloc[:, 0].tolist(),
                "upper": curve.confidence_interval_.iloc[:, 1].tolist(),
                "median": float(curve.median_survival_time_),
            },
            "special": {
                "x": [0.01, 0.5, 1, 2.5, 9.9, 10.1, 300],
                "digamma": special.digamma([0.01, 0.5, 1, 2.5, 9.9, 10.1, 300]).tolist(),
                "hypergeometric": [[a, b, c, z, float(special.hyp2f1(a, b, c, z))] for a, b, c, z in [(0.3, 0.8, 1.9, 0.2), (-0.4, 1.2, 3.3, 0.95), (5, -0.2, 6.5, 0.7), (2, 2, 3.5, 0.5)]],
            },
        }
    )
)
