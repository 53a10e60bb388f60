# pandas 2.3.3: the weekly tables of the raw file, computed independently of prepare.ts. Usage: python weekly.py online-retail.csv.gz
import json
import sys
from collections import defaultdict
from pathlib import Path

import pandas as pd

raw = pd.read_csv(sys.argv[1], dtype={"InvoiceNo": str, "StockCode": str, "CustomerID": str}, parse_dates=["InvoiceDate"])
raw["StockCode"] = raw.StockCode.str.upper()
raw["mills"] = (raw.Quantity * (raw.UnitPrice * 1000).round()).astype(int)
goods = raw.StockCode.str.match(r"^(\d{5}|DCGS)")
cancelled = raw.InvoiceNo.str.startswith("C")
sale = goods & ~cancelled & (raw.Quantity > 0) & (raw.UnitPrice > 0)
back = goods & cancelled
manual = (raw.StockCode == "M") & (raw.Quantity < 0) & raw.CustomerID.notna()

open_sales = defaultdict(list)  # customer -> indices of sales, oldest first
voided, matched = set(), set()
rows = raw[sale | back | manual]
for index, row in zip(rows.index, rows.itertuples()):
    if not isinstance(row.CustomerID, str):
        continue
    if sale[index]:
        open_sales[row.CustomerID].append((index, row.InvoiceDate, row.StockCode, row.Quantity, row.UnitPrice, row.mills))
        continue
    limit = row.InvoiceDate - pd.Timedelta(days=1 if manual[index] else 7)
    for candidate in reversed(open_sales[row.CustomerID]):
        other, date, code, quantity, price, mills = candidate
        if date < limit:
            break
        same = mills == -row.mills if manual[index] else (code, quantity, price) == (row.StockCode, -row.Quantity, row.UnitPrice)
        if same and other not in voided:
            voided.add(other)
            matched.add(index)
            break

kept = raw[sale & ~raw.index.isin(voided)]
refunds = raw[back & ~raw.index.isin(matched)]
void = raw[raw.index.isin(voided)]
week = lambda frame: frame.InvoiceDate.dt.to_period("W-SUN").dt.start_time.dt.strftime("%Y-%m-%d")
weeks = [str(day.date()) for day in pd.date_range("2010-12-06", "2011-11-28", freq="7D")]
first = kept.dropna(subset=["CustomerID"]).groupby("CustomerID").InvoiceDate.min()
golden = {}
for start in weeks:
    end = pd.Timestamp(start) + pd.Timedelta(days=7)
    now = kept[week(kept) == start] if start == weeks[0] else kept[(kept.InvoiceDate >= start) & (kept.InvoiceDate < end)]
    if now.empty:
        continue
    since = end - pd.Timedelta(days=84)
    base = kept[(kept.InvoiceDate >= since) & (kept.InvoiceDate < end)].CustomerID.nunique()
    inside = lambda frame: frame[(frame.InvoiceDate >= start) & (frame.InvoiceDate < end)]
    golden[start] = {
        "grossSales": now.mills.sum() / 1000,
        "refunds": -inside(refunds).mills.sum() / 1000,
        "voidedSales": inside(void).mills.sum() / 1000,
        "orders": now.InvoiceNo.nunique(),
        "units": int(now.Quantity.sum()),
        "lines": len(now),
        "activeCustomers": now.CustomerID.nunique(),
        "newCustomers": int(((first >= start) & (first < end)).sum()),
        "customerBase": int(base),
        "stockCodesSold": now.StockCode.nunique(),
        "topSellerUnits": int(now.groupby("StockCode").Quantity.sum().nlargest(20).sum()),
        "ordersHome": now[now.Country == "United Kingdom"].InvoiceNo.nunique(),
    }
Path(__file__).with_suffix(".json").write_text(json.dumps(golden, indent=1) + "\n")
