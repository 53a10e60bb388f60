"""Golden values of pandas' calendar accessors and changes. Run: python dates.py > dates.json (pandas 2.3.3)."""
import json

import numpy as np
import pandas as pd

times = pd.to_datetime(
    ["1968-02-29", "1969-12-31", "1970-01-01", "1999-12-31T23:00", "2000-02-29", "2008-12-29", "2010-01-03", "2011-02-28"]
    + [str(t) for t in pd.date_range("2019-11-20", "2021-03-05", freq="37h")], format="ISO8601"
)
week = times.isocalendar().week
table = {
    "hour": times.hour, "dayOfWeek": times.dayofweek, "dayOfMonth": times.day, "dayOfYear": times.dayofyear,
    "weekOfYear": week, "month": times.month, "quarter": times.quarter, "year": times.year,
    "daysInMonth": times.days_in_month, "daysToMonthEnd": times.days_in_month - times.day,
    "isWeekend": times.dayofweek >= 5, "isMonthStart": times.is_month_start, "isMonthEnd": times.is_month_end,
}
values = pd.Series([3.0, 4.5, np.nan, 4.5, -2.0, 8.0, 10.0, 10.0])
lags = {
    f"{name}{k}": [None if np.isnan(x) else float(x) for x in series]
    for k in (1, 3)
    for name, series in {
        "lag": values.shift(k), "difference": values.diff(k),
        "percentageChange": values.pct_change(k, fill_method=None),
        "logChange": np.log((values / values.shift(k)).where(lambda ratio: ratio > 0)),
    }.items()
}
print(json.dumps({
    "pandas": pd.__version__, "times": [t.isoformat() for t in times],
    "fields": {name: [int(x) for x in column] for name, column in table.items()},
    "values": [None if np.isnan(x) else float(x) for x in values], "lags": lags,
}, separators=(",", ":")))
