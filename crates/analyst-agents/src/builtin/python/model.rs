//! Regression, prediction and clusters.

use analyst_types::ColumnType;

use super::charts;
use super::prepare::working_copy;
use super::script::{Script, column, quote, quote_list};
use crate::builtin::intent::{Intent, Model, ModelKind};
use crate::builtin::labels;
use crate::builtin::schema::{Role, Schema};

/// Rows that the choice of the number of clusters looks at.
const SILHOUETTE_ROWS: u32 = 5000;

fn is_number(schema: &Schema, name: &str) -> bool {
    schema.named(name).is_some_and(|f| f.is_numeric() || f.kind == ColumnType::Boolean || f.yes.is_some())
}

/// Numbers and categories among the features.
fn sorted_features(model: &Model, schema: &Schema) -> (Vec<String>, Vec<String>) {
    model.features.iter().cloned().partition(|f| is_number(schema, f))
}

/// Writes an ordinary least squares regression.
pub(super) fn regression(script: &mut Script, intent: &Intent, model: &Model, schema: &Schema) {
    let (numbers, kinds) = sorted_features(model, schema);
    let used: Vec<&str> = numbers.iter().chain(std::iter::once(&model.target)).map(String::as_str).collect();
    working_copy(script, intent, schema, &used);
    script.import("import statsmodels.api as sm");
    script.import("import numpy as np");
    let all: Vec<String> = std::iter::once(model.target.clone()).chain(model.features.iter().cloned()).collect();
    script.comment("Complete rows only");
    script.line(format!("rows = data[{}].dropna()", quote_list(&all)));
    script.metric("rows used", "len(rows)");
    script.metric("rows left out", "len(data) - len(rows)");
    script.line(format!("y = rows[{}].astype(\"float\")", quote(&model.target)));
    if model.degree > 1 && numbers.len() == 1 && kinds.is_empty() {
        let x = quote(&numbers[0]);
        script.line(format!(
            "x = pd.DataFrame({{({x} if k == 1 else {x} + f\"^{{k}}\"): rows[{x}] ** k for k in range(1, {} + 1)}})",
            model.degree
        ));
    } else if kinds.is_empty() {
        script.line(format!("x = rows[{}].astype(\"float\")", quote_list(&numbers)));
    } else {
        script.comment("Categories become 0/1 columns; the first of each is the reference");
        script.line(format!(
            "x = pd.get_dummies(rows[{}], columns={}, drop_first=True).astype(\"float\")",
            quote_list(&model.features),
            quote_list(&kinds)
        ));
    }
    script.comment("Ordinary least squares with an intercept");
    script.line("design = sm.add_constant(x, has_constant=\"add\")");
    script.line("scaled = design / np.sqrt((design ** 2).sum())");
    script.line("full_rank = np.linalg.matrix_rank(scaled.to_numpy()) == design.shape[1]");
    script.line("fit = sm.OLS(y, design).fit(method=\"qr\" if full_rank else \"pinv\")");
    script.line(format!("interval = fit.conf_int(alpha={})", intent.wishes.alpha));
    script.line("coefficients = pd.DataFrame({\"term\": [\"intercept\" if t == \"const\" else t for t in design.columns], \"coefficient\": fit.params.to_numpy(), \"standard error\": fit.bse.to_numpy(),");
    script.line("                             \"low\": interval[0].to_numpy(), \"high\": interval[1].to_numpy(), \"p-value\": fit.pvalues.to_numpy()})");
    script.line(format!("table(coefficients, {})", quote(&format!("Coefficients for {}", model.target))));
    script.line("for row in coefficients.head(12).itertuples(index=False):\n    metric(\"intercept\" if row.term == \"intercept\" else \"coefficient of \" + row.term, row.coefficient)\n    if row.term != \"intercept\":\n        metric(\"p-value of \" + row.term, row[5])");
    for (name, expression) in [
        ("R squared", "fit.rsquared"),
        ("adjusted R squared", "fit.rsquared_adj"),
        ("F", "fit.fvalue"),
        ("p-value", "fit.f_pvalue"),
        ("residual standard deviation", "fit.mse_resid ** 0.5"),
        ("residual sum of squares", "fit.ssr"),
        ("root mean squared error", "(fit.ssr / len(rows)) ** 0.5"),
        ("mean absolute error", "fit.resid.abs().mean()"),
    ] {
        script.metric(name, expression);
    }
    script.line("if len(design.columns) > 2:\n    metric(\"condition number\", np.linalg.cond(scaled.to_numpy()))");
    script.line("if len(rows) >= 8:\n    metric(\"skewness of the residuals\", fit.resid.skew())");
    script.metric("significance level", &format!("{}", intent.wishes.alpha));
    script.metric("significant", &format!("\"yes\" if fit.f_pvalue < {} else \"no\"", intent.wishes.alpha));
    regression_chart(script, model, &numbers, &kinds);
}

