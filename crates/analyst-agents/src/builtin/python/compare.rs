//! Whether groups differ: the right test, effect size, interval, assumptions.

use super::charts;
use super::prepare::{keys, working_copy};
use super::script::{Script, column, quote, quote_list};
use crate::builtin::intent::{Comparison, DifferenceTest, Group, Intent, Side};
use crate::builtin::labels;
use crate::builtin::schema::Schema;
use crate::builtin::wishes::ChartKind;

/// Below this many values per group, normality is checked before a t-test is trusted.
const SMALL_GROUP: u32 = 30;

/// Writes a comparison.
pub(super) fn write(script: &mut Script, intent: &Intent, task: &Comparison, schema: &Schema) {
    let mut numbers = vec![task.column.as_str()];
    if task.other_column || matches!(task.group, Group::Bins(..)) {
        numbers.push(task.group.column());
    }
    working_copy(script, intent, schema, &numbers);
    script.import("from scipy import stats");
    if task.other_column {
        columns_as_groups(script, task)
    } else {
        values_as_groups(script, task, schema)
    }
    script.line("groups = {name: values for name, values in groups.items() if len(values) >= 2}");
    if let [first, second] = task.order.as_slice() {
        script.comment("In the order asked");
        script.line(format!(
            "asked = [name for wanted in {} for name in groups if name in (wanted, wanted + \".0\")]",
            quote_list(&[first.clone(), second.clone()])
        ));
        script.line("groups = {name: groups[name] for name in asked + [name for name in groups if name not in asked]}");
    }
    script.line(
        "if len(groups) < 2:\n    raise ValueError(\"a comparison needs at least two groups with two values each\")",
    );
    summary(script, task);
    script.line(format!(
        "side = \"{}\"",
        match task.side {
            Side::Both => "two-sided",
            Side::Greater => "greater",
            Side::Less => "less",
        }
    ));
    script.metric("significance level", &format!("{}", intent.wishes.alpha));
    script.line(format!("alpha = {}", intent.wishes.alpha));
    tests(script, task);
    script.metric("significant", "\"yes\" if p < alpha else \"no\"");
    let title = title(task, intent);
    script.comment("The groups side by side");
    if task.other_column {
        script.line("drawn = pd.concat([pd.DataFrame({\"column\": name, \"value\": values}) for name, values in groups.items()])");
        charts::boxes(script, "drawn", Some("column"), "value", &title, intent.wishes.chart == Some(ChartKind::Violin));
    } else {
        let key = labels::key(&task.group);
        charts::boxes(
            script,
            &format!("data.dropna(subset=[{}])", quote(&key)),
            Some(&key),
            &task.column,
            &title,
            intent.wishes.chart == Some(ChartKind::Violin),
        );
    }
}

/// Title of the chart.
pub(in super::super) fn title(task: &Comparison, intent: &Intent) -> String {
    let joint = if task.other_column { "and" } else { "by" };
    format!("{} {joint} {}{}", task.column, labels::group(&task.group), labels::conditions(&intent.conditions))
}

fn columns_as_groups(script: &mut Script, task: &Comparison) {
    let (a, b) = (&task.column, task.group.column());
    if matches!(task.test, DifferenceTest::Paired | DifferenceTest::Wilcoxon) {
        script.comment("Pairs with both values");
        script.line(format!("data = data.dropna(subset=[{}, {}])", quote(a), quote(b)));
    }
    script.comment("The two columns as two groups, missing values left out");
    script.line(format!("groups = {{{}: {}.dropna(), {}: {}.dropna()}}", quote(a), column(a), quote(b), column(b)));
    script.metric(&format!("missing {a}"), &format!("int(df[{}].isna().sum())", quote(a)));
}

fn values_as_groups(script: &mut Script, task: &Comparison, schema: &Schema) {
    script.comment("Values by group, missing ones left out");
    let key = keys(script, std::slice::from_ref(&task.group), schema).remove(0);
    script.metric(&format!("missing {}", task.column), &format!("int({}.isna().sum())", column(&task.column)));
    script.metric(&format!("rows without {}", task.group.column()), &format!("int({}.isna().sum())", column(&key)));
    script.line(format!("data = data.dropna(subset=[{}, {}])", quote(&task.column), quote(&key)));
    script.line(format!(
        "groups = {{str(name): values for name, values in data.groupby({}, observed=True)[{}]}}",
        quote(&key),
        quote(&task.column)
    ));
}

fn summary(script: &mut Script, task: &Comparison) {
    script.comment("Each group in numbers");
    script.line("summary = pd.DataFrame([");
    script.line("    {\"group\": name, \"n\": len(v), \"mean\": v.mean(), \"median\": v.median(), \"standard deviation\": v.std()}");
    script.line("    for name, v in groups.items()\n])");
    script.line(format!("table(summary, {})", quote(&format!("{} by group", task.column))));
    script.metric("rows used", "int(summary[\"n\"].sum())");
    script.metric("number of groups", "len(groups)");
}

