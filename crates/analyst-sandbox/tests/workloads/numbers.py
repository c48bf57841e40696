#@ id: blas-product
a = np.arange(1_000_000, dtype=float).reshape(1000, 1000) / 1e6
product = a @ a.T
assert np.isclose(product[3, 5], float((a[3] * a[5]).sum())) and np.allclose(product, product.T)

#@ id: singular-values
rng = np.random.default_rng(1)
a = rng.normal(size=(200, 80))
u, s, v = np.linalg.svd(a, full_matrices=False)
assert np.allclose(u * s @ v, a) and (np.diff(s) <= 0).all()

#@ id: eigenvalues
a = np.array([[2.0, 1.0], [1.0, 2.0]])
assert np.allclose(np.linalg.eigvalsh(a), [1, 3])
big = np.random.default_rng(2).normal(size=(150, 150))
values, vectors = np.linalg.eig(big)
assert np.allclose(big @ vectors, vectors * values)

#@ id: solve-and-invert
rng = np.random.default_rng(3)
a = rng.normal(size=(300, 300))
x = rng.normal(size=300)
assert np.allclose(np.linalg.solve(a, a @ x), x) and np.allclose(np.linalg.inv(a) @ a, np.eye(300), atol=1e-6)
q, r = np.linalg.qr(a)
assert np.allclose(q @ r, a)

#@ id: cholesky-in-scipy
from scipy import linalg
rng = np.random.default_rng(4)
a = rng.normal(size=(100, 100))
spd = a @ a.T + 100 * np.eye(100)
factor = linalg.cho_factor(spd)
assert np.allclose(spd @ linalg.cho_solve(factor, np.ones(100)), 1)
assert np.allclose(linalg.expm(np.zeros((3, 3))), np.eye(3))

#@ id: chance-is-repeatable
import random
first = (random.random(), float(np.random.rand()), float(np.random.default_rng(7).random()))
assert first == (0.8444218515250481, 0.5488135039273248, float(np.random.default_rng(7).random()))

#@ id: optimise
from scipy import optimize
found = optimize.minimize(optimize.rosen, [1.3, 0.7, 0.8, 1.9, 1.2])
assert found.success and np.allclose(found.x, 1, atol=1e-3)
assert np.isclose(optimize.brentq(lambda x: x**3 - 2, 0, 2), 2 ** (1 / 3))
curve, _ = optimize.curve_fit(lambda x, a, b: a * x + b, np.arange(10), 3 * np.arange(10) + 1)
assert np.allclose(curve, [3, 1])
line = optimize.linprog([-1, -2], A_ub=[[1, 1]], b_ub=[4], bounds=[(0, 3), (0, 3)])
assert np.isclose(line.fun, -7)

#@ id: tests-of-statistics
from scipy import stats
rng = np.random.default_rng(5)
a, b = rng.normal(0, 1, 500), rng.normal(0.5, 1, 500)
assert stats.ttest_ind(a, b).pvalue < 1e-6 and stats.shapiro(a).pvalue > 0.01
assert stats.mannwhitneyu(a, b).pvalue < 1e-6
table = stats.chi2_contingency([[10, 20], [20, 10]])
assert np.isclose(table.pvalue, 0.0201, atol=1e-3)
assert np.isclose(stats.pearsonr(a, 2 * a + 1).statistic, 1) and np.isclose(stats.norm.cdf(1.959964), 0.975)

#@ id: fourier
from scipy import fft, signal
t = np.arange(1024) / 1024
spectrum = np.abs(fft.rfft(np.sin(2 * np.pi * 50 * t), workers=2))
assert spectrum.argmax() == 50
assert np.allclose(np.fft.ifft(np.fft.fft(t)).real, t)
peaks, _ = signal.find_peaks(np.sin(2 * np.pi * 5 * t))
assert len(peaks) == 5

#@ id: sparse
from scipy import sparse
from scipy.sparse import linalg as sla
n = 500
a = sparse.diags([-1, 2, -1], [-1, 0, 1], shape=(n, n), format="csc")
x = sla.spsolve(a, np.ones(n))
assert np.allclose(a @ x, 1)
values = sla.eigsh(a, k=2, which="LA", return_eigenvectors=False)
assert (values < 4).all() and (values > 3.9).all()

#@ id: interpolate-and-integrate
from scipy import integrate, interpolate
assert np.isclose(integrate.quad(np.sin, 0, np.pi)[0], 2)
answer = integrate.solve_ivp(lambda t, y: -y, (0, 1), [1.0], rtol=1e-8)
assert np.isclose(answer.y[0, -1], np.exp(-1), atol=1e-6)
x = np.linspace(0, 3, 20)
assert np.isclose(interpolate.CubicSpline(x, np.sin(x))(1.1), np.sin(1.1), atol=1e-4)

#@ id: distances-and-clusters
from scipy.cluster import hierarchy
from scipy.spatial import cKDTree, distance
rng = np.random.default_rng(6)
points = np.vstack([rng.normal(0, 0.1, (50, 2)), rng.normal(5, 0.1, (50, 2))])
labels = hierarchy.fcluster(hierarchy.linkage(points, "ward"), 2, "maxclust")
assert len(set(labels[:50])) == len(set(labels[50:])) == 1 and labels[0] != labels[50]
d, at = cKDTree(points).query(points[:3], k=1, workers=2)
assert (at == [0, 1, 2]).all() and distance.cdist(points, points).shape == (100, 100)

#@ id: threads
from joblib import Parallel, delayed
work = delayed(lambda n: float(np.ones((300, 300)).dot(np.ones(300)).sum()) + n)
sums = Parallel(n_jobs=4, backend="threading")(work(n) for n in range(20))
assert sums == [90_000.0 + n for n in range(20)]
