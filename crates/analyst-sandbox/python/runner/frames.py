"""Datasets and variables: Arrow files in, Arrow files out. The files of the host are mapped privately, never written."""
import datetime
import json
import math
import mmap
import os

import numpy as np
import pandas as pd
import pyarrow as pa

from runner import tables

MAX_JSON_BYTES = 1 << 20
MAX_EXPORT_BYTES = 512 << 20
DIGEST_COLUMNS = 12
CONSOLIDATE_FROM = 60  # columns; pandas warns about frames of very many separate blocks
UNNAMED = b"analyst.unnamed"


class ArrowFile:
    """An Arrow file, mapped so that what a run changes stays in the run."""

    def __init__(self, source):
        descriptor = source if isinstance(source, int) else os.open(source, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        size = os.fstat(descriptor).st_size
        self.map = mmap.mmap(descriptor, size, access=mmap.ACCESS_COPY)
        os.close(descriptor)
        self.buffer = pa.py_buffer(self.map)
        self.table = pa.ipc.open_file(pa.BufferReader(self.buffer)).read_all()

    def frame(self):
        """The table as pandas people know it: numbers stay numbers where values are missing, days have `.dt`."""
        metadata = self.table.schema.metadata or {}
        if b"pandas" in metadata:
            return own_frame(self.table)
        arrays = {at: self.column(self.table.column(at)) for at in range(self.table.num_columns)}
        frame = pd.DataFrame(arrays, copy=False) if arrays else pd.DataFrame(index=range(self.table.num_rows))
        frame.columns = self.table.column_names
        return frame.copy() if len(arrays) > CONSOLIDATE_FROM else frame

    def column(self, column):
        kind = column.type
        if isinstance(kind, pa.ExtensionType):
            kind = kind.storage_type
            column = pa.chunked_array([chunk.storage for chunk in column.chunks], type=kind)
        if pa.types.is_integer(kind):
            return self.integers(column)
        if pa.types.is_floating(kind):
            return self.shared(column) if shareable(column) else writable(column.to_numpy())
        if pa.types.is_boolean(kind):
            if column.null_count:
                return column.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get).array
            return writable(column.to_numpy())
        if pa.types.is_decimal(kind):
            return writable(column.cast(pa.float64()).to_numpy())
        if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
            return moments(column)
        if is_text(kind):
            texts = column.to_pandas().to_numpy(dtype=object, copy=True)
            if column.null_count:
                texts[column.is_null().to_numpy()] = np.nan  # as read_csv leaves them
            return texts
        if pa.types.is_null(kind):
            return np.full(len(column), np.nan)
        return column.to_pandas()

    def integers(self, column):
        if column.null_count:
            unsigned = column.type == pa.uint64()
            return column.cast(pa.uint64() if unsigned else pa.int64()).to_pandas(
                types_mapper={pa.int64(): pd.Int64Dtype(), pa.uint64(): pd.UInt64Dtype()}.get
            ).array
        if column.type == pa.int64() and shareable(column):
            return self.shared(column)
        if column.type != pa.uint64():
            column = column.cast(pa.int64())
        return writable(column.to_numpy())

    def shared(self, column):
        """The values where they lie in the map, without a copy; the system copies the pages a run writes to."""
        chunk = column.chunk(0)
        dtype = chunk.type.to_pandas_dtype()
        values = chunk.buffers()[1]
        start = values.address - self.buffer.address + chunk.offset * np.dtype(dtype).itemsize
        if 0 <= start and start + len(chunk) * np.dtype(dtype).itemsize <= len(self.map) and start % 8 == 0:
            return np.frombuffer(self.map, dtype=dtype, count=len(chunk), offset=start)
        return writable(column.to_numpy())


def shareable(column):
    return column.num_chunks == 1 and column.null_count == 0 and len(column) > 0


def writable(array):
    return array if array.flags.writeable else array.copy()


def is_text(kind):
    views = getattr(pa.types, "is_string_view", lambda _: False)
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or views(kind)


def moments(column):
    """Days and moments as datetime64[ns]; in microseconds where years lie beyond what nanoseconds reach."""
    zone = getattr(column.type, "tz", None)
    for unit in ("ns", "us"):
        try:
            exact = column.cast(pa.timestamp(unit, zone))
        except pa.ArrowInvalid:
            continue
        values = exact.to_pandas(timestamp_as_object=False)
        if str(values.dtype).startswith("datetime64"):
            return values.array.copy()
    return column.to_pandas(timestamp_as_object=True)


def own_frame(table):
    """A frame that an earlier run left: pandas' own notes say how it was."""
    frame = table.to_pandas(date_as_object=True)
    return frame.copy()


def load_all(request, files):
    """Everything the code may use, by name. The same file under two names is one object."""
    opened = {}

    def open_once(source, kind):
        if (source, kind) not in opened:
            file = ArrowFile(files[source] if isinstance(source, int) else source)
            if kind == "series":
                series = own_frame(file.table).iloc[:, 0]
                if UNNAMED in (file.table.schema.metadata or {}):
                    series.name = None
                opened[source, kind] = series
            else:
                opened[source, kind] = file.frame()
        return opened[source, kind]

    values = {}
    for at, dataset in enumerate(request["datasets"]):
        values[dataset["name"]] = open_once(dataset["source"], "frame")
        if at == 0:
            values["df"] = values[dataset["name"]]
    for variable in request["variables"]:
        if variable["kind"] == "json":
            values[variable["name"]] = variable["value"]
        else:
            values[variable["name"]] = open_once(variable["source"], variable["kind"])
    return values


