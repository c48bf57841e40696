//! The first engine: a plan as lazy Polars frames. It answers tables of any size.
//!
//! Every column is called by its number in the plan, so no two are ever confused. What cannot be expressed with
//! certainty is [`Stop::Unsupported`]: then the [second engine](super::lite) is asked.

mod group;
mod join;
mod value;
mod window;

use std::collections::HashMap;

use polars::prelude::*;

use super::plan::{ColumnId, Combine, Combined, Kind, Rows};
use crate::error::SqlError;
use crate::{DataError, store};

pub(super) use join::too_many;

/// Why a plan does not run here.
#[derive(Debug)]
pub(super) enum Stop {
    /// The other engine may know it: what is missing.
    Unsupported(&'static str),
    /// It is wrong on any engine.
    Wrong(SqlError),
    Data(DataError),
    Polars(PolarsError),
}

impl From<PolarsError> for Stop {
    fn from(error: PolarsError) -> Self {
        Self::Polars(error)
    }
}

impl From<DataError> for Stop {
    fn from(error: DataError) -> Self {
        Self::Data(error)
    }
}

pub(super) type Made<T> = Result<T, Stop>;

/// A table's file, and the names of its columns.
#[derive(Debug, Clone)]
pub(super) struct File {
    pub path: std::path::PathBuf,
    pub columns: Vec<String>,
}

/// Rows that a join of everything with everything may give.
pub(super) const MOST_PRODUCT: u128 = 100_000_000;

/// Makes frames of plans. Columns read once are kept as long as it lives.
pub(super) struct Frames<'f> {
    files: &'f [File],
    read: HashMap<(usize, usize), Column>,
    /// Told before each part that takes time.
    is_stopped: &'f (dyn Fn() -> bool + Sync),
    /// A plan is only shown: nothing but its shape is computed.
    pub is_dry: bool,
}

pub(super) fn name(id: ColumnId) -> PlSmallStr {
    format!("c{id}").into()
}

pub(super) fn column(id: ColumnId) -> Expr {
    col(name(id))
}

pub(super) fn dtype(kind: Kind) -> DataType {
    match kind {
        Kind::Null => DataType::Null,
        Kind::Boolean => DataType::Boolean,
        Kind::Integer => DataType::Int64,
        Kind::Float => DataType::Float64,
        Kind::Text => DataType::String,
        Kind::Date => DataType::Date,
        Kind::Datetime => DataType::Datetime(TimeUnit::Microseconds, None),
        Kind::Time => DataType::Time,
        Kind::Duration => DataType::Duration(TimeUnit::Microseconds),
    }
}

/// The type of a stored column in a statement.
pub(super) fn kind(dtype: &DataType) -> Kind {
    match dtype {
        DataType::Boolean => Kind::Boolean,
        dtype if dtype.is_integer() => Kind::Integer,
        dtype if dtype.is_float() => Kind::Float,
        DataType::Decimal(..) => Kind::Float,
        DataType::Date => Kind::Date,
        DataType::Datetime(..) => Kind::Datetime,
        DataType::Time => Kind::Time,
        DataType::Duration(_) => Kind::Duration,
        _ => Kind::Text,
    }
}

impl<'f> Frames<'f> {
    pub fn new(files: &'f [File], is_stopped: &'f (dyn Fn() -> bool + Sync)) -> Self {
        Self { files, read: HashMap::new(), is_stopped, is_dry: false }
    }

    /// Computes the rows.
    pub fn collect(&self, frame: LazyFrame) -> Made<DataFrame> {
        if (self.is_stopped)() {
            return Err(Stop::Wrong(SqlError::Failed { message: "it was stopped.".to_owned() }));
        }
        // Polars 0.55 panics where it shares a part that is constant.
        Ok(frame.with_comm_subexpr_elim(false).collect()?)
    }

