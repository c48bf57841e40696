//! The honesty gate: whether everything that matters in a question is found again in what was understood of it.
//!
//! An answer that passes over “third class” or “one-sided” in silence is worse than none. Every piece of the question
//! is held against the intent: names, values and numbers must occur in it, ideas must have left their mark, and a word
//! nobody knows is told. What is found wanting is refused, with its words.

use super::concept::Concept as C;
use super::intent::{
    Aggregate, Coefficient, DifferenceTest, Fill, Group, Intent, Measure, NormalityTest, Preparation, Quantity, Side,
    Task,
};
use super::lexicon::ENGLISH;
use super::linking::What;
use super::periods::Grain;
use super::reading::Reading;
use super::schema::Schema;

/// Words of the question that left no mark in the intent, as typed.
pub(super) fn gaps(reading: &Reading, intent: &Intent) -> Vec<String> {
    let marks = Marks::of(intent, &reading.schema);
    let mut found: Vec<String> = Vec::new();
    for i in 0..reading.items.len() {
        if !marks.explain(reading, i) && !found.contains(&reading.items[i].raw) {
            found.push(reading.items[i].raw.clone());
        }
    }
    found
}

/// What an intent shows of the question it came from.
struct Marks<'a> {
    intent: &'a Intent,
    schema: &'a Schema,
    /// The intent written out.
    text: String,
    numbers: Vec<f64>,
    measures: Vec<&'a Measure>,
}

impl<'a> Marks<'a> {
    fn of(intent: &'a Intent, schema: &'a Schema) -> Self {
        let text = format!("{:?} {:?} {:?} {:?}", intent.task, intent.derived, intent.conditions, intent.prepare);
        let numbers = numbers_in(&text);
        let measures = match &intent.task {
            Task::Aggregate(task) => task.measures.iter().collect(),
            Task::Trend(task) => vec![&task.measure],
            Task::Contrast(task) => vec![&task.measure],
            Task::Forecast(task) => vec![&task.measure],
            _ => Vec::new(),
        };
        Self { intent, schema, text, numbers, measures }
    }

    fn names(&self, name: &str) -> bool {
        self.text.contains(&format!("{name:?}"))
    }

    fn has_aggregate(&self, wanted: impl Fn(Aggregate) -> bool) -> bool {
        self.measures.iter().any(|m| wanted(m.aggregate))
    }

    fn fills(&self, wanted: impl Fn(&Fill) -> bool) -> bool {
        self.intent.prepare.iter().any(|p| matches!(p, Preparation::Fill { with, .. } if wanted(with)))
    }

    fn explain(&self, reading: &Reading, i: usize) -> bool {
        let item = &reading.items[i];
        match &item.what {
            What::Symbol(_) => true,
            What::Number(value) => {
                reading.used[i] || self.has_number(*value) || self.is_own_seed(reading, i) || self.is_format(reading, i)
            }
            What::Date | What::Quoted => reading.used[i] || self.text.to_lowercase().contains(&item.text),
            What::Column(column) => self.has_column(reading, i, *column),
            What::Value { column, value } => {
                self.text.contains(value.as_str()) && self.names(&reading.name(*column)) || self.names(value)
            }
            What::Concept(concept) => self.has_concept(reading, i, *concept),
            What::Word => {
                reading.used[i]
                    || reading.text(i) == "population" && self.text.contains("Population")
                    || is_plain(reading, i)
                    || is_defined(reading, i)
                    || is_described(reading, i)
                    || matches!(reading.text(i), "lift" | "uplift" | "gap")
                        && matches!(self.intent.task, Task::Contrast(_))
                    || self.is_told_in_brackets(reading, i)
                    || self.is_part_of_a_name(reading, i)
                    || matches!(reading.text(i), "together" | "combined") && self.joins_values()
                    || reading.text(i) == "binomial" && matches!(self.intent.task, Task::Proportion(_))
                    || matches!(reading.text(i), "naive" | "arima" | "holt" | "winters" | "smoothing" | "exponential")
                        && matches!(self.intent.task, Task::Forecast(_))
                    || self.text.contains("test: Paired")
                        && (i.saturating_sub(3)..i).any(|j| matches!(reading.text(j), "before" | "after"))
                    || ENGLISH.is_comparative(reading.text(i)) && self.compares()
                    || ENGLISH.months.contains_key(reading.text(i))
                        && (self.text.contains("During") && reading.items.iter().any(|x| x.text == "half")
                            || self.whole_year(reading))
            }
        }
    }

