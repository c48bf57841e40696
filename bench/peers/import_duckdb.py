"""The peer of importing: DuckDB reads a CSV file into a table and summarises it. Prints the times as JSON."""

import json
import sys
import time

import duckdb


def main(path):
    connection = duckdb.connect()
    started = time.perf_counter()
    connection.execute("CREATE TABLE t AS SELECT * FROM read_csv(?)", [path])
    imported = time.perf_counter()
    connection.execute("SUMMARIZE t").fetchall()
    summarised = time.perf_counter()
    rows = connection.execute("SELECT count(*) FROM t").fetchone()[0]
    print(json.dumps({
        "importMs": (imported - started) * 1000,
        "totalMs": (summarised - started) * 1000,
        "rows": rows,
    }))


main(sys.argv[1])
