"""Questions about people, houses, weather, staff, shop, ward and pitch, each with its answer computed by hand."""
import numpy as np
import pandas as pd
from scipy import stats

from rounding import f, i, pct, yes


def ols(d, y, xs):
    import statsmodels.api as sm
    d = d[[y, *xs]].dropna().astype(float)
    return sm.OLS(d[y], sm.add_constant(d[xs])).fit()


def iqr_bounds(s, k=1.5):
    a, b = s.quantile(.25), s.quantile(.75)
    return a - k * (b - a), b + k * (b - a)


def split(d, xs, y, size, seed):
    from sklearn.model_selection import train_test_split
    d = d[[*xs, y]].dropna()
    return train_test_split(d[xs], d[y], test_size=size, random_state=seed)


def lin(d, xs, y, size, seed):
    from sklearn.linear_model import LinearRegression
    a, b, c, e = split(d, xs, y, size, seed)
    return e, LinearRegression().fit(a, c).predict(b)


passengers = [
    ("Calculate the mean fare paid by the passengers.", "Round the answer to two decimal places.", "@mean_fare[number]", lambda d: dict(mean_fare=f(d.Fare.mean(), 2))),
    ("What is the mean age of the passengers who survived, and of those who did not?", "Drop rows with missing age. Round to 2 decimals.", "@mean_age_survived[number] @mean_age_not_survived[number]", lambda d: dict(mean_age_survived=f(d[d.Survived == 1].Age.mean(), 2), mean_age_not_survived=f(d[d.Survived == 0].Age.mean(), 2))),
    ("What percentage of women survived?", "One decimal place.", "@survival_rate[percentage]", lambda d: dict(survival_rate=f(d[d.Sex == "female"].Survived.mean() * 100, 1))),
    ("How many passengers were younger than 18 and travelled in third class?", "", "@count[integer]", lambda d: dict(count=i(((d.Age < 18) & (d.Pclass == 3)).sum()))),
    ("Extract the title (Mr, Mrs, Miss, Master, ...) from the Name column and find the most common title.", "The title is the word between the comma and the full stop.", "@title[name] @count[integer]", lambda d: (lambda t: dict(title=t.index[0], count=i(t.iloc[0])))(d.Name.str.extract(r", (\w+)\.")[0].value_counts())),
    ("Create a new feature FamilySize as SibSp + Parch + 1 and compute the Pearson correlation coefficient between FamilySize and Fare.", "Round to three decimals.", "@correlation[number]", lambda d: dict(correlation=f((d.SibSp + d.Parch + 1).corr(d.Fare), 3))),
    ("Fill missing values in Age with the median age, then compute the standard deviation of Age.", "Use the sample standard deviation. Round to two decimals.", "@std_age[number]", lambda d: dict(std_age=f(d.Age.fillna(d.Age.median()).std(), 2))),
    ("Is there a significant difference in the mean fare between passengers who survived and those who did not? Use an independent two-sample t-test assuming equal variances.", "Significance level 0.05. Round the t-statistic to 3 decimals and the p-value to 4 decimals. Answer significant or not significant.", "@t_statistic[number] @p_value[number] @result[significant|not significant]", lambda d: (lambda r: dict(t_statistic=f(r.statistic, 3), p_value=f(r.pvalue, 4), result="significant" if r.pvalue < .05 else "not significant"))(stats.ttest_ind(d[d.Survived == 0].Fare, d[d.Survived == 1].Fare))),
    ("Is survival independent of passenger class? Run a chi-square test.", "alpha = 0.05; p-value to 4 decimals, chi-square statistic to 2 decimals.", "@chi2[number] @p_value[number] @independent[yes|no]", lambda d: (lambda r: dict(chi2=f(r[0], 2), p_value=f(r[1], 4), independent=yes(r[1] >= .05)))(stats.chi2_contingency(pd.crosstab(d.Survived, d.Pclass)))),
    ("How many values are missing in the Cabin column, and what share of all rows is that?", "Share as a percentage with one decimal.", "@missing[integer] @share[percentage]", lambda d: dict(missing=i(d.Cabin.isna().sum()), share=f(d.Cabin.isna().mean() * 100, 1))),
    ("What is the difference between the median fare of first-class and third-class passengers?", "Round to 2 decimals.", "@difference[number]", lambda d: dict(difference=f(d[d.Pclass == 1].Fare.median() - d[d.Pclass == 3].Fare.median(), 2))),
    ("Group passengers into children (under 18), adults (18 to 59) and seniors (60 and over) and give the survival rate of each group.", "Ignore passengers without an age. Percent with one decimal.", "@children[percentage] @adults[percentage] @seniors[percentage]", lambda d: dict(children=f(d[d.Age < 18].Survived.mean() * 100, 1), adults=f(d[(d.Age >= 18) & (d.Age < 60)].Survived.mean() * 100, 1), seniors=f(d[d.Age >= 60].Survived.mean() * 100, 1))),
    ("Apply min-max normalization to the Fare column and report the mean of the normalized fare.", "Round to 4 decimals.", "@mean_normalized_fare[number]", lambda d: dict(mean_normalized_fare=f(((d.Fare - d.Fare.min()) / (d.Fare.max() - d.Fare.min())).mean(), 4))),
    ("How many outliers are there in the Fare column using the z-score method with a threshold of 3?", "Use the sample standard deviation.", "@outliers[integer]", lambda d: dict(outliers=i((((d.Fare - d.Fare.mean()) / d.Fare.std()).abs() > 3).sum()))),
]

