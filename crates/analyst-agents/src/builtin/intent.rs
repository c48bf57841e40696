//! A question, understood: what to compute, over which rows, and how the answer is to look. Pure data; everything
//! after the parser (plan, code, narration) works on this alone.

use serde_json::Value;

use super::bins::{Bins, Range};
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
    /// What is done to the working copy first, in order.
    pub(super) prepare: Vec<Preparation>,
    /// What tells this part of the question from another: “before”, “after”.
    pub(super) tag: Option<String>,
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
    /// One number for two sets of rows, held against each other.
    Contrast(Contrast),
    /// Whether a mean differs from a number, or between which bounds it lies.
    OneSample(OneSample),
    /// Whether a share differs between two groups, or from a number.
    Proportion(Proportion),
    /// Principal components.
    Components(Vec<String>),
    /// What comes next.
    Forecast(Forecast),
    /// A window that moves over time, or the step from one span to the next.
    Rolling(Rolling),
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
    /// Divided by n.
    PopulationStd,
    /// Divided by n.
    PopulationVariance,
    Range,
    Mode,
    Skewness,
    Kurtosis,
    Iqr,
    Variation,
    Autocorrelation,
    /// Pearson's correlation with itself, one row later.
    Shifted,
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
    /// A column, each value with the weight that another column gives it.
    Weighted(String, String),
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
    /// The group at this place of the order is the answer: 2 for the second.
    pub(super) nth: Option<usize>,
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
    /// The row at this place of the order is the answer: 2 for the second.
    pub(super) nth: Option<usize>,
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
    /// Kolmogorov and Smirnov's, of two samples.
    Kolmogorov,
}

/// Which way a test looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Both ways.
    Both,
    /// Whether the first is greater.
    Greater,
    /// Whether the first is less.
    Less,
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
    /// Medians were asked for.
    pub(super) median: bool,
    /// Which way the test looks, from the first of `order` to the second.
    pub(super) side: Side,
    /// The groups in the order asked, when they were named.
    pub(super) order: Vec<String>,
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
    /// The feature whose coefficient is asked for.
    pub(super) focus: Option<String>,
    /// Settings of a model that were asked for: depth, number of trees, its own random state.
    pub(super) settings: Vec<(&'static str, u32)>,
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
    /// A column against a column.
    Columns(String, char, String),
    /// One of the first rows.
    Head(u64),
    /// Not so.
    Not(Box<Condition>),
    /// All of these hold.
    All(Vec<Condition>),
    /// At least one of these holds.
    Any(Vec<Condition>),
}

/// One number for two sets of rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Contrast {
    /// The number.
    pub(super) measure: Measure,
    /// What the first set is called, and which rows it has.
    pub(super) first: (String, Vec<Condition>),
    /// The second set.
    pub(super) second: (String, Vec<Condition>),
    /// The question goes from the first to the second: “from 2021 to 2022”.
    pub(super) forward: bool,
}

/// A mean against a number.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OneSample {
    /// Of what.
    pub(super) column: String,
    /// The number; none when only an interval is asked for.
    pub(super) against: Option<f64>,
    /// Which way the test looks.
    pub(super) side: Side,
}

/// A share of rows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Proportion {
    /// The rows that count.
    pub(super) holds: Condition,
    /// The two groups, by a column, in the order asked.
    pub(super) group: Option<(String, Vec<String>)>,
    /// The share to hold it against, when there are no groups.
    pub(super) against: Option<f64>,
    /// Which way the test looks.
    pub(super) side: Side,
}

/// How the future is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// The last value again.
    Naive,
    /// The value of the season before.
    SeasonalNaive,
    /// A straight line.
    Linear,
    /// The mean of the last values.
    Mean,
    /// Exponential smoothing, with trend and season where the data allows.
    Smoothing,
    /// ARIMA with the given orders.
    Arima(u32, u32, u32),
}

