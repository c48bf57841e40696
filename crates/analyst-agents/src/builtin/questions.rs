//! Questions and what they must be understood as, over five small schemas of several kinds.

use std::collections::BTreeMap;

use analyst_types::{ColumnProfile, ColumnType, FileKind, Format, Profile, TableData, TopValue};
use serde_json::{Value, json};

use super::intent::{Condition, Group, Intent, Measure, Task};
use super::labels;
use super::parse::parse;
use super::schema::Schema;
use crate::DatasetContext;

/// A column: name, type, missing values, different values, least and greatest, known values.
struct Col(&'static str, ColumnType, u64, u64, Value, Value, &'static [&'static str]);

fn dataset(name: &str, rows: u64, columns: Vec<Col>) -> DatasetContext {
    let mut values = BTreeMap::new();
    let mut profiles = Vec::new();
    for Col(column, kind, nulls, distinct, min, max, list) in columns {
        if kind == ColumnType::Text && !list.is_empty() {
            values.insert(column.to_owned(), list.iter().map(|v| (*v).to_owned()).collect());
        }
        let top = list.iter().map(|v| TopValue { value: json!(v), count: 1 }).collect();
        let name = column.to_owned();
        profiles.push(ColumnProfile {
            name,
            kind,
            nulls,
            distinct,
            min,
            max,
            mean: None,
            std: None,
            quantiles: None,
            top,
            distinct_is_estimate: false,
            histogram: Vec::new(),
            lengths: None,
            gaps: None,
        });
    }
    let format = Format::of(FileKind::Csv);
    let profile = Profile {
        dataset: name.to_owned(),
        rows,
        format,
        columns: profiles,
        warnings: Vec::new(),
        duplicate_rows: None,
        keys: Vec::new(),
        correlations: Vec::new(),
        sampled_rows: None,
    };
    let (name, file_name) = (name.to_owned(), format!("{name}.csv"));
    DatasetContext { name, file_name, profile, values, sample: TableData::default(), arrow_path: "data.arrow".into() }
}

fn text(name: &'static str, values: &'static [&'static str]) -> Col {
    Col(name, ColumnType::Text, 0, values.len() as u64, json!(1), json!(20), values)
}

fn label(name: &'static str, rows: u64) -> Col {
    Col(name, ColumnType::Text, 0, rows, json!(4), json!(20), &[])
}

fn whole(name: &'static str, distinct: u64, low: i64, high: i64) -> Col {
    Col(name, ColumnType::Integer, 0, distinct, json!(low), json!(high), &[])
}

fn real(name: &'static str, nulls: u64, distinct: u64, low: f64, high: f64) -> Col {
    Col(name, ColumnType::Float, nulls, distinct, json!(low), json!(high), &[])
}

fn day(name: &'static str, first: &str, last: &str) -> Col {
    Col(name, ColumnType::Date, 0, 290, json!(first), json!(last), &[])
}

/// Orders of a shop.
pub(super) fn sales() -> DatasetContext {
    let region = Col("Region", ColumnType::Text, 9, 4, json!(4), json!(5), &["East", "West", "North", "South"]);
    let columns = vec![
        label("Order ID", 480),
        day("Date", "2024-01-01", "2024-12-31"),
        region,
        text("Plan", &["basic", "pro", "plus"]),
        whole("Units", 15, 1, 15),
        real("Unit Price", 0, 400, 5.8, 51.8),
        real("Discount", 0, 4, 0.0, 0.3),
        real("Customer Age", 30, 62, 18.0, 80.0),
        whole("Churned", 2, 0, 1),
    ];
    dataset("orders", 480, columns)
}

fn employees() -> DatasetContext {
    let columns = vec![
        whole("employee_id", 300, 1, 300),
        label("name", 300),
        text("department", &["Sales", "Engineering", "HR", "Marketing"]),
        text("gender", &["M", "F"]),
        whole("age", 43, 22, 64),
        real("salary", 0, 300, 36079.48, 112_881.5),
        whole("years_experience", 30, 0, 29),
        real("performance_score", 0, 30, 1.6, 5.0),
        day("hire_date", "2015-01-05", "2022-05-16"),
        text("remote", &["Yes", "No"]),
    ];
    dataset("employees", 300, columns)
}

fn sensors() -> DatasetContext {
    let moment =
        Col("timestamp", ColumnType::Datetime, 0, 960, json!("2024-03-01T00:00:00"), json!("2024-04-09T23:00:00"), &[]);
    let columns = vec![
        moment,
        text("sensor_id", &["S1", "S2", "S3"]),
        real("temperature", 0, 700, 12.5, 28.1),
        real("humidity", 30, 400, 25.1, 75.2),
        real("pressure_hPa", 0, 250, 998.9, 1029.2),
        text("status", &["ok", "warning", "error"]),
    ];
    dataset("sensors", 960, columns)
}

fn survey() -> DatasetContext {
    let columns = vec![
        whole("RespondentID", 220, 1000, 1219),
        text("AgeGroup", &["18-24", "25-34", "35-44", "45+"]),
        text("Gender", &["Male", "Female", "Other"]),
        whole("Satisfaction", 5, 1, 5),
        text("WouldRecommend", &["yes", "no"]),
        real("MonthlySpend", 0, 215, 3.2, 190.5),
        text("City", &["Berlin", "Paris", "New York", "Rome"]),
        label("Comments", 220),
    ];
    dataset("survey", 220, columns)
}

fn bank() -> DatasetContext {
    let columns = vec![
        whole("customer_id", 500, 1, 500),
        whole("age", 72, 18, 89),
        text("job", &["admin", "technician", "services", "management", "retired"]),
        text("marital", &["married", "single", "divorced"]),
        text("education", &["primary", "secondary", "tertiary"]),
        real("balance", 20, 470, -7979.0, 11145.0),
        whole("housing", 2, 0, 1),
        Col("loan", ColumnType::Boolean, 0, 2, json!(false), json!(true), &[]),
        real("duration", 0, 400, 3.0, 1200.0),
        text("deposit", &["yes", "no"]),
        text("country", &["DE", "FR", "US"]),
    ];
    dataset("bank", 500, columns)
}

/// An intent in a line.
fn sketch(intent: &Intent) -> String {
    let measures = |list: &[Measure]| list.iter().map(labels::measure).collect::<Vec<_>>().join(" + ");
    let mut line = match &intent.task {
        Task::Aggregate(task) => {
            let groups: Vec<String> = task.groups.iter().map(labels::key).collect();
            let by = if groups.is_empty() { String::new() } else { format!(" by {}", groups.join(" × ")) };
            let end = task.extreme.map(|e| format!(" {e:?}")).unwrap_or_default();
            let limit = task.limit.map(|n| format!(" top {n}")).unwrap_or_default();
            let share = if task.share { " share" } else { "" };
            let focus = task.focus.as_ref().map(|f| format!(" of {f}")).unwrap_or_default();
            let order = task
                .order
                .map(|o| format!(" order {:?}{}", o.by, if o.descending { " desc" } else { "" }))
                .unwrap_or_default();
            format!("{}{by}{end}{limit}{share}{focus}{order}", measures(&task.measures))
        }
        Task::Trend(task) => {
            let end = task.extreme.map(|e| format!(" {e:?}")).unwrap_or_default();
            format!("trend {} over {} by {}{end}", labels::measure(&task.measure), task.column, task.grain.name())
        }
        Task::Rows(task) => format!(
            "rows by {:?} {} {} asked {:?}",
            task.by,
            if task.descending { "desc" } else { "asc" },
            task.limit,
            task.asked
        ),
        Task::Compare(task) => format!("compare {} by {} {:?}", task.column, group_name(&task.group), task.test),
        Task::Correlation(task) => {
            format!("{:?} {} target {:?}", task.coefficient, task.columns.join(", "), task.target)
        }
        Task::Regression(model) => {
            format!("regress {} on {} degree {}", model.target, model.features.join(", "), model.degree)
        }
        Task::Predict(model) => format!("predict {} from {} {:?}", model.target, model.features.join(", "), model.kind),
        other => format!("{other:?}"),
    };
    if !intent.conditions.is_empty() {
        line.push_str(&format!(
            " where{}",
            intent
                .conditions
                .iter()
                .map(|c: &Condition| format!(" {}", labels::condition(c)))
                .collect::<Vec<_>>()
                .join(",")
        ));
    }
    for derived in &intent.derived {
        line.push_str(&format!("; {} = {}", derived.name, derived.formula.write(&|n| n.to_owned())));
    }
    if let Some(chart) = intent.wishes.chart {
        line.push_str(&format!("; {chart:?}"));
    }
    line
}

fn group_name(group: &Group) -> String {
    labels::key(group)
}

fn check(dataset: &DatasetContext, cases: &[(&str, &str)]) {
    let schema = Schema::of(dataset);
    let wrong: Vec<String> = cases
        .iter()
        .map(|(question, expected)| (question, expected, sketch(&parse(question, &schema))))
        .filter(|(_, expected, found)| *expected != found)
        .map(|(question, expected, found)| format!("\n{question}\n  expected {expected}\n  found    {found}"))
        .collect();
    assert!(wrong.is_empty(), "{} of {} questions are misread:{}", wrong.len(), cases.len(), wrong.concat());
}

#[test]
fn questions_about_employees_are_understood() {
    let cases = [
        ("How many employees are there?", "number of rows"),
        ("What is the average salary by department?", "mean salary by department"),
        ("Which department has the highest average salary?", "mean salary by department Highest"),
        ("Who are the top 5 employees by salary?", "rows by Some(\"salary\") desc 5 asked [\"name\"]"),
        ("What is the median age?", "median age"),
        ("How many women work in Engineering?", "number of rows where with gender = F, with department = Engineering"),
        (
            "What is the average salary of men in Sales over 40?",
            "mean salary where with age > 40, with gender = M, with department = Sales",
        ),
        (
            "Is there a significant difference in salary between men and women?",
            "compare salary by gender Auto where with gender = M or F",
        ),
        ("Is there a correlation between age and salary?", "Pearson age, salary target None"),
        ("Show a histogram of salary", "Distribution([\"salary\"]); Histogram"),
        ("Show the salary distribution by department as a box plot", "compare salary by department Auto; Box"),
        ("How many employees were hired each year?", "trend number of rows over hire_date by year"),
        ("How many people were hired in 2018?", "number of rows where in 2018"),
        ("Plot the number of hires per quarter", "trend number of rows over hire_date by quarter"),
        ("What percentage of employees work remotely?", "share of rows with remote = Yes (%)"),
        ("What share of employees is remote by department?", "share of rows with remote = Yes (%) by department"),
        ("Which employee is the oldest?", "rows by Some(\"age\") desc 1 asked [\"name\"]"),
        (
            "What is the name of the employee with the highest salary?",
            "rows by Some(\"salary\") desc 1 asked [\"name\"]",
        ),
        ("Describe the data", "Describe([])"),
        ("Which columns have missing values?", "Missing([], false)"),
        ("Are there outliers in salary?", "Outliers([\"salary\"], Iqr(1.5))"),
        (
            "Cluster the employees by age and salary into 3 clusters",
            "Cluster { columns: [\"age\", \"salary\"], k: Some(3) }",
        ),
        (
            "Predict salary from age, years experience and performance score",
            "predict salary from age, years_experience, performance_score Auto",
        ),
        ("Run a linear regression of salary on years_experience", "regress salary on years_experience degree 1"),
        ("Is salary normally distributed?", "Normality(\"salary\", Shapiro)"),
        ("Does performance score differ across departments?", "compare performance_score by department Auto"),
        (
            "Is gender independent of department?",
            "Association { rows: \"gender\", columns: \"department\", exact: false }",
        ),
        ("pie chart of employees by department", "number of rows by department; Pie"),
        ("bar chart of total salary by department and gender", "total salary by department × gender; Bar"),
        ("List the employees with a salary over 80000", "rows by None desc 20 asked [] where with salary > 80000"),
        ("What is the standard deviation and variance of salary?", "standard deviation of salary + variance of salary"),
        ("What is the 90th percentile of salary?", "90 % quantile of salary"),
        ("Number of employees per department, sorted descending", "number of rows by department order Measure desc"),
        ("What is the salary range?", "range of salary"),
        ("How many departments are there?", "number of different department"),
        ("What is the minimum and maximum age?", "minimum age + maximum age"),
        ("Show the correlation matrix", "Pearson age, salary, years_experience, performance_score target None"),
        (
            "Which variables correlate most with salary?",
            "Pearson age, salary, years_experience, performance_score target Some(\"salary\")",
        ),
        ("average salary by age group 20-29, 30-39, 40-49 and 50+", "mean salary by age group"),
        ("What is the ratio of salary to age on average?", "mean salary / age; salary / age = salary / age"),
        ("hello", "Talk(Hello)"),
        ("What can you do?", "Talk(Abilities)"),
        ("What is the weather today?", "Talk(Other)"),
        ("What is the average foo by department?", "Unclear([Unlinked { word: \"foo\", nearest: [] }])"),
        ("total salary by continent", "Unclear([Unlinked { word: \"continent\", nearest: [] }])"),
        ("What is the average salary excluding HR?", "mean salary where with department ≠ HR"),
        (
            "Compare salaries of Sales and Marketing",
            "compare salary by department Auto where with department = Sales or Marketing",
        ),
        (
            "Do people in Sales earn more than people in Marketing?",
            "compare salary by department Auto where with department = Sales or Marketing",
        ),
        ("average salary for employees not in Sales", "mean salary where with department ≠ Sales"),
        ("employees hired after 2019", "number of rows where from 2020-01-01 on"),
        ("how many employees hired between 2016 and 2018", "number of rows where from 2016-01-01 to 2018-12-31"),
        (
            "Create a column bonus = salary * 0.1 and give the mean bonus by department",
            "mean bonus by department; bonus = salary * 0.1",
        ),
        ("What's the most common department?", "most frequent department"),
        ("who earns the least?", "rows by Some(\"salary\") asc 1 asked [\"name\"]"),
        ("the 3 youngest employees", "rows by Some(\"age\") asc 3 asked [\"name\"]"),
        ("count employees by gender and remote", "number of rows by gender × remote"),
    ];
    check(&employees(), &cases);
}

#[test]
fn questions_about_sensors_are_understood() {
    let cases = [
        ("What is the average temperature?", "mean temperature"),
        ("average temperature by sensor", "mean temperature by sensor_id"),
        ("Show temperature over time", "trend mean temperature over timestamp by day"),
        ("Show the daily average temperature as a line chart", "trend mean temperature over timestamp by day; Line"),
        ("Which hour of the day is warmest on average?", "mean temperature by timestamp (hour) Highest"),
        ("How many errors were there?", "number of rows where with status = error"),
        ("How many readings have status warning or error?", "number of rows where with status = warning or error"),
        ("What percentage of readings are errors?", "share of rows with status = error (%)"),
        ("Is there a relationship between temperature and humidity?", "Pearson temperature, humidity target None"),
        ("maximum pressure per day", "trend maximum pressure_hPa over timestamp by day"),
        ("temperature on 2024-03-05", "Describe([\"temperature\"]) where on 2024-03-05"),
        ("average humidity in March 2024", "mean humidity where in 2024-03"),
        ("trend of humidity by week", "trend mean humidity over timestamp by week"),
        ("How many humidity values are missing?", "number of rows where without humidity"),
        ("What is the mean humidity, ignoring missing values?", "mean humidity"),
        ("z-score outliers in pressure", "Outliers([\"pressure_hPa\"], ZScore(3.0))"),
        ("Which sensor has the most errors?", "number of rows by sensor_id Highest where with status = error"),
        ("boxplot of temperature by sensor", "compare temperature by sensor_id Auto; Box"),
        (
            "scatter plot of temperature vs humidity",
            "Points(Points { x: \"temperature\", y: \"humidity\", color: None, order: None }); Scatter",
        ),
        ("Does temperature differ between sensors? Use ANOVA", "compare temperature by sensor_id Anova"),
        ("Kruskal-Wallis test for humidity by status", "compare humidity by status Kruskal"),
        ("distribution of pressure", "Distribution([\"pressure_hPa\"])"),
        ("first 10 rows", "rows by None desc 10 asked []"),
        ("lag 1 autocorrelation of temperature", "lag-1 autocorrelation of temperature"),
        ("average temperature by weekday", "mean temperature by timestamp (weekday)"),
    ];
    check(&sensors(), &cases);
}

#[test]
fn questions_about_survey_are_understood() {
    let cases = [
        ("What is the average satisfaction by city?", "mean Satisfaction by City"),
        ("How many respondents would recommend?", "number of rows where with WouldRecommend = yes"),
        (
            "What percentage of respondents would recommend us, by gender?",
            "share of rows with WouldRecommend = yes (%) by Gender",
        ),
        ("Is satisfaction related to monthly spend?", "Pearson Satisfaction, MonthlySpend target None"),
        (
            "Does the recommendation depend on gender? Chi-square test",
            "Association { rows: \"WouldRecommend\", columns: \"Gender\", exact: false }",
        ),
        ("Show satisfaction distribution", "Distribution([\"Satisfaction\"])"),
        ("Total monthly spend by age group", "total MonthlySpend by AgeGroup"),
        ("Which city spends the most?", "total MonthlySpend by City Highest"),
        (
            "How many respondents from New York are female?",
            "number of rows where with City = New York, with Gender = Female",
        ),
        (
            "respondents in Berlin or Paris with satisfaction of at least 4",
            "number of rows where with Satisfaction ≥ 4, with City = Berlin or Paris",
        ),
        ("average spend of those who would not recommend", "mean MonthlySpend where with WouldRecommend ≠ yes"),
        ("share of respondents by city", "number of rows by City share"),
        ("Mann-Whitney test of monthly spend by WouldRecommend", "compare MonthlySpend by WouldRecommend MannWhitney"),
        ("median MonthlySpend per Gender, rounded to 1 decimal", "median MonthlySpend by Gender"),
        ("Number of respondents by city and gender, stacked bar", "number of rows by City × Gender; StackedBar"),
        ("How many unique cities?", "number of different City"),
        (
            "Spearman correlation between Satisfaction and MonthlySpend",
            "Spearman Satisfaction, MonthlySpend target None",
        ),
        ("How many respondents have a satisfaction above 3?", "number of rows where with Satisfaction > 3"),
        ("How many comments contain '12'?", "number of rows where with Comments containing “12”"),
        (
            "Is the mean satisfaction higher for women than men?",
            "mean Satisfaction by Gender where with Gender = Female or Male",
        ),
    ];
    check(&survey(), &cases);
}

#[test]
fn questions_about_bank_are_understood() {
    let cases = [
        ("What is the average balance by job?", "mean balance by job"),
        ("How many customers have a loan?", "number of rows where with loan = true"),
        ("What proportion of customers made a deposit?", "share of rows with deposit = yes (%)"),
        ("deposit rate by education", "deposit rate (%) by education"),
        ("Which job has the highest deposit rate?", "deposit rate (%) by job Highest"),
        (
            "Is there an association between marital status and deposit?",
            "Association { rows: \"marital\", columns: \"deposit\", exact: false }",
        ),
        ("average balance of customers with housing", "mean balance where with housing = 1"),
        ("average age of customers without a loan", "mean age where with loan ≠ true"),
        ("balance by marital status boxplot", "compare balance by marital Auto; Box"),
        (
            "What drives the balance?",
            "regress balance on age, job, marital, education, housing, loan, duration, deposit, country degree 1",
        ),
        (
            "Which features predict deposit?",
            "predict deposit from age, job, marital, education, balance, housing, loan, duration, country Auto",
        ),
        (
            "Train a random forest to predict deposit from age, balance and duration",
            "predict deposit from age, balance, duration Forest",
        ),
        ("How many customers have a negative balance?", "number of rows where with balance < 0"),
        ("customers aged between 30 and 40", "number of rows where with age ≥ 30, with age ≤ 40"),
        (
            "Compare the duration of calls for deposit yes and no",
            "compare duration by deposit Auto where with deposit = yes or no",
        ),
        ("number of customers per country as a pie chart", "number of rows by country; Pie"),
        ("top 3 jobs by average duration", "mean duration by job Highest top 3"),
        ("What is the correlation between age and balance? Round to 3 decimals", "Pearson age, balance target None"),
        ("How many missing balances are there?", "number of rows where without balance"),
        ("missing values by column", "Missing([], false)"),
        ("duplicates?", "Duplicates"),
        ("average balance per job and education", "mean balance by job × education"),
        (
            "What is the total balance of customers with tertiary education?",
            "total balance where with education = tertiary",
        ),
        ("skewness and kurtosis of duration", "skewness of duration + excess kurtosis of duration"),
        ("Plot balance against age", "Points(Points { x: \"age\", y: \"balance\", color: None, order: None })"),
        ("Cluster customers", "Cluster { columns: [\"age\", \"balance\", \"duration\"], k: None }"),
        (
            "What is the mean age of married customers in DE?",
            "mean age where with marital = married, with country = DE",
        ),
        ("Describe balance", "Describe([\"balance\"])"),
        ("quartiles of balance", "Distribution([\"balance\"])"),
        ("How many customers are older than 60?", "number of rows where with age > 60"),
    ];
    check(&bank(), &cases);
}

#[test]
fn questions_about_sales_are_understood() {
    let cases = [
        ("What is the median customer age? Round to one decimal.", "median Customer Age"),
        (
            "How many orders were placed in the North region on the pro plan?",
            "number of rows where with Region = North, with Plan = pro",
        ),
        ("What percentage of orders have a discount?", "share of rows with Discount > 0 (%)"),
        ("What percentage of customers churned? One decimal.", "share of rows with Churned = 1 (%)"),
        (
            "Calculate the standard deviation of the unit price, rounded to 2 decimals.",
            "standard deviation of Unit Price",
        ),
        ("Which region has the lowest average unit price?", "mean Unit Price by Region Lowest"),
        ("What is the total number of units sold per plan?", "total Units by Plan"),
        (
            "Which plan has the highest churn rate? Give the rate in percent with one decimal.",
            "Churned rate (%) by Plan Highest",
        ),
        ("How many customers are older than 60?", "number of rows where with Customer Age > 60"),
        (
            "What is the mean unit price of basic and pro orders together?",
            "mean Unit Price where with Plan = basic or pro",
        ),
        (
            "Compute the total revenue (units × unit price × (1 − discount)) in March 2024. Round to 2 decimals.",
            "total revenue where in 2024-03; revenue = Units * Unit Price * (1 - Discount)",
        ),
        (
            "What is the correlation between customer age and units? Round to 3 decimals.",
            "Pearson Customer Age, Units target None",
        ),
        ("Calculate Spearman's rank correlation between discount and units.", "Spearman Discount, Units target None"),
        (
            "Is there a significant association between plan and churn? Use a chi-square test, p-value to 4 decimals.",
            "Association { rows: \"Plan\", columns: \"Churned\", exact: false }",
        ),
        (
            "Does the unit price differ between the plans? Run a one-way ANOVA and report F to 2 decimals.",
            "compare Unit Price by Plan Anova",
        ),
        (
            "Run a Kruskal-Wallis test of units across regions. p-value with 4 decimals",
            "compare Units by Region Kruskal",
        ),
        (
            "Use a Mann-Whitney U test to compare units of churned and not churned customers. Report the p-value with 4 decimals.",
            "compare Units by Churned MannWhitney",
        ),
        ("What is the skewness of the unit price? Round to 2 decimals.", "skewness of Unit Price"),
        ("How many outliers does units have by z-score with a threshold of 2?", "Outliers([\"Units\"], ZScore(2.0))"),
        (
            "Fit a linear regression of units on customer age and unit price. Give R squared with 4 decimals.",
            "regress Units on Customer Age, Unit Price degree 1",
        ),
        ("How many orders were there in each month?", "trend number of rows over Date by month"),
        ("Which month had the fewest orders?", "trend number of rows over Date by month Lowest"),
        ("What is the average number of units per order by region?", "mean Units by Region"),
        ("Which weekday has the most orders?", "number of rows by Date (weekday) Highest"),
        ("What is the interquartile range of customer age?", "interquartile range of Customer Age"),
        ("What is the 95th percentile of the unit price? Two decimals.", "95 % quantile of Unit Price"),
        (
            "What share of the total revenue comes from the pro plan, with revenue = units * unit price * (1 - discount)? One decimal percent.",
            "total revenue by Plan share of pro; revenue = Units * Unit Price * (1 - Discount)",
        ),
        ("How many different discounts are there?", "number of different Discount"),
        ("List the top 3 orders by unit price.", "rows by Some(\"Unit Price\") desc 3 asked [\"Order ID\"]"),
        ("What is the average unit price for orders with more than 10 units?", "mean Unit Price where with Units > 10"),
        (
            "What is the average unit price in the second quarter of 2024?",
            "mean Unit Price where from 2024-04-01 to 2024-06-30",
        ),
        ("How many rows have at least one missing value?", "Missing([], true)"),
        ("Which column has the most missing values and how many?", "Missing([], false)"),
        ("What is the mean age of churned customers compared with the others?", "compare Customer Age by Churned Auto"),
        (
            "What is the revenue per region, where revenue is units times unit price?",
            "total revenue by Region; revenue = Units * Unit Price",
        ),
        (
            "Create a new column total = units * unit price and find its maximum.",
            "maximum total; total = Units * Unit Price",
        ),
        ("What is the difference between the highest and lowest unit price?", "range of Unit Price"),
        ("What is the average discount by plan as a percentage?", "mean Discount by Plan"),
        (
            "How did monthly revenue (units × unit price) change from January to December?",
            "trend total revenue over Date by month; revenue = Units * Unit Price",
        ),
        (
            "Is the mean unit price in the North different from the South? Use a t-test with alpha 0.01.",
            "compare Unit Price by Region Welch where with Region = North or South",
        ),
        ("What is the coefficient of variation of units?", "coefficient of variation of Units"),
        ("Test the normality of units with the Jarque-Bera test.", "Normality(\"Units\", Jarque)"),
        ("Give the mean, median and mode of units.", "mean Units + median Units + most frequent Units"),
        (
            "How many orders are there from each region for the enterprise plan?",
            "Unclear([Unlinked { word: \"enterprise\", nearest: [] }])",
        ),
        ("Which region and plan combination has the highest total units?", "total Units by Region × Plan Highest"),
        ("What is the churn rate of customers under 30?", "Churned rate (%) where with Customer Age < 30"),
        ("For each plan, what is the maximum unit price?", "maximum Unit Price by Plan"),
        (
            "Calculate the mean unit price after removing outliers with the IQR rule.",
            "mean Unit Price where without outliers of Unit Price (IQR rule)",
        ),
        (
            "What is the average order value, computed as units times unit price?",
            "mean Units * Unit Price; Units * Unit Price = Units * Unit Price",
        ),
        (
            "What is the total revenue, defined as the product of units and unit price?",
            "total revenue; revenue = Units * Unit Price",
        ),
        (
            "How many orders have a unit price between 10 and 20?",
            "number of rows where with Unit Price ≥ 10, with Unit Price ≤ 20",
        ),
        ("How many orders had no discount?", "number of rows where with Discount = 0"),
        (
            "Split the unit price into 4 equal-width bins and count the orders in each.",
            "number of rows by Unit Price group",
        ),
        (
            "Which age group (under 30, 30-50, over 50) orders the most units on average?",
            "mean Units by Customer Age group Highest",
        ),
        (
            "What are the mean and standard deviation of the customer age for each plan?",
            "mean Customer Age + standard deviation of Customer Age by Plan",
        ),
        ("Is churn related to customer age?", "Pearson Churned, Customer Age target None"),
        (
            "Compare average units in North and South.",
            "compare Units by Region Auto where with Region = North or South",
        ),
        ("Which three months had the highest number of orders?", "number of rows by Date (month) Highest top 3"),
        (
            "What proportion of orders from the West churned?",
            "share of rows with Churned = 1 (%) where with Region = West",
        ),
        ("What was the growth in orders from the first to the last month?", "trend number of rows over Date by month"),
        ("How many orders were placed on weekends?", "number of rows where on a Saturday or Sunday"),
        ("Is there a trend in units over time?", "trend total Units over Date by month"),
        (
            "Perform a two-sample t-test assuming equal variances on unit price for churned vs non-churned.",
            "compare Unit Price by Churned Student",
        ),
        ("What is the average unit price? Round to two decimal places.", "mean Unit Price"),
        ("How many orders have no region?", "number of rows where without Region"),
        (
            "Which plan has the highest median number of units per order? If several tie, give the one that comes first in the alphabet.",
            "median Units by Plan Highest",
        ),
        (
            "Compute the revenue of each order as units × unit price × (1 − discount) and give the total revenue of the best region and its share of all revenue with a known region. Revenue rounded to 2 decimals, share as a percentage with 1 decimal.",
            "total revenue by Region Highest share where with a known Region; revenue = Units * Unit Price * (1 - Discount)",
        ),
        (
            "Is there a linear relationship between units and unit price? Calculate the Pearson correlation coefficient and its two-sided p-value. Significance level 0.05.",
            "Pearson Units, Unit Price target None",
        ),
        (
            "Test whether customer age is normally distributed with the Shapiro-Wilk test. Ignore missing ages; alpha = 0.05; p-value to 4 decimals.",
            "Normality(\"Customer Age\", Shapiro)",
        ),
        (
            "How many outliers are there in the unit price by the IQR rule (1.5 × IQR)?",
            "Outliers([\"Unit Price\"], Iqr(1.5))",
        ),
        (
            "In which month was the revenue (units × unit price × (1 − discount)) highest, and by how many percent did it change against the month before?",
            "trend total revenue over Date by month Highest; revenue = Units * Unit Price * (1 - Discount)",
        ),
        (
            "Do customers who churned order fewer units? Compare the mean units of churned and other orders with Welch's t-test.",
            "compare Units by Churned Welch",
        ),
        (
            "Group customers by age into 18-29, 30-44, 45-59 and 60+ and give the churn rate of each group.",
            "Churned rate (%) by Customer Age group",
        ),
    ];
    check(&sales(), &cases);
}
