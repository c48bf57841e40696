//! A question, understood: what to compute, over which rows, and how the answer is to look. Pure data; everything
//! after the parser (plan, code, narration) works on this alone.

use serde_json::Value;

use super::bins::Bins;
use super::curves::Curve;
use super::expression::Expr;
use super::periods::{Grain, Period};
use super::schema::TimeForm;
use super::wishes::Wishes;

/// A question, understood.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Intent {
    /// What to do.
    pub(super) task: Task,
    /// Quantities the question defines, in order.
    pub(super) derived: Vec<Derived>,
    /// Which rows; all conditions hold.
    pub(super) conditions: Vec<Condition>,
    /// How the answer is to look.
    pub(super) wishes: Wishes,
    /// Choices a person should know of.
    pub(super) notes: Vec<String>,
}

/// A quantity the question defines.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Derived {
    /// Its name.
    pub(super) name: String,
    /// How it is computed.
    pub(super) formula: Expr,
}

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Task {
    /// Say what the table, or some columns, look like.
    Describe(Vec<String>),
    /// Numbers over all rows or by group.
    Aggregate(Aggregation),
    /// Single rows.
    Rows(RowList),
    /// A number over time.
    Trend(Trend),
    /// How the values of a column spread.
    Distribution(Vec<String>),
    /// Whether values are normally distributed.
    Normality(String, NormalityTest),
    /// How columns move together.
    Correlation(Correlation),
    /// Whether groups differ.
    Compare(Comparison),
    /// Whether two sets of categories depend on each other.
    Association {
        /// Down.
        rows: String,
        /// Across.
        columns: String,
        /// Fisher's exact test was asked for.
        exact: bool,
    },
    /// How a number depends on others.
    Regression(Model),
    /// A curve with unknown parameters.
    Fit(Curve),
    /// A model that predicts.
    Predict(Model),
    /// Groups of similar rows.
    Cluster {
        /// The columns that say how similar.
        columns: Vec<String>,
        /// How many groups, when said.
        k: Option<u32>,
    },
    /// What is missing, in these columns or in all; whether rows are counted rather than values.
    Missing(Vec<String>, bool),
    /// Unusual values.
    Outliers(Vec<String>, OutlierRule),
    /// Rows that occur twice.
    Duplicates,
    /// Columns drawn as they are.
    Points(Points),
    /// Nothing to compute: small talk, or what the analyst can do.
    Talk(Talk),
    /// Not understood, with what stood in the way.
    Unclear(Vec<Unlinked>),
}

/// Why there is nothing to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Talk {
    /// A greeting.
    Hello,
    /// Thanks.
    Thanks,
    /// A farewell.
    Bye,
    /// Who are you?
    Identity,
    /// What can you do?
    Abilities,
    /// Something else altogether.
    Other,
}

/// A word that looks like a name and is none here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unlinked {
    /// As typed.
    pub(super) word: String,
    /// The nearest column names.
    pub(super) nearest: Vec<String>,
}

/// One number from many.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Aggregate {
    Count,
    Distinct,
    Sum,
    Mean,
    Median,
    Min,
    Max,
    Std,
    Variance,
    Range,
    Mode,
    Skewness,
    Kurtosis,
    Iqr,
    Variation,
    Autocorrelation,
    /// 0 to 1.
    Quantile(f64),
    /// The share of rows, in percent, for which the quantity (a flag or condition) is true.
    Rate,
}

/// What is aggregated.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Quantity {
    /// The rows themselves.
    Rows,
    /// A column, or a derived quantity.
    Column(String),
    /// Whether a condition holds.
    Holds(Box<Condition>),
}

/// An aggregate of a quantity.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measure {
    /// Which number.
    pub(super) aggregate: Aggregate,
    /// Of what.
    pub(super) quantity: Quantity,
}

/// What makes groups.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Group {
    /// The values of a column.
    Column(String),
    /// Ranges of a column.
    Bins(String, Bins),
    /// Spans of time.
    Time(String, TimeForm, Grain),
}

impl Group {
    /// The column it is made from.
    pub(super) fn column(&self) -> &str {
        match self {
            Self::Column(name) | Self::Bins(name, _) | Self::Time(name, ..) => name,
        }
    }
}

/// Which end of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The greatest.
    Highest,
    /// The smallest.
    Lowest,
}

/// What groups are put in order by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OrderBy {
    /// The group's own name or place.
    Group,
    /// The first measure.
    Measure,
}

/// Order of the groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    /// By what.
    pub(super) by: OrderBy,
    /// Greatest first.
    pub(super) descending: bool,
}