fn tests(script: &mut Script, task: &Comparison) {
    match task.test {
        DifferenceTest::Levene => levene(script),
        DifferenceTest::Anova | DifferenceTest::WelchAnova | DifferenceTest::Kruskal => many(script, task.test),
        DifferenceTest::Auto => {
            script.line("if len(groups) == 2:");
            nested(script, |inner| two(inner, DifferenceTest::Auto));
            script.line("else:");
            nested(script, |inner| many(inner, DifferenceTest::Auto));
        }
        two_groups => {
            script.line("if len(groups) != 2:\n    raise ValueError(f\"this test compares two groups, and there are {len(groups)}\")");
            two(script, two_groups);
        }
    }
}

/// Writes lines one level deeper.
fn nested(script: &mut Script, write: impl FnOnce(&mut Script)) {
    let mut inner = Script::default();
    write(&mut inner);
    let text = inner.finish();
    for line in text.lines() {
        if line.starts_with("import ") || line.starts_with("from ") {
            continue;
        }
        if !line.is_empty() {
            script.line(format!("    {line}"));
        }
    }
}

fn levene(script: &mut Script) {
    script.comment("Equality of variances");
    script.line("statistic, p = stats.levene(*groups.values())");
    script.metric("test", "\"Levene's test\"");
    script.metric("W", "statistic");
    script.metric("p-value", "p");
}

fn two(script: &mut Script, test: DifferenceTest) {
    script.comment("Two groups");
    script.line("(name_a, a), (name_b, b) = groups.items()");
    script.line("difference = a.mean() - b.mean()");
    script.metric("difference of means", "difference");
    script.metric("difference of medians", "a.median() - b.median()");
    match test {
        DifferenceTest::Auto => {
            script.line(format!("small = min(len(a), len(b)) < {SMALL_GROUP}"));
            script.line("skewed = small and min(stats.shapiro(v).pvalue if 3 <= len(v) <= 5000 and v.nunique() > 1 else 1.0 for v in (a, b)) < 0.05");
            script.line("if skewed:");
            nested(script, mann_whitney);
            script.line("else:");
            nested(script, |inner| t_test(inner, "Welch's t-test", "False"));
        }
        DifferenceTest::MannWhitney => mann_whitney(script),
        DifferenceTest::Kolmogorov => {
            script.line("statistic, p = stats.ks_2samp(a, b, alternative=side)");
            script.metric("test", "\"two-sample Kolmogorov-Smirnov test\"");
            script.metric("D", "statistic");
            script.metric("p-value", "p");
        }
        DifferenceTest::Student => t_test(script, "Student's t-test (equal variances)", "True"),
        DifferenceTest::Paired => paired(script),
        DifferenceTest::Wilcoxon => {
            script.line("statistic, p = stats.wilcoxon(a.to_numpy(), b.to_numpy(), alternative=side)");
            script.metric("test", "\"Wilcoxon signed-rank test\"");
            script.metric("W", "statistic");
            script.metric("p-value", "p");
        }
        _ => t_test(script, "Welch's t-test", "False"),
    }
}

fn t_test(script: &mut Script, name: &str, equal: &str) {
    script.line(format!("result = stats.ttest_ind(a, b, equal_var={equal}, alternative=side)"));
    script.line("p, interval = result.pvalue, result.confidence_interval(1 - alpha)");
    script.line("pooled = (((len(a) - 1) * a.var() + (len(b) - 1) * b.var()) / (len(a) + len(b) - 2)) ** 0.5");
    script.metric("test", &quote(name));
    script.metric("t", "result.statistic");
    script.metric("degrees of freedom", "result.df");
    script.metric("p-value", "p");
    script.metric("interval of the difference, low", "interval.low");
    script.metric("interval of the difference, high", "interval.high");
    script.metric("Cohen's d", "difference / pooled if pooled else None");
}

fn paired(script: &mut Script) {
    script.line("result = stats.ttest_rel(a.to_numpy(), b.to_numpy(), alternative=side)");
    script.line("p, interval = result.pvalue, result.confidence_interval(1 - alpha)");
    script.metric("test", "\"paired t-test\"");
    script.metric("t", "result.statistic");
    script.metric("degrees of freedom", "result.df");
    script.metric("p-value", "p");
    script.metric("interval of the difference, low", "interval.low");
    script.metric("interval of the difference, high", "interval.high");
    script.metric("Cohen's d", "difference / (a.to_numpy() - b.to_numpy()).std(ddof=1)");
}

fn mann_whitney(script: &mut Script) {
    script.line("statistic, p = stats.mannwhitneyu(a, b, alternative=side)");
    script.metric("test", "\"Mann-Whitney U test\"");
    script.metric("U", "statistic");
    script.metric("p-value", "p");
    script.metric("rank-biserial correlation", "2 * statistic / (len(a) * len(b)) - 1");
}

