//! What columns look like: overview, distribution, normality, missing values, outliers, duplicates, single rows,
//! columns drawn as they are.

use super::charts;
use super::prepare::working_copy;
use super::script::{Script, column, quote, quote_list};
use crate::builtin::intent::{Intent, NormalityTest, Order, OrderBy, OutlierRule, Points, RowList};
use crate::builtin::labels;
use crate::builtin::schema::{Role, Schema};
use crate::builtin::wishes::ChartKind;

/// Rows beyond which Shapiro-Wilk's p-value is not exact.
const SHAPIRO_LIMIT: u32 = 5000;

/// Writes an overview of the table or of some columns.
pub(super) fn describe(script: &mut Script, intent: &Intent, columns: &[String], schema: &Schema) {
    let chosen: Vec<&str> = if columns.is_empty() {
        schema.fields.iter().map(|f| f.name.as_str()).collect()
    } else {
        columns.iter().map(String::as_str).collect()
    };
    let numeric: Vec<String> = chosen
        .iter()
        .filter(|name| {
            schema.named(name).is_some_and(|f| f.is_numeric() && (f.role != Role::Id || !columns.is_empty()))
        })
        .map(|name| (*name).to_owned())
        .collect();
    let other: Vec<String> = chosen
        .iter()
        .filter(|name| schema.named(name).is_some_and(|f| !f.is_numeric()))
        .map(|name| (*name).to_owned())
        .collect();
    let numbers: Vec<&str> = numeric.iter().map(String::as_str).collect();
    working_copy(script, intent, schema, &numbers);
    script.comment("Size and gaps");
    script.metric("number of rows", "len(data)");
    script.metric("number of columns", "df.shape[1]");
    script.metric("missing values", "int(df.isna().sum().sum())");
    script.metric("duplicate rows", "int(df.duplicated().sum())");
    if !numeric.is_empty() {
        script.comment("Numbers");
        script.line(format!("numbers = data[{}]", quote_list(&numeric)));
        script.line("overview = pd.DataFrame({\"column\": numbers.columns, \"n\": numbers.count().to_numpy(), \"missing\": numbers.isna().sum().to_numpy(), \"mean\": numbers.mean().to_numpy(), \"standard deviation\": numbers.std().to_numpy(),");
        script.line("                         \"minimum\": numbers.min().to_numpy(), \"median\": numbers.median().to_numpy(), \"maximum\": numbers.max().to_numpy(), \"skewness\": numbers.skew().to_numpy()})");
        script.line("table(overview, \"Numbers\")");
        if numeric.len() <= 2 && !columns.is_empty() {
            for name in &numeric {
                for (label, call) in [
                    ("mean", "mean()"),
                    ("median", "median()"),
                    ("minimum", "min()"),
                    ("maximum", "max()"),
                    ("standard deviation of", "std()"),
                ] {
                    script.metric(&format!("{label} {name}"), &format!("{}.{call}", column(name)));
                }
            }
        }
    }
    if !other.is_empty() {
        script.comment("Everything else");
        script.line(format!("kinds = data[{}].astype(\"object\")", quote_list(&other)));
        script.line("table(pd.DataFrame({\"column\": kinds.columns, \"n\": kinds.count().to_numpy(), \"missing\": kinds.isna().sum().to_numpy(), \"different values\": kinds.nunique().to_numpy(),");
        script.line("                    \"most frequent\": [str(kinds[c].mode().iloc[0]) if kinds[c].notna().any() else None for c in kinds], \"times\": [int(kinds[c].value_counts().max()) if kinds[c].notna().any() else 0 for c in kinds]}), \"Other columns\")");
    }
    let first = numeric.iter().find(|n| schema.named(n).is_some_and(|f| f.role == Role::Measure));
    if let Some(name) = first {
        script.comment("A first picture");
        charts::histogram(script, "data", name, &format!("Distribution of {name}"));
    } else if let Some(name) = other.iter().find(|n| schema.named(n).is_some_and(|f| f.role == Role::Category)) {
        script.comment("A first picture");
        script.line(format!(
            "counts = data[{q}].value_counts().reset_index()\ncounts.columns = [{q}, \"number of rows\"]",
            q = quote(name)
        ));
        charts::groups(
            script,
            charts::Drawn {
                table: "counts",
                x: name,
                y: "number of rows",
                color: None,
                title: &format!("Number of rows by {name}"),
                ordered: false,
            },
            Some(ChartKind::Bar),
        );
    }
}