housing = [
    ("What is the average price of houses with at least three bedrooms?", "Round to the nearest integer.", "@average_price[integer]", lambda d: dict(average_price=f(d[d.bedrooms >= 3].price.mean(), 0))),
    ("Which neighborhood has the highest median price, and how large is it?", "Median as an integer.", "@neighborhood[name] @median_price[number]", lambda d: (lambda m: dict(neighborhood=m.idxmax(), median_price=f(m.max(), 0)))(d.groupby("neighborhood").price.median())),
    ("Compute the price per square foot for each house and report its mean.", "Price per square foot = price / area_sqft. Round to 2 decimals.", "@mean_price_per_sqft[number]", lambda d: dict(mean_price_per_sqft=f((d.price / d.area_sqft).mean(), 2))),
    ("Fit a linear regression of price on area_sqft. Give slope, intercept and R squared.", "Round slope to 2 decimals, intercept to 2 decimals, R squared to 3 decimals.", "@slope[number] @intercept[number] @r_squared[number]", lambda d: (lambda m: dict(slope=f(m.params["area_sqft"], 2), intercept=f(m.params["const"], 2), r_squared=f(m.rsquared, 3)))(ols(d, "price", ["area_sqft"]))),
    ("Train a linear regression model to predict price from area_sqft, bedrooms and bathrooms. Split the data into 80% training and 20% test with random_state 42 and report the mean squared error and R2 on the test set.", "MSE rounded to the nearest integer, R2 to 3 decimals.", "@mse[number] @r2[number]", lambda d: (lambda t: dict(mse=f(((t[0] - t[1]) ** 2).mean(), 0), r2=f(1 - ((t[0] - t[1]) ** 2).sum() / ((t[0] - t[0].mean()) ** 2).sum(), 3)))(lin(d, ["area_sqft", "bedrooms", "bathrooms"], "price", .2, 42))),
    ("How many houses lie on a main road but have no parking?", "", "@count[integer]", lambda d: dict(count=i(((d.mainroad == "yes") & (d.parking == 0)).sum()))),
    ("What share of the houses is unfurnished?", "As a percentage, one decimal.", "@share[percentage]", lambda d: dict(share=f((d.furnishing == "unfurnished").mean() * 100, 1))),
    ("List the three most expensive houses by price.", "Give the three prices in descending order.", "@first[number] @second[number] @third[number]", lambda d: dict(zip(("first", "second", "third"), [f(x, 0) for x in d.price.nlargest(3)]))),
    ("Is the log of price normally distributed? Take the natural logarithm of price and run a Shapiro-Wilk test.", "alpha 0.05, statistic and p-value to 4 decimals.", "@statistic[number] @p_value[number] @normal[yes|no]", lambda d: (lambda r: dict(statistic=f(r[0], 4), p_value=f(r[1], 4), normal=yes(r[1] >= .05)))(stats.shapiro(np.log(d.price)))),
    ("Does the mean price differ between the furnishing types? Use a one-way ANOVA.", "Significance level 0.05; F to 3 decimals and p to 4 decimals.", "@f_statistic[number] @p_value[number] @differs[yes|no]", lambda d: (lambda r: dict(f_statistic=f(r[0], 3), p_value=f(r[1], 4), differs=yes(r[1] < .05)))(stats.f_oneway(*[g.price for _, g in d.groupby("furnishing")]))),
    ("Replace missing values of lot_depth with its mean and report the variance of lot_depth before and after.", "Sample variance, three decimals.", "@variance_before[number] @variance_after[number]", lambda d: dict(variance_before=f(d.lot_depth.var(), 3), variance_after=f(d.lot_depth.fillna(d.lot_depth.mean()).var(), 3))),
    ("How many houses were built in 2000 or later?", "", "@count[integer]", lambda d: dict(count=i((d.year_built >= 2000).sum()))),
    ("Which two numeric columns have the strongest Pearson correlation with price?", "List the stronger one first.", "@first[name] @second[name]", lambda d: (lambda c: dict(first=c.index[0], second=c.index[1]))(d.corr(numeric_only=True).price.drop("price").abs().sort_values(ascending=False))),
    ("What is the ratio of the average price of houses on the main road to that of houses not on the main road?", "Two decimals.", "@ratio[number]", lambda d: dict(ratio=f(d[d.mainroad == "yes"].price.mean() / d[d.mainroad == "no"].price.mean(), 2))),
]

