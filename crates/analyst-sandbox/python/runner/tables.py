"""Frames as the table a face can draw: typed columns, JSON values, the first rows of many."""
import datetime
import decimal
import json
import math

import numpy as np
import pandas as pd

MAX_ROWS = 1000
MAX_TEXT = 10_000
EXACT_INTEGER = 2**53
KIND_OF_INFERRED = {
    "string": "text", "integer": "integer", "floating": "float", "mixed-integer-float": "float", "boolean": "boolean",
    "decimal": "decimal", "date": "date", "datetime": "datetime", "datetime64": "datetime", "time": "time",
    "timedelta": "duration", "timedelta64": "duration",
}


def table_json(frame, max_bytes=None):
    """The frame as JSON text, and how many rows of it are in there."""
    frame = with_index(frame)
    n_rows = len(frame)
    head = frame.head(MAX_ROWS)
    names = unique_names(frame.columns)
    series = [head.iloc[:, at] for at in range(head.shape[1])]
    kinds = [column_kind(frame.iloc[:, at]) for at in range(head.shape[1])]
    columns = [{"name": name, "type": kind} for name, kind in zip(names, kinds)]
    values = [column_values(one, kind) for one, kind in zip(series, kinds)]
    rows = [list(row) for row in zip(*values)] if values else []
    while True:
        text = json.dumps({"columns": columns, "rows": rows, "nRows": n_rows}, allow_nan=False, ensure_ascii=False)
        if max_bytes is None or len(text) * 4 <= max_bytes or len(text.encode()) <= max_bytes:
            return text, len(rows)
        if not rows:
            raise ValueError(f"the table is larger than {max_bytes:,} bytes without a single row")
        rows = rows[: len(rows) // 2]


def with_index(frame):
    """The frame with its index as columns, where the index says something."""
    if isinstance(frame, pd.Series):
        frame = frame.to_frame(frame.name if frame.name is not None else "value")
    if isinstance(frame.columns, pd.MultiIndex):
        frame = frame.copy(deep=False)
        frame.columns = [" / ".join(str(part) for part in name if str(part) != "") for name in frame.columns]
    index = frame.index
    if isinstance(index, pd.MultiIndex) or index.name is not None or not is_plain(index):
        names = [str(name) if name is not None else "index" for name in index.names]
        levels = index.to_frame(index=False)
        levels.columns = names
        return pd.concat([levels, frame.reset_index(drop=True)], axis=1)
    return frame


def is_plain(index):
    """Row numbers: a range, or what a filter or a sort left of one."""
    return isinstance(index, pd.RangeIndex) or pd.api.types.is_integer_dtype(index.dtype)


def unique_names(names):
    taken, unique = set(), []
    for name in names:
        text = " / ".join(str(part) for part in name) if isinstance(name, tuple) else str(name)
        candidate, n = text, 2
        while candidate in taken:
            candidate, n = f"{text} ({n})", n + 1
        taken.add(candidate)
        unique.append(candidate)
    return unique


def column_kind(series):
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return "categorical"
    if pd.api.types.is_bool_dtype(dtype):
        return "boolean"
    if pd.api.types.is_integer_dtype(dtype):
        return "integer"
    if pd.api.types.is_float_dtype(dtype):
        return "float"
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return "date" if only_days(series) else "datetime"
    if pd.api.types.is_timedelta64_dtype(dtype):
        return "duration"
    if dtype == object:
        inferred = pd.api.types.infer_dtype(series, skipna=True)
        return KIND_OF_INFERRED.get(inferred, "text")
    return "text"


def only_days(series):
    """Moments that are all midnight, in no zone, are days: pandas has no type of its own for them."""
    if getattr(series.dtype, "tz", None) is not None:
        return False
    known = series.dropna()
    return len(known) > 0 and bool((known == known.dt.normalize()).all())


def column_values(series, kind):
    if kind == "float":
        numbers = pd.to_numeric(series, errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
        return [value if math.isfinite(value) else None for value in numbers.tolist()]
    values = series.astype(object).tolist()
    return [plain_value(value, kind) for value in values]


def plain_value(value, kind=None):
    """One value as JSON has it."""
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        value = int(value)
        return value if abs(value) <= EXACT_INTEGER else str(value)
    if isinstance(value, (float, np.floating)):
        value = float(value)
        return value if math.isfinite(value) else None
    if isinstance(value, pd.Timedelta):
        return value.isoformat()
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if kind == "date" else value.isoformat()
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return pd.Timedelta(value).isoformat()
    if isinstance(value, np.generic):
        return plain_value(pd.Timestamp(value) if isinstance(value, np.datetime64) else value.item(), kind)
    if isinstance(value, decimal.Decimal) and value.is_nan():
        return None
    text = value if isinstance(value, str) else str(value)
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"