    /// “or” between two conditions on different columns is none that was understood.
    fn joins_alternatives(&self, reading: &Reading, i: usize) -> bool {
        let beside = |range: std::ops::Range<usize>| {
            range.filter(|j| *j < reading.items.len()).find_map(|j| match &reading.items[j].what {
                What::Column(c) => Some(*c),
                What::Value { column, .. } => Some(*column),
                _ => None,
            })
        };
        let (before, after) = (beside(i.saturating_sub(5)..i), beside(i + 1..i + 7));
        let apart = matches!((before, after), (Some(a), Some(b)) if a != b);
        !apart || self.intent.conditions.len() < 2 || self.text.contains("Any(")
    }

    /// Several values of a column are taken as one set.
    fn joins_values(&self) -> bool {
        use super::intent::Condition;
        self.intent.conditions.iter().any(|c| matches!(c, Condition::In { values, .. } if values.len() >= 2))
    }

    /// “dry days (no precipitation)”, “a sibling aboard (SibSp > 0)”: the brackets say what is meant.
    fn is_told_in_brackets(&self, reading: &Reading, i: usize) -> bool {
        let end = reading.sentence_end(i).min(i + 8);
        let Some(open) = (i + 1..end).find(|j| reading.symbol(*j) == Some('(')) else { return false };
        let close = (open..reading.sentence_end(i)).find(|j| reading.symbol(*j) == Some(')')).unwrap_or(end);
        let no_column = (i + 1..open).all(|j| reading.column(j).is_none() || reading.used[j]);
        no_column && (open..close).any(|j| reading.column(j).is_some_and(|c| self.names(&reading.name(c))))
    }

    /// “home” where “home_goals” is what is computed.
    fn is_part_of_a_name(&self, reading: &Reading, i: usize) -> bool {
        let word = reading.text(i);
        let part = |f: &super::schema::Field| {
            f.words.len() > 1 && f.words.iter().any(|w| super::lexicon::same_word(w, word)) && self.names(&f.name)
        };
        word.len() > 2 && reading.schema.fields.iter().any(part)
    }

    /// “Give the hour from 0 to 23”: how the answer is written.
    fn is_format(&self, reading: &Reading, i: usize) -> bool {
        let (from, to) = (reading.sentence_start(i), reading.sentence_end(i));
        let led = matches!(reading.text(from), "give" | "report" | "return" | "answer" | "state" | "write");
        from > 0 && led && (from..to).any(|j| reading.concept(j).and_then(Grain::of).is_some())
    }

    /// “from January to December”: all of it.
    fn whole_year(&self, reading: &Reading) -> bool {
        let says = |month: &str| reading.items.iter().any(|x| x.text == month);
        matches!(self.intent.task, Task::Trend(_)) && says("january") && says("december")
    }

    /// Two things are held against each other, or an end is asked for.
    fn compares(&self) -> bool {
        matches!(
            self.intent.task,
            Task::Compare(_) | Task::Proportion(_) | Task::OneSample(_) | Task::Contrast(_) | Task::Correlation(_)
        ) || self.ends(true)
            || matches!(&self.intent.task, Task::Aggregate(a) if !a.groups.is_empty())
    }

