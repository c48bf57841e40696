"""Writes certified.json: numerically hard cases of our own, certified in exact rational arithmetic (`python certify.py`).

Large offsets, nearly collinear powers, groups that differ in the twelfth digit: what loses digits in floating point is
computed here in fractions, and rounded once at the end.
"""
import json
import pathlib
from decimal import Decimal, getcontext
from fractions import Fraction as F

getcontext().prec = 50


def digits(value):
    return str(Decimal(value.numerator) / Decimal(value.denominator))


def root(value):
    return str((Decimal(value.numerator) / Decimal(value.denominator)).sqrt())


def univariate(y):
    n = len(y); m = sum(y) / n; ss = sum((v - m) ** 2 for v in y)
    auto = sum((a - m) * (b - m) for a, b in zip(y, y[1:])) / ss
    return {"mean y": digits(m), "standard deviation of y": root(ss / (n - 1)), "lag-1 autocorrelation of y": digits(auto)}


def anova(groups):
    values = [v for g in groups for v in g]; n, k = len(values), len(groups); m = sum(values) / n
    between = sum(len(g) * (sum(g) / len(g) - m) ** 2 for g in groups); within = sum((v - sum(g) / len(g)) ** 2 for g in groups for v in g)
    return {"F": digits((between / (k - 1)) / (within / (n - k))), "sum of squares between": digits(between), "sum of squares within": digits(within)}


def solve(a, b):
    n = len(b); rows = [list(r) + [v] for r, v in zip(a, b)]
    for i in range(n):
        p = next(r for r in range(i, n) if rows[r][i] != 0); rows[i], rows[p] = rows[p], rows[i]
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for r in range(n):
            if r != i:
                rows[r] = [v - rows[r][i] * w for v, w in zip(rows[r], rows[i])]
    return [r[-1] for r in rows]


def least_squares(xs, y, names):
    design = [[F(1), *row] for row in xs]; k = len(design[0])
    gram = [[sum(r[i] * r[j] for r in design) for j in range(k)] for i in range(k)]
    b = solve(gram, [sum(r[i] * v for r, v in zip(design, y)) for i in range(k)])
    fitted = [sum(c * v for c, v in zip(b, r)) for r in design]; m = sum(y) / len(y)
    rss = sum((v - f) ** 2 for v, f in zip(y, fitted)); tss = sum((v - m) ** 2 for v in y)
    out = {"intercept": digits(b[0]), "R squared": digits(1 - rss / tss)}
    out.update({f"coefficient of {n}": digits(c) for n, c in zip(names, b[1:])})
    return out


def exact(values):
    """The numbers as a CSV reader gets them: the nearest double of what is written."""
    return [F(float(v)) for v in values]


def noise(n, seed, scale):
    state = seed; out = []
    for _ in range(n):
        state = (state * 1103515245 + 12345) % 2**31; out.append(round((state / 2**31 - .5) * scale, 4))
    return out


def cases():
    big = [round(10_000_000 + v, 4) for v in noise(300, 7, 2)]
    yield "offset", {"y": big}, "What is the mean, the standard deviation and the lag-1 autocorrelation of y?", univariate(exact(big))
    tiny = [round(1 + v * 1e-5, 9) for v in noise(201, 11, 2)]
    yield "tiny_spread", {"y": tiny}, "What is the mean, the standard deviation and the lag-1 autocorrelation of y?", univariate(exact(tiny))
    for name, offset in (("groups_1e3", 1e3), ("groups_1e6", 1e6)):
        group = [g for g in "ABCDE" for _ in range(21)]; base = noise(105, 23, .4)
        y = [round(offset + "ABCDE".index(g) * .1 + v, 4) for g, v in zip(group, base)]
        z = exact(y); parts = [[v for v, h in zip(z, group) if h == g] for g in "ABCDE"]
        yield name, {"group": group, "y": y}, "Does y differ by group? Use a one-way ANOVA.", anova(parts)
    x = [round(1000 + i * .5, 1) for i in range(60)]; e = noise(60, 31, 3)
    y = [round(-0.3 + 1.002 * a + v, 4) for a, v in zip(x, e)]
    yield "far_from_zero", {"y": y, "x": x}, "Fit a linear regression of y on x.", least_squares([[v] for v in exact(x)], exact(y), ["x"])
    a = [float(i % 17) for i in range(80)]; b = [round(v + w * 1e-3, 7) for v, w in zip(a, noise(80, 41, 2))]; c = noise(80, 43, 10)
    y = [round(2 + 3 * p - 2 * q + .5 * r + s, 4) for p, q, r, s in zip(a, b, c, noise(80, 47, .01))]
    rows = list(zip(exact(a), exact(b), exact(c)))
    yield "nearly_collinear", {"y": y, "p": a, "q": b, "r": c}, "Fit a linear regression of y on p, q and r.", least_squares([list(r) for r in rows], exact(y), ["p", "q", "r"])
    x = [float(i) for i in range(21)]; y = [sum(v**k for k in range(5)) + w for v, w in zip(x, noise(21, 53, 1000))]; y = [round(v, 4) for v in y]
    powers = [[v**k for k in range(1, 5)] for v in exact(x)]
    yield "quartic", {"y": y, "x": x}, "Fit a polynomial regression of degree 4 of y on x.", least_squares(powers, exact(y), ["x", "x^2", "x^3", "x^4"])


def main():
    items = []
    for name, columns, question, certified in cases():
        names = list(columns)
        lines = [",".join(names)] + [",".join(str(v) for v in row) for row in zip(*columns.values())]
        items.append({"id": name, "csv": "\n".join(lines) + "\n", "question": question, "certified": certified})
    pathlib.Path(__file__).with_name("certified.json").write_text("[\n" + ",\n".join(json.dumps(i) for i in items) + "\n]\n")
    print(len(items), "cases")


main()
