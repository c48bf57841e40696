"""Writes the sample datasets of this folder: python3 samples/make_samples.py

Invented data with known truths in it, listed in README.md, so that a first question has something to find and a test
can tell a right answer from a plausible one. Only the standard library, one fixed seed per file: the same bytes
every time. The numbers below are the truths; changing one means changing README.md and index.json too.
"""

import csv
import datetime as dt
import math
import random
from pathlib import Path

HERE = Path(__file__).resolve().parent

COFFEES = {"Espresso": 14.90, "Filter": 12.50, "Decaf": 13.80, "Cold brew": 9.80, "Gift box": 34.00}
REGIONS = {"North": ("0", 0.30), "East": ("1", 0.25), "South": ("8", 0.27), "West": ("5", 0.18)}
CARRIER_CHANGED_ON = dt.date(2025, 3, 1)


def coffee_orders(n_orders=2000):
    """Orders of a small coffee roaster, January 2024 to June 2025."""
    rng = random.Random(20240101)
    first, last = dt.date(2024, 1, 1), dt.date(2025, 6, 30)
    days = [first + dt.timedelta(days=i) for i in range((last - first).days + 1)]
    weights = [_demand(day, first) for day in days]
    dates = sorted(rng.choices(days, weights, k=n_orders - 12))
    orders = [_order(rng, day) for day in dates]
    orders += [_catering(rng) for _ in range(12)]
    orders.sort(key=lambda order: order["order_date"])
    for number, order in enumerate(orders, start=412):
        order["order_id"] = f"{number:06d}"
    columns = [
        "order_id", "order_date", "region", "postcode", "customer", "product", "quantity", "unit_price",
        "discount_pct", "revenue", "delivery_days", "rating",
    ]
    return columns, orders


def _demand(day, first):
    """Orders grow about 3 % a month; December is half as strong again; Sundays are quiet."""
    months = (day.year - first.year) * 12 + day.month - first.month
    december = 1.5 if day.month == 12 else 1.0
    sunday = 0.55 if day.weekday() == 6 else 1.0
    return 1.03**months * december * sunday


def _order(rng, day):
    region = rng.choices(list(REGIONS), [weight for _, weight in REGIONS.values()])[0]
    late_carrier = region == "West" and day >= CARRIER_CHANGED_ON
    # The dip: most of the people in the West who would have ordered went elsewhere.
    if late_carrier and rng.random() < 0.6:
        region = rng.choice(["North", "East", "South"])
        late_carrier = False
    member = rng.random() < 0.4
    summer = day.month in (6, 7, 8)
    product = rng.choices(list(COFFEES), [34, 28, 12, 30 if summer else 8, 22 if day.month == 12 else 6])[0]
    quantity = 1 + _poisson(rng, 2.1 if member else 1.2)
    discount = rng.choices([0, 5, 10, 20], [70, 12, 12, 6])[0]
    delivery = max(1, round(rng.gauss(6.5 if late_carrier else 3.0, 1.2)))
    rating = max(1, min(5, round(5.6 - 0.45 * delivery + rng.gauss(0, 0.7))))
    return {
        "order_date": day.isoformat(),
        "region": region,
        "postcode": f"{REGIONS[region][0]}{rng.randrange(1000, 9999):04d}",
        "customer": "member" if member else "guest",
        "product": product,
        "quantity": quantity,
        "unit_price": f"{COFFEES[product]:.2f}",
        "discount_pct": discount,
        "revenue": f"{quantity * COFFEES[product] * (100 - discount) / 100:.2f}",
        "delivery_days": "" if rng.random() < 0.03 else delivery,
        "rating": "" if rng.random() < 0.09 else rating,
    }


def _catering(rng):
    """The outliers: a dozen conference orders of one week."""
    day = dt.date(2024, 11, 11) + dt.timedelta(days=rng.randrange(5))
    order = _order(rng, day)
    quantity = rng.randrange(60, 81)
    order.update(
        region="East", postcode="10117", customer="guest", product="Filter", quantity=quantity,
        unit_price=f"{COFFEES['Filter']:.2f}", discount_pct=20, revenue=f"{quantity * COFFEES['Filter'] * 0.8:.2f}",
    )
    return order


def _poisson(rng, mean):
    """Knuth's method; the standard library has no Poisson numbers."""
    limit, product, n = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        n += 1
    return n


def bike_counts():
    """What a counter beside a cycle path saw each day of 2023 and 2024."""
    rng = random.Random(7)
    rows = []
    for i in range(731):
        day = dt.date(2023, 1, 1) + dt.timedelta(days=i)
        season = -math.cos(2 * math.pi * (day.timetuple().tm_yday - 15) / 365)
        temperature = 10.5 + 9.5 * season + rng.gauss(0, 2.8)
        rain = 0.0 if rng.random() < 0.58 else rng.expovariate(1 / 4.2)
        weekend = day.weekday() >= 5
        riders = 620 + 46 * temperature - 24 * min(rain, 20) - (330 if weekend else 0) + 0.25 * i + rng.gauss(0, 70)
        broken = dt.date(2024, 2, 5) <= day <= dt.date(2024, 2, 11)
        rows.append({
            "date": day.isoformat(),
            "weekday": day.strftime("%A"),
            "temperature_c": f"{temperature:.1f}",
            "rain_mm": f"{rain:.1f}",
            "riders": "" if broken else max(0, round(riders)),
        })
    return ["date", "weekday", "temperature_c", "rain_mm", "riders"], rows


def write(name, columns, rows):
    with open(HERE / name, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    write("coffee_orders.csv", *coffee_orders())
    write("bike_counts.csv", *bike_counts())
