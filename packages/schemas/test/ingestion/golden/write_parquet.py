"""Writes small Parquet files by pyarrow 26: every column type that is read, the codecs, row groups, nesting. Run with: python write_parquet.py"""

from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

here = Path(__file__).parent
local = [datetime(2026, 1, 5, 9, 30, 0, 250000), None, datetime(1969, 12, 31, 23, 59, 59)]
zoned = [datetime(2026, 1, 5, 9, 30, tzinfo=timezone.utc), None, datetime(1969, 12, 31, tzinfo=timezone.utc)]
types = pa.table(
    {
        "date": pa.array([date(2026, 1, 5), None, date(1969, 12, 31)], pa.date32()),
        "milli": pa.array(local, pa.timestamp("ms")),
        "micro": pa.array(local, pa.timestamp("us")),
        "nano": pa.array(local, pa.timestamp("ns")),
        "zoned": pa.array(zoned, pa.timestamp("us", tz="Europe/London")),
        "int32": pa.array([-1, None, 2**31 - 1], pa.int32()),
        "uint32": pa.array([0, None, 2**32 - 1], pa.uint32()),
        "int64": pa.array([-(2**53), None, 2**53 - 1], pa.int64()),
        "big": pa.array([2**53 + 1, None, 1], pa.int64()),
        "float": pa.array([0.5, None, float("nan")], pa.float32()),
        "double": pa.array([0.1, None, -1e300], pa.float64()),
        "decimal": pa.array([Decimal("19.99"), None, Decimal("-1234567.01")], pa.decimal128(12, 2)),
        "text": pa.array(["a", None, "é"], pa.string()),
        "category": pa.array(["x", None, "x"]).dictionary_encode(),
        "flag": pa.array([True, None, False]),
    }
)
pq.write_table(types, here / "types.parquet", compression="snappy")

rows = 30
days = pa.table(
    {
        "date": pa.array([date(2026, 1, 1 + row) for row in range(rows)], pa.date32()),
        "sales": pa.array([row / 10 for row in range(rows)]),
        "tags": pa.array([[row] for row in range(rows)], pa.list_(pa.int32())),
    }
)
for codec in ["none", "snappy", "gzip", "zstd", "brotli", "lz4"]:
    pq.write_table(days, here / f"days-{codec}.parquet", compression=codec, row_group_size=7)
nested = pa.table({"date": ["2026-01-05"], "sales": [[1.0]], "price": [{"a": 1.0}]})
pq.write_table(nested, here / "nested.parquet")
# one page of thirty million zeros, 240 MB, in a file of a few kilobytes
zeros = pa.table({"date": pa.array([0] * 30_000_000, pa.int64())})
pq.write_table(
    zeros,
    here / "bomb.parquet",
    use_dictionary=False,
    row_group_size=30_000_000,
    data_page_size=1_000_000_000,
    write_batch_size=30_000_000,
    compression="zstd",
    compression_level=19,
)