    /// k-means runs with these anyway.
    fn is_own_seed(&self, reading: &Reading, i: usize) -> bool {
        let before = (i.saturating_sub(3)..i).map(|j| reading.text(j)).collect::<Vec<_>>().join(" ");
        let number = reading.number(i);
        let state = before.contains("random") || before.contains("seed");
        let starts = before.contains("n init");
        // “the stronger one”: no number at all.
        if reading.text(i) == "one" && !reading.is_entity_safe(i + 1) && reading.column(i + 1).is_none() {
            return true;
        }
        let kind =
            matches!(
                reading.text(i + 1),
                "sided"
                    | "tailed"
                    | "sample"
                    | "samples"
                    | "proportion"
                    | "proportions"
                    | "way"
                    | "numeric"
                    | "variables"
                    | "types"
            ) || reading.concept(i + 1).is_some_and(|c| matches!(c, C::OneSided | C::Columns | C::TTest | C::Rows));
        if kind && number.is_some_and(|n| n <= 4.0) {
            return true;
        }
        let lag = self.has_aggregate(|a| matches!(a, Aggregate::Autocorrelation | Aggregate::Shifted));
        if (lag || matches!(self.intent.task, Task::Missing(..))) && number == Some(1.0) {
            return true;
        }
        matches!(self.intent.task, Task::Cluster { .. })
            && (state && number == Some(42.0) || starts && number == Some(10.0))
    }

    fn has_number(&self, value: f64) -> bool {
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * b.abs().max(1.0);
        let n_measures = self.measures.len() as f64;
        self.numbers
            .iter()
            .any(|n| [*n, *n * 100.0, 1.0 - *n, (1.0 - *n) * 100.0].into_iter().any(|known| close(value, known)))
            || close(value, n_measures)
            || close(value, self.intent.wishes.alpha)
            || close(value, (1.0 - self.intent.wishes.alpha) * 100.0)
    }

    fn has_column(&self, reading: &Reading, i: usize, column: usize) -> bool {
        let field = reading.schema.field(column);
        if self.names(&field.name) {
            return !self.is_ambiguous(reading, i, column);
        }
        // The number of each row, counted: “invoices” of “InvoiceNo”.
        let counted = self.measures.iter().any(|m| m.quantity == Quantity::Rows)
            && (field.role == super::schema::Role::Id || reading.is_entity(i));
        if !reading.items[i].whole && self.is_part_of_a_name(reading, i) {
            return true;
        }
        // A part of a name may as well be an ordinary word.
        let plain = !reading.items[i].whole && (reading.used[i] || is_plain_word(reading, &reading.items[i].text));
        // “flights” of “flight_number”: what a row is called.
        if reading.schema.is_entity(&reading.items[i].text) {
            return true;
        }
        // “all stations” restricts nothing.
        let unrestricted = i > 0 && matches!(reading.text(i - 1), "all" | "every" | "any" | "for all" | "across");
        if unrestricted {
            return true;
        }
        let whole_table = matches!(&self.intent.task, Task::Describe(c) | Task::Missing(c, _) if c.is_empty());
        counted || plain || whole_table || reading.items[i].text == "index"
    }

    /// “goals” where there are home goals and away goals, and only one of them was taken.
    fn is_ambiguous(&self, reading: &Reading, i: usize, column: usize) -> bool {
        let (item, field) = (&reading.items[i], reading.schema.field(column));
        let measure = super::schema::Role::Measure;
        if item.whole
            || field.role != measure
            || reading.items.iter().any(|x| x.whole && x.what == What::Column(column))
        {
            return false;
        }
        let words = super::tokens::split_words(&item.text);
        let words: Vec<&String> = words.iter().filter(|w| !ENGLISH.is_stopword(w)).collect();
        let fits = |f: &super::schema::Field| words.iter().all(|w| f.words.iter().any(|own| ENGLISH.alike(own, w)));
        let support = |f: &super::schema::Field| {
            let said = |w: &String| reading.items.iter().any(|x| x.text.split(' ').any(|t| ENGLISH.alike(t, w)));
            f.words.iter().filter(|w| said(w)).count()
        };
        let own = support(field);
        let rivals = reading.schema.fields.iter().filter(|f| {
            f.role == measure
                && f.name != field.name
                && f.words.len() == field.words.len()
                && fits(f)
                && support(f) >= own
                && !self.names(&f.name)
        });
        fits(field) && rivals.count() > 0
    }