/// What comes next.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Forecast {
    /// The number.
    pub(super) measure: Measure,
    /// The time column.
    pub(super) column: String,
    /// How it is stored.
    pub(super) form: TimeForm,
    /// How fine.
    pub(super) grain: Grain,
    /// How many spans ahead.
    pub(super) horizon: u32,
    /// How.
    pub(super) method: Method,
    /// Spans of a season, when said.
    pub(super) season: Option<u32>,
}

/// What a window gives, or which step is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Window {
    /// The mean of so many values.
    Mean(u32),
    /// The difference to the value before.
    Step,
    /// The same in percent.
    StepPercent,
}

/// A window over time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rolling {
    /// Of what; summed by span when a grain is given.
    pub(super) column: String,
    /// The time column.
    pub(super) time: String,
    /// How it is stored.
    pub(super) form: TimeForm,
    /// The span that values are summed by; none for the rows as they are.
    pub(super) grain: Option<Grain>,
    /// What is computed.
    pub(super) window: Window,
    /// Which end is the answer; the last value when none.
    pub(super) extreme: Option<End>,
}

/// With what gaps are filled.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Fill {
    Mean,
    Median,
    Mode,
    /// The value before.
    Forward,
    /// The value after.
    Backward,
    /// On a straight line between the neighbours.
    Linear,
    /// This value.
    Value(Value),
}

/// A bound of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bound {
    /// As it is.
    Value(f64),
    /// A quantile, 0 to 1.
    Quantile(f64),
}

/// How a column is brought to scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scaling {
    /// From 0 to 1.
    MinMax,
    /// Mean 0, standard deviation 1.
    ZScore,
}

/// Something done to the working copy before anything is computed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Preparation {
    /// Gaps are filled, within the groups of a column if it is named.
    Fill {
        /// Where.
        columns: Vec<String>,
        /// With what.
        with: Fill,
        /// The column that makes the groups.
        by: Option<String>,
    },
    /// Rows with a gap in one of these columns go (in any column when none is named).
    DropMissing(Vec<String>),
    /// Rows that repeat an earlier one go.
    DropDuplicates,
    /// Values beyond a bound become the bound.
    Clip {
        /// Where.
        column: String,
        /// Lower bound.
        low: Option<Bound>,
        /// Upper bound.
        high: Option<Bound>,
    },
    /// Columns are brought to scale.
    Scale {
        /// Which.
        columns: Vec<String>,
        /// How.
        how: Scaling,
    },
    /// A function of a column, in its place.
    Apply {
        /// Which.
        column: String,
        /// Of numpy: `log`, `log10`, `log2`, `log1p`, `sqrt`, `square`, `abs`.
        function: &'static str,
    },
    /// The length of a text.
    Length {
        /// Which.
        column: String,
        /// Words are counted, not characters.
        words: bool,
        /// The new column.
        into: String,
    },
    /// The title in a person's name.
    Title {
        /// The names.
        column: String,
        /// The new column.
        into: String,
    },
    /// The days (or hours) from one time to another.
    Days {
        /// From.
        from: (String, TimeForm),
        /// To.
        to: (String, TimeForm),
        /// Seconds of the unit.
        unit_secs: u32,
        /// The new column.
        into: String,
    },
    /// A value for each case.
    Cases {
        /// Condition and value.
        cases: Vec<(Condition, String)>,
        /// When none holds.
        otherwise: Option<String>,
        /// The new column.
        into: String,
    },
    /// Named ranges of a column.
    Bands {
        /// Which.
        column: String,
        /// The ranges.
        bands: Vec<Range>,
        /// The new column.
        into: String,
    },
    /// The mean of several columns, row by row; rows with a gap have none.
    RowMean {
        /// Which.
        columns: Vec<String>,
        /// The new column.
        into: String,
    },
    /// The change against the row before, in order of time.
    Change {
        /// Of what.
        column: String,
        /// The time column.
        time: String,
        /// In percent.
        percent: bool,
        /// The new column.
        into: String,
    },
}
