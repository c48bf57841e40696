//! What a statement means, with every column named by a number of its own and every value typed.
//!
//! Both engines are given this plan and nothing else: names that people write never reach them, and the meaning of an
//! operator is fixed once, here and in the module's doc, not in two dialects.

use std::collections::BTreeSet;

/// A column of some stage of the plan; no two stages share one unless the values are the same.
pub(super) type ColumnId = u32;

/// The types of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// The type of NULL alone.
    Null,
    Boolean,
    Integer,
    Float,
    Text,
    Date,
    Datetime,
    Time,
    Duration,
}

impl Kind {
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Float)
    }

    pub fn is_temporal(self) -> bool {
        matches!(self, Self::Date | Self::Datetime)
    }

    /// In a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Null => "missing",
            Self::Boolean => "true/false",
            Self::Integer => "a whole number",
            Self::Float => "a number",
            Self::Text => "text",
            Self::Date => "a date",
            Self::Datetime => "a moment",
            Self::Time => "a time of day",
            Self::Duration => "a span of time",
        }
    }
}

/// A value to compute.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Expr {
    pub kind: Kind,
    pub node: Node,
}

/// How a value is computed. Operands already have the types their operation takes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Column(ColumnId),
    Literal(Literal),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    IsNull(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    /// Both sides of one type.
    Compare(Comparison, Box<Expr>, Box<Expr>),
    /// Both sides of the type of the result.
    Arithmetic(Operator, Box<Expr>, Box<Expr>),
    Concat(Box<Expr>, Box<Expr>),
    Case(Vec<(Expr, Expr)>, Box<Expr>),
    /// To the type of the expression. A strict one fails on a value that has no counterpart; else it becomes NULL.
    Cast {
        from: Box<Expr>,
        is_strict: bool,
    },
    Like {
        text: Box<Expr>,
        pattern: Box<Expr>,
        escape: Option<char>,
        any_case: bool,
    },
    Matches {
        text: Box<Expr>,
        regex: String,
    },
    InList(Box<Expr>, Vec<Expr>),
    InQuery(Box<Expr>, Box<Subquery>),
    Exists(Box<Subquery>),
    Scalar(Box<Subquery>),
    Call(Function, Vec<Expr>),
}

/// A value in the statement.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// Days since 1970.
    Date(i32),
    /// Microseconds since 1970.
    Datetime(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    /// NULL is the same as NULL.
    Same,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Subtract,
    Multiply,
    /// Of real numbers; by zero NULL.
    Divide,
    /// With the sign of the dividend; by zero NULL.
    Remainder,
}

/// The functions of one row that are known to be right. Arguments are of the types named here.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Function {
    Upper,
    Lower,
    /// In characters.
    Length,
    Trim(Sides, Option<String>),
    /// Text, first character counted from 1 (from the end if negative), number of characters.
    Substring {
        from: i64,
        length: Option<i64>,
    },
    /// Literally, every occurrence.
    Replace {
        what: String,
        by: String,
    },
    StartsWith(String),
    EndsWith(String),
    Contains(String),
    /// Position counted from 1; 0 if it does not occur.
    Position(String),
    Abs,
    Round(i64),
    Floor,
    Ceiling,
    Truncate,
    Sign,
    /// NULL where there is no real result.
    SquareRoot,
    Power,
    Exponential,
    NaturalLogarithm,
    Logarithm10,
    Logarithm2,
    Coalesce,
    Greatest,
    Least,
    Part(Part),
    TruncateTo(Unit),
    Format(String),
    /// A constant span, in calendar months first.
    Add {
        months: i64,
        days: i64,
        micros: i64,
    },
    /// Days from the second to the first date.
    DaysBetween,
    RegexReplace {
        regex: String,
        by: String,
    },
    RegexExtract {
        regex: String,
        group: usize,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sides {
    Both,
    Start,
    End,
}

/// A number in a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Year,
    Quarter,
    Month,
    /// ISO 8601.
    Week,
    /// ISO 8601.
    WeekYear,
    Day,
    /// Sunday is 0.
    DayOfWeek,
    /// Monday is 1.
    IsoDayOfWeek,
    DayOfYear,
    Hour,
    Minute,
    Second,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
}