    fn has_concept(&self, reading: &Reading, i: usize, concept: C) -> bool {
        let task = &self.intent.task;
        let used = reading.used[i];
        let agg = |wanted: Aggregate| self.has_aggregate(|a| a == wanted);
        let overview = matches!(task, Task::Describe(_) | Task::Distribution(_));
        let testing = matches!(
            task,
            Task::Compare(_)
                | Task::Association { .. }
                | Task::Correlation(_)
                | Task::Normality(..)
                | Task::Regression(_)
                | Task::OneSample(_)
                | Task::Proportion(_)
        );
        let comparing = matches!(task, Task::Compare(_));
        let contrast = matches!(task, Task::Contrast(_));
        let grouped = matches!(task, Task::Aggregate(a) if !a.groups.is_empty());
        match concept {
            C::Count => {
                agg(Aggregate::Count)
                    || agg(Aggregate::Distinct)
                    || agg(Aggregate::Sum)
                    || agg(Aggregate::Rate)
                    || agg(Aggregate::Mode)
                    || matches!(
                        task,
                        Task::Missing(..)
                            | Task::Outliers(..)
                            | Task::Duplicates
                            | Task::Association { .. }
                            | Task::Cluster { .. }
                            | Task::Describe(_)
                            | Task::Rows(_)
                            | Task::Proportion(_)
                    )
                    || used
            }
            C::Distinct => agg(Aggregate::Distinct) || grouped || contrast || reading.text(i) == "unique" && used,
            C::Sum => {
                agg(Aggregate::Sum)
                    || agg(Aggregate::Count)
                    || self.names(reading.text(i))
                    || used && !self.intent.derived.is_empty()
            }
            C::Mean if reading.text(i) == "means" && reading.sentence_start(i) > 0 => true,
            C::Mean => {
                agg(Aggregate::Mean)
                    || agg(Aggregate::Rate)
                    || overview
                    || comparing
                    || self.fills(|f| *f == Fill::Mean)
                    || matches!(
                        task,
                        Task::OneSample(_) | Task::Outliers(..) | Task::Proportion(_) | Task::Cluster { .. }
                    )
                    || self.text.contains("ZScore")
                    || self.text.contains("Kolmogorov")
                    || self.text.contains("Mean")
                    || used && !self.intent.prepare.is_empty()
            }
            C::Median => {
                agg(Aggregate::Median) || overview || self.text.contains("Median") || self.text.contains("median: true")
            }
            C::Minimum => agg(Aggregate::Min) || agg(Aggregate::Range) || self.ends(false) || overview,
            C::Maximum => agg(Aggregate::Max) || agg(Aggregate::Range) || self.ends(true) || overview,
            C::Std => {
                agg(Aggregate::Std)
                    || agg(Aggregate::PopulationStd)
                    || agg(Aggregate::Variation)
                    || overview
                    || self.text.contains("ZScore")
                    || self.text.contains("Kolmogorov")
                    || used && testing
            }
            C::Variance => {
                agg(Aggregate::Variance)
                    || agg(Aggregate::PopulationVariance)
                    || self.text.contains("Levene")
                    || self.text.contains("Welch")
                    || matches!(task, Task::Components(_))
            }
            C::Range => agg(Aggregate::Range) || self.names(reading.text(i)) || used,
            C::Mode => agg(Aggregate::Mode) || self.fills(|f| *f == Fill::Mode) || self.ends(true),
            C::LeastCommon => self.ends(false),
            C::Skewness => agg(Aggregate::Skewness) || overview || matches!(task, Task::Normality(..)),
            C::Kurtosis => agg(Aggregate::Kurtosis) || overview || matches!(task, Task::Normality(..)),
            C::Iqr | C::IqrRule => agg(Aggregate::Iqr) || self.text.contains("Iqr"),
            C::Quartiles | C::Percentile => {
                self.has_aggregate(|a| matches!(a, Aggregate::Quantile(_)))
                    || overview
                    || self.text.contains("Quantile")
            }
            C::Variation => agg(Aggregate::Variation),
            C::Autocorrelation => agg(Aggregate::Autocorrelation) || agg(Aggregate::Shifted),
            C::Highest | C::Lowest => self.ends(concept == C::Highest) || contrast,
            C::Not | C::Except | C::No => {
                used || matches!(task, Task::Compare(_) | Task::Proportion(_))
                    || self.text.contains("negated: true")
                    || self.text.contains("Missing(")
                    || self.text.contains("'≠'")
                    || testing && reading.text(i) == "not"
            }
            C::Missing | C::Known | C::IgnoreMissing => {
                used || matches!(task, Task::Missing(..))
                    || self.text.contains("Missing")
                    || self.text.contains("Known")
                    || self.text.contains("Fill")
            }
            C::Positive | C::Negative if matches!(task, Task::Rolling(_) | Task::Contrast(_)) => true,
            C::Positive if self.text.contains("'>', 0.0") => true,
            C::Minus if comparing => true,
            C::Contains | C::AtLeast if matches!(task, Task::Missing(..)) => true,
            C::Negative
            | C::Positive
            | C::Over
            | C::Under
            | C::AtLeast
            | C::AtMost
            | C::Contains
            | C::StartsWith
            | C::EndsWith => {
                used || (comparing || contrast || matches!(task, Task::Proportion(_) | Task::OneSample(_)))
                    && matches!(concept, C::Over | C::Under)
                    || self.intent.wishes.threshold.is_some()
                    || self.mentions_bound(reading, i)
            }
            C::Between => {
                used || testing
                    || contrast
                    || !self.intent.derived.is_empty()
                    || overview
                    || matches!(task, Task::Points(_) | Task::Predict(_))
                    || agg(Aggregate::Range)
                    || self.mentions_bound(reading, i)
            }
            C::Day | C::Week | C::Month | C::Quarter | C::Year | C::Hour | C::Weekday | C::MonthOfYear => {
                used || self.has_grain(concept)
                    || self.names(reading.text(i))
                    || is_unit_of_time(reading, i)
                    || concept == C::MonthOfYear && matches!(task, Task::Forecast(_))
                    || self.is_format(reading, i)
                    || i > 0 && matches!(reading.items[i - 1].what, What::Value { .. })
                    || matches!(task, Task::Rolling(_) | Task::Forecast(_))
            }
            C::Trend | C::Cumulative => {
                matches!(task, Task::Trend(t) if concept == C::Trend || t.cumulative)
                    || matches!(task, Task::Regression(_) | Task::Rolling(_) | Task::Forecast(_))
                    || concept == C::Cumulative && self.text.contains("Head(")
            }
            C::Growth => {
                matches!(task, Task::Trend(_))
                    || contrast
                    || comparing
                    || self.text.contains("Change")
                    || matches!(task, Task::Rolling(_))
                    || used
            }
            C::Previous => {
                matches!(task, Task::Trend(_))
                    || contrast
                    || used
                    || self.text.contains("Change")
                    || matches!(task, Task::Rolling(_))
            }
            C::Last | C::First | C::This => {
                matches!(task, Task::Components(_))
                    || used
                    || concept == C::First && matches!(task, Task::Correlation(_))
                    || self.text.contains("Latest")
                    || matches!(task, Task::Trend(_) | Task::Rolling(_))
                    || matches!(task, Task::Rows(_))
                    || self.text.contains("Head(")
                    || self.text.contains("nth: Some")
            }
            C::Before | C::After => {
                used || self.text.contains("During")
                    || reading.text(i) == "from"
                    || reading.text(i) == "after"
                    || self.intent.tag.is_some()
                    || matches!(task, Task::Trend(_))
                    || reading.text(i) == "before" && testing
                    || self.names(reading.text(i))
            }
            C::Correlation | C::Pearson | C::Spearman | C::Kendall => {
                let fits = |c: Coefficient| match concept {
                    C::Spearman => c == Coefficient::Spearman,
                    C::Kendall => c == Coefficient::Kendall,
                    C::Pearson => c == Coefficient::Pearson,
                    _ => true,
                };
                matches!(task, Task::Correlation(c) if fits(c.coefficient))
                    || matches!(task, Task::Association { .. }) && reading.text(i).starts_with("association")
                    || matches!(task, Task::Points(_))
                    || (agg(Aggregate::Autocorrelation) || agg(Aggregate::Shifted))
            }
            C::Relationship => testing || matches!(task, Task::Points(_) | Task::Predict(_)) || used,
            C::Compare => testing || contrast || grouped || overview || matches!(task, Task::Trend(_)) || used,
            C::Differ => {
                testing || contrast || agg(Aggregate::Range) || used || reading.text(i) == "different" && grouped
            }
            C::Significant => testing,
            C::Regression => matches!(task, Task::Regression(_) | Task::Predict(_) | Task::Fit(_)),
            C::Explain => {
                matches!(task, Task::Regression(_) | Task::Predict(_) | Task::Correlation(_) | Task::Components(_))
            }
            C::Train if reading.text(i) == "split" && self.text.contains("Bins(") => true,
            C::Train if matches!(task, Task::Cluster { .. }) => true,
            C::Predict | C::Train => matches!(task, Task::Predict(_) | Task::Regression(_) | Task::Forecast(_)),
            C::Forecast => matches!(task, Task::Forecast(_)),
            C::Cluster => matches!(task, Task::Cluster { .. }) || used,
            C::Importance => matches!(task, Task::Predict(_) | Task::Correlation(_)),
            C::Outlier => matches!(task, Task::Outliers(..)) || self.text.contains("Typical"),
            C::Duplicate => {
                matches!(task, Task::Duplicates)
                    || self.text.contains("DropDuplicates")
                    || matches!(task, Task::Describe(_))
            }
            C::Normality => matches!(task, Task::Normality(..)) || used,
            C::TTest
            | C::Welch
            | C::Student
            | C::Paired
            | C::MannWhitney
            | C::Wilcoxon
            | C::Anova
            | C::WelchAnova
            | C::Kruskal
            | C::Levene
            | C::Tukey => self.has_test(concept),
            C::Kolmogorov => matches!(task, Task::Normality(_, NormalityTest::Kolmogorov)) || self.has_test(concept),
            C::ChiSquare | C::Fisher => {
                matches!(task, Task::Association { exact, .. } if concept == C::ChiSquare || *exact)
            }
            C::Shapiro => matches!(task, Task::Normality(_, NormalityTest::Shapiro)),
            C::Anderson => matches!(task, Task::Normality(_, NormalityTest::Anderson)),
            C::Jarque => matches!(task, Task::Normality(_, NormalityTest::Jarque)),
            C::Dagostino => matches!(task, Task::Normality(_, NormalityTest::Dagostino)),
            C::ZScore => self.text.contains("ZScore"),
            C::PValue => testing || used || contrast,
            C::Confidence => testing || used,
            C::OneSided => {
                matches!(task, Task::Compare(c) if c.side != Side::Both)
                    || matches!(task, Task::OneSample(t) if t.side != Side::Both)
                    || matches!(task, Task::Proportion(t) if t.side != Side::Both)
            }
            C::Share => {
                self.is_share()
                    || matches!(
                        task,
                        Task::Missing(..) | Task::Components(_) | Task::Outliers(..) | Task::Proportion(_)
                    )
                    || agg(Aggregate::Mean)
            }
            C::Rate => {
                agg(Aggregate::Rate)
                    || matches!(task, Task::Proportion(_))
                    || contrast && self.is_share()
                    || self.text.contains("Change")
            }
            C::Bins | C::QuantileBins => {
                self.text.contains("Bins(")
                    || self.text.contains("Bands")
                    || used
                    || matches!(task, Task::Distribution(_))
            }
            C::RatioOf if self.text.contains("Bins(") => true,
            C::RatioOf => contrast || !self.intent.derived.is_empty() || used,
            C::Times | C::Plus | C::Minus | C::Divided | C::ProductOf | C::Adding | C::Subtract => {
                used || !self.intent.derived.is_empty() || contrast || self.text.contains("Days")
            }
            C::Normalize => {
                self.text.contains("Scale")
                    || self.text.contains("Apply")
                    || matches!(task, Task::Cluster { .. } | Task::Components(_))
                    || matches!(task, Task::Predict(_))
            }
            C::Or => self.joins_alternatives(reading, i),
            C::Heatmap => matches!(task, Task::Correlation(_)) || used,
            C::Per => grouped || used || contrast || self.per_is_plain(reading, i),
            _ => true,
        }
    }

