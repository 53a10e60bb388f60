"""Edges that causal-learn 0.1.4.8 and tigramite 5.2.10.1 find in the drawn systems: writes discovery.json.

    pip install causal-learn==0.1.4.8 tigramite==5.2.10.1
    npx tsx --conditions=@sage-twin/source discovery-data.ts > data.json
    python discovery.py data.json
"""

import json
import os
import sys

import numpy as np
from causallearn.search.ConstraintBased.PC import pc
from causallearn.search.ScoreBased.GES import ges
from tigramite.data_processing import DataFrame
from tigramite.independence_tests.parcorr import ParCorr
from tigramite.pcmci import PCMCI


def edges(matrix):
    """[a, b] twice, both ways round, for an undirected edge; in causal-learn entry (a, b) -1 and (b, a) 1 is a -> b."""
    size = len(matrix)
    found = []
    for a in range(size):
        for b in range(size):
            if a != b and matrix[a, b] == -1 and matrix[b, a] in (1, -1):
                found.append([a, b])
            elif a < b and matrix[a, b] == 1 and matrix[b, a] == 1:  # two heads: no orientation agreed on
                found += [[a, b], [b, a]]
    return found


data = json.load(open(sys.argv[1]))
golden = {"versions": {"causal-learn": "0.1.4.8", "tigramite": "5.2.10.1"}, "linear": [], "lagged": []}
for columns in data["linear"]:
    rows = np.array(columns).T
    golden["linear"].append(
        {
            "pc05": edges(pc(rows, 0.05, show_progress=False).G.graph),
            "pc01": edges(pc(rows, 0.01, show_progress=False).G.graph),
            "ges": edges(ges(rows)["G"].graph),
        }
    )
for index, columns in enumerate(data["lagged"]):
    rows = np.array(columns).T
    case = {}
    for name, options in {
        "default": {},
        "strict": {"pc_alpha": 0.05, "alpha_level": 0.01},
        "fdr": {"fdr_method": "fdr_bh"},
    }.items():
        search = PCMCI(dataframe=DataFrame(rows), cond_ind_test=ParCorr(), verbosity=0)
        result = search.run_pcmci(tau_max=3, **options)
        graph = result["graph"]
        case[name] = [
            [int(a), int(b), int(lag)] for a, b, lag in np.argwhere(graph != "") if lag > 0 or a < b
        ]
        if name == "strict" and index < 2:
            for field in ("p_matrix", "val_matrix"):
                case[field] = [[[float(f"{v:.10g}") for v in lags] for lags in to] for to in result[field]]
    golden["lagged"].append(case)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "discovery.json"), "w") as file:
    json.dump(golden, file)
    file.write("\n")