/// Numbers over all rows or by group.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Aggregation {
    /// The numbers; at least one.
    pub(super) measures: Vec<Measure>,
    /// The groups; none for all rows.
    pub(super) groups: Vec<Group>,
    /// How groups are ordered, when said.
    pub(super) order: Option<Order>,
    /// Only so many groups.
    pub(super) limit: Option<usize>,
    /// The group at one end is the answer.
    pub(super) extreme: Option<End>,
    /// Each group's share of the whole is asked.
    pub(super) share: bool,
    /// Groups with at least (or at most, …) so many rows.
    pub(super) having: Option<(char, f64)>,
    /// The group whose numbers are the answer.
    pub(super) focus: Option<String>,
}

/// Single rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RowList {
    /// The column they are ordered by.
    pub(super) by: Option<String>,
    /// Greatest first.
    pub(super) descending: bool,
    /// How many.
    pub(super) limit: usize,
    /// The columns shown; empty for all.
    pub(super) columns: Vec<String>,
    /// The columns whose values are the answer.
    pub(super) asked: Vec<String>,
}

/// A number over time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trend {
    /// The number.
    pub(super) measure: Measure,
    /// The time column.
    pub(super) column: String,
    /// How it is stored.
    pub(super) form: TimeForm,
    /// How fine.
    pub(super) grain: Grain,
    /// One line for each value of this column.
    pub(super) split: Option<String>,
    /// The period at one end is the answer.
    pub(super) extreme: Option<End>,
    /// Running total.
    pub(super) cumulative: bool,
}

/// Tests of normality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NormalityTest {
    Shapiro,
    Kolmogorov,
    Anderson,
    Jarque,
    Dagostino,
}

/// Measures of moving together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coefficient {
    Pearson,
    Spearman,
    Kendall,
}

/// How columns move together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Correlation {
    /// Two columns for a pair, more (or all) for a matrix.
    pub(super) columns: Vec<String>,
    /// Which coefficient.
    pub(super) coefficient: Coefficient,
    /// The column that the others are ranked against.
    pub(super) target: Option<String>,
}

/// Tests of whether groups differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DifferenceTest {
    /// Chosen from the number of groups and the data.
    Auto,
    Welch,
    Student,
    Paired,
    MannWhitney,
    Wilcoxon,
    Anova,
    WelchAnova,
    Kruskal,
    Levene,
}

/// Whether groups differ in a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comparison {
    /// The number.
    pub(super) column: String,
    /// What makes the groups; or, for two columns, the other column.
    pub(super) group: Group,
    /// Which test.
    pub(super) test: DifferenceTest,
    /// Two columns are compared instead of groups of one.
    pub(super) other_column: bool,
    /// The alternative is one-sided in this direction.
    pub(super) median: bool,
}

/// A target and what explains it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Model {
    /// What is explained.
    pub(super) target: String,
    /// By what.
    pub(super) features: Vec<String>,
    /// Degree of the polynomial in a single feature.
    pub(super) degree: u32,
    /// Which kind of model, when said.
    pub(super) kind: ModelKind,
    /// The share of rows held out, when said.
    pub(super) test_share: Option<f64>,
    /// The random state, when said.
    pub(super) seed: Option<u32>,
}

/// Kinds of models.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ModelKind {
    /// Chosen from the target.
    Auto,
    Linear,
    Logistic,
    Tree,
    Forest,
    Boosting,
}

/// When a value is unusual.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum OutlierRule {
    /// Beyond the quartiles by so many times their distance.
    Iqr(f64),
    /// So many standard deviations from the mean.
    ZScore(f64),
}

/// Columns drawn as they are.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Points {
    /// Across.
    pub(super) x: String,
    /// Up.
    pub(super) y: String,
    /// One colour for each value of this column.
    pub(super) color: Option<String>,
    /// Order of the bars.
    pub(super) order: Option<Order>,
}

/// What a row must fulfil.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// A number against a number: `>`, `<`, `≥`, `≤`, `=` or `≠`.
    Compare(String, char, f64),
    /// One of some values (or none of them).
    In {
        /// The column.
        column: String,
        /// The values, as in the data.
        values: Vec<Value>,
        /// None of them instead.
        negated: bool,
    },
    /// No value.
    Missing(String),
    /// Some value.
    Known(String),
    /// A span of time.
    During(String, TimeForm, Period),
    /// Text that contains, begins or ends with something, whatever its case.
    Text {
        /// The column.
        column: String,
        /// `contains`, `startswith` or `endswith`.
        how: &'static str,
        /// What.
        text: String,
        /// Does not.
        negated: bool,
    },
    /// Not an outlier.
    Typical(String, OutlierRule),
    /// At least one of these holds.
    Any(Vec<Condition>),
}