weather = [
    ("What was the highest maximum temperature recorded, and at which station?", "One decimal.", "@temperature[number] @station[name]", lambda d: (lambda r: dict(temperature=f(r.temp_max_c, 1), station=r.station))(d.loc[d.temp_max_c.idxmax()])),
    ("How much precipitation fell in total at each station in 2022?", "One decimal.", "@harbour[number] @summit[number] @valley[number]", lambda d: (lambda s: dict(harbour=f(s["Harbour"], 1), summit=f(s["Summit"], 1), valley=f(s["Valley"], 1)))(d[d.date.str[:4] == "2022"].groupby("station").precipitation_mm.sum())),
    ("Compute the daily temperature range as temp_max_c minus temp_min_c. Which station has the largest average range?", "Average range with 2 decimals.", "@station[name] @average_range[number]", lambda d: (lambda s: dict(station=s.idxmax(), average_range=f(s.max(), 2)))((d.temp_max_c - d.temp_min_c).groupby(d.station).mean())),
    ("In which month of 2022 was the average maximum temperature in the Valley the highest?", "Give the month as YYYY-MM.", "@month[YYYY-MM]", lambda d: dict(month=(lambda e: e.groupby(e.date.str[:7]).temp_max_c.mean().idxmax())(d[(d.station == "Valley") & (d.date.str[:4] == "2022")]))),
    ("On how many days did it rain at the Summit?", "A day with precipitation above zero counts as rain.", "@days[integer]", lambda d: dict(days=i(((d.station == "Summit") & (d.precipitation_mm > 0)).sum()))),
    ("Compute the 7-day moving average of temp_max_c for the Harbour station and give its maximum.", "Only full windows; round to 2 decimals.", "@max_moving_average[number]", lambda d: dict(max_moving_average=f(d[d.station == "Harbour"].sort_values("date").temp_max_c.rolling(7).mean().max(), 2))),
    ("Test with Spearman's rank correlation whether wind speed and humidity are related.", "Drop missing humidity values; alpha 0.05. Coefficient to 3 decimals, p-value to 4 decimals.", "@rho[number] @p_value[number] @related[yes|no]", lambda d: (lambda r: dict(rho=f(r[0], 3), p_value=f(r[1], 4), related=yes(r[1] < .05)))(stats.spearmanr(*d[["wind_kmh", "humidity_pct"]].dropna().T.to_numpy()))),
    ("What percentage of the humidity values is missing?", "Two decimals.", "@missing_percentage[percentage]", lambda d: dict(missing_percentage=f(d.humidity_pct.isna().mean() * 100, 2))),
    ("By how many percent did the total precipitation change from the first half of 2022 to the first half of 2023?", "January to June in both years, all stations. One decimal.", "@change[percentage]", lambda d: dict(change=f((d[(d.date >= "2023-01-01") & (d.date < "2023-07-01")].precipitation_mm.sum() / d[(d.date >= "2022-01-01") & (d.date < "2022-07-01")].precipitation_mm.sum() - 1) * 100, 1))),
    ("What is the 90th percentile of wind speed at the Summit station?", "Two decimals.", "@p90[number]", lambda d: dict(p90=f(d[d.station == "Summit"].wind_kmh.quantile(.9), 2))),
    ("Are mean wind speeds higher at the Summit than in the Valley? Use a one-sided Welch t-test.", "Significance level 0.01, p-value to 4 decimals.", "@p_value[number] @higher[yes|no]", lambda d: (lambda p: dict(p_value=f(p, 4), higher=yes(p < .01)))(stats.ttest_ind(d[d.station == "Summit"].wind_kmh, d[d.station == "Valley"].wind_kmh, equal_var=False, alternative="greater").pvalue)),
]

