"""One cell: read as a syntax tree, run statement by statement, shown, and what it leaves handed over."""
import ast
import builtins
import importlib
import keyword
import linecache
import sys
import traceback
import warnings

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from runner import frames, gate, show

FILE = "<cell>"
MAX_MESSAGE = 4000
MAX_TRACEBACK_FRAMES = 20
# Methods that change the list, dictionary or frame they are called on.
CHANGING_METHODS = {"insert", "pop", "update", "sort", "append", "extend", "clear", "setdefault"}
# Names that models use without importing them in every cell; imported when a cell names one.
IMPLIED = {"plt": "matplotlib.pyplot", "sns": "seaborn", "sm": "statsmodels.api", "smf": "statsmodels.formula.api"}


def run(channel, request, files, rules):
    """Runs the request. None, or what went wrong."""
    code = request["code"]
    paths = HostPaths(request["hidden_paths"])
    warnings.showwarning = show_warning
    linecache.cache[FILE] = (len(code), None, code.splitlines(True), FILE)
    try:
        values = frames.load_all(request, files)
    except Exception as error:
        return failure("DataError", f"the data could not be read: {error}", None, paths)
    try:
        tree = ast.parse(code, FILE)
        if request["guarded"]:
            rules.check(tree)
    except SyntaxError as error:
        print(f"{type(error).__name__}: {error.msg} (line {error.lineno})", file=sys.stderr)
        return failure(type(error).__name__, error.msg, error.lineno, paths)
    except gate.Refused as error:
        return failure("ImportError", str(error), error.line, paths)
    except (ValueError, RecursionError, MemoryError) as error:  # null bytes, nesting beyond reason
        return failure("SyntaxError", str(error) or "the code is nested too deeply", None, paths)
    shown = show.install(channel, request["artifact_bytes"])
    namespace = make_namespace(shown, rules if request["guarded"] else None)
    namespace.update(values)
    import_implied(tree, namespace)
    before = {
        name: (value, frames.signature(value)) for name, value in namespace.items() if not name.startswith("_")
    }
    channel.send({"type": "started"})
    error = execute(tree, code, namespace, shown, paths)
    error = finish(shown, namespace, error, paths)
    if error is None:
        hand_over(channel, request["out_dir"], tree, namespace, before)
    return error


def make_namespace(shown, rules):
    namespace = {
        "__name__": "__main__", "__builtins__": rules.builtins() if rules else builtins,
        "pd": pd, "np": np, "px": px, "go": go,
        "show": shown.show, "display": shown.show, "table": shown.table, "metric": shown.metric, "text": shown.text,
    }
    return namespace


def import_implied(tree, namespace):
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for name, module in IMPLIED.items():
        if name in names and name not in namespace:
            namespace[name] = importlib.import_module(module)


def execute(tree, code, namespace, shown, paths):
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body.pop()
    try:
        exec(compile(tree, FILE, "exec"), namespace)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), FILE, "eval"), namespace)
            if not code.rstrip().endswith(";"):
                shown.display(value, expression=ast.unparse(last.value))
    except BaseException as error:
        return describe(error, paths)
    return None


def finish(shown, namespace, error, paths):
    """Shows what is drawn and not yet shown; the first error stays the error."""
    try:
        shown.leftover_images()
        if error is None:
            shown.leftover_charts([value for name, value in namespace.items() if not name.startswith("_")])
    except BaseException as own:
        return error or describe(own, paths)
    return error


def describe(error, paths):
    """The error as the person should read it: their lines, no paths of ours."""
    if isinstance(error, (SystemExit, KeyboardInterrupt, GeneratorExit)):
        return failure("Crash", "the code ended the interpreter (exit)", cell_line(error), paths)
    kind = "MemoryError" if isinstance(error, MemoryError) else type(error).__name__
    try:
        message = str(error)
    except Exception:
        message = ""
    print_traceback(error, kind, message, paths)
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == FILE else cell_line(error)
    return failure(kind, message or kind, line, paths)


def cell_frames(error):
    return [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == FILE]


def cell_line(error):
    found = cell_frames(error)
    return found[-1][1] if found else None


def print_traceback(error, kind, message, paths):
    found = cell_frames(error)
    lines = ["Traceback (most recent call last):"]
    for frame, line in found[:MAX_TRACEBACK_FRAMES]:
        lines.append(f'  {FILE}, line {line}, in {frame.f_code.co_name}')
        source = linecache.getline(FILE, line).strip()
        if source:
            lines.append(f"    {source[:200]}")
    if len(found) > MAX_TRACEBACK_FRAMES:
        lines.append(f"  … {len(found) - MAX_TRACEBACK_FRAMES} more")
    lines.append(f"{kind}: {paths.hide(message)[:MAX_MESSAGE]}")
    print("\n".join(lines), file=sys.stderr)


def failure(kind, message, line, paths):
    message = paths.hide(str(message))
    message = message if len(message) <= MAX_MESSAGE else message[:MAX_MESSAGE] + "…"
    return {"type": kind, "message": message.encode("utf-8", "backslashreplace").decode(), "line": line}


class HostPaths:
    """Takes the folders of this machine out of messages."""

    def __init__(self, folders):
        self.folders = sorted((folder for folder in folders if len(folder) > 1), key=len, reverse=True)

    def hide(self, text):
        for folder in self.folders:
            text = text.replace(folder, "…")
        return text


def show_warning(message, category, filename, lineno, file=None, line=None):
    place = f"line {lineno}: " if filename == FILE else ""
    print(f"{place}{category.__name__}: {message}", file=sys.stderr)


def hand_over(channel, out_dir, tree, namespace, before):
    """Exports what the code made, rebound or changed in place."""
    touched = {id(before[name][0]) for name in names_changed_in_place(tree) if name in before}
    exporter = frames.Exporter(channel, out_dir, show.notice)
    for name, value in list(namespace.items()):
        if name.startswith("_") or not name.isidentifier() or keyword.iskeyword(name):
            continue
        if name in before:
            old, signature = before[name]
            if old is value and id(value) not in touched and signature == frames.signature(value):
                continue
        exporter.export(name, value)


def names_changed_in_place(tree):
    """Names `x` of `x[…] = …`, `x.a = …`, `x += …`, `del x[…]`, `x.method(…, inplace=True)`, `x.append(…)`, …"""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            names.add(base_name(node))
        elif isinstance(node, ast.AugAssign):
            names.add(base_name(node.target))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            in_place = any(word.arg == "inplace" for word in node.keywords)
            if in_place or node.func.attr in CHANGING_METHODS:
                names.add(base_name(node.func.value))
    return names - {None}


def base_name(node):
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
