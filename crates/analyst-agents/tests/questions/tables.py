"""The tables of the question set, made from seeds: public in style, real in their faults, ours in every value."""
import numpy as np
import pandas as pd


def passengers():
    r = np.random.default_rng(101); n = 420
    sex = r.choice(["male", "female"], n, p=[.62, .38]); pclass = r.choice([1, 2, 3], n, p=[.25, .22, .53])
    age = np.round(np.clip(r.normal(30, 13, n) + (3 - pclass) * 4, 1, 80)); sib = r.choice([0, 1, 2, 3, 4], n, p=[.66, .22, .06, .04, .02])
    par = r.choice([0, 1, 2, 3], n, p=[.74, .14, .1, .02]); fare = np.round(np.exp(r.normal(2.2 + (3 - pclass) * .75, .55)), 4)
    p = 1 / (1 + np.exp(-(-1.5 + 2.4 * (sex == "female") + .7 * (3 - pclass) - .01 * age)))
    survived = (r.random(n) < p).astype(int)
    title = np.where(sex == "male", np.where(age < 13, "Master", r.choice(["Mr", "Dr", "Rev"], n, p=[.95, .03, .02])), np.where(r.random(n) < .55, "Miss", "Mrs"))
    last = r.choice(["Holm", "Baker", "Quist", "Ferris", "Odell", "Marsh", "Lind", "Craven", "Tully", "Brandt"], n); first = r.choice(["Anna", "Karl", "Edith", "Hugo", "Nora", "Felix", "Ida", "Otto"], n)
    d = pd.DataFrame({"PassengerId": range(1, n + 1), "Survived": survived, "Pclass": pclass, "Name": [f"{a}, {t}. {b}" for a, t, b in zip(last, title, first)], "Sex": sex, "Age": age, "SibSp": sib, "Parch": par, "Fare": fare,
                      "Cabin": [f"{c}{k}" if q < .24 else None for c, k, q in zip(r.choice(list("ABCDE"), n), r.integers(1, 99, n), r.random(n))], "Embarked": r.choice(["S", "C", "Q"], n, p=[.7, .2, .1])})
    d.loc[r.choice(n, 83, replace=False), "Age"] = np.nan; d.loc[r.choice(n, 3, replace=False), "Embarked"] = None
    return d


def housing():
    r = np.random.default_rng(102); n = 300
    area = np.round(r.gamma(9, 190, n) + 500); bed = np.clip(np.round(area / 650 + r.normal(0, .7, n)), 1, 6).astype(int); bath = np.clip(bed - r.integers(0, 3, n), 1, 4)
    hood = r.choice(["Riverside", "Old Town", "Hillcrest", "Station Quarter"], n, p=[.3, .2, .3, .2]); built = r.integers(1952, 2021, n); road = r.choice(["yes", "no"], n, p=[.8, .2])
    fur = r.choice(["furnished", "semi-furnished", "unfurnished"], n); park = r.choice([0, 1, 2, 3], n, p=[.4, .35, .2, .05])
    price = np.round((area * 92 + bath * 9500 + park * 6000 + (road == "yes") * 15000 + pd.Series(hood).map({"Riverside": 42000, "Old Town": 20000, "Hillcrest": 61000, "Station Quarter": 0}).to_numpy() + (built - 1950) * 450) * np.exp(r.normal(0, .13, n)), -2)
    d = pd.DataFrame({"price": price, "area_sqft": area.astype(int), "bedrooms": bed, "bathrooms": bath, "mainroad": road, "furnishing": fur, "parking": park, "neighborhood": hood, "year_built": built, "lot_depth": np.round(r.normal(38, 6, n), 1)})
    d.loc[r.choice(n, 21, replace=False), "lot_depth"] = np.nan
    return d