employees = [
    ("What is the average monthly income per department? Which department pays the least?", "Round to two decimals.", "@department[name] @average_income[number]", lambda d: (lambda s: dict(department=s.idxmin(), average_income=f(s.min(), 2)))(d.groupby("Department").MonthlyIncome.mean())),
    ("What is the attrition rate among employees who work overtime compared with those who do not?", "Percentages with one decimal.", "@overtime_rate[percentage] @no_overtime_rate[percentage]", lambda d: (lambda s: dict(overtime_rate=f(s["Yes"] * 100, 1), no_overtime_rate=f(s["No"] * 100, 1)))((d.Attrition == "Yes").groupby(d.OverTime).mean())),
    ("How many employees in Sales earn more than 6000 per month and have been at the company for over five years?", "", "@count[integer]", lambda d: dict(count=i(((d.Department == "Sales") & (d.MonthlyIncome > 6000) & (d.YearsAtCompany > 5)).sum()))),
    ("Test with a Mann-Whitney U test whether monthly income differs between women and men.", "alpha = 0.05; p-value to four decimals.", "@u[number] @p_value[number] @differs[yes|no]", lambda d: (lambda r: dict(u=f(r[0], 1), p_value=f(r[1], 4), differs=yes(r[1] < .05)))(stats.mannwhitneyu(d[d.Gender == "Female"].MonthlyIncome, d[d.Gender == "Male"].MonthlyIncome))),
    ("Is attrition associated with overtime? Use Fisher's exact test.", "p-value to 4 decimals, significance level 0.05.", "@p_value[number] @associated[yes|no]", lambda d: (lambda p: dict(p_value=f(p, 4), associated=yes(p < .05)))(stats.fisher_exact(pd.crosstab(d.OverTime, d.Attrition))[1])),
    ("Calculate the coefficient of variation of MonthlyIncome.", "Sample standard deviation divided by the mean, 3 decimals.", "@cv[number]", lambda d: dict(cv=f(d.MonthlyIncome.std() / d.MonthlyIncome.mean(), 3))),
    ("Bin Age into three equal-width bins and report the number of employees in each bin.", "From the lowest to the highest bin.", "@bin1[integer] @bin2[integer] @bin3[integer]", lambda d: dict(zip(("bin1", "bin2", "bin3"), [i(x) for x in pd.cut(d.Age, 3).value_counts(sort=False)]))),
    ("What is the skewness and kurtosis of MonthlyIncome?", "Three decimals, excess kurtosis.", "@skewness[number] @kurtosis[number]", lambda d: dict(skewness=f(d.MonthlyIncome.skew(), 3), kurtosis=f(d.MonthlyIncome.kurt(), 3))),
    ("Who has the second highest monthly income? Give the employee ID.", "", "@employee_id[name]", lambda d: dict(employee_id=d.nlargest(2, "MonthlyIncome").EmployeeID.iloc[1])),
    ("Remove outliers of MonthlyIncome by the IQR rule (1.5 × IQR) and compute the mean of the remaining incomes.", "Two decimals.", "@mean_income[number] @removed[integer]", lambda d: (lambda lo, hi: dict(mean_income=f(d.MonthlyIncome[d.MonthlyIncome.between(lo, hi)].mean(), 2), removed=i((~d.MonthlyIncome.between(lo, hi)).sum())))(*iqr_bounds(d.MonthlyIncome))),
    ("Regress MonthlyIncome on YearsAtCompany and Age. What is the coefficient of YearsAtCompany and its p-value?", "Coefficient to 2 decimals, p-value to 4 decimals.", "@coefficient[number] @p_value[number]", lambda d: (lambda m: dict(coefficient=f(m.params["YearsAtCompany"], 2), p_value=f(m.pvalues["YearsAtCompany"], 4)))(ols(d, "MonthlyIncome", ["YearsAtCompany", "Age"]))),
    ("How many distinct departments are there, and which one has the most employees?", "", "@departments[integer] @largest[name]", lambda d: dict(departments=i(d.Department.nunique()), largest=d.Department.value_counts().idxmax())),
    ("What is the interquartile range of TrainingHours for employees who left (Attrition = Yes)?", "Ignore missing values. One decimal.", "@iqr[number]", lambda d: (lambda s: dict(iqr=f(s.quantile(.75) - s.quantile(.25), 1)))(d[d.Attrition == "Yes"].TrainingHours)),
    ("Is the mean engagement score different from 7? Use a one-sample t-test.", "alpha 0.05. t to 3 decimals, p to 4 decimals.", "@t[number] @p_value[number] @different[yes|no]", lambda d: (lambda r: dict(t=f(r[0], 3), p_value=f(r[1], 4), different=yes(r[1] < .05)))(stats.ttest_1samp(d.EngagementScore, 7))),
]