    /// “per”, “each”, “different” where nothing needs to be grouped: each row by itself, or a test that groups.
    fn per_is_plain(&self, reading: &Reading, i: usize) -> bool {
        let task = &self.intent.task;
        let other = !matches!(task, Task::Aggregate(_));
        let defined = !self.intent.derived.is_empty() || !self.intent.prepare.is_empty();
        let next = (i + 1..i + 4).find(|j| !reading.items.get(*j).is_none_or(|x| ENGLISH.is_stopword(&x.text)));
        let column_follows = next.is_some_and(|j| reading.column(j).is_some_and(|c| !self.names(&reading.name(c))));
        other || defined || !column_follows
    }

    fn ends(&self, high: bool) -> bool {
        let agg = if high { Aggregate::Max } else { Aggregate::Min };
        let superlative = match &self.intent.task {
            Task::Aggregate(task) => task.extreme.is_some() || task.limit.is_some() || task.nth.is_some(),
            Task::Trend(task) => task.extreme.is_some(),
            Task::Rolling(_) | Task::Rows(_) | Task::Describe(_) | Task::Distribution(_) => true,
            Task::Correlation(task) => task.target.is_some() || task.columns.len() > 2,
            Task::Missing(..) | Task::Outliers(..) | Task::Predict(_) | Task::Cluster { .. } => true,
            _ => false,
        };
        superlative || self.has_aggregate(|a| a == agg || a == Aggregate::Mode || a == Aggregate::Range)
    }