fn regression_chart(script: &mut Script, model: &Model, numbers: &[String], kinds: &[String]) {
    let target = &model.target;
    script.comment("How well the line fits");
    if numbers.len() == 1 && kinds.is_empty() && model.degree == 1 {
        let title = format!("{target} against {}", numbers[0]);
        charts::points(script, "rows", &numbers[0], target, &title, Some(("fit.params.iloc[1]", "fit.params.iloc[0]")));
    } else {
        let title = format!("{target}: observed against fitted");
        script.line("drawn = pd.DataFrame({\"fitted\": fit.fittedvalues, \"observed\": y})");
        charts::points(script, "drawn", "fitted", "observed", &title, Some(("1", "0")));
    }
}

/// Writes a predictive model with a baseline.
pub(super) fn predict(script: &mut Script, intent: &Intent, model: &Model, schema: &Schema) {
    let (numbers, kinds) = sorted_features(model, schema);
    let field = schema.named(&model.target);
    let number = field
        .is_some_and(|f| f.is_numeric() && f.role != Role::Flag && (f.distinct > 10 || f.kind != ColumnType::Integer))
        && model.kind != ModelKind::Logistic;
    let used: Vec<&str> = numbers.iter().map(String::as_str).chain(number.then_some(model.target.as_str())).collect();
    working_copy(script, intent, schema, &used);
    for line in [
        "from sklearn.compose import ColumnTransformer",
        "from sklearn.impute import SimpleImputer",
        "from sklearn.pipeline import make_pipeline",
        "from sklearn.preprocessing import OneHotEncoder, StandardScaler",
    ] {
        script.import(line);
    }
    script.comment("Rows with a known target; missing features are filled inside the pipeline, so nothing leaks from the test rows");
    script.line(format!("rows = data.dropna(subset=[{}])", quote(&model.target)));
    script.line(format!("numbers, kinds = {}, {}", quote_list(&numbers), quote_list(&kinds)));
    script.line(format!("x, y = rows[numbers + kinds].copy(), rows[{}]", quote(&model.target)));
    script.line("for name in kinds:\n    x[name] = x[name].astype(\"object\").where(x[name].notna(), \"(missing)\").astype(str)");
    script.metric("rows used", "len(rows)");
    script.metric("number of features", "len(numbers) + len(kinds)");
    script.line("prepare = ColumnTransformer([");
    script.line("    (\"numbers\", make_pipeline(SimpleImputer(strategy=\"median\"), StandardScaler()), numbers),");
    script.line("    (\"kinds\", OneHotEncoder(handle_unknown=\"ignore\"), kinds),\n])");
    let (import, estimator, name) = estimator(model.kind, number);
    script.import(import);
    let estimator = with_settings(estimator, model);
    script.line(format!("model = make_pipeline(prepare, {estimator})"));
    script.metric("model", &quote(name));
    score(script, model, number);
    importances(script, model);
}

/// The estimator with the settings that were asked for, where it has them.
fn with_settings(estimator: &str, model: &Model) -> String {
    let mut text = estimator.to_owned();
    if let Some(seed) = model.seed {
        text = text.replace("random_state=42", &format!("random_state={seed}"));
    }
    for (name, value) in &model.settings {
        if *name == "n_estimators" && text.contains("n_estimators=200") {
            text = text.replace("n_estimators=200", &format!("n_estimators={value}"));
        } else if *name == "max_depth"
            && (text.starts_with("DecisionTree")
                || text.starts_with("RandomForest")
                || text.starts_with("GradientBoosting"))
        {
            text = text.replacen('(', &format!("(max_depth={value}, "), 1);
        }
    }
    text
}

