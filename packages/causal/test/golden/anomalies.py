# Anomaly attributions by dowhy.gcm on a linear Gaussian graph. Writes anomalies.json beside this file. Made with dowhy 0.14.
import json
import pathlib

import dowhy
import networkx as nx
import numpy as np
import pandas as pd
from dowhy import gcm
from scipy import stats

gcm.config.disable_progress_bars()
gcm.config.set_default_n_jobs(1)
edges = [("a", "b"), ("a", "c"), ("b", "c"), ("c", "d"), ("e", "d")]
rng = np.random.default_rng(7)
rows = 400
a = rng.normal(size=rows)
e = rng.normal(size=rows)
b = 1.5 * a + rng.normal(size=rows)
c = -0.7 * a + 2 * b + rng.normal(size=rows)
d = 0.8 * c + 1.2 * e + rng.normal(size=rows)
data = pd.DataFrame({"a": a, "b": b, "c": c, "d": d, "e": e}).round(6)
asked = {
    "root": {"a": 3.2, "b": 5.0, "c": 8.4, "d": 6.9, "e": 0.3},
    "middle": {"a": 0.2, "b": 3.6, "c": 7.2, "d": 5.5, "e": -0.2},
    "mixed": {"a": -1.0, "b": -2.9, "c": -5.6, "d": -7.4, "e": -1.9},
}
data = pd.concat([data, pd.DataFrame(asked.values())], ignore_index=True)
usual = data.iloc[:rows]

model = gcm.InvertibleStructuralCausalModel(nx.DiGraph(edges))
for node in model.graph.nodes:
    if list(model.graph.predecessors(node)):
        mechanism = gcm.AdditiveNoiseModel(gcm.ml.create_linear_regressor(), gcm.ScipyDistribution(stats.norm))
    else:
        mechanism = gcm.ScipyDistribution(stats.norm)
    model.set_causal_mechanism(node, mechanism)
gcm.fit(model, usual)
repeats = 6
found = []
for repeat in range(repeats):
    gcm.util.general.set_random_seed(repeat)
    found.append(gcm.attribute_anomalies(model, "d", data.iloc[rows:], num_distribution_samples=5000))
answers = {}
for index, name in enumerate(asked):
    values = {node: [float(run[node][index]) for run in found] for node in "abcde"}
    answers[name] = {
        node: {"mean": round(float(np.mean(list_)), 5), "error": round(float(np.std(list_, ddof=1)) / repeats**0.5, 5)}
        for node, list_ in values.items()
    }
pathlib.Path(__file__).with_suffix(".json").write_text(
    json.dumps(
        {
            "made": f"dowhy {dowhy.__version__}, gcm.attribute_anomalies, 5,000 samples, mean of {repeats}",
            "columns": {name: data[name].tolist() for name in data.columns},
            "answers": answers,
        }
    )
    + "\n"
)