def weather():
    r = np.random.default_rng(103); days = pd.date_range("2022-01-01", "2023-06-30"); rows = []
    for s, base, wet in (("Harbour", 11, .42), ("Summit", 3, .5), ("Valley", 13, .3)):
        doy = days.dayofyear.to_numpy(); t = base + 10 * np.sin(2 * np.pi * (doy - 105) / 365) + r.normal(0, 3, len(days)); spread = r.gamma(6, .9, len(days))
        rows.append(pd.DataFrame({"station": s, "date": days.strftime("%Y-%m-%d"), "temp_max_c": np.round(t + spread, 1), "temp_min_c": np.round(t - spread, 1), "precipitation_mm": np.round(np.where(r.random(len(days)) < wet, r.gamma(.9, 7, len(days)), 0), 1), "wind_kmh": np.round(r.gamma(5, 3.4, len(days)), 1), "humidity_pct": np.clip(np.round(r.normal(68, 12, len(days))), 20, 100)}))
    d = pd.concat(rows).reset_index(drop=True); d.loc[r.choice(len(d), 40, replace=False), "humidity_pct"] = np.nan
    return d


def employees():
    r = np.random.default_rng(104); n = 380
    dep = r.choice(["Sales", "Research", "Support", "Finance"], n, p=[.32, .38, .18, .12]); years = np.clip(np.round(r.gamma(1.7, 4, n)), 0, 34); gender = r.choice(["Female", "Male"], n, p=[.42, .58])
    age = np.round(np.clip(23 + years + r.gamma(3, 3.2, n), 20, 64)); inc = np.round(2600 + years * 260 + pd.Series(dep).map({"Sales": 900, "Research": 700, "Support": 0, "Finance": 1500}).to_numpy() + r.gamma(2.2, 650, n))
    over = r.choice(["Yes", "No"], n, p=[.28, .72]); p = 1 / (1 + np.exp(-(-1.7 + 1.2 * (over == "Yes") - .07 * years)))
    d = pd.DataFrame({"EmployeeID": [f"E{1000 + i}" for i in range(n)], "Age": age.astype(int), "Gender": gender, "Department": dep, "JobLevel": np.clip((inc // 2600), 1, 5).astype(int), "MonthlyIncome": inc, "YearsAtCompany": years.astype(int), "OverTime": over, "Attrition": np.where(r.random(n) < p, "Yes", "No"), "TrainingHours": np.where(r.random(n) < .07, np.nan, np.round(r.gamma(3, 6, n))), "EngagementScore": np.round(np.clip(r.normal(6.8, 1.4, n), 1, 10), 1)})
    return d


def retail():
    r = np.random.default_rng(105); n = 640; day = pd.Timestamp("2022-07-01") + pd.to_timedelta(r.integers(0, 548, n), "D")
    kind = r.choice(["Member", "Guest"], n, p=[.55, .45]); cat = r.choice(["Toys", "Garden", "Kitchen", "Office", "Sports"], n, p=[.25, .2, .25, .1, .2]); q = r.poisson(3 + (kind == "Member") * .8, n) + 1
    price = np.round(r.gamma(3, 6, n) + pd.Series(cat).map({"Toys": 4, "Garden": 9, "Kitchen": 12, "Office": 5, "Sports": 15}).to_numpy(), 2)
    d = pd.DataFrame({"InvoiceNo": 536000 + np.arange(n), "InvoiceDate": day.strftime("%Y-%m-%d"), "CustomerType": kind, "Country": r.choice(["France", "Germany", "Spain", "Norway"], n, p=[.35, .35, .2, .1]), "Category": cat, "Quantity": q, "UnitPrice": price, "Discount": r.choice([0, .05, .1, .2], n, p=[.55, .2, .15, .1]), "Payment": r.choice(["card", "cash", "invoice"], n, p=[.6, .25, .15])}).sort_values("InvoiceDate", kind="stable")
    d.loc[r.choice(n, 17, replace=False), "Payment"] = None
    d = pd.concat([d, d.iloc[[5, 90, 91, 300]]]).reset_index(drop=True)
    return d


def hospital():
    r = np.random.default_rng(106); n = 260; adm = pd.Timestamp("2021-01-03") + pd.to_timedelta(r.integers(0, 720, n), "D"); stay = r.poisson(4.5, n) + 1
    ward = r.choice(["Cardiology", "Orthopedics", "Surgery", "General"], n); age = np.clip(np.round(r.normal(58, 17, n)), 18, 96); before = np.round(r.normal(142, 14, n)); after = np.round(before - r.normal(6, 9, n))
    d = pd.DataFrame({"patient_id": [f"P{i:04d}" for i in range(1, n + 1)], "admission_date": adm.strftime("%Y-%m-%d"), "discharge_date": (adm + pd.to_timedelta(stay, "D")).strftime("%Y-%m-%d"), "ward": ward, "age": age, "sex": r.choice(["F", "M"], n), "cost": np.round(900 + stay * 640 + r.gamma(2, 500, n), 2), "systolic_before": before, "systolic_after": after, "readmitted": r.choice(["yes", "no"], n, p=[.17, .83]), "smoker": r.choice(["yes", "no"], n, p=[.3, .7])})
    d.loc[r.choice(n, 14, replace=False), "age"] = np.nan; d.loc[r.choice(n, 9, replace=False), "systolic_after"] = np.nan
    return d


def matches():
    r = np.random.default_rng(107); teams = ["Albion", "Borough", "Castle", "Dynamo", "Estrela", "Forest", "Granite", "Harbor"]; rows = []; day = pd.Timestamp("2022-08-06")
    for season in (1, 2, 3):
        for a in teams:
            for b in teams:
                if a != b:
                    h, w = r.poisson(1.1 + .12 * teams.index(a)), r.poisson(.85 + .1 * teams.index(b))
                    rows.append([day, a, b, h, w, int(r.normal(14000 + 1500 * teams.index(a), 2500)), r.choice(["Kerr", "Ibarra", "Novak", "Smid"]), h * 4 + r.poisson(6), w * 4 + r.poisson(5), r.poisson(2.1), r.poisson(2.6)]); day += pd.Timedelta(days=int(r.integers(1, 5)))
    d = pd.DataFrame(rows, columns=["match_date", "home_team", "away_team", "home_goals", "away_goals", "attendance", "referee", "home_shots", "away_shots", "home_cards", "away_cards"])
    d["match_date"] = d.match_date.dt.strftime("%Y-%m-%d"); d.loc[r.choice(len(d), 6, replace=False), "attendance"] = np.nan
    return d


def energy():
    r = np.random.default_rng(108); t = pd.date_range("2023-03-01", periods=24 * 45, freq="h"); h = t.hour.to_numpy(); temp = 8 + 5 * np.sin(2 * np.pi * (h - 9) / 24) + np.repeat(r.normal(0, 2.5, 45), 24) + r.normal(0, .6, len(t))
    kwh = 14 + 7 * ((h >= 7) & (h < 20)) + 3 * np.sin(2 * np.pi * h / 24) - .4 * temp + r.normal(0, 1.4, len(t)); kwh[r.choice(len(t), 6, replace=False)] += 30
    d = pd.DataFrame({"timestamp": t.strftime("%Y-%m-%d %H:%M:%S"), "building": r.choice(["North Hall", "South Hall"], len(t)), "kwh": np.round(kwh, 2), "outdoor_temp": np.round(temp, 1), "tariff": np.where((h >= 7) & (h < 21), "peak", "off-peak")})
    d.loc[r.choice(len(d), 25, replace=False), "kwh"] = np.nan
    return d


def sensors():
    r = np.random.default_rng(109); n = 500
    d = pd.DataFrame({"reading_id": range(n), "sensor": r.choice(["S1", "S2", "S3", "S4"], n), "temperature": np.round(r.normal(71, 4.2, n), 2), "pressure": np.round(r.normal(101.3, 1.1, n), 3), "vibration": np.round(r.gamma(2, .22, n), 4), "voltage": np.round(r.normal(229.5, 2.5, n), 1), "status": r.choice(["ok", "warn", "fault"], n, p=[.85, .11, .04])})
    d["power"] = np.round(.8 * d.voltage + 2.1 * d.temperature + r.normal(0, 4, n), 2); d.loc[r.choice(n, 8, replace=False), "temperature"] += 25
    for c, k in (("temperature", 18), ("pressure", 11), ("vibration", 30)): d.loc[r.choice(n, k, replace=False), c] = np.nan
    return d


def stocks():
    r = np.random.default_rng(110); days = pd.bdate_range("2022-01-03", "2023-06-30"); rows = []
    for k, p, vol in (("ALFA", 52, .014), ("BETA", 118, .021), ("GAMA", 23, .03)):
        c = p * np.exp(np.cumsum(r.normal(.0003, vol, len(days)))); o = c * np.exp(r.normal(0, vol / 2, len(days)))
        rows.append(pd.DataFrame({"Date": days.strftime("%Y-%m-%d"), "Ticker": k, "Open": np.round(o, 2), "High": np.round(np.maximum(o, c) * (1 + r.random(len(days)) * vol), 2), "Low": np.round(np.minimum(o, c) * (1 - r.random(len(days)) * vol), 2), "Close": np.round(c, 2), "Volume": (r.gamma(4, 60000, len(days))).astype(int)}))
    return pd.concat(rows).reset_index(drop=True)


def survey():
    r = np.random.default_rng(111); n = 350; base = r.normal(0, 1, n)
    d = pd.DataFrame({"respondent_id": range(1, n + 1), "age_group": r.choice(["18-29", "30-44", "45-59", "60+"], n, p=[.25, .3, .27, .18]), "region": r.choice(["North", "South", "East", "West"], n)})
    for k in ("ease_of_use", "support_quality", "value_for_money", "overall_satisfaction"): d[k] = np.clip(np.round(3.4 + .7 * base + r.normal(0, .8, n)), 1, 5)
    d["would_recommend"] = np.where(d.overall_satisfaction + r.normal(0, 1, n) > 3.3, "Yes", "No"); d["channel"] = r.choice(["web", "phone", "store"], n, p=[.5, .2, .3]); d["minutes_spent"] = np.round(r.gamma(2.4, 4.5, n), 1)
    d["comment"] = [None if q < .4 else " ".join(r.choice(["good", "slow", "helpful", "price", "too", "high", "love", "it", "fine", "bad"], int(k))) for q, k in zip(r.random(n), r.integers(2, 12, n))]
    for k, m in (("support_quality", 22), ("value_for_money", 13)): d.loc[r.choice(n, m, replace=False), k] = np.nan
    return d


def flights():
    r = np.random.default_rng(112); n = 520; car = r.choice(["AX", "BJ", "CL", "DW"], n, p=[.35, .3, .2, .15]); dist = np.round(r.gamma(4, 230, n) + 120); delay = np.round(r.gamma(1.1, 14, n) - 8 + (car == "DW") * 5)
    d = pd.DataFrame({"flight_date": (pd.Timestamp("2023-01-01") + pd.to_timedelta(r.integers(0, 181, n), "D")).strftime("%Y-%m-%d"), "carrier": car, "flight_number": r.integers(100, 999, n), "origin": r.choice(["OSL", "CPH", "HEL", "ARN"], n), "destination": r.choice(["LHR", "CDG", "MAD", "FCO", "VIE"], n), "dep_delay": delay, "arr_delay": np.round(delay * .92 + r.normal(-2, 8, n)), "distance_km": dist, "air_time_min": np.round(dist / 11.5 + 22 + r.normal(0, 6, n)), "cancelled": r.choice([0, 1], n, p=[.965, .035])})
    d.loc[d.cancelled == 1, ["dep_delay", "arr_delay", "air_time_min"]] = np.nan
    return d


def wine():
    r = np.random.default_rng(113); n = 330; red = r.random(n) < .45; alc = np.round(r.normal(10.5, 1.1, n), 1); va = np.round(np.where(red, r.normal(.53, .17, n), r.normal(.28, .1, n)).clip(.08), 3)
    d = pd.DataFrame({"fixed acidity": np.round(np.where(red, r.normal(8.3, 1.7, n), r.normal(6.9, .85, n)), 1), "volatile acidity": va, "citric acid": np.round(r.beta(2, 5, n), 2), "residual sugar": np.round(np.where(red, r.gamma(4, .65, n), r.gamma(1.7, 3.6, n)), 1), "chlorides": np.round(r.gamma(9, .0075, n), 3), "pH": np.round(r.normal(3.25, .15, n), 2), "sulphates": np.round(r.normal(.55, .13, n).clip(.2), 2), "alcohol": alc})
    d["quality"] = np.clip(np.round(5.6 + .45 * (alc - 10.5) - 1.6 * (va - .4) + 1.2 * (d.sulphates - .55) + r.normal(0, .65, n)), 3, 9).astype(int); d["type"] = np.where(red, "red", "white")
    return d


def abtest():
    r = np.random.default_rng(114); n = 900; v = r.choice(["control", "treatment"], n); dev = r.choice(["desktop", "mobile", "tablet"], n, p=[.45, .45, .1]); conv = (r.random(n) < .11 + .045 * (v == "treatment") + .02 * (dev == "desktop")).astype(int)
    return pd.DataFrame({"user_id": [f"u{i:05d}" for i in range(n)], "variant": v, "device": dev, "visits": r.poisson(3.2, n) + 1, "session_seconds": np.round(r.gamma(2, 95, n) + 12 * (v == "treatment"), 1), "converted": conv, "revenue": np.round(conv * r.gamma(4, 14, n), 2), "signup_date": (pd.Timestamp("2024-02-01") + pd.to_timedelta(r.integers(0, 60, n), "D")).strftime("%Y-%m-%d")})


def marks():
    r = np.random.default_rng(115); n = 280; g = r.normal(0, 1, n); prep = r.choice(["completed", "none"], n, p=[.36, .64]); sex = r.choice(["female", "male"], n)
    s = lambda m, w: np.clip(np.round(m + 11 * g + 5 * (prep == "completed") * w + r.normal(0, 6, n)), 0, 100)
    d = pd.DataFrame({"student_id": range(1, n + 1), "gender": sex, "school": r.choice(["Lakeside", "Northgate", "Oakfield"], n), "lunch": r.choice(["standard", "free/reduced"], n, p=[.65, .35]), "test_preparation": prep, "parental_education": r.choice(["high school", "college", "bachelor", "master"], n, p=[.35, .35, .2, .1]), "math_score": s(65, .8) + (sex == "male") * 3, "reading_score": s(68, 1.1), "writing_score": s(67, 1.4), "absences": r.poisson(4, n)})
    d["math_score"] = d.math_score.clip(upper=100); d.loc[r.choice(n, 12, replace=False), "writing_score"] = np.nan
    return d


def monthly():
    r = np.random.default_rng(116); m = pd.date_range("2014-01-01", periods=108, freq="MS"); k = np.arange(108)
    return pd.DataFrame({"month": m.strftime("%Y-%m-%d"), "visitors": np.round((820 + 6.1 * k) * (1 + .22 * np.sin(2 * np.pi * (k % 12 - 3) / 12)) + r.normal(0, 22, 108)).astype(int), "marketing_spend": np.round(r.gamma(6, 240, 108), 2), "avg_ticket": np.round(17 + .03 * k + r.normal(0, .7, 108), 2)})


TABLES = [passengers, housing, weather, employees, retail, hospital, matches, energy, sensors, stocks, survey, flights, wine, abtest, marks, monthly]