/// A SELECT inside an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Subquery {
    pub rows: Rows,
    /// Its only column; of EXISTS, any.
    pub column: ColumnId,
    pub kind: Kind,
    /// Columns of the queries around it that it uses.
    pub outer: BTreeSet<ColumnId>,
}

/// Rows, and the columns they have.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Rows {
    /// One row without columns: a SELECT without FROM.
    One,
    Scan {
        table: usize,
        columns: Vec<(ColumnId, usize)>,
    },
    Filter(Box<Rows>, Expr),
    /// These columns and no others.
    Project(Box<Rows>, Vec<(ColumnId, Expr)>),
    Join(Box<Join>),
    Aggregate {
        input: Box<Rows>,
        keys: Vec<(ColumnId, Expr)>,
        calls: Vec<(ColumnId, Aggregate)>,
    },
    Window {
        input: Box<Rows>,
        calls: Vec<(ColumnId, WindowCall)>,
    },
    Distinct(Box<Rows>),
    /// The sides' columns, in order, are of the same types as `columns`.
    Combine {
        how: Combine,
        left: Box<Rows>,
        right: Box<Rows>,
        columns: Vec<Combined>,
    },
    Sort(Box<Rows>, Vec<Key>),
    Limit {
        input: Box<Rows>,
        limit: Option<u64>,
        offset: u64,
    },
    /// `WITH RECURSIVE`: `columns` are also those of the one reference to itself.
    Recursive(Box<Recursive>),
    /// The rows of the last round, inside the step of a recursive query.
    Round {
        id: u32,
        columns: Vec<(ColumnId, Kind)>,
    },
}

/// A column of a set operation: its own, and that of each side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Combined {
    pub id: ColumnId,
    pub left: ColumnId,
    pub right: ColumnId,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Combine {
    UnionAll,
    Intersect,
    Except,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recursive {
    pub id: u32,
    /// Names of the columns in the result.
    pub columns: Vec<(ColumnId, Kind)>,
    /// Names of the columns in the step.
    pub inner: Vec<ColumnId>,
    pub start: Rows,
    pub start_columns: Vec<ColumnId>,
    pub step: Rows,
    pub step_columns: Vec<ColumnId>,
    pub keeps_repeats: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Join {
    pub how: JoinKind,
    pub left: Rows,
    pub right: Rows,
    /// Pairs of values that must be equal: of the left, of the right. NULL equals nothing.
    pub keys: Vec<(Expr, Expr)>,
    /// What else must hold for two rows to meet.
    pub rest: Option<Expr>,
    pub label: JoinLabel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum JoinKind {
    Inner,
    Left,
    Right,
    Full,
    /// Left rows with a partner.
    Semi,
    /// Left rows without one.
    Anti,
}

impl JoinKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Inner => "inner",
            Self::Left => "left",
            Self::Right => "right",
            Self::Full => "full",
            Self::Semi => "semi",
            Self::Anti => "anti",
        }
    }
}

/// A join as people wrote it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct JoinLabel {
    pub left: String,
    pub right: String,
    pub on: Vec<(String, String)>,
}

