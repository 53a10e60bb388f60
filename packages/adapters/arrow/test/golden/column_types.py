"""Writes types.arrow: an Arrow file of every column type that is read, by pyarrow 26. Run with: python column_types.py"""

from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

local = [datetime(2026, 1, 5, 9, 30, 0, 250000), None, datetime(1969, 12, 31, 23, 59, 59)]
zoned = [datetime(2026, 1, 5, 9, 30, tzinfo=timezone.utc), None, datetime(1969, 12, 31, tzinfo=timezone.utc)]
columns = {
    "date32": pa.array([date(2026, 1, 5), None, date(1969, 12, 31)], pa.date32()),
    "date64": pa.array([date(2026, 1, 5), None, date(1969, 12, 31)], pa.date64()),
    "second": pa.array([value and value.replace(microsecond=0) for value in local], pa.timestamp("s")),
    "milli": pa.array(local, pa.timestamp("ms")),
    "micro": pa.array(local, pa.timestamp("us")),
    "nano": pa.array(local, pa.timestamp("ns")),
    "zoned": pa.array(zoned, pa.timestamp("us", tz="Europe/London")),
    "int8": pa.array([-1, None, 127], pa.int8()),
    "uint32": pa.array([0, None, 2**32 - 1], pa.uint32()),
    "int64": pa.array([-(2**53), None, 2**53 - 1], pa.int64()),
    "big": pa.array([2**53 + 1, None, 1], pa.int64()),
    "float": pa.array([0.5, None, float("nan")], pa.float32()),
    "double": pa.array([0.1, None, -1e300], pa.float64()),
    "whole": pa.array([1.5, 2.5, -0.5], pa.float64()),
    "decimal": pa.array([Decimal("19.99"), None, Decimal("-1234567.01")], pa.decimal128(12, 2)),
    "wide": pa.array([Decimal("0.10"), None, Decimal("-5.25")], pa.decimal256(60, 2)),
    "text": pa.array(["a", None, "é"], pa.string()),
    "category": pa.array(["x", None, "x"]).dictionary_encode(),
    "flag": pa.array([True, None, False]),
    "nothing": pa.array([None, None, None], pa.null()),
}
here = Path(__file__).parent
with pa.OSFile(str(here / "types.arrow"), "wb") as sink:
    table = pa.table(columns)
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
with pa.OSFile(str(here / "nested.arrow"), "wb") as sink:
    table = pa.table({"date": ["2026-01-05"], "list": [[1, 2]], "struct": [{"a": 1}]})
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