def signature(value):
    """What changes when somebody adds a column, drops rows, converts a type: cheap to take before and after."""
    if isinstance(value, pd.DataFrame):
        return value.shape, tuple(map(str, value.columns)), tuple(map(str, value.dtypes)), str(value.index.dtype)
    if isinstance(value, pd.Series):
        return len(value), str(value.name), str(value.dtype), str(value.index.dtype)
    if isinstance(value, (list, dict)):
        return json.dumps(value, sort_keys=True, default=str)
    return None


class Exporter:
    """Hands the values that the code made to the host."""

    def __init__(self, channel, folder, notice):
        self.channel, self.folder, self.notice = channel, folder, notice
        self.bytes_written = 0
        self.files = {}

    def export(self, name, value):
        if isinstance(value, pd.DataFrame):
            self.frame(name, value, "frame", frame_digest(value))
        elif isinstance(value, pd.Series):
            self.frame(name, value, "series", series_digest(value))
        else:
            plain = json_value(value)
            if plain is not NOT_JSON:
                self.json(name, plain)

    def json(self, name, value):
        body = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if len(body) > MAX_JSON_BYTES:
            self.notice(f"`{name}` is larger than {MAX_JSON_BYTES:,} bytes and is not handed to later steps")
            return
        try:
            body.decode()
        except UnicodeDecodeError:
            return
        self.channel.send({"type": "variable", "name": name, "kind": "json", "digest": json_digest(value)}, body)

    def frame(self, name, value, kind, digest):
        file = self.files.get(id(value))
        if file is None:
            file = self.write(name, value)
            if file is None:
                return
            self.files[id(value)] = file
        self.channel.send({"type": "variable", "name": name, "kind": kind, "digest": digest, "file": file})

    def write(self, name, value):
        size = int(value.memory_usage(index=True, deep=False).sum() if isinstance(value, pd.DataFrame)
                   else value.memory_usage(index=True, deep=False))
        if self.bytes_written + size > MAX_EXPORT_BYTES:
            self.notice(f"`{name}` is too large to be handed to later steps")
            return None
        try:
            table = arrow_table(value, lambda text: self.notice(f"`{name}`: {text}"))
        except RowOfFrame:
            return None
        except Exception as error:
            self.notice(f"`{name}` cannot be handed to later steps: {type(error).__name__}: {str(error)[:200]}")
            return None
        file = f"{len(self.files)}.arrow"
        path = os.path.join(self.folder, file)
        with pa.OSFile(path, "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks(), max_chunksize=max(len(table), 1))
        self.bytes_written += os.path.getsize(path)
        return file


class RowOfFrame(Exception):
    """A series of mixed values is a row taken out of a frame: nothing later steps would ask for."""


def arrow_table(value, notice):
    unnamed = isinstance(value, pd.Series) and value.name is None
    frame = value.to_frame("value" if unnamed else None) if isinstance(value, pd.Series) else value
    if not frame.columns.is_unique:
        frame = frame.copy(deep=False)
        frame.columns = tables.unique_names(frame.columns)
        notice("columns of the same name were renamed")
    try:
        table = pa.Table.from_pandas(frame)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        if isinstance(value, pd.Series):
            raise RowOfFrame from error
        table = pa.Table.from_pandas(mixed_as_text(frame, notice))
    if unnamed:
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), UNNAMED: b"1"})
    return table


def mixed_as_text(frame, notice):
    frame = frame.copy(deep=False)
    changed = []
    for at, name in enumerate(frame.columns):
        series = frame.iloc[:, at]
        try:
            pa.Array.from_pandas(series)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
            frame[name] = series.map(str, na_action="ignore").astype(object)
            changed.append(str(name))
    notice(f"columns of mixed values were handed on as text: {', '.join(changed)}")
    return frame


def frame_digest(frame):
    columns = [
        f"{name} ({tables.column_kind(frame.iloc[:, at])})"
        for at, name in enumerate(tables.unique_names(frame.columns[:DIGEST_COLUMNS]))
    ]
    more = "" if frame.shape[1] <= DIGEST_COLUMNS else ", …"
    return f"DataFrame {frame.shape[0]:,} × {frame.shape[1]}: {', '.join(columns)}{more}"


def series_digest(series):
    name = "unnamed" if series.name is None else series.name
    return f"Series {len(series):,}: {name} ({tables.column_kind(series)})"


NOT_JSON = object()


def json_value(value, depth=0):
    """The value as JSON has it, exactly; NOT_JSON when that would make something else of it."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, np.generic) and not isinstance(value, (np.datetime64, np.timedelta64)):
        value = value.item()
    if isinstance(value, (bool, int)):
        return int(value) if not isinstance(value, bool) and abs(value) <= tables.EXACT_INTEGER else (
            value if isinstance(value, bool) else NOT_JSON)
    if isinstance(value, float):
        return value if math.isfinite(value) else NOT_JSON
    if depth > 20 or isinstance(value, (datetime.date, datetime.time)):
        return NOT_JSON
    if type(value) in (list, tuple):
        parts = [json_value(part, depth + 1) for part in value]
        return NOT_JSON if any(part is NOT_JSON for part in parts) else parts
    if type(value) is dict:
        if not all(isinstance(key, str) for key in value):
            return NOT_JSON
        parts = {key: json_value(part, depth + 1) for key, part in value.items()}
        return NOT_JSON if any(part is NOT_JSON for part in parts.values()) else parts
    return NOT_JSON


def json_digest(value):
    if isinstance(value, str):
        return f"text: {value[:60]}{'…' if len(value) > 60 else ''}"
    if isinstance(value, list):
        return f"list of {len(value)}"
    if isinstance(value, dict):
        keys = ", ".join(list(value)[:8])
        return f"dictionary of {len(value)}: {keys}{', …' if len(value) > 8 else ''}"
    return f"{type(value).__name__}: {json.dumps(value)}" if value is not None else "None"
