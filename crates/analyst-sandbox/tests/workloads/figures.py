#@ id: plotly-express
frame = pd.DataFrame({"x": [1, 2, 3, 4], "y": [2, 1, 4, 3], "g": list("abab"), "s": [5, 6, 7, 8]})
made = [
    px.bar(frame, x="x", y="y", color="g"), px.line(frame, x="x", y="y"), px.scatter(frame, x="x", y="y", size="s", trendline="ols"),
    px.histogram(frame, x="y"), px.box(frame, x="g", y="y"), px.violin(frame, y="y"), px.pie(frame, names="g", values="y"),
    px.area(frame, x="x", y="y"), px.density_heatmap(frame, x="x", y="y"), px.treemap(frame, path=["g", "x"], values="y"),
    px.sunburst(frame, path=["g", "x"], values="y"), px.funnel(frame, x="y", y="x"), px.strip(frame, x="g", y="y"),
    px.ecdf(frame, x="y"), px.scatter_3d(frame, x="x", y="y", z="s"), px.parallel_coordinates(frame[["x", "y", "s"]]),
    px.imshow([[1, 2], [3, 4]]), px.scatter_matrix(frame, dimensions=["x", "y"]), px.line_polar(frame, r="y", theta="x"),
    px.timeline(frame.assign(a=pd.Timestamp("2026-01-01"), b=pd.Timestamp("2026-01-02")), x_start="a", x_end="b", y="g"),
    px.choropleth(locations=["AUT", "DEU"], color=[1, 2]), px.density_contour(frame, x="x", y="y"), px.bar_polar(frame, r="y", theta="g"),
]
assert all(len(figure.to_json()) > 500 for figure in made) and len(made) == 23
made = None

#@ id: plotly-objects
from plotly.subplots import make_subplots
figure = make_subplots(rows=1, cols=2, specs=[[{"secondary_y": True}, {"type": "domain"}]])
figure.add_trace(go.Candlestick(open=[1, 2], high=[3, 4], low=[0, 1], close=[2, 3]), 1, 1)
figure.add_trace(go.Pie(labels=["a", "b"], values=[1, 2]), 1, 2)
figure.update_layout(title="ü", hovermode="x unified")
assert len(figure.data) == 2 and '"domain"' in figure.to_json()

#@ id: plotly-is-shown | figures: 1
px.bar(pd.DataFrame({"a": ["x", "y"], "b": [1, 2]}), x="a", y="b")

#@ id: matplotlib-to-bytes
import io
import matplotlib.pyplot as plt
figure, axes = plt.subplots(2, 2, figsize=(6, 4))
axes[0, 0].plot(range(10)); axes[0, 1].bar(list("ab"), [1, 2]); axes[1, 0].hist(np.arange(100)); axes[1, 1].imshow(np.eye(5))
figure.suptitle("Größe $x^2$"); figure.tight_layout()
png = io.BytesIO()
figure.savefig(png, dpi=80)
plt.close(figure)
assert png.getvalue().startswith(b"\x89PNG") and len(png.getvalue()) > 5000

#@ id: matplotlib-to-svg
import io
import matplotlib.pyplot as plt
plt.plot([1, 2])
text = io.StringIO()
plt.savefig(text, format="svg")
plt.close("all")
assert "<svg" in text.getvalue()

#@ id: matplotlib-is-shown | images: 1
plt.scatter([1, 2, 3], [1, 4, 9])
plt.show()

#@ id: seaborn
import io
import matplotlib.pyplot as plt
import seaborn as sns
frame = pd.DataFrame({"x": range(30), "y": np.arange(30) ** 2, "g": list("abc") * 10})
sns.set_theme()
sns.regplot(frame, x="x", y="y"); plt.close("all")
sns.boxplot(frame, x="g", y="y"); plt.close("all")
sns.heatmap(frame[["x", "y"]].corr(), annot=True); plt.close("all")
grid = sns.pairplot(frame, hue="g")
png = io.BytesIO()
grid.savefig(png, dpi=50)
plt.close("all")
assert png.getvalue().startswith(b"\x89PNG")

#@ id: pandas-draws | images: 1
frame = pd.DataFrame({"a": [1, 2, 3], "b": [3, 2, 1]})
frame.plot(kind="line")
plt.show()
