//! What a word or phrase of a question means to an analyst. The words themselves are in `lexicon/<language>.json`,
//! under the snake_case names of these variants.

use serde::Deserialize;

/// One idea, whatever words express it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Concept {
    Count,
    Distinct,
    Sum,
    Mean,
    Median,
    Minimum,
    Maximum,
    Std,
    Variance,
    Range,
    Mode,
    LeastCommon,
    Skewness,
    Kurtosis,
    Iqr,
    Quartiles,
    Percentile,
    Variation,
    Autocorrelation,
    Highest,
    Lowest,
    Descending,
    Ascending,
    Sort,
    Per,
    Where,
    Not,
    Except,
    Missing,
    No,
    Known,
    IgnoreMissing,
    Negative,
    Positive,
    Over,
    Under,
    AtLeast,
    AtMost,
    Between,
    Equals,
    Contains,
    StartsWith,
    EndsWith,
    Or,
    And,
    To,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Weekday,
    Hour,
    MonthOfYear,
    Time,
    Trend,
    Growth,
    Previous,
    Last,
    This,
    First,
    Before,
    After,
    Cumulative,
    Describe,
    Distribution,
    Correlation,
    Relationship,
    Compare,
    Differ,
    Significant,
    Regression,
    Explain,
    On,
    Predict,
    Forecast,
    Cluster,
    Importance,
    Outlier,
    Duplicate,
    Normality,
    TTest,
    Welch,
    Student,
    Paired,
    MannWhitney,
    Wilcoxon,
    Anova,
    WelchAnova,
    Kruskal,
    Tukey,
    ChiSquare,
    Fisher,
    Shapiro,
    Kolmogorov,
    Anderson,
    Jarque,
    Dagostino,
    Levene,
    Pearson,
    Spearman,
    Kendall,
    ZScore,
    IqrRule,
    PValue,
    Alpha,
    Confidence,
    OneSided,
    Round,
    Decimals,
    IntegerWish,
    Percent,
    Share,
    Rate,
    YesNo,
    Bar,
    Stacked,
    GroupedBar,
    Line,
    Area,
    Pie,
    Scatter,
    Histogram,
    Box,
    Violin,
    Heatmap,
    Plot,
    XAxis,
    YAxis,
    Names,
    Rows,
    Columns,
    Dataset,
    ShowRows,
    Bins,
    QuantileBins,
    Times,
    Plus,
    Minus,
    Divided,
    ProductOf,
    RatioOf,
    Adding,
    Subtract,
    As,
    Which,
    IsThere,
    Ties,
    Train,
    Normalize,
    Hello,
    Thanks,
    Identity,
    Abilities,
    Bye,
    Smalltalk,
}

impl Concept {
    /// Words so common that a column's name is the better reading of them.
    pub(super) fn is_weak(self) -> bool {
        matches!(
            self,
            Self::Time
                | Self::Where
                | Self::Names
                | Self::XAxis
                | Self::YAxis
                | Self::Rate
                | Self::Rows
                | Self::Day
                | Self::Week
                | Self::Month
                | Self::Quarter
                | Self::Year
                | Self::Hour
                | Self::Weekday
                | Self::On
                | Self::First
                | Self::Last
                | Self::PValue
                | Self::Sort
                | Self::Line
                | Self::Range
                | Self::Mode
                | Self::Bins
                | Self::Columns
                | Self::Highest
                | Self::Growth
                | Self::Sum
                | Self::Count
                | Self::Percent
                | Self::Duplicate
                | Self::Dataset
                | Self::Bar
                | Self::Cluster
                | Self::Mean
                | Self::Missing
                | Self::Per
                | Self::Normality
                | Self::Importance
                | Self::To
                | Self::Which
                | Self::Iqr
                | Self::This
                | Self::Minimum
                | Self::Maximum
                | Self::Predict
                | Self::Explain
                | Self::Share
                | Self::MonthOfYear
        )
    }
}