/// A value over many rows. Rows where the value is NULL do not count.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Aggregate {
    pub what: Measure,
    pub of: Vec<Expr>,
    pub is_distinct: bool,
    /// For texts that are joined.
    pub order: Vec<Key>,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Measure {
    CountRows,
    Count,
    Sum,
    Mean,
    Min,
    Max,
    Median,
    Quantile(f64),
    Deviation { of_sample: bool },
    Variance { of_sample: bool },
    Correlation,
    Covariance { of_sample: bool },
    All,
    Any,
    Joined(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub by: Expr,
    pub descending: bool,
    pub nulls_first: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct WindowCall {
    pub what: WindowFunction,
    pub partition: Vec<Expr>,
    pub order: Vec<Key>,
    pub frame: Frame,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum WindowFunction {
    RowNumber,
    Rank,
    DenseRank,
    PercentRank,
    CumulativeShare,
    Tile(i64),
    /// Rows back; forward if negative. The value where there is no such row.
    Shift {
        of: Expr,
        by: i64,
        or: Expr,
    },
    First(Expr),
    Last(Expr),
    Measure(Aggregate),
}

/// The rows a window function sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    /// The whole partition.
    All,
    /// From the first row to the last one that is equal in the order.
    ToPeers,
    /// Rows relative to this one, both included; `None` is without bound.
    Rows { from: Option<i64>, to: Option<i64> },
}

impl Expr {
    pub fn column(id: ColumnId, kind: Kind) -> Self {
        Self { kind, node: Node::Column(id) }
    }

    pub fn null(kind: Kind) -> Self {
        Self { kind, node: Node::Literal(Literal::Null) }
    }

    pub fn integer(value: i64) -> Self {
        Self { kind: Kind::Integer, node: Node::Literal(Literal::Integer(value)) }
    }

    pub fn boolean(node: Node) -> Self {
        Self { kind: Kind::Boolean, node }
    }

    pub fn call(kind: Kind, function: Function, arguments: Vec<Expr>) -> Self {
        Self { kind, node: Node::Call(function, arguments) }
    }

    pub fn not(self) -> Self {
        Self::boolean(Node::Not(Box::new(self)))
    }

    pub fn and(self, other: Self) -> Self {
        Self::boolean(Node::And(Box::new(self), Box::new(other)))
    }

    pub fn or(self, other: Self) -> Self {
        Self::boolean(Node::Or(Box::new(self), Box::new(other)))
    }

    pub fn compare(how: Comparison, left: Self, right: Self) -> Self {
        Self::boolean(Node::Compare(how, Box::new(left), Box::new(right)))
    }

    pub fn missing(self) -> Self {
        Self::boolean(Node::IsNull(Box::new(self)))
    }

    pub fn is_literal(&self) -> bool {
        matches!(self.node, Node::Literal(_))
    }

    /// As another type; a type that holds more, or an explicit CAST.
    pub fn cast(self, kind: Kind, is_strict: bool) -> Self {
        if self.kind == kind {
            return self;
        }
        match (&self.node, kind) {
            (Node::Literal(Literal::Null), _) => Self::null(kind),
            (Node::Literal(Literal::Integer(value)), Kind::Float) => {
                Self { kind, node: Node::Literal(Literal::Float(*value as f64)) }
            }
            (Node::Literal(Literal::Date(days)), Kind::Datetime) => {
                Self { kind, node: Node::Literal(Literal::Datetime(i64::from(*days) * MICROS_PER_DAY)) }
            }
            _ => Self { kind, node: Node::Cast { from: Box::new(self), is_strict } },
        }
    }

    /// The expressions it is made of, without those inside subqueries.
    pub fn children(&self) -> Vec<&Expr> {
        match &self.node {
            Node::Column(_) | Node::Literal(_) | Node::Exists(_) | Node::Scalar(_) => Vec::new(),
            Node::Not(a) | Node::Negate(a) | Node::IsNull(a) | Node::InQuery(a, _) => vec![a],
            Node::Cast { from: a, .. } | Node::Matches { text: a, .. } => vec![a],
            Node::And(a, b) | Node::Or(a, b) | Node::Concat(a, b) => vec![a, b],
            Node::Compare(_, a, b) | Node::Arithmetic(_, a, b) => vec![a, b],
            Node::Like { text, pattern, .. } => vec![text, pattern],
            Node::Case(branches, otherwise) => {
                branches.iter().flat_map(|(when, then)| [when, then]).chain([otherwise.as_ref()]).collect()
            }
            Node::InList(a, list) => std::iter::once(a.as_ref()).chain(list).collect(),
            Node::Call(_, arguments) => arguments.iter().collect(),
        }
    }

    /// The same, to be changed.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        match &mut self.node {
            Node::Column(_) | Node::Literal(_) | Node::Exists(_) | Node::Scalar(_) => Vec::new(),
            Node::Not(a) | Node::Negate(a) | Node::IsNull(a) | Node::InQuery(a, _) => vec![a],
            Node::Cast { from: a, .. } | Node::Matches { text: a, .. } => vec![a],
            Node::And(a, b) | Node::Or(a, b) | Node::Concat(a, b) => vec![a, b],
            Node::Compare(_, a, b) | Node::Arithmetic(_, a, b) => vec![a, b],
            Node::Like { text, pattern, .. } => vec![text, pattern],
            Node::Case(branches, otherwise) => {
                branches.iter_mut().flat_map(|(when, then)| [when, then]).chain([otherwise.as_mut()]).collect()
            }
            Node::InList(a, list) => std::iter::once(a.as_mut()).chain(list).collect(),
            Node::Call(_, arguments) => arguments.iter_mut().collect(),
        }
    }

    /// Every column it needs, those that subqueries need from around them included.
    pub fn columns(&self) -> BTreeSet<ColumnId> {
        let mut found = BTreeSet::new();
        self.add_columns(&mut found);
        found
    }

    fn add_columns(&self, found: &mut BTreeSet<ColumnId>) {
        match &self.node {
            Node::Column(id) => {
                found.insert(*id);
            }
            Node::InQuery(_, query) | Node::Exists(query) | Node::Scalar(query) => found.extend(&query.outer),
            _ => {}
        }
        self.children().into_iter().for_each(|child| child.add_columns(found));
    }

    /// The parts that must all hold.
    pub fn conjuncts(self) -> Vec<Expr> {
        match self.node {
            Node::And(a, b) => {
                let mut all = a.conjuncts();
                all.extend(b.conjuncts());
                all
            }
            _ => vec![self],
        }
    }

    /// One condition that holds when all do.
    pub fn all(parts: Vec<Expr>) -> Option<Expr> {
        parts.into_iter().reduce(Expr::and)
    }
}

