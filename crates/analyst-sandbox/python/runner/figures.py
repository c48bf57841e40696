"""Plotly figures as plain JSON: typed arrays opened to lists, too many points thinned, nothing invented."""
import base64
import json
import math

import numpy as np
import plotly.io

MAX_POINTS = 200_000
# Traces that stay true when every n-th point is drawn. Others (histograms, boxes, bars, …) would count wrong.
POINT_TRACES = {
    "scatter", "scattergl", "scatter3d", "scattergeo", "scattermap", "scattermapbox", "scatterpolar",
    "scatterpolargl", "scatterternary", "splom", "parcoords",
}


def figure_json(figure):
    """The JSON text of `{data, layout, frames}` and, when points were left out, a sentence about it."""
    text, notice = thinned(figure)
    document = json.loads(text or figure.to_json(), object_hook=open_typed_array)
    figure_data = {key: document[key] for key in ("data", "layout", "frames") if document.get(key) is not None}
    notice = notice or thin_out(figure_data.get("data", []))
    return json.dumps(plain(figure_data), allow_nan=False, ensure_ascii=False), notice


def thinned(figure):
    """The JSON of a figure of very many points, thinned before they are written out; (None, None) for all others."""
    raw, layout = getattr(figure, "_data", None), getattr(figure, "_layout", None)
    if not isinstance(raw, (list, tuple)) or not isinstance(layout, dict) or figure.frames:
        return None, None
    traces = list(raw)
    notice = thin_out(traces)
    if notice is None:
        return None, None
    return plotly.io.json.to_json_plotly({"data": traces, "layout": layout}), notice


def figure_title(figure):
    title = getattr(figure.layout, "title", None)
    return (getattr(title, "text", None) or "") if title is not None else ""


def open_typed_array(value):
    if "bdata" not in value or "dtype" not in value:
        return value
    array = np.frombuffer(base64.b64decode(value["bdata"]), dtype=np.dtype(value["dtype"]).newbyteorder("<"))
    shape = value.get("shape")
    if shape is not None:
        sizes = [int(size) for size in (shape.split(",") if isinstance(shape, str) else np.atleast_1d(shape))]
        array = array.reshape(sizes)
    return array


def thin_out(traces):
    sizes = [n_points(trace) for trace in traces]
    total = sum(sizes)
    if total <= MAX_POINTS:
        return None
    step = math.ceil(total / MAX_POINTS)
    left = 0
    for at, size in enumerate(sizes):
        if size > 1:
            traces[at] = every_nth(traces[at], size, step)
        left += math.ceil(size / step)
    return f"The chart has {total:,} points; every {step}th is drawn ({left:,})."


def n_points(trace):
    if trace.get("type", "scatter") not in POINT_TRACES:
        return 0
    lengths = [len(trace[key]) for key in ("x", "y", "z", "lat", "lon", "r", "theta", "a") if is_list(trace.get(key))]
    lengths += [len(one["values"]) for one in trace.get("dimensions", []) if is_list(one.get("values"))]
    return max(lengths, default=0)


def every_nth(value, size, step):
    if isinstance(value, dict):
        return {key: every_nth(part, size, step) for key, part in value.items()}
    if is_list(value):
        if len(value) == size:
            return value[::step]
        if isinstance(value, list) and value and isinstance(value[0], dict):
            return [every_nth(part, size, step) for part in value]
    return value


def is_list(value):
    return isinstance(value, (list, np.ndarray))


def plain(value):
    """Arrays as lists, and what JSON cannot say as null."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            return plain(value.tolist())
        return value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