/// Writes how the values of columns spread.
pub(super) fn distribution(script: &mut Script, intent: &Intent, columns: &[String], schema: &Schema) {
    let numbers: Vec<&str> = columns.iter().map(String::as_str).collect();
    working_copy(script, intent, schema, &numbers);
    script.comment("Where the values lie");
    script.metric("rows used", "len(data)");
    for name in columns {
        let values = format!("{}.dropna()", column(name));
        script.line(format!("values = {values}"));
        for (label, expression) in [
            ("n of", "len(values)"),
            ("missing", "len(data) - len(values)"),
            ("mean", "values.mean()"),
            ("median", "values.median()"),
            ("standard deviation of", "values.std()"),
            ("minimum", "values.min()"),
            ("lower quartile of", "values.quantile(0.25)"),
            ("upper quartile of", "values.quantile(0.75)"),
            ("maximum", "values.max()"),
            ("skewness of", "values.skew()"),
            ("excess kurtosis of", "values.kurt()"),
        ] {
            script.metric(&format!("{label} {name}"), expression);
        }
        let title = format!("Distribution of {name}{}", labels::conditions(&intent.conditions));
        match intent.wishes.chart {
            Some(kind @ (ChartKind::Box | ChartKind::Violin)) => {
                charts::boxes(script, "data", None, name, &title, kind == ChartKind::Violin)
            }
            _ => charts::histogram(script, "data", name, &title),
        }
    }
}

/// Writes a test of normality.
pub(super) fn normality(script: &mut Script, intent: &Intent, name: &str, test: NormalityTest, schema: &Schema) {
    working_copy(script, intent, schema, &[name]);
    script.import("from scipy import stats");
    script.line(format!("values = {}.dropna()", column(name)));
    script.metric("rows used", "len(values)");
    script.metric(&format!("missing {name}"), "len(data) - len(values)");
    script.line(format!("alpha = {}", intent.wishes.alpha));
    let (title, lines, letter) = match test {
        NormalityTest::Shapiro => ("Shapiro-Wilk test", "statistic, p = stats.shapiro(values)", "W"),
        NormalityTest::Kolmogorov => (
            "Kolmogorov-Smirnov test against a normal with the sample's mean and deviation",
            "statistic, p = stats.kstest((values - values.mean()) / values.std(), \"norm\")",
            "D",
        ),
        NormalityTest::Jarque => ("Jarque-Bera test", "statistic, p = stats.jarque_bera(values)", "JB"),
        NormalityTest::Dagostino => ("D'Agostino-Pearson test", "statistic, p = stats.normaltest(values)", "K squared"),
        NormalityTest::Anderson => {
            script.import("from statsmodels.stats.diagnostic import normal_ad");
            ("Anderson-Darling test", "statistic, p = normal_ad(values)", "A squared")
        }
    };
    script.comment(title);
    script.line(lines);
    script.metric("test", &quote(title.split(" against").next().unwrap_or(title)));
    script.metric(letter, "statistic");
    script.metric("p-value", "p");
    script.metric("significance level", "alpha");
    script.metric("normal", "\"yes\" if p >= alpha else \"no\"");
    script.metric("skewness", "values.skew()");
    script.metric("excess kurtosis", "values.kurt()");
    if test == NormalityTest::Shapiro {
        script.line(format!("if len(values) > {SHAPIRO_LIMIT}:\n    metric(\"p-value is approximate\", \"yes\")"));
    }
    charts::histogram(script, "data", name, &format!("Distribution of {name}"));
}

/// Writes what is missing.
pub(super) fn missing(script: &mut Script, intent: &Intent, columns: &[String], schema: &Schema) {
    let _ = schema;
    script.import("import pandas as pd");
    script.import("import plotly.express as px");
    script.line("# Count the gaps of every column; nothing is changed.");
    script.line("data = df.copy()");
    script.line("result = pd.DataFrame({\"column\": data.columns, \"missing\": data.isna().sum().to_numpy()})");
    script.line("result[\"share (%)\"] = result[\"missing\"] / max(len(data), 1) * 100");
    script.line("result = result.sort_values([\"missing\", \"column\"], ascending=[False, True], kind=\"stable\").reset_index(drop=True)");
    script.metric("number of rows", "len(data)");
    for name in columns {
        script.metric(&format!("missing {name}"), &format!("int({}.isna().sum())", column(name)));
        script.metric(&format!("share of rows without {name} (%)"), &format!("{}.isna().mean() * 100", column(name)));
    }
    script.metric("missing values", "int(result[\"missing\"].sum())");
    script.metric("share of all cells missing (%)", "result[\"missing\"].sum() / max(data.size, 1) * 100");
    script.metric("columns with missing values", "int((result[\"missing\"] > 0).sum())");
    script.metric("complete rows", "int(data.notna().all(axis=1).sum())");
    script.metric("rows with missing values", "int(data.isna().any(axis=1).sum())");
    script.metric("column with the most missing values", "result.iloc[0][\"column\"]");
    script.metric("missing in that column", "int(result.iloc[0][\"missing\"])");
    script.metric("share of that column (%)", "result.iloc[0][\"share (%)\"]");
    script.line("table(result, \"Missing values by column\")");
    script.line("fig = px.bar(result[result[\"missing\"] > 0].head(40), x=\"column\", y=\"missing\", title=\"Missing values by column\")");
    script.line("fig.update_yaxes(rangemode=\"tozero\")\nshow(fig, \"Missing values by column\")");
    let _ = intent;
}

