"""DuckDB's SUMMARIZE of a Parquet file's table, loaded first: prints the seconds of each run as a JSON list."""
import json
import sys
import time

import duckdb

path, times, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
connection = duckdb.connect(config={"threads": threads})
connection.execute("CREATE TABLE t AS SELECT * FROM read_parquet(?)", [path])
seconds = []
for _ in range(times):
    started = time.perf_counter()
    connection.execute("SUMMARIZE t").fetchall()
    seconds.append(time.perf_counter() - started)
print(json.dumps(seconds))