    fn is_share(&self) -> bool {
        self.measures.iter().any(|m| matches!(m.quantity, Quantity::Holds(_)) || m.aggregate == Aggregate::Rate)
            || matches!(&self.intent.task, Task::Aggregate(a) if a.share)
    }

    /// A bound that stands behind the word is somewhere in the intent.
    fn mentions_bound(&self, reading: &Reading, i: usize) -> bool {
        (i + 1..i + 4).filter_map(|j| reading.number(j)).any(|n| self.has_number(n)) || self.text.contains("Columns(")
    }

    fn has_grain(&self, concept: C) -> bool {
        let Some(grain) = Grain::of(concept) else { return false };
        let written = format!("{grain:?}");
        let same = |g: &Group| matches!(g, Group::Time(_, _, known) if *known == grain);
        match &self.intent.task {
            Task::Aggregate(task) if task.groups.iter().any(same) => true,
            Task::Trend(task) if task.grain == grain => true,
            _ => self.text.contains(&written) || self.whole_time(grain),
        }
    }

    /// One row for each span: “months with more than 1500 visitors” where each row is a month.
    fn whole_time(&self, grain: Grain) -> bool {
        let named = self.schema.fields.iter().any(|f| f.time.is_some() && f.words.iter().any(|w| w == grain.name()));
        let daily = grain == Grain::Day && self.schema.fields.iter().any(|f| f.time.is_some());
        (named || daily) && !matches!(&self.intent.task, Task::Aggregate(a) if !a.groups.is_empty())
    }

