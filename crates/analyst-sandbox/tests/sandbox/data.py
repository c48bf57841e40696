import datetime
import decimal
import sys

import pyarrow as pa

folder = sys.argv[1]


def write(name, columns, batch=None):
    table = pa.table(columns)
    with pa.OSFile(f"{folder}/{name}", "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=batch)


write("sales.arrow", {
    "region": pa.array(["North", "South", None, "Österreich 🦀"], pa.large_string()),
    "zip": pa.array(["00501", "01234", "99999", "00007"], pa.large_string()),
    "amount": pa.array([1.5, None, 3.5, 4.0], pa.float64()),
    "units": pa.array([1, 2, 3, 4], pa.int64()),
    "returns": pa.array([1, None, 3, 0], pa.int32()),
    "vip": pa.array([True, None, False, True], pa.bool_()),
    "active": pa.array([True, False, False, True], pa.bool_()),
    "day": pa.array([datetime.date(2024, 1, 31), None, datetime.date(2024, 2, 29), datetime.date(2025, 1, 1)], pa.date32()),
    "at": pa.array([datetime.datetime(2024, 1, 31, 12, 30), None] + [datetime.datetime(2024, 2, 1)] * 2, pa.timestamp("us")),
    "price": pa.array([decimal.Decimal("1.50"), decimal.Decimal(2), decimal.Decimal(3), None], pa.decimal128(12, 2)),
    "kind": pa.array(["a", "b", "a", None], pa.large_string()).dictionary_encode(),
})
write("people.arrow", {"region": pa.array(["North", "South"]), "heads": pa.array([10, 20], pa.int64())})
write("old.arrow", {"day": pa.array([datetime.date(1500, 1, 1), datetime.date(2024, 1, 1)], pa.date32())})
write("empty.arrow", {"a": pa.array([], pa.int64()), "b": pa.array([], pa.large_string())})
write("big.arrow", {"x": pa.array(range(3_000_000), pa.int64()), "y": pa.array([0.5] * 3_000_000, pa.float64())})
write("batches.arrow", {
    "x": pa.array(range(1000), pa.int64()), "n": pa.array([None, 1] * 500, pa.int64()), "y": pa.array([0.5] * 1000, pa.float64()),
    "b": pa.array([None, True] * 500, pa.bool_()), "s": pa.array(["a", None] * 500, pa.large_string()),
}, batch=64)
with open(f"{folder}/broken.arrow", "wb") as file:
    file.write(b"ARROW1\0\0" + b"\xff" * 500 + b"ARROW1")
