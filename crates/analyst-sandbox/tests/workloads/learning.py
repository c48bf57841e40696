#@ id: random-forest
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
x, y = make_classification(800, 12, random_state=0)
model = RandomForestClassifier(30, n_jobs=-1, random_state=0).fit(x[:600], y[:600])
assert model.score(x[600:], y[600:]) > 0.85

#@ id: k-means
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
x, y = make_blobs(3000, centers=4, cluster_std=0.5, random_state=1)
model = KMeans(4, n_init=3, random_state=0).fit(x)
from sklearn.metrics import adjusted_rand_score
assert adjusted_rand_score(y, model.labels_) > 0.99

#@ id: k-means-with-two-openmp-threads
from threadpoolctl import threadpool_limits
from sklearn.cluster import KMeans
x = np.random.default_rng(0).normal(size=(3000, 5))
with threadpool_limits(2):
    model = KMeans(3, n_init=1, random_state=0).fit(x)
assert sorted(set(model.labels_)) == [0, 1, 2]

#@ id: gradient-boosting-of-histograms
from sklearn.datasets import make_regression
from sklearn.ensemble import HistGradientBoostingRegressor
x, y = make_regression(1500, 8, noise=1, random_state=0)
assert HistGradientBoostingRegressor(max_iter=60, random_state=0).fit(x, y).score(x, y) > 0.9

#@ id: gradient-boosting
from sklearn.datasets import make_classification
from sklearn.ensemble import GradientBoostingClassifier
x, y = make_classification(300, 8, random_state=0)
assert GradientBoostingClassifier(n_estimators=30, random_state=0).fit(x, y).score(x, y) > 0.9

#@ id: search-with-jobs
from sklearn.linear_model import LogisticRegression
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV
x, y = make_classification(300, 6, random_state=0)
search = GridSearchCV(LogisticRegression(), {"C": [0.1, 1, 10]}, cv=3, n_jobs=2).fit(x, y)
assert search.best_score_ > 0.8 and len(search.cv_results_["params"]) == 3

#@ id: cross-validation
from sklearn.datasets import load_iris
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier
x, y = load_iris(return_X_y=True)
assert cross_val_score(KNeighborsClassifier(), x, y, cv=5, n_jobs=-1).mean() > 0.95

#@ id: joblib-threads
from joblib import Parallel, delayed
assert Parallel(n_jobs=2, prefer="threads")(delayed(lambda n: n * n)(n) for n in range(10)) == [n * n for n in range(10)]
assert Parallel(n_jobs=2)(delayed(pow)(n, 2) for n in range(5)) == [0, 1, 4, 9, 16]

#@ id: pipeline-of-columns
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
frame = pd.DataFrame({"size": [1.0, 2, None, 4, 5, 6], "kind": list("ababab"), "price": [11.0, 22, 31, 42, 51, 62]})
columns = ColumnTransformer([("n", make_pipeline(SimpleImputer(), StandardScaler()), ["size"]), ("k", OneHotEncoder(), ["kind"])])
model = make_pipeline(columns, Ridge(0.01)).fit(frame[["size", "kind"]], frame["price"])
assert model.score(frame[["size", "kind"]], frame["price"]) > 0.9

#@ id: components
from sklearn.decomposition import PCA
from sklearn.datasets import load_digits
x, _ = load_digits(return_X_y=True)
model = PCA(10, random_state=0).fit(x)
assert 0.7 < model.explained_variance_ratio_.sum() < 0.8 and model.transform(x).shape == (1797, 10)

#@ id: nearest-neighbours-and-density
from sklearn.cluster import DBSCAN
from sklearn.datasets import make_moons
x, y = make_moons(600, noise=0.05, random_state=0)
assert set(DBSCAN(eps=0.2, n_jobs=2).fit(x).labels_) == {0, 1}

#@ id: embedding
from sklearn.manifold import TSNE
x = np.vstack([np.random.default_rng(0).normal(0, 0.1, (40, 8)), np.random.default_rng(1).normal(4, 0.1, (40, 8))])
flat = TSNE(perplexity=10, max_iter=300, random_state=0, n_jobs=2).fit_transform(x)
assert np.linalg.norm(flat[:40].mean(0) - flat[40:].mean(0)) > flat[:40].std()

#@ id: least-squares
import statsmodels.formula.api as smf
rng = np.random.default_rng(0)
frame = pd.DataFrame({"x": rng.normal(size=400), "g": rng.choice(list("ab"), 400)})
frame["y"] = 2 * frame["x"] + (frame["g"] == "b") + rng.normal(0, 0.1, 400)
fit = smf.ols("y ~ x + C(g)", frame).fit()
assert np.isclose(fit.params["x"], 2, atol=0.02) and np.isclose(fit.params["C(g)[T.b]"], 1, atol=0.05) and "R-squared" in str(fit.summary())

#@ id: logit
import statsmodels.api as sm
rng = np.random.default_rng(1)
x = rng.normal(size=2000)
y = rng.random(2000) < 1 / (1 + np.exp(-1.5 * x))
fit = sm.Logit(y.astype(float), sm.add_constant(x)).fit(disp=0)
assert np.isclose(fit.params[1], 1.5, atol=0.2)

#@ id: arima
from statsmodels.tsa.arima.model import ARIMA
rng = np.random.default_rng(2)
noise = rng.normal(size=300)
y = np.zeros(300)
for n in range(1, 300):
    y[n] = 0.7 * y[n - 1] + noise[n]
fit = ARIMA(y, order=(1, 0, 0)).fit()
assert np.isclose(fit.params[1], 0.7, atol=0.12) and len(fit.forecast(5)) == 5

#@ id: smoothing
from statsmodels.tsa.holtwinters import ExponentialSmoothing
months = pd.Series(100 + np.arange(48) + 10 * np.sin(np.arange(48) * np.pi / 6), index=pd.date_range("2020-01", periods=48, freq="MS"))
ahead = ExponentialSmoothing(months, trend="add", seasonal="add", seasonal_periods=12).fit().forecast(12)
truth = 100 + np.arange(48, 60) + 10 * np.sin(np.arange(48, 60) * np.pi / 6)
assert np.abs(ahead.to_numpy() - truth).max() < 2

#@ id: state-space-smoothing
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
series = pd.Series(50 + 2.0 * np.arange(40), index=pd.date_range("2021-01", periods=40, freq="MS"))
assert np.isclose(ETSModel(series, error="add", trend="add").fit(disp=0).forecast(1).iloc[0], 130, atol=1)

#@ id: seasons
from statsmodels.tsa.seasonal import STL
series = pd.Series(np.arange(60) * 0.5 + np.tile([5, 0, -5, 0], 15), index=pd.date_range("2010-01", periods=60, freq="QS"))
parts = STL(series, period=4).fit()
assert np.isclose(parts.seasonal.iloc[4], 5, atol=0.5)
