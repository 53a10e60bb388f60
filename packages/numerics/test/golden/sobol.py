"""Points of the unscrambled Sobol sequence from scipy.stats.qmc (SciPy 1.17.1), in Gray-code order: sets of 2^k points are the same in any order."""
import json
import pathlib

from scipy.stats import qmc

points = qmc.Sobol(100, scramble=False, bits=32).random(256)
columns = {str(d): sorted((points[:, d]).tolist()) for d in (0, 1)}
pairs = {f"{a}/{b}": sorted(map(list, points[:64][:, [a, b]].tolist())) for a, b in ((1, 2), (5, 20), (49, 99), (97, 98))}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps({"columns": columns, "pairs": pairs}))