retail = [
    ("Compute revenue as Quantity × UnitPrice × (1 − Discount). What is the total revenue of each customer type?", "Two decimals.", "@member[number] @guest[number]", lambda d: (lambda s: dict(member=f(s["Member"], 2), guest=f(s["Guest"], 2)))((d.Quantity * d.UnitPrice * (1 - d.Discount)).groupby(d.CustomerType).sum())),
    ("Do members buy more units per invoice than guests? Compare the mean Quantity with a one-sided Welch's t-test.", "alpha 0.05; means to 2 decimals, p-value to 4.", "@mean_members[number] @mean_guests[number] @p_value[number] @more[yes|no]", lambda d: (lambda a, b: (lambda p: dict(mean_members=f(a.mean(), 2), mean_guests=f(b.mean(), 2), p_value=f(p, 4), more=yes(p < .05)))(stats.ttest_ind(a, b, equal_var=False, alternative="greater").pvalue))(d[d.CustomerType == "Member"].Quantity, d[d.CustomerType == "Guest"].Quantity)),
    ("How many duplicate rows are there?", "", "@duplicates[integer]", lambda d: dict(duplicates=i(d.duplicated().sum()))),
    ("Remove duplicate rows and compute the total quantity sold in Germany.", "", "@total_quantity[integer]", lambda d: dict(total_quantity=i(d.drop_duplicates().query("Country == 'Germany'").Quantity.sum()))),
    ("Which category brought the largest share of total revenue (Quantity times UnitPrice), and what is the share?", "Share as a percentage with one decimal.", "@category[name] @share[percentage]", lambda d: (lambda s: dict(category=s.idxmax(), share=f(s.max() / s.sum() * 100, 1)))((d.Quantity * d.UnitPrice).groupby(d.Category).sum())),
    ("What is the average unit price weighted by quantity?", "Two decimals.", "@weighted_average_price[number]", lambda d: dict(weighted_average_price=f((d.UnitPrice * d.Quantity).sum() / d.Quantity.sum(), 2))),
    ("How many invoices were paid by card in the last three months of the data?", "Whole calendar months.", "@count[integer]", lambda d: (lambda p: dict(count=i(((d.Payment == "card") & (p > p.max() - 3)).sum())))(pd.to_datetime(d.InvoiceDate).dt.to_period("M"))),
    ("What percentage of invoices outside of France and Germany got a discount?", "A discount above zero. One decimal.", "@percentage[percentage]", lambda d: (lambda e: dict(percentage=f((e.Discount > 0).mean() * 100, 1)))(d[~d.Country.isin(["France", "Germany"])])),
    ("Which month had the highest number of invoices?", "Month as YYYY-MM.", "@month[YYYY-MM] @count[integer]", lambda d: (lambda s: dict(month=s.index[0], count=i(s.iloc[0])))(d.InvoiceDate.str[:7].value_counts())),
    ("On which day of the week is the total quantity the lowest?", "", "@weekday[name]", lambda d: dict(weekday=(lambda s: s.idxmin())(d.Quantity.groupby(pd.to_datetime(d.InvoiceDate).dt.day_name()).sum()))),
    ("Fill missing values of Payment with the mode and count the invoices per payment method.", "", "@card[integer] @cash[integer] @invoice[integer]", lambda d: (lambda s: dict(card=i(s["card"]), cash=i(s["cash"]), invoice=i(s["invoice"])))(d.Payment.fillna(d.Payment.mode()[0]).value_counts())),
    ("What was the total quantity in the fourth quarter of 2022, and by how many percent did it differ from the third quarter of 2022?", "One decimal for the percentage.", "@q4_quantity[integer] @change[percentage]", lambda d: (lambda q: dict(q4_quantity=i(q["2022Q4"]), change=f((q["2022Q4"] / q["2022Q3"] - 1) * 100, 1)))(d.Quantity.groupby(pd.to_datetime(d.InvoiceDate).dt.to_period("Q").astype(str)).sum())),
]

