"""Golden values of a wandering level, by statsmodels 0.15.0 (Python 3): python sentiment.py > sentiment.json"""
import json
import numpy as np
import statsmodels
from statsmodels.tsa.statespace.mlemodel import MLEModel

assert statsmodels.__version__ == "0.15.0", statsmodels.__version__

means = np.array([0.3, 0.1, np.nan, 0.25, -0.1, -0.05, np.nan, np.nan, -0.3, -0.2])
variances = np.array([0.02, 0.05, 1.0, 0.01, 0.04, 0.02, 1.0, 1.0, 0.03, 0.01])
cases = []
for level, slope, damping, shock in [(0.01, 0.0, 0.8, 0.0), (0.0025, 0.0004, 0.95, 0.01), (0.0, 0.001, 0.8, 0.0025)]:
    model = MLEModel(means, k_states=2, k_posdef=2)
    model["design"] = np.array([[1.0, 0.0]])
    model["transition"] = np.array([[1.0, 1.0], [0.0, damping]])
    model["selection"] = np.eye(2)
    model["state_cov"] = np.diag([level, slope])
    model["obs_cov"] = (variances + shock).reshape(1, 1, -1)
    model.initialize_known(np.array([0.05, 0.0]), np.diag([1.0, slope / (1 - damping**2)]))
    result = model.ssm.smooth()
    ahead = model.ssm.filter()
    state, cov = ahead.filtered_state[:, -1], ahead.filtered_state_cov[:, :, -1]
    steps = []
    transition = np.array([[1.0, 1.0], [0.0, damping]])
    for _ in range(5):
        state = transition @ state
        cov = transition @ cov @ transition.T + np.diag([level, slope])
        steps.append([state[0], cov[0, 0]])
    cases.append(
        {
            "wandering": {"level": level, "slope": slope, "damping": damping, "shock": shock},
            "likelihood": float(np.sum(result.llf_obs)),
            "last": {
                "level": ahead.filtered_state[0, -1],
                "slope": ahead.filtered_state[1, -1],
                "levelVariance": ahead.filtered_state_cov[0, 0, -1],
                "covariance": ahead.filtered_state_cov[0, 1, -1],
                "slopeVariance": ahead.filtered_state_cov[1, 1, -1],
            },
            "smoothed": result.smoothed_state[0].tolist(),
            "smoothedVariance": result.smoothed_state_cov[0, 0].tolist(),
            "ahead": steps,
        }
    )
print(json.dumps({"mean": 0.05, "means": [None if np.isnan(m) else m for m in means], "variances": variances.tolist(), "cases": cases}, indent=1))