pub(super) const MICROS_PER_DAY: i64 = 86_400_000_000;

/// The type that holds both, if there is one.
pub(super) fn common(a: Kind, b: Kind) -> Option<Kind> {
    match (a, b) {
        (a, b) if a == b => Some(a),
        (Kind::Null, other) | (other, Kind::Null) => Some(other),
        (Kind::Integer, Kind::Float) | (Kind::Float, Kind::Integer) => Some(Kind::Float),
        (Kind::Date, Kind::Datetime) | (Kind::Datetime, Kind::Date) => Some(Kind::Datetime),
        _ => None,
    }
}

impl Rows {
    /// Its inputs.
    pub fn inputs(&self) -> Vec<&Rows> {
        match self {
            Self::One | Self::Scan { .. } | Self::Round { .. } => Vec::new(),
            Self::Filter(input, _) | Self::Project(input, _) | Self::Distinct(input) | Self::Sort(input, _) => {
                vec![input]
            }
            Self::Aggregate { input, .. } | Self::Window { input, .. } | Self::Limit { input, .. } => vec![input],
            Self::Join(join) => vec![&join.left, &join.right],
            Self::Combine { left, right, .. } => vec![left, right],
            Self::Recursive(recursive) => vec![&recursive.start, &recursive.step],
        }
    }