    /// The rows of a plan, not computed yet.
    pub fn lazy(&mut self, rows: &Rows) -> Made<LazyFrame> {
        match rows {
            Rows::One => Ok(df!("c0" => [0i64])?.lazy()),
            Rows::Scan { table, columns } => Ok(self.scan(*table, columns)?.lazy()),
            Rows::Filter(input, test) => {
                let input = self.lazy(input)?;
                let test = self.value(test)?;
                Ok(input.filter(test))
            }
            Rows::Project(input, columns) => {
                let input = self.lazy(input)?;
                let mut values = Vec::with_capacity(columns.len());
                let mut is_constant = true;
                for (id, expr) in columns {
                    is_constant &= expr.columns().is_empty();
                    values.push(self.value(expr)?.alias(name(*id)));
                }
                // A projection of constants alone would forget how many rows there are.
                Ok(if is_constant {
                    input.with_columns(&values).select(names(columns.iter().map(|(id, _)| *id)))
                } else {
                    input.select(values)
                })
            }
            Rows::Join(join) => self.join(join),
            Rows::Aggregate { input, keys, calls } => self.aggregate(input, keys, calls),
            Rows::Window { input, calls } => self.windows(input, calls),
            Rows::Distinct(input) => Ok(self.lazy(input)?.unique_generic(None, UniqueKeepStrategy::Any)),
            Rows::Combine { how, left, right, columns } => self.combine(*how, left, right, columns),
            Rows::Sort(input, keys) => {
                let input = self.lazy(input)?;
                let by = keys.iter().map(|key| self.value(&key.by)).collect::<Made<Vec<_>>>()?;
                Ok(input.sort_by_exprs(by, sort_options(keys)))
            }
            Rows::Limit { input, limit, offset } => {
                let input = self.lazy(input)?;
                let limit = limit.map_or(IdxSize::MAX, |limit| IdxSize::try_from(limit).unwrap_or(IdxSize::MAX));
                Ok(input.slice(i64::try_from(*offset).unwrap_or(i64::MAX), limit))
            }
            Rows::Recursive(_) | Rows::Round { .. } => Err(Stop::Unsupported("recursive WITH")),
        }
    }

    fn scan(&mut self, table: usize, columns: &[(ColumnId, usize)]) -> Made<DataFrame> {
        let files: &'f [File] = self.files;
        let file = &files[table];
        let missing: Vec<usize> =
            columns.iter().map(|(_, position)| *position).filter(|p| !self.read.contains_key(&(table, *p))).collect();
        if !missing.is_empty() {
            let names: Vec<&str> = missing.iter().map(|position| file.columns[*position].as_str()).collect();
            let frame = store::read_columns(&file.path, &names)?;
            for position in missing {
                let column = frame.column(&file.columns[position])?;
                let wanted = dtype(kind(column.dtype()));
                let column = if *column.dtype() == wanted { column.clone() } else { column.cast(&wanted)? };
                self.read.insert((table, position), column);
            }
        }
        let chosen: Vec<Column> = columns
            .iter()
            .filter_map(|(id, position)| Some(self.read.get(&(table, *position))?.clone().with_name(name(*id))))
            .collect();
        let height = chosen.first().map_or(0, Column::len);
        Ok(DataFrame::new(height, chosen)?)
    }

    fn combine(&mut self, how: Combine, left: &Rows, right: &Rows, columns: &[Combined]) -> Made<LazyFrame> {
        let typed = |id: ColumnId, column: &Combined| {
            let value = super::frames::column(id);
            if column.kind == Kind::Null { value } else { value.cast(dtype(column.kind)) }.alias(name(column.id))
        };
        let pick = |frame: LazyFrame, side: fn(&Combined) -> ColumnId| {
            frame.select(columns.iter().map(|column| typed(side(column), column)).collect::<Vec<_>>())
        };
        let left = pick(self.lazy(left)?, |column| column.left);
        let right = pick(self.lazy(right)?, |column| column.right);
        let how = match how {
            Combine::UnionAll => return Ok(concat([left, right], UnionArgs::default())?),
            Combine::Intersect => JoinType::Semi,
            Combine::Except => JoinType::Anti,
        };
        let on: Vec<Expr> = names(columns.iter().map(|column| column.id));
        let arguments = JoinArgs { nulls_equal: true, ..JoinArgs::new(how) };
        Ok(left.join(right, &on, &on, arguments))
    }
}

/// Columns by their numbers.
fn names(ids: impl Iterator<Item = ColumnId>) -> Vec<Expr> {
    ids.map(column).collect()
}

fn sort_options(keys: &[super::plan::Key]) -> SortMultipleOptions {
    SortMultipleOptions::default()
        .with_order_descending_multi(keys.iter().map(|key| key.descending))
        .with_nulls_last_multi(keys.iter().map(|key| !key.nulls_first))
        .with_maintain_order(true)
}