hospital = [
    ("Derive the length of stay in days as discharge_date minus admission_date. What is the average length of stay?", "Two decimals.", "@average_stay[number]", lambda d: dict(average_stay=f((pd.to_datetime(d.discharge_date) - pd.to_datetime(d.admission_date)).dt.days.mean(), 2))),
    ("Did systolic blood pressure change from before to after the stay? Use a paired t-test on systolic_before and systolic_after.", "Only patients with both values; alpha 0.05; t to 2 decimals and p to 4 decimals.", "@t[number] @p_value[number] @changed[yes|no]", lambda d: (lambda e: (lambda r: dict(t=f(r[0], 2), p_value=f(r[1], 4), changed=yes(r[1] < .05)))(stats.ttest_rel(e.systolic_before, e.systolic_after)))(d.dropna(subset=["systolic_before", "systolic_after"]))),
    ("What is the readmission rate by ward? Which ward has the highest?", "Percent, one decimal.", "@ward[name] @rate[percentage]", lambda d: (lambda s: dict(ward=s.idxmax(), rate=f(s.max() * 100, 1)))((d.readmitted == "yes").groupby(d.ward).mean())),
    ("How many patients over 65 were admitted in 2022 to Cardiology or Surgery?", "", "@count[integer]", lambda d: dict(count=i(((d.age > 65) & (d.admission_date.str[:4] == "2022") & d.ward.isin(["Cardiology", "Surgery"])).sum()))),
    ("Is the proportion of readmitted patients higher among smokers than among non-smokers? Use a two-proportion z-test, one-sided.", "alpha = 0.05, z to 3 decimals, p to 4 decimals.", "@z[number] @p_value[number] @higher[yes|no]", lambda d: (lambda z, p: dict(z=f(z, 3), p_value=f(p, 4), higher=yes(p < .05)))(*__import__("statsmodels.stats.proportion", fromlist=["x"]).proportions_ztest([((d.smoker == "yes") & (d.readmitted == "yes")).sum(), ((d.smoker == "no") & (d.readmitted == "yes")).sum()], [(d.smoker == "yes").sum(), (d.smoker == "no").sum()], alternative="larger"))),
    ("Compare costs across the wards with a Kruskal-Wallis test.", "H to 3 decimals, p-value to 4, alpha 0.05.", "@h[number] @p_value[number] @significant[yes|no]", lambda d: (lambda r: dict(h=f(r[0], 3), p_value=f(r[1], 4), significant=yes(r[1] < .05)))(stats.kruskal(*[g.cost for _, g in d.groupby("ward")]))),
    ("Fill missing ages with the mean age of the patients of the same ward. What is the mean age then?", "Two decimals.", "@mean_age[number]", lambda d: dict(mean_age=f(d.age.fillna(d.groupby("ward").age.transform("mean")).mean(), 2))),
    ("What is the total cost per ward for non-smokers only? Give the ward with the lowest total.", "Cost with 2 decimals.", "@ward[name] @total_cost[number]", lambda d: (lambda s: dict(ward=s.idxmin(), total_cost=f(s.min(), 2)))(d[d.smoker == "no"].groupby("ward").cost.sum())),
    ("Do the variances of cost differ between the sexes? Use Levene's test.", "Statistic and p-value to 4 decimals; alpha = 0.05.", "@statistic[number] @p_value[number] @equal_variances[yes|no]", lambda d: (lambda r: dict(statistic=f(r[0], 4), p_value=f(r[1], 4), equal_variances=yes(r[1] >= .05)))(stats.levene(d[d.sex == "F"].cost, d[d.sex == "M"].cost))),
    ("What is the 95% confidence interval for the mean cost?", "Student's t interval, two decimals.", "@low[number] @high[number]", lambda d: (lambda a, b: dict(low=f(a, 2), high=f(b, 2)))(*stats.t.interval(.95, len(d) - 1, d.cost.mean(), stats.sem(d.cost)))),
    ("How many rows contain at least one missing value?", "", "@rows[integer]", lambda d: dict(rows=i(d.isna().any(axis=1).sum()))),
]