fn estimator(kind: ModelKind, number: bool) -> (&'static str, &'static str, &'static str) {
    match (kind, number) {
        (ModelKind::Linear, true) => {
            ("from sklearn.linear_model import LinearRegression", "LinearRegression()", "linear regression")
        }
        (ModelKind::Linear | ModelKind::Logistic, _) => (
            "from sklearn.linear_model import LogisticRegression",
            "LogisticRegression(max_iter=1000, random_state=42)",
            "logistic regression",
        ),
        (ModelKind::Tree, true) => (
            "from sklearn.tree import DecisionTreeRegressor",
            "DecisionTreeRegressor(random_state=42)",
            "decision tree",
        ),
        (ModelKind::Tree, false) => (
            "from sklearn.tree import DecisionTreeClassifier",
            "DecisionTreeClassifier(random_state=42)",
            "decision tree",
        ),
        (ModelKind::Boosting, true) => (
            "from sklearn.ensemble import GradientBoostingRegressor",
            "GradientBoostingRegressor(random_state=42)",
            "gradient boosting",
        ),
        (ModelKind::Boosting, false) => (
            "from sklearn.ensemble import GradientBoostingClassifier",
            "GradientBoostingClassifier(random_state=42)",
            "gradient boosting",
        ),
        (_, true) => (
            "from sklearn.ensemble import RandomForestRegressor",
            "RandomForestRegressor(n_estimators=200, random_state=42)",
            "random forest",
        ),
        (_, false) => (
            "from sklearn.ensemble import RandomForestClassifier",
            "RandomForestClassifier(n_estimators=200, random_state=42)",
            "random forest",
        ),
    }
}

fn score(script: &mut Script, model: &Model, number: bool) {
    if let Some(share) = model.test_share {
        let seed = model.seed.unwrap_or(42);
        script.import("from sklearn.model_selection import train_test_split");
        script.import("from sklearn import metrics as scores");
        script.comment("Learn on one part, score on the rest");
        script.line(format!(
            "x_train, x_test, y_train, y_test = train_test_split(x, y, test_size={share}, random_state={seed})"
        ));
        script.line("model.fit(x_train, y_train)\npredicted = model.predict(x_test)");
        script.metric("training rows", "len(x_train)");
        script.metric("test rows", "len(x_test)");
        if number {
            script.metric("R squared on test rows", "scores.r2_score(y_test, predicted)");
            script.metric("mean squared error", "scores.mean_squared_error(y_test, predicted)");
            script.metric("root mean squared error", "scores.mean_squared_error(y_test, predicted) ** 0.5");
            script.metric("mean absolute error", "scores.mean_absolute_error(y_test, predicted)");
            script.metric("baseline mean absolute error", "(y_test - y_train.mean()).abs().mean()");
        } else {
            script.metric("accuracy", "scores.accuracy_score(y_test, predicted)");
            script.metric("baseline accuracy", "(y_test == y_train.mode().iloc[0]).mean()");
            script.metric("F1 (macro)", "scores.f1_score(y_test, predicted, average=\"macro\")");
        }
        return;
    }
    script.import("from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score");
    script.comment("Five-fold cross-validation against a baseline that looks at nothing");
    if number {
        script.import("from sklearn.dummy import DummyRegressor");
        script.line("folds = KFold(n_splits=5, shuffle=True, random_state=42)");
        script.line("r2 = cross_val_score(model, x, y, cv=folds, scoring=\"r2\")");
        script.line("error = -cross_val_score(model, x, y, cv=folds, scoring=\"neg_mean_absolute_error\")");
        script.line("naive = -cross_val_score(DummyRegressor(), x, y, cv=folds, scoring=\"neg_mean_absolute_error\")");
        script.metric("R squared, cross-validated", "r2.mean()");
        script.metric("standard deviation of R squared over folds", "r2.std(ddof=1)");
        script.metric("mean absolute error, cross-validated", "error.mean()");
        script.metric("baseline mean absolute error", "naive.mean()");
    } else {
        script.import("from sklearn.dummy import DummyClassifier");
        script.line("folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=42)");
        script.line("right = cross_val_score(model, x, y, cv=folds, scoring=\"accuracy\")");
        script.line("naive = cross_val_score(DummyClassifier(strategy=\"most_frequent\"), x, y, cv=folds, scoring=\"accuracy\")");
        script.line("f1 = cross_val_score(model, x, y, cv=folds, scoring=\"f1_macro\")");
        script.metric("accuracy, cross-validated", "right.mean()");
        script.metric("standard deviation of accuracy over folds", "right.std(ddof=1)");
        script.metric("baseline accuracy", "naive.mean()");
        script.metric("F1 (macro), cross-validated", "f1.mean()");
    }
    script.line("model.fit(x, y)");
}