    fn has_test(&self, concept: C) -> bool {
        use DifferenceTest as T;
        let Task::Compare(task) = &self.intent.task else {
            return matches!((&self.intent.task, concept), (Task::OneSample(_), C::TTest | C::Student));
        };
        match concept {
            C::TTest => matches!(task.test, T::Welch | T::Student | T::Paired),
            C::Welch => matches!(task.test, T::Welch | T::WelchAnova),
            C::Student => matches!(task.test, T::Student),
            C::Paired => matches!(task.test, T::Paired | T::Wilcoxon),
            C::MannWhitney => task.test == T::MannWhitney,
            C::Wilcoxon => task.test == T::Wilcoxon,
            C::Anova => matches!(task.test, T::Anova | T::WelchAnova),
            C::WelchAnova => task.test == T::WelchAnova,
            C::Kruskal => task.test == T::Kruskal,
            C::Levene => task.test == T::Levene,
            C::Kolmogorov => task.test == T::Kolmogorov,
            C::Tukey => matches!(task.test, T::Anova | T::Auto),
            _ => false,
        }
    }
}

fn numbers_in(text: &str) -> Vec<f64> {
    let mut numbers = Vec::new();
    for piece in text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == 'e' || c == '-')) {
        numbers.extend(piece.trim_matches('-').parse::<f64>().ok());
        numbers.extend(piece.split('-').filter_map(|p| p.parse::<f64>().ok()));
    }
    numbers
}