/// Writes unusual values.
pub(super) fn outliers(script: &mut Script, intent: &Intent, columns: &[String], rule: OutlierRule, schema: &Schema) {
    let numbers: Vec<&str> = columns.iter().map(String::as_str).collect();
    working_copy(script, intent, schema, &numbers);
    let told = match rule {
        OutlierRule::Iqr(k) => format!("Beyond the quartiles by more than {k} times their distance"),
        OutlierRule::ZScore(k) => format!("More than {k} standard deviations from the mean"),
    };
    script.comment(&told);
    script.line("found = []");
    script.line(format!("for name in {}:", quote_list(columns)));
    script.line("    values = data[name].dropna()");
    match rule {
        OutlierRule::Iqr(k) => script.line(format!("    low_quartile, high_quartile = values.quantile(0.25), values.quantile(0.75)\n    low, high = low_quartile - {k} * (high_quartile - low_quartile), high_quartile + {k} * (high_quartile - low_quartile)")),
        OutlierRule::ZScore(k) => script.line(format!("    low, high = values.mean() - {k} * values.std(), values.mean() + {k} * values.std()")),
    }
    script.line("    below, above = int((values < low).sum()), int((values > high).sum())");
    script.line("    found.append({\"column\": name, \"n\": len(values), \"lower bound\": low, \"upper bound\": high, \"below\": below, \"above\": above, \"outliers\": below + above, \"share (%)\": (below + above) / max(len(values), 1) * 100})");
    script.line("result = pd.DataFrame(found).sort_values(\"outliers\", ascending=False, kind=\"stable\").reset_index(drop=True)");
    script.metric("rows used", "int(result[\"n\"].max())");
    if columns.len() == 1 {
        let name = &columns[0];
        script.line("one = result.iloc[0]");
        for (label, expression) in [
            (format!("outliers in {name}"), "int(one[\"outliers\"])"),
            (format!("share of outliers in {name} (%)"), "one[\"share (%)\"]"),
            ("lower bound".to_owned(), "one[\"lower bound\"]"),
            ("upper bound".to_owned(), "one[\"upper bound\"]"),
            ("below the lower bound".to_owned(), "int(one[\"below\"])"),
            ("above the upper bound".to_owned(), "int(one[\"above\"])"),
        ] {
            script.metric(&label, expression);
        }
        script.metric(&format!("missing {name}"), &format!("int({}.isna().sum())", column(name)));
    } else {
        script.metric("outliers in all", "int(result[\"outliers\"].sum())");
        script.metric("column with the most outliers", "result.iloc[0][\"column\"]");
        script.metric("outliers in that column", "int(result.iloc[0][\"outliers\"])");
    }
    script.line("table(result, \"Outliers\")");
    let first = &columns[0];
    charts::boxes(script, "data", None, first, &format!("Values and outliers of {first}"), false);
}

/// Writes rows that occur twice.
pub(super) fn duplicates(script: &mut Script) {
    script.import("import pandas as pd");
    script.line("# Rows equal in every column to an earlier one");
    script.line("repeated = df.duplicated()");
    script.metric("number of rows", "len(df)");
    script.metric("duplicate rows", "int(repeated.sum())");
    script.metric("different rows", "int((~repeated).sum())");
    script.line("if repeated.any():\n    table(df[df.duplicated(keep=False)].head(50), \"Duplicate rows\")");
}