fn importances(script: &mut Script, model: &Model) {
    script.import("from sklearn.inspection import permutation_importance");
    script.import("import plotly.express as px");
    script.comment("Which features matter: how much worse it gets when one is shuffled");
    script.line("loss = permutation_importance(model, x, y, n_repeats=5, random_state=42)");
    script.line("result = pd.DataFrame({\"feature\": x.columns, \"importance\": loss.importances_mean}).sort_values(\"importance\", ascending=False, kind=\"stable\").reset_index(drop=True)");
    script.metric("most important feature", "result.iloc[0][\"feature\"]");
    script.metric("importance of it", "result.iloc[0][\"importance\"]");
    let title = quote(&format!("What matters for {}", model.target));
    script.line(format!("table(result, {title})"));
    script.line(format!(
        "fig = px.bar(result.head(20), x=\"feature\", y=\"importance\", title={title})\nshow(fig, {title})"
    ));
}

/// Writes clusters.
pub(super) fn clusters(script: &mut Script, intent: &Intent, columns: &[String], k: Option<u32>, schema: &Schema) {
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    working_copy(script, intent, schema, &names);
    script.import("from sklearn.cluster import KMeans");
    script.import("from sklearn.metrics import silhouette_score");
    script.import("from sklearn.preprocessing import StandardScaler");
    script.comment("Complete rows, every column on the same scale");
    script.line(format!("columns = {}", quote_list(columns)));
    script.line("rows = data.dropna(subset=columns).copy()");
    script.metric("rows used", "len(rows)");
    script.metric("rows left out", "len(data) - len(rows)");
    script.line("scaled = StandardScaler().fit_transform(rows[columns])");
    script.line("def fit(k):\n    return KMeans(n_clusters=k, n_init=10, random_state=42).fit(scaled)");
    script.line(format!("def silhouette(labels):\n    return silhouette_score(scaled, labels, sample_size=min(len(scaled), {SILHOUETTE_ROWS}), random_state=42)"));
    match k {
        Some(k) => script.line(format!("k = {k}")),
        None => {
            script.comment("The number of clusters with the best silhouette");
            script.line("tried = {k: silhouette(fit(k).labels_) for k in range(2, min(8, len(rows) - 1) + 1)}");
            script.line("k = max(tried, key=tried.get)");
            script.line("table(pd.DataFrame({\"clusters\": list(tried), \"silhouette\": list(tried.values())}), \"Silhouette by number of clusters\")");
        }
    }
    script.line("labels = fit(k).labels_");
    script.comment("Clusters numbered by size");
    script.line("order = pd.Series(labels).value_counts().index\nrows[\"cluster\"] = pd.Series(labels, index=rows.index).map({old: str(new) for new, old in enumerate(order, start=1)})");
    script.metric("number of clusters", "k");
    script.metric("silhouette", "silhouette(labels)");
    script.line("result = rows.groupby(\"cluster\").agg(n=(columns[0], \"size\"), **{name: (name, \"mean\") for name in columns}).reset_index()");
    script.line("table(result, \"Clusters: size and means\")");
    script.metric("largest cluster", "int(result[\"n\"].max())");
    script.metric("smallest cluster", "int(result[\"n\"].min())");
    script.import("import plotly.express as px");
    let title = quote("Clusters");
    if let [x, y, ..] = columns {
        script.line(format!(
            "fig = px.scatter(rows, x={}, y={}, color=\"cluster\", title={title})",
            quote(x),
            quote(y)
        ));
    } else {
        script.line(format!("fig = px.histogram(rows, x={}, color=\"cluster\", title={title})", quote(&columns[0])));
    }
    script.line(format!("show(fig, {title})"));
    let _ = (column("x"), labels::plain(&serde_json::Value::Null));
}
