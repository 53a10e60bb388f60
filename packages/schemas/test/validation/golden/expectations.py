# Writes expectations.json: what Great Expectations 1.24.1 and pandera 0.35.0 (pandas 3.1.1) find, and SciPy 1.17.1 for the two-sample test.
# pip install great_expectations==1.24.1 pandera==0.35.0 pandas==3.1.1 scipy==1.17.1
import json
import os
import warnings

import great_expectations as gx
import great_expectations.expectations as gxe
import numpy as np
import pandas as pd
import pandera.pandas as pa
from scipy import stats

warnings.filterwarnings("ignore")
os.environ["GX_ANALYTICS_ENABLED"] = "false"

numbers = [3.0, None, 7.0, 7.0, -2.0, 11.0, None, 4.0, 12.0, 12.5, 0.0, 10.0]
texts = ["A1", "B22", None, "a1", "A1", "C", "A10", None, "", "B2", "AA1", "D4"]
rising = [1.0, 2.0, None, 2.0, 5.0, 4.0, 4.5, None, 6.0, 6.0, 3.0, 7.0]
frame = pd.DataFrame({"numbers": numbers, "texts": texts, "rising": rising})

context = gx.get_context(mode="ephemeral")
batch = (
    context.data_sources.add_pandas("pandas")
    .add_dataframe_asset("frame")
    .add_batch_definition_whole_dataframe("whole")
    .get_batch({"dataframe": frame})
)

cases = [
    ("notNull", {"column": "numbers"}, gxe.ExpectColumnValuesToNotBeNull(column="numbers")),
    ("notNull", {"column": "numbers", "mostly": 0.8}, gxe.ExpectColumnValuesToNotBeNull(column="numbers", mostly=0.8)),
    ("notNull", {"column": "texts"}, gxe.ExpectColumnValuesToNotBeNull(column="texts")),
    ("between", {"column": "numbers", "minimum": 0, "maximum": 11}, gxe.ExpectColumnValuesToBeBetween(column="numbers", min_value=0, max_value=11)),
    ("between", {"column": "numbers", "minimum": 0, "maximum": 11, "mostly": 0.7}, gxe.ExpectColumnValuesToBeBetween(column="numbers", min_value=0, max_value=11, mostly=0.7)),
    ("between", {"column": "numbers", "minimum": 0, "maximum": 11, "mostly": 0.71}, gxe.ExpectColumnValuesToBeBetween(column="numbers", min_value=0, max_value=11, mostly=0.71)),
    ("between", {"column": "numbers", "minimum": 4}, gxe.ExpectColumnValuesToBeBetween(column="numbers", min_value=4)),
    ("unique", {"columns": ["numbers"]}, gxe.ExpectColumnValuesToBeUnique(column="numbers")),
    ("unique", {"columns": ["texts"]}, gxe.ExpectColumnValuesToBeUnique(column="texts")),
    ("inSet", {"column": "texts", "values": ["A1", "B2", "B22"]}, gxe.ExpectColumnValuesToBeInSet(column="texts", value_set=["A1", "B2", "B22"])),
    ("inSet", {"column": "numbers", "values": [7, 12, 0]}, gxe.ExpectColumnValuesToBeInSet(column="numbers", value_set=[7, 12, 0])),
    ("matches", {"column": "texts", "pattern": "^[A-D]\\d{1,2}$"}, gxe.ExpectColumnValuesToMatchRegex(column="texts", regex="^[A-D]\\d{1,2}$")),
    ("matches", {"column": "texts", "pattern": "A\\d", "mostly": 0.3}, gxe.ExpectColumnValuesToMatchRegex(column="texts", regex="A\\d", mostly=0.3)),
    ("monotone", {"column": "rising"}, gxe.ExpectColumnValuesToBeIncreasing(column="rising")),
    ("monotone", {"column": "rising", "strictly": True}, gxe.ExpectColumnValuesToBeIncreasing(column="rising", strictly=True)),
    ("monotone", {"column": "rising", "direction": "down"}, gxe.ExpectColumnValuesToBeDecreasing(column="rising")),
    ("rowCount", {"minimum": 12, "maximum": 12}, gxe.ExpectTableRowCountToBeBetween(min_value=12, max_value=12)),
    ("rowCount", {"minimum": 13}, gxe.ExpectTableRowCountToBeBetween(min_value=13)),
    ("distribution", {"column": "numbers", "mean": {"minimum": 6, "maximum": 7}}, gxe.ExpectColumnMeanToBeBetween(column="numbers", min_value=6, max_value=7)),
    ("distribution", {"column": "numbers", "standardDeviation": {"maximum": 5}}, gxe.ExpectColumnStdevToBeBetween(column="numbers", max_value=5)),
    ("distribution", {"column": "numbers", "quantiles": {"0.5": {"minimum": 7, "maximum": 7.5}}}, gxe.ExpectColumnMedianToBeBetween(column="numbers", min_value=7, max_value=7.5)),
]