/// “in days”, “10 years old”, “the 7-day …”: a unit of what is counted, not a grouping.
fn is_unit_of_time(reading: &Reading, i: usize) -> bool {
    i > 0
        && (reading.number(i - 1).is_some()
            || reading.symbol(i - 1) == Some('-')
            || matches!(
                reading.text(i - 1),
                "in" | "of" | "how many" | "a" | "calendar" | "whole" | "trading" | "full" | "both" | "all"
            ))
}

/// “wind speed” of “wind_kmh”, “closing price” of “Close”: a noun beside the column that only describes it.
fn is_described(reading: &Reading, i: usize) -> bool {
    const NOUNS: [&str; 30] = [
        "speed",
        "price",
        "prices",
        "pressure",
        "blood",
        "level",
        "levels",
        "value",
        "amount",
        "score",
        "rating",
        "content",
        "index",
        "temperature",
        "height",
        "weight",
        "length",
        "time",
        "status",
        "rate",
        "name",
        "names",
        "points",
        "size",
        "volume",
        "speeds",
        "concentration",
        "consumption",
        "usage",
        "cost",
    ];
    let is_noun = |j: usize| NOUNS.contains(&reading.text(j));
    if !is_noun(i) {
        return false;
    }
    let back = (0..i).rev().find(|j| !is_noun(*j)).is_some_and(|j| reading.column(j).is_some());
    let ahead = (i + 1..reading.items.len()).find(|j| !is_noun(*j)).is_some_and(|j| reading.column(j).is_some());
    back || ahead
}

/// Whether a word is only explained by the question: “a draw means that both are equal”, or describes a quantity that
/// the question defines.
fn is_defined(reading: &Reading, i: usize) -> bool {
    let word = reading.text(i);
    if reading.defined.iter().any(|w| super::lexicon::same_word(w, word)) {
        return true;
    }
    // “the volatility, that is, the standard deviation of …”
    let next = if reading.symbol(i + 1) == Some(',') { i + 2 } else { i + 1 };
    if matches!(reading.text(next), "that is" | "which is" | "i.e.") {
        return true;
    }
    let defines = |j: usize| {
        matches!(reading.text(j), "means" | "counts" | "defined" | "=" | "mean") || reading.concept(j) == Some(C::As)
    };
    (0..reading.items.len()).filter(|j| defines(*j)).any(|at| {
        let (from, to) = (reading.sentence_start(at), reading.sentence_end(at));
        let named = (from..to).any(|j| super::lexicon::same_word(reading.text(j), word) || reading.text(j) == word);
        named
            && from > 0
            && (from..to).any(|j| reading.used[j] && (reading.column(j).is_some() || reading.concept(j).is_some()))
    })
}

/// Whether a word needs no mark.
fn is_plain(reading: &Reading, i: usize) -> bool {
    is_plain_word(reading, reading.text(i))
}

fn is_plain_word(reading: &Reading, text: &str) -> bool {
    text.len() < 2
        || ENGLISH.is_stopword(text)
        || ENGLISH.is_neutral(text)
        || ENGLISH.is_unit(text)
        || reading.schema.is_entity(text)
        || reading
            .schema
            .fields
            .iter()
            .any(|f| f.words.iter().any(|w| w == text) && f.words.len() > 1 && ENGLISH.is_unit(text))
}