matches = [
    ("Which team scored the most goals at home in total?", "", "@team[name] @goals[integer]", lambda d: (lambda s: dict(team=s.idxmax(), goals=i(s.max())))(d.groupby("home_team").home_goals.sum())),
    ("What percentage of the matches ended in a draw?", "Draw means home_goals equals away_goals. One decimal.", "@draws[percentage]", lambda d: dict(draws=f((d.home_goals == d.away_goals).mean() * 100, 1))),
    ("What is the average number of goals per match (home_goals plus away_goals)?", "Two decimals.", "@average_goals[number]", lambda d: dict(average_goals=f((d.home_goals + d.away_goals).mean(), 2))),
    ("Is the home side better? Compare home_goals and away_goals with a Wilcoxon signed-rank test.", "p-value to 4 decimals, alpha 0.05.", "@p_value[number] @significant[yes|no]", lambda d: (lambda p: dict(p_value=f(p, 4), significant=yes(p < .05)))(stats.wilcoxon(d.home_goals, d.away_goals)[1])),
    ("Create a column result that is 'H' if home_goals > away_goals, 'A' if home_goals < away_goals and 'D' otherwise. How often does each occur?", "", "@H[integer] @A[integer] @D[integer]", lambda d: dict(H=i((d.home_goals > d.away_goals).sum()), A=i((d.home_goals < d.away_goals).sum()), D=i((d.home_goals == d.away_goals).sum()))),
    ("What is the correlation between home_shots and home_goals, and is it significant at the 1% level?", "Pearson; three decimals.", "@r[number] @significant[yes|no]", lambda d: (lambda r: dict(r=f(r[0], 3), significant=yes(r[1] < .01)))(stats.pearsonr(d.home_shots, d.home_goals))),
    ("What was the average attendance at Harbor's home matches in 2023?", "Ignore matches without a recorded attendance. Nearest integer.", "@attendance[integer]", lambda d: dict(attendance=f(d[(d.home_team == "Harbor") & (d.match_date.str[:4] == "2023")].attendance.mean(), 0))),
    ("Which referee gave the most cards per match on average (home and away cards together)?", "Two decimals.", "@referee[name] @cards[number]", lambda d: (lambda s: dict(referee=s.idxmax(), cards=f(s.max(), 2)))((d.home_cards + d.away_cards).groupby(d.referee).mean())),
    ("How many matches were played in each calendar year? Give 2022 and 2023.", "", "@y2022[integer] @y2023[integer]", lambda d: dict(y2022=i((d.match_date.str[:4] == "2022").sum()), y2023=i((d.match_date.str[:4] == "2023").sum()))),
    ("Calculate the home win rate of each home team and name the team with the third highest.", "A home win is home_goals > away_goals.", "@team[name]", lambda d: dict(team=(d.home_goals > d.away_goals).groupby(d.home_team).mean().sort_values(ascending=False, kind="stable").index[2])),
]
