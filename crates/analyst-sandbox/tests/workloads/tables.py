#@ id: excel-from-and-to-bytes
import io
frame = pd.DataFrame({"month": pd.to_datetime(["2026-01-01", "2026-02-01"]), "sales": [1.5, 2.5], "name": ["ä", "b"]})
book = io.BytesIO()
with pd.ExcelWriter(book) as writer:
    frame.to_excel(writer, sheet_name="one", index=False)
    frame.assign(sales=0).to_excel(writer, sheet_name="two", index=False)
back = pd.read_excel(io.BytesIO(book.getvalue()), sheet_name=None)
assert list(back) == ["one", "two"] and back["one"].equals(frame)

#@ id: csv-in-and-out
import io
text = "a;b;c\n1;2,5;x\n2;3,5;\n"
frame = pd.read_csv(io.StringIO(text), sep=";", decimal=",")
assert frame["b"].sum() == 6 and frame["c"].isna().sum() == 1 and frame.to_csv(index=False).startswith("a,b,c\n1,2.5,x")
frame.to_csv("own.csv", index=False)
assert pd.read_csv("own.csv").equals(frame)

#@ id: parquet-and-feather
frame = pd.DataFrame({"a": range(1000), "b": pd.Categorical(list("xy") * 500)})
frame.to_parquet("own.parquet", compression="zstd")
frame.to_feather("own.feather")
assert pd.read_parquet("own.parquet").equals(frame) and pd.read_feather("own.feather").equals(frame)

#@ id: arrow-compute
import pyarrow as pa
import pyarrow.compute as pc
table = pa.table({"k": ["a", "b", "a"] * 100_000, "v": range(300_000)})
sums = table.group_by("k", use_threads=True).aggregate([("v", "sum")]).to_pandas().set_index("k")["v_sum"]
assert sums["b"] == sum(range(1, 300_000, 3)) and pc.sum(table["v"]).as_py() == sum(range(300_000))
assert table.filter(pc.greater(table["v"], 299_998)).num_rows == 1

#@ id: arrow-csv-with-threads
import io
import pyarrow.csv
text = "a,b\n" + "\n".join(f"{n},{n * 2}" for n in range(200_000))
table = pyarrow.csv.read_csv(io.BytesIO(text.encode()), read_options=pyarrow.csv.ReadOptions(use_threads=True, block_size=1 << 16))
assert table.num_rows == 200_000 and table["b"][199_999].as_py() == 399_998

#@ id: resample
index = pd.date_range("2026-01-01", periods=1000, freq="h", tz="Europe/Vienna")
series = pd.Series(1, index=index)
daily = series.resample("D").sum()
assert daily.iloc[0] == 24 and daily.sum() == 1000 and series.rolling("24h").sum().max() == 24

#@ id: merge
left = pd.DataFrame({"k": np.arange(100_000) % 1000, "a": 1})
right = pd.DataFrame({"k": range(500), "b": range(500)})
both = left.merge(right, on="k", how="left", indicator=True)
assert len(both) == 100_000 and (both["_merge"] == "both").sum() == 50_000
near = pd.merge_asof(pd.DataFrame({"t": [1, 5]}), pd.DataFrame({"t": [0, 4], "v": [7, 8]}), on="t")
assert near["v"].tolist() == [7, 8]

#@ id: pivot-and-melt
frame = pd.DataFrame({"r": list("aabb"), "c": list("xyxy"), "v": [1, 2, 3, 4]})
wide = frame.pivot_table(index="r", columns="c", values="v", aggfunc="sum", margins=True)
assert wide.loc["All", "All"] == 10 and len(frame.pivot(index="r", columns="c", values="v").reset_index().melt("r")) == 4
assert pd.crosstab(frame["r"], frame["c"]).to_numpy().sum() == 4

#@ id: groups
frame = pd.DataFrame({"g": np.arange(200_000) % 7, "v": np.arange(200_000.0)})
answer = frame.groupby("g").agg(mean=("v", "mean"), n=("v", "size"), high=("v", lambda v: v.quantile(0.9)))
assert answer["n"].sum() == 200_000 and frame.groupby("g")["v"].transform("mean").shape == (200_000,)
assert frame.groupby("g")["v"].rank().max() == answer["n"].max()

