"""The five folds of the churn table that the bars are measured on: scikit-learn 1.9.1. Usage: python telco_folds.py telco-churn.csv.gz > telco-folds.json

The fold of each row, from 0, in the order of the file; `StratifiedKFold(5, shuffle=True, random_state=0)` on the column Churn.
"""
import json
import sys

import pandas
import sklearn
from sklearn.model_selection import StratifiedKFold

label = (pandas.read_csv(sys.argv[1])["Churn"] == "Yes").to_numpy()
fold = [0] * len(label)
for number, (_, testing) in enumerate(StratifiedKFold(5, shuffle=True, random_state=0).split(label, label)):
    for row in testing:
        fold[row] = number
print(json.dumps({"scikit-learn": sklearn.__version__, "folds": "".join(map(str, fold))}))