def plain(value):
    return None if isinstance(value, float) and np.isnan(value) else value


def found(kind, options, expectation):
    outcome = batch.validate(expectation, result_format="COMPLETE").to_json_dict()
    result = outcome["result"]
    kept = {"success": outcome["success"]}
    if "observed_value" in result:
        kept["observed"] = result["observed_value"]
    else:
        kept["elements"] = result["element_count"]
        kept["missing"] = result.get("missing_count") or 0
        kept["unexpected"] = result["unexpected_count"]
        kept["unexpectedShare"] = result["unexpected_percent"] / 100
        kept["rows"] = result["unexpected_index_list"]
        kept["values"] = [plain(value) for value in result["unexpected_list"]]
    return {"kind": kind, "options": options, "found": kept}


checks = [
    ("between", {"column": "numbers", "minimum": 0, "maximum": 11}, pa.Check.in_range(0, 11)),
    ("inSet", {"column": "texts", "values": ["A1", "B2", "B22"]}, pa.Check.isin(["A1", "B2", "B22"])),
    ("matches", {"column": "texts", "pattern": "A\\d"}, pa.Check.str_contains("A\\d")),
    ("matches", {"column": "texts", "pattern": "^[A-D]\\d{1,2}$"}, pa.Check.str_matches("^[A-D]\\d{1,2}$")),
]


def found_by_pandera(kind, options, check):
    try:
        pa.DataFrameSchema({options["column"]: pa.Column(checks=check, nullable=True)}).validate(frame, lazy=True)
        rows = []
    except pa.errors.SchemaErrors as errors:
        rows = sorted(int(row) for row in errors.failure_cases["index"])
    return {"kind": kind, "options": options, "rows": rows}


generator = np.random.default_rng(7)
samples = [
    (generator.normal(0, 1, 60), generator.normal(0, 1, 80)),
    (generator.normal(0, 1, 60), generator.normal(0.6, 1, 80)),
    (generator.normal(0, 1, 200).round(1), generator.normal(0.25, 1.2, 150).round(1)),
]


def two_sample(a, b):
    statistic = stats.ks_2samp(a, b).statistic
    root = np.sqrt(len(a) * len(b) / (len(a) + len(b)))
    limits = np.unique(np.quantile(b, np.arange(1, 10) / 10))
    shares = [
        np.maximum(np.bincount(np.searchsorted(limits, x, side="left"), minlength=len(limits) + 1) / len(x), 0.0001)
        for x in (a, b)
    ]
    return {
        "sample": a.tolist(),
        "reference": b.tolist(),
        "statistic": statistic,
        "pValue": stats.kstwobign.sf((root + 0.12 + 0.11 / root) * statistic),
        "exactPValue": stats.ks_2samp(a, b, method="exact").pvalue,
        "populationStability": float(np.sum((shares[0] - shares[1]) * np.log(shares[0] / shares[1]))),
    }


with open(os.path.join(os.path.dirname(__file__), "expectations.json"), "w") as file:
    json.dump(
        {
            "columns": {"numbers": numbers, "texts": texts, "rising": rising},
            "cases": [found(*case) for case in cases],
            "pandera": [found_by_pandera(*check) for check in checks],
            "samples": [two_sample(a, b) for a, b in samples],
        },
        file,
    )
    file.write("\n")