#@ id: text
names = pd.Series(["  Anna Müller", "Bob-Lee ", None, "CARL"] * 1000)
assert names.str.strip().str.lower().str.extract(r"^(\w+)")[0].value_counts()["anna"] == 1000
assert names.str.contains("ü", na=False).sum() == 1000 and names.astype("string[pyarrow]").str.len().max() == 13

#@ id: nullable-types-and-categories
frame = pd.DataFrame({"i": pd.array([1, None, 3], dtype="Int64"), "b": pd.array([True, None, False], dtype="boolean"), "c": pd.Categorical(["lo", "hi", "lo"], ["lo", "hi"], ordered=True)})
assert frame["i"].sum() == 4 and frame["b"].sum() == 1 and frame["c"].max() == "hi"
assert frame.convert_dtypes().dtypes["i"] == "Int64" and pd.cut([1, 5, 9], 3).codes.tolist() == [0, 1, 2]

#@ id: dates-and-zones
import datetime
from zoneinfo import ZoneInfo
noon = datetime.datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("America/New_York"))
assert noon.astimezone(ZoneInfo("UTC")).hour == 16
days = pd.date_range("2026-03-28", periods=3, tz="Europe/Berlin")
assert (days[2] - days[1]) == pd.Timedelta("23h") and pd.Timestamp("2026-12-31").isocalendar().week == 53
assert len(pd.bdate_range("2026-01-01", "2026-01-31")) == 22 and str(pd.Period("2026Q1").end_time.date()) == "2026-03-31"

#@ id: locale-and-words
import calendar
assert calendar.month_name[1] == "January" and f"{1234567.891:,.2f}" == "1,234,567.89" and "ß".upper() == "SS"
assert sorted(["z", "ä", "a"]) == ["a", "z", "ä"]

#@ id: patterns
import re
text = "order 2026-01-15 for 1,234.50 EUR; order 2026-02-01 for 99.00 USD " * 2000
found = re.findall(r"order (\d{4}-\d\d-\d\d) for ([\d,.]+) ([A-Z]{3})", text)
assert len(found) == 4000 and sum(float(amount.replace(",", "")) for _, amount, _ in found) == 2000 * 1333.5

#@ id: large-frame
frame = pd.DataFrame({f"c{n}": np.arange(1_000_000, dtype=float) + n for n in range(8)})
assert frame.sum().iloc[7] == 499_999_500_000 + 7_000_000 and frame.sort_values("c0", ascending=False)["c0"].iloc[0] == 999_999
assert frame.describe().loc["50%", "c0"] == 499_999.5 and frame.query("c0 > 999_990").shape == (9, 8)

#@ id: styled-table
frame = pd.DataFrame({"a": [1.234, 2.345]})
page = frame.style.format("{:.1f}").highlight_max().to_html()
assert "2.3" in page and frame.to_html().count("<tr") == 3 and frame.to_latex().count("1.234") == 1 and len(frame.to_json()) > 10

#@ id: levels-of-rows
frame = pd.DataFrame({"a": np.repeat(range(100), 50), "b": np.tile(range(50), 100), "v": 1.0}).set_index(["a", "b"])
assert frame.loc[3].shape == (50, 1) and frame.unstack().shape == (100, 50) and frame.groupby(level="b")["v"].sum().eq(100).all()
assert frame.stack().index.nlevels == 3 and frame.xs(7, level="b").shape == (100, 1) and not frame.index.has_duplicates

#@ id: evaluate
frame = pd.DataFrame({"a": np.arange(100_000.0), "b": 2.0})
assert frame.eval("c = a * b + 1")["c"].iloc[-1] == 199_999 and pd.eval("frame.a + frame.b").iloc[0] == 2

#@ id: standard-library
import collections, decimal, fractions, functools, itertools, json, math, statistics, textwrap
assert statistics.median([1, 2, 10]) == 2 and decimal.Decimal("0.1") + decimal.Decimal("0.2") == decimal.Decimal("0.3")
assert fractions.Fraction(1, 3) * 3 == 1 and json.loads(json.dumps({"ü": [1, None]})) == {"ü": [1, None]}
assert collections.Counter("aab").most_common(1) == [("a", 2)] and math.comb(5, 2) == len(list(itertools.combinations(range(5), 2)))