/// Writes single rows.
pub(super) fn rows(script: &mut Script, intent: &Intent, task: &RowList, schema: &Schema) {
    let by: Vec<&str> =
        task.by.iter().map(String::as_str).filter(|b| schema.named(b).is_some_and(|f| f.is_numeric())).collect();
    working_copy(script, intent, schema, &by);
    script.metric("rows found", "len(data)");
    let shown =
        if task.columns.is_empty() { "result".to_owned() } else { format!("result[{}]", quote_list(&task.columns)) };
    match &task.by {
        Some(by) => {
            script.comment("The rows asked for; ties keep the order of the file");
            let key = schema.named(by).is_some_and(|f| f.time.is_some() && !f.is_numeric());
            let key = if key { ", key=lambda c: pd.to_datetime(c, errors=\"coerce\")" } else { "" };
            script.line(format!(
                "result = data.dropna(subset=[{q}]).sort_values({q}, ascending={}, kind=\"stable\"{key}).iloc[{}:{}]",
                if task.descending { "False" } else { "True" },
                task.nth.map_or(0, |n| n - 1),
                task.limit + task.nth.map_or(0, |n| n - 1),
                q = quote(by)
            ));
            let end = if task.descending { "highest" } else { "lowest" };
            script.line("if len(result):");
            script.line(format!("    metric({}, result.iloc[0][{}])", quote(&format!("{end} {by}")), quote(by)));
            for name in &task.asked {
                script.line(format!(
                    "    metric({}, str(result.iloc[0][{}]))",
                    quote(&format!("{name} with the {end} {by}")),
                    quote(name)
                ));
            }
        }
        None => script.line(format!("result = data.head({})", task.limit)),
    }
    script.line(format!("table({shown}, {})", quote(&row_title(task, intent))));
}

/// Title of a list of rows.
pub(in super::super) fn row_title(task: &RowList, intent: &Intent) -> String {
    let order = task
        .by
        .as_ref()
        .map(|by| format!(" with the {} {by}", if task.descending { "highest" } else { "lowest" }))
        .unwrap_or_default();
    format!("Rows{order}{}", labels::conditions(&intent.conditions))
}

/// Writes columns drawn as they are.
pub(super) fn points(script: &mut Script, intent: &Intent, task: &Points, schema: &Schema) {
    let numeric: Vec<&str> = [&task.x, &task.y]
        .into_iter()
        .map(String::as_str)
        .filter(|n| schema.named(n).is_some_and(|f| f.is_numeric()))
        .collect();
    working_copy(script, intent, schema, &numeric);
    script.import("import plotly.express as px");
    let (x, y) = (quote(&task.x), quote(&task.y));
    script.comment("Rows that have both values");
    script.line(format!("drawn = data.dropna(subset=[{x}, {y}])"));
    if let Some(Order { by, descending }) = task.order {
        let key = if by == OrderBy::Group { &x } else { &y };
        script.line(format!(
            "drawn = drawn.sort_values({key}, ascending={}, kind=\"stable\")",
            if descending { "False" } else { "True" }
        ));
    }
    script.metric("rows used", "len(drawn)");
    script.metric("rows left out", "len(data) - len(drawn)");
    if numeric.len() == 2 && schema.named(&task.x).is_some_and(|f| f.role != Role::Id) {
        script.line(format!("if len(drawn) >= 3 and drawn[{x}].nunique() > 1 and drawn[{y}].nunique() > 1:\n    metric(\"correlation\", drawn[{x}].corr(drawn[{y}]))"));
    }
    let title = format!("{} against {}{}", task.y, task.x, labels::conditions(&intent.conditions));
    let qt = quote(&title);
    let color = task.color.as_ref().map(|c| format!(", color={}", quote(c))).unwrap_or_default();
    match intent.wishes.chart {
        Some(ChartKind::Scatter) => script.line(format!("fig = px.scatter(drawn, x={x}, y={y}{color}, title={qt}, orientation=\"v\")")),
        Some(ChartKind::Line) => script.line(format!("fig = px.line(drawn.sort_values({x}), x={x}, y={y}{color}, title={qt})")),
        Some(ChartKind::Pie) => script.line(format!("fig = px.pie(drawn, names={x}, values={y}, title={qt})")),
        None if numeric.len() == 2 => script.line(format!("fig = px.scatter(drawn, x={x}, y={y}{color}, title={qt}, orientation=\"v\")")),
        _ => script.line(format!("fig = px.bar(drawn, x={x}, y={y}{color}, title={qt})\nfig.update_xaxes(type=\"category\")\nfig.update_yaxes(rangemode=\"tozero\")")),
    }
    script.line(format!("show(fig, {qt})"));
}