fn many(script: &mut Script, test: DifferenceTest) {
    script.comment("Several groups: sums of squares about the means");
    script.line("values = pd.concat(groups.values())");
    script.line("centre = values.mean()");
    script.line("between = sum(len(v) * ((v - centre).mean()) ** 2 for v in groups.values())");
    script.line("within = sum((((v - centre) - (v - centre).mean()) ** 2).sum() for v in groups.values())");
    script.line("df_between, df_within = len(groups) - 1, len(values) - len(groups)");
    match test {
        DifferenceTest::Anova => anova(script),
        DifferenceTest::WelchAnova => welch_anova(script),
        DifferenceTest::Kruskal => kruskal(script),
        _ => {
            script.line("equal = stats.levene(*groups.values()).pvalue >= 0.05");
            script.line(format!("small = min(len(v) for v in groups.values()) < {SMALL_GROUP}"));
            script.line("skewed = small and min(stats.shapiro(v).pvalue if 3 <= len(v) <= 5000 and v.nunique() > 1 else 1.0 for v in groups.values()) < 0.05");
            script.line("if skewed:");
            nested(script, kruskal);
            script.line("elif equal:");
            nested(script, anova);
            script.line("else:");
            nested(script, welch_anova);
        }
    }
    script.metric("eta squared", "between / (between + within) if between + within else None");
}

fn anova(script: &mut Script) {
    script.line("f = (between / df_between) / (within / df_within)");
    script.line("p = stats.f.sf(f, df_between, df_within)");
    script.metric("test", "\"one-way ANOVA\"");
    script.metric("F", "f");
    script.metric("p-value", "p");
    script.metric("degrees of freedom between", "df_between");
    script.metric("degrees of freedom within", "df_within");
    script.metric("sum of squares between", "between");
    script.metric("sum of squares within", "within");
    script.metric("residual standard deviation", "(within / df_within) ** 0.5");
    pairs(script, "Tukey's HSD, pair by pair", "tukey");
}

fn welch_anova(script: &mut Script) {
    script.line("weights = {name: len(v) / v.var() for name, v in groups.items()}");
    script.line("weight = sum(weights.values())");
    script.line("weighted = sum(w * groups[name].mean() for name, w in weights.items()) / weight");
    script.line("k = len(groups)");
    script.line("lack = sum((1 - w / weight) ** 2 / (len(groups[name]) - 1) for name, w in weights.items())");
    script.line("f = (sum(w * (groups[name].mean() - weighted) ** 2 for name, w in weights.items()) / (k - 1)) / (1 + 2 * (k - 2) / (k ** 2 - 1) * lack)");
    script.line("p = stats.f.sf(f, k - 1, (k ** 2 - 1) / (3 * lack))");
    script.metric("test", "\"Welch's ANOVA\"");
    script.metric("F", "f");
    script.metric("p-value", "p");
    pairs(script, "Welch's t-tests, pair by pair, p-values after Holm", "welch");
}

fn kruskal(script: &mut Script) {
    script.line("statistic, p = stats.kruskal(*groups.values())");
    script.metric("test", "\"Kruskal-Wallis test\"");
    script.metric("H", "statistic");
    script.metric("p-value", "p");
    pairs(script, "Mann-Whitney tests, pair by pair, p-values after Holm", "ranks");
}

/// Which pairs differ, corrected for their number. With very many groups the list would say nothing.
fn pairs(script: &mut Script, title: &str, how: &str) {
    script.line("if len(groups) <= 12:");
    script.line("    names = list(groups)");
    script.line("    couples = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]");
    match how {
        "tukey" => {
            script.line("    pvalues = stats.tukey_hsd(*groups.values()).pvalue");
            script.line("    corrected = [pvalues[i, j] for i, j in couples]");
        }
        test => {
            let single = if test == "welch" {
                "stats.ttest_ind(groups[names[i]], groups[names[j]], equal_var=False).pvalue"
            } else {
                "stats.mannwhitneyu(groups[names[i]], groups[names[j]]).pvalue"
            };
            script.line(format!("    raw = [{single} for i, j in couples]"));
            script.line("    rank = sorted(range(len(raw)), key=raw.__getitem__)");
            script.line("    corrected, worst = [0.0] * len(raw), 0.0");
            script.line("    for step, at in enumerate(rank):\n        worst = max(worst, min(1.0, raw[at] * (len(raw) - step)))\n        corrected[at] = worst");
        }
    }
    script.line("    pairs = pd.DataFrame([");
    script.line("        {\"group A\": names[i], \"group B\": names[j], \"difference of means\": groups[names[i]].mean() - groups[names[j]].mean(), \"p-value\": c}");
    script.line("        for (i, j), c in zip(couples, corrected)\n    ])");
    script.line("    metric(\"pairs that differ\", int((pairs[\"p-value\"] < alpha).sum()))");
    script.line(format!("    table(pairs, {})", quote(title)));
}
