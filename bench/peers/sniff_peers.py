"""How other readers do on our corpus of messy files: DuckDB's auto-detection, and clevercsv with charset-normalizer.

    python sniff_peers.py CORPUS_FOLDER

Prints one JSON object: for each peer, how many files it reads exactly (names, types and values of every table) out of
how many. Only files that need no word from a person are tried. A peer is judged kindly: it may number unnamed columns
in its own way, and write "no value" as an empty text.
"""

import csv
import datetime as dt
import decimal
import io
import json
import pathlib
import re
import sys

import charset_normalizer
import clevercsv
import duckdb

TYPES = [
    (re.compile(r"^(BIG|SMALL|TINY|HUGE|U.*)?INT(EGER)?$"), "integer"),
    (re.compile(r"^(DOUBLE|FLOAT|DECIMAL)"), "float"),
    (re.compile(r"^BOOLEAN$"), "boolean"),
    (re.compile(r"^DATE$"), "date"),
    (re.compile(r"^TIMESTAMP"), "datetime"),
    (re.compile(r"^TIME"), "time"),
    (re.compile(r"^INTERVAL$"), "duration"),
]


def plain(value):
    """A value as the expectation writes it."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, dt.datetime):
        if value.tzinfo:
            value = value.astimezone(dt.timezone.utc).replace(tzinfo=None)
        return value.isoformat()
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return value


def by_duckdb(path):
    """Names, types and rows by `read_csv` with nothing told."""
    connection = duckdb.connect()
    relation = connection.execute("SELECT * FROM read_csv(?)", [str(path)])
    names = [column[0] for column in relation.description]
    kinds = []
    for column in relation.description:
        name = str(column[1]).upper()
        kinds.append(next((kind for pattern, kind in TYPES if pattern.match(name)), "text"))
    return names, kinds, [[plain(value) for value in row] for row in relation.fetchall()]


def typed(cells):
    """The narrowest of the usual types that all cells of a column fit, as a data frame library would infer."""

    def boolean(text):
        return {"true": True, "false": False}[text.lower()]

    def whole(text):
        if not re.fullmatch(r"[+-]?\d+", text):
            raise ValueError(text)
        return int(text)

    readers = [
        ("integer", whole),
        ("float", float),
        ("boolean", boolean),
        ("date", lambda text: dt.date.fromisoformat(text).isoformat()),
        ("datetime", lambda text: plain(dt.datetime.fromisoformat(text))),
    ]
    filled = [cell for cell in cells if cell != ""]
    for kind, read in readers:
        try:
            if filled:
                values = [None if cell == "" else read(cell) for cell in cells]
                return kind, values
        except (ValueError, KeyError):
            continue
    return "text", [plain(cell) for cell in cells]


def by_clevercsv(path):
    """Names, types and rows by clevercsv's sniffer, the text by charset-normalizer's best guess."""
    best = charset_normalizer.from_bytes(path.read_bytes()).best()
    text = str(best).removeprefix("\ufeff")
    sniffer = clevercsv.Sniffer()
    dialect = sniffer.sniff(text, verbose=False)
    rows = [row for row in clevercsv.reader(io.StringIO(text, newline=""), dialect) if row]
    has_header = sniffer.has_header(text)
    names = rows[0] if has_header else [f"column_{index + 1}" for index in range(len(rows[0]))]
    body = rows[1:] if has_header else rows
    if any(len(row) != len(names) for row in body):
        raise ValueError("ragged")
    columns = [typed([row[index] for row in body]) for index in range(len(names))]
    values = [list(row) for row in zip(*(values for _, values in columns))]
    return names, [kind for kind, _ in columns], values


def is_exact(found, expected):
    """Whether names, types and values are the expected ones."""
    if len(expected["tables"]) != 1:
        return False
    names, kinds, rows = found
    columns = expected["tables"][0]["columns"]
    if len(names) != len(columns):
        return False
    for name, kind, column in zip(names, kinds, columns):
        is_numbered = re.fullmatch(r"column_\d+", column["name"])
        if (name != column["name"] and not is_numbered) or kind != column["type"]:
            return False
    return json.loads(json.dumps(rows, default=str)) == expected["tables"][0]["rows"]


def main():
    corpus = pathlib.Path(sys.argv[1])
    csv.field_size_limit(1 << 24)
    peers = {"duckdb": by_duckdb, "clevercsv": by_clevercsv}
    report = {name: {"exact": 0, "of": 0, "files": []} for name in peers}
    for beside in sorted(corpus.glob("*.json")):
        expected = json.loads(beside.read_text())
        if "options" in expected:
            continue
        for name, read in peers.items():
            report[name]["of"] += 1
            try:
                exact = is_exact(read(beside.with_suffix("")), expected)
            except Exception:  # A peer that refuses a file has not read it.
                exact = False
            if exact:
                report[name]["exact"] += 1
                report[name]["files"].append(beside.stem)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
