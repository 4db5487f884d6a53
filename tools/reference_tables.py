#!/usr/bin/env python3
"""Numbers for tests/data/{date_parts,group_features}_test.cpp from pandas, numpy and fastai 2.8: run with their python."""
import calendar
import datetime

import numpy as np
import pandas as pd
from fastai.tabular.core import add_elapsed_times

MOMENTS = ["2000-03-13", "1999-12-31T23:59:59", "2000-01-01", "2004-02-29T12:30:45", "2005-01-02", "2008-12-29",
           "2010-01-03", "2013-06-30", "1969-07-20T20:17:40", "1900-02-28", "2020-12-31", "2021-04-01"]


def date_parts():
    dates = pd.Series(pd.to_datetime(MOMENTS, format="ISO8601"))
    at = dates.dt
    names = ["year", "month", None, "day", "dayofweek", "dayofyear", "is_month_end", "is_month_start", "is_quarter_end",
             "is_quarter_start", "is_year_end", "is_year_start", "hour", "minute", "second"]
    columns = [at.isocalendar().week if name is None else getattr(at, name) for name in names]
    elapsed = (dates - pd.Timestamp("1970-01-01")) // pd.Timedelta("1s")
    print("date parts")
    for row in range(len(dates)):
        print("    {" + ", ".join(str(int(column[row])) for column in columns) + f", {elapsed[row]}}},")


def cyclic():
    print("cyclic")
    for text in ("2004-02-29T12:30:45", "2013-06-30"):
        d = datetime.datetime.fromisoformat(text)
        day_year, days_month = d.timetuple().tm_yday, calendar.monthrange(d.year, d.month)[1]
        days_year = 366 if calendar.isleap(d.year) else 365
        turns = [d.weekday() / 7, (d.day - 1) / days_month, (d.month - 1) / 12, (day_year - 1) / days_year,
                 d.hour / 24, d.hour % 12 / 12, d.minute / 60, d.second / 60]
        print("    {" + ", ".join(repr(float(wave(2 * np.pi * turn))) for turn in turns for wave in (np.cos, np.sin)) + "},")


def rolling():
    n = 24
    rows = pd.DataFrame({"store": [k % 2 for k in range(n)],
                         "date": pd.Timestamp("2013-01-01") + pd.to_timedelta([(k * 5) % 31 for k in range(n)], "D"),
                         "sales": [float((k * k) % 17) if k % 7 != 3 else np.nan for k in range(n)]})
    ordered = rows.sort_values(["store", "date"])
    groups = ordered.groupby("store")
    show = lambda name, values: print(name, "{" + ", ".join("kNone" if np.isnan(v) else repr(float(v)) for v in values.sort_index()) + "}")
    show("lag 2", groups["sales"].shift(2))
    show("mean of 3 rows", groups["sales"].rolling(3, min_periods=1).mean().droplevel(0))
    show("sum of 3 rows, gap 1", groups["sales"].transform(lambda s: s.shift(1).rolling(3, min_periods=0).sum()).fillna(0))
    show("deviation of 5 rows", groups["sales"].rolling(5, min_periods=2).std().droplevel(0))
    by_day = ordered.set_index("date").groupby("store")["sales"]
    for name, count in (("mean of 7 days", "mean"), ("count of 7 days", "count"), ("maximum of 7 days", "max")):
        window = by_day.rolling("7D", min_periods=0 if count == "count" else 1)
        values = pd.Series(getattr(window, count)().values, index=ordered.index)
        show(name, values)


def elapsed():
    events = {1: [3, 8], 2: [1, 2, 9]}
    rows = pd.DataFrame([{"store": store, "date": pd.Timestamp("2013-01-01") + pd.Timedelta(day + (day > 5) * 3, "D"),
                          "promo": day in days} for store, days in events.items() for day in range(1, 11)])
    out = add_elapsed_times(rows.copy(), ["promo"], "date", "store").sort_values(["store", "date"])
    for name in ("Afterpromo", "Beforepromo", "promo_bw", "promo_fw"):
        print(name, "{" + ", ".join(str(int(v)) for v in out[name]) + "}")


if __name__ == "__main__":
    date_parts(), cyclic(), rolling(), elapsed()
