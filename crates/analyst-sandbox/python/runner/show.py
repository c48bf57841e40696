"""What a cell shows: the functions it may call, and what its last expression becomes."""
import base64
import io
import json
import pprint
import sys

import numpy as np
import pandas as pd
import plotly.basedatatypes
import plotly.io

from runner import figures, tables

MAX_TEXT = 20_000
MAX_ARTIFACTS = 200
NAME_LENGTH = 80
current = None  # the Shown of this process: a worker runs one cell


class Shown:
    """The artifacts of one run, sent to the host as they are made."""

    def __init__(self, channel, artifact_bytes):
        self.channel, self.artifact_bytes = channel, artifact_bytes
        self.seen = {}
        self.n_artifacts = 0
        self.n_charts = 0

    # the functions of a cell

    def show(self, *values, title=None):
        """Shows figures, tables, text: whatever it is."""
        if len(values) == 2 and title is None and isinstance(values[1], str) and not isinstance(values[0], str):
            values, title = values[:1], values[1]
        for value in values:
            self.display(value, title)

    def table(self, df, title=None):
        """Shows a table."""
        if not isinstance(df, (pd.DataFrame, pd.Series)):
            df = pd.DataFrame(df)
        try:
            text, kept = tables.table_json(df, self.artifact_bytes)
        except ValueError as error:
            notice(str(error))
            return
        if kept < min(len(df), tables.MAX_ROWS):
            notice(f"The table is large: its first {kept:,} rows are shown.")
        self.send("table", title, text)

    def metric(self, name, value):
        """Shows one named value."""
        plain = tables.plain_value(value)
        self.send("metric", "", json.dumps({"name": str(name), "value": plain}, allow_nan=False, ensure_ascii=False))

    def text(self, *values):
        """Shows text."""
        content = " ".join(str(value) for value in values)
        if len(content) > MAX_TEXT:
            content = content[:MAX_TEXT] + "…"
        content = content.encode("utf-8", "backslashreplace").decode()
        self.send("text", "", json.dumps({"text": content}, ensure_ascii=False))

    # what values become

    def display(self, value, title=None, expression=None):
        if value is None:
            return
        if isinstance(value, plotly.basedatatypes.BaseFigure):
            self.chart(value, title, again=expression is None)
        elif isinstance(value, (pd.DataFrame, pd.Series)):
            self.table(value, title)
        elif isinstance(value, pd.Index):
            self.table(value.to_frame(index=False), title)
        elif isinstance(value, (bool, int, float, np.number, np.bool_)) and expression is not None:
            self.metric(expression[:NAME_LENGTH], value)
        elif is_matplotlib(value):
            return  # drawn with the figures that are open at the end
        elif isinstance(value, str):
            self.text(value)
        elif type(value).__name__ == "Styler" and isinstance(getattr(value, "data", None), pd.DataFrame):
            self.table(value.data, title)
        elif isinstance(value, (list, tuple)) and value and all(is_rich(part) for part in value):
            for part in value:
                self.display(part, title)
        elif isinstance(value, (list, dict, tuple, set)):
            self.text(pprint.pformat(value, width=100, compact=True, sort_dicts=False))
        else:
            self.text(str(value) if "summary" in type(value).__name__.lower() else repr(value))

    def chart(self, figure, title=None, again=True):
        """Shows a figure; unless `again`, only when it was not yet shown as it is now."""
        text, cut = figures.figure_json(figure)
        if not again and self.seen.get(id(figure), (None, None))[1] == text:
            return
        size = len(text.encode())
        if size > self.artifact_bytes:
            limit = self.artifact_bytes
            notice(f"The chart is too large to show: {size:,} bytes of {limit:,}. Aggregate the data first.")
            return
        if cut:
            notice(cut)
        self.seen[id(figure)] = (figure, text)  # the figure too, so that its id is not given to another
        self.n_charts += 1
        self.send("chart", title or figures.figure_title(figure), '{"figure":' + text + "}")

    def image(self, figure):
        data = io.BytesIO()
        figure.savefig(data, format="png", dpi=110, bbox_inches="tight")
        encoded = base64.b64encode(data.getvalue()).decode()
        if len(encoded) > self.artifact_bytes:
            notice("The picture is too large to show.")
            return
        heading = figure._suptitle.get_text() if figure._suptitle is not None else ""
        if not heading and figure.axes:
            heading = figure.axes[0].get_title()
        self.n_charts += 1
        self.send("image", heading, json.dumps({"mime": "image/png", "base64": encoded}))

    def leftover_images(self):
        """Images of the matplotlib figures that are open."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            if figure.axes or figure.lines or figure.images:
                self.image(figure)
        pyplot.close("all")

    def leftover_charts(self, values):
        """Figures that were made and never shown, in a run that showed none."""
        if self.n_charts:
            return
        for value in values:
            if isinstance(value, plotly.basedatatypes.BaseFigure) and id(value) not in self.seen:
                self.chart(value)

    def send(self, kind, title, content):
        self.n_artifacts += 1
        if self.n_artifacts > MAX_ARTIFACTS:
            if self.n_artifacts == MAX_ARTIFACTS + 1:
                notice(f"More than {MAX_ARTIFACTS} results: the rest is not shown.")
            return
        title = str(title or "").encode("utf-8", "backslashreplace").decode()[:500]
        self.channel.send({"type": "artifact", "kind": kind, "title": title}, content.encode())


def install(channel, artifact_bytes):
    """Makes the run's Shown."""
    global current
    current = Shown(channel, artifact_bytes)
    return current


def redirect():
    """Has `fig.show()` and `plotly.io.show()` arrive at the Shown of the run, whatever run that will be."""

    def figure_show(figure, *args, **kwargs):
        current.chart(figure)

    def io_show(figure, *args, **kwargs):
        if not isinstance(figure, plotly.basedatatypes.BaseFigure):
            figure = plotly.graph_objects.Figure(figure)
        current.chart(figure)

    plotly.basedatatypes.BaseFigure.show = figure_show
    plotly.io.show = io_show


def is_rich(value):
    return isinstance(value, (plotly.basedatatypes.BaseFigure, pd.DataFrame, pd.Series)) or is_matplotlib(value)


def is_matplotlib(value):
    if isinstance(value, np.ndarray) and value.dtype == object:
        return value.size > 0 and all(is_matplotlib(part) for part in value.flat)
    if isinstance(value, (list, tuple)):
        return len(value) > 0 and all(is_matplotlib(part) for part in value)
    return type(value).__module__.partition(".")[0] in ("matplotlib", "mpl_toolkits", "seaborn")


def notice(text):
    print(text, file=sys.stderr)
