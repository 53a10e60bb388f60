"""Implied independences (pydagitty 0.1.0) of the published graphs, and Fisher's z tests (causal-learn 0.1.4.8): writes independences.json.

    pip install pydagitty==0.1.0 causal-learn==0.1.4.8 numpy==2.4.6
    python independences.py
"""

import json
import os

import numpy as np
from causallearn.utils.cit import CIT
from pydagitty import DAG, Node, implications
from pydagitty.model import Edge, Endpoint

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "identification.json")) as file:
    suite = json.load(file)["suite"]

implied = {}
for case in suite:
    names = list(dict.fromkeys(name for pair in case["directed"] + case["bidirected"] for name in pair))
    if len(names) > 14 or case["hidden"]:
        continue
    made = {name: Node(name) for name in names}
    graph = DAG()
    for node in made.values():
        graph.add_node(node)
    for a, b in case["directed"]:
        graph.add_edge(Edge(made[a], made[b], Endpoint.TAIL, Endpoint.ARROW))
    for a, b in case["bidirected"]:
        graph.add_edge(Edge(made[a], made[b], Endpoint.ARROW, Endpoint.ARROW))
    found = implications.implied_conditional_independencies(graph, mode="missing_edge")
    implied[case["name"]] = [
        [[n.identifier for n in one.left][0], [n.identifier for n in one.right][0], sorted(n.identifier for n in one.given)]
        for one in found
    ]

rng = np.random.default_rng(7)
rows = 120
x = rng.standard_normal((rows, 5)) @ (np.eye(5) + 0.3 * np.triu(rng.standard_normal((5, 5)), 1))
data = np.round(x, 6)
test = CIT(data, "fisherz")
tests = [[a, b, given, float(test(a, b, given))] for a, b, given in [
    (0, 1, []), (0, 1, [2]), (2, 4, [0, 1]), (3, 1, [0, 2, 4]), (0, 4, [1, 2, 3]), (1, 2, [3]),
]]

with open(os.path.join(here, "independences.json"), "w") as file:
    json.dump({"pydagitty": "0.1.0", "causal-learn": "0.1.4.8", "implied": implied, "data": data.T.tolist(), "tests": tests}, file, separators=(",", ":"))
    file.write("\n")
print({name: len(found) for name, found in implied.items()})