    /// The expressions of this stage.
    pub fn expressions(&self) -> Vec<&Expr> {
        fn keys(keys: &[Key]) -> impl Iterator<Item = &Expr> {
            keys.iter().map(|key| &key.by)
        }
        match self {
            Self::Filter(_, test) => vec![test],
            Self::Project(_, columns) => columns.iter().map(|(_, expr)| expr).collect(),
            Self::Sort(_, by) => keys(by).collect(),
            Self::Join(join) => join.keys.iter().flat_map(|(a, b)| [a, b]).chain(&join.rest).collect(),
            Self::Aggregate { keys: by, calls, .. } => by
                .iter()
                .map(|(_, expr)| expr)
                .chain(calls.iter().flat_map(|(_, call)| call.of.iter().chain(keys(&call.order))))
                .collect(),
            Self::Window { calls, .. } => calls
                .iter()
                .flat_map(|(_, call)| {
                    let of: Vec<&Expr> = match &call.what {
                        WindowFunction::Shift { of, or, .. } => vec![of, or],
                        WindowFunction::First(of) | WindowFunction::Last(of) => vec![of],
                        WindowFunction::Measure(measure) => measure.of.iter().collect(),
                        _ => Vec::new(),
                    };
                    of.into_iter().chain(&call.partition).chain(keys(&call.order))
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// The columns it gives.
    pub fn columns(&self) -> BTreeSet<ColumnId> {
        match self {
            Self::One => BTreeSet::new(),
            Self::Scan { columns, .. } => columns.iter().map(|(id, _)| *id).collect(),
            Self::Filter(input, _) | Self::Distinct(input) | Self::Sort(input, _) => input.columns(),
            Self::Limit { input, .. } => input.columns(),
            Self::Project(_, columns) => columns.iter().map(|(id, _)| *id).collect(),
            Self::Join(join) if matches!(join.how, JoinKind::Semi | JoinKind::Anti) => join.left.columns(),
            Self::Join(join) => join.left.columns().union(&join.right.columns()).copied().collect(),
            Self::Aggregate { keys, calls, .. } => {
                keys.iter().map(|(id, _)| *id).chain(calls.iter().map(|(id, _)| *id)).collect()
            }
            Self::Window { input, calls } => {
                input.columns().into_iter().chain(calls.iter().map(|(id, _)| *id)).collect()
            }
            Self::Combine { columns, .. } => columns.iter().map(|column| column.id).collect(),
            Self::Recursive(recursive) => recursive.columns.iter().map(|(id, _)| *id).collect(),
            Self::Round { columns, .. } => columns.iter().map(|(id, _)| *id).collect(),
        }
    }
}

/// Every expression of this stage, to be changed.
pub(super) fn each_expression_mut(rows: &mut Rows, change: &mut dyn FnMut(&mut Expr)) {
    let keys = |keys: &mut Vec<Key>, change: &mut dyn FnMut(&mut Expr)| {
        keys.iter_mut().for_each(|key| change(&mut key.by));
    };
    match rows {
        Rows::Filter(_, test) => change(test),
        Rows::Project(_, columns) => columns.iter_mut().for_each(|(_, expr)| change(expr)),
        Rows::Sort(_, by) => keys(by, change),
        Rows::Join(join) => {
            for (a, b) in &mut join.keys {
                change(a);
                change(b);
            }
            join.rest.iter_mut().for_each(change);
        }
        Rows::Aggregate { keys: by, calls, .. } => {
            by.iter_mut().for_each(|(_, expr)| change(expr));
            for (_, call) in calls {
                call.of.iter_mut().for_each(&mut *change);
                keys(&mut call.order, change);
            }
        }
        Rows::Window { calls, .. } => calls.iter_mut().for_each(|(_, call)| {
            call.each_expression_mut(change);
        }),
        _ => {}
    }
}

impl WindowCall {
    /// Every expression of the call, to be changed.
    pub fn each_expression_mut(&mut self, change: &mut dyn FnMut(&mut Expr)) {
        match &mut self.what {
            WindowFunction::Shift { of, or, .. } => {
                change(of);
                change(or);
            }
            WindowFunction::First(of) | WindowFunction::Last(of) => change(of),
            WindowFunction::Measure(measure) => measure.of.iter_mut().for_each(&mut *change),
            _ => {}
        }
        self.partition.iter_mut().for_each(&mut *change);
        self.order.iter_mut().for_each(|key| change(&mut key.by));
    }
}
