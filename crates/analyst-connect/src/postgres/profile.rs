//! What is in the columns, found out by the server: over all rows of a small table, over a sample of a large one, whose
//! numbers of different values and rows then come from the server's own statistics. What is estimated says so.

use analyst_types::{
    Bin, ColumnProfile, ColumnType, DataWarning, FileKind, Format, Profile, Quantiles, RemoteTableKind, Severity,
    TextLengths, TopValue,
};
use serde_json::Value;

use super::LOOKING;
use super::catalog::{Described, DescribedColumn, get, quote};
use super::select::{as_json, json, number};
use super::session::Session;
use crate::ConnectError;

/// Tables up to here are read whole.
const SMALL: u64 = 200_000;
/// Rows of a sample, about.
const SAMPLE: u64 = 50_000;
const N_BINS: u32 = 20;
const MOST_TOP: usize = 20;

/// Profiles a table.
pub(super) async fn profile(session: &Session, table: &Described, name: &str) -> Result<Profile, ConnectError> {
    let size = table.estimated_rows.filter(|_| table.kind == RemoteTableKind::Table).unwrap_or(0);
    let source = Source::of(table, size);
    let counted = session.our_rows(&format!("SELECT count(*)::text FROM {}", source.from), &[], LOOKING).await?;
    let seen = counted.first().map_or(Ok(0), |row| number(row, 0))?;
    let rows = if source.is_sample { size.max(seen) } else { seen };
    let mut columns = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let mut profile = column_profile(session, &source, column, seen).await?;
        if source.is_sample {
            scale(session, table, column, &mut profile, rows, seen).await?;
        }
        columns.push(profile);
    }
    let format = Format { table: Some(table.table.table.clone()), ..Format::of(FileKind::Postgresql) };
    let keys = if table.primary_key.is_empty() { Vec::new() } else { vec![table.primary_key.clone()] };
    Ok(Profile {
        dataset: name.to_owned(),
        rows,
        format,
        columns,
        warnings: source.warnings(rows, seen),
        duplicate_rows: (!keys.is_empty()).then_some(0),
        keys,
        correlations: Vec::new(),
        sampled_rows: source.is_sample.then_some(seen),
    })
}

/// What a profile reads.
struct Source {
    from: String,
    is_sample: bool,
    is_cut: bool,
}

impl Source {
    fn of(table: &Described, size: u64) -> Self {
        let from = table.quoted();
        if size > SMALL {
            let percent = (SAMPLE as f64 / size as f64 * 100.0).clamp(0.000_1, 100.0);
            // The same rows each time, so that a profile does not change from look to look.
            return Self {
                from: format!("{from} TABLESAMPLE SYSTEM ({percent}) REPEATABLE (42)"),
                is_sample: true,
                is_cut: false,
            };
        }
        if table.kind == RemoteTableKind::Table && table.estimated_rows.is_some() {
            return Self { from, is_sample: false, is_cut: false };
        }
        // Nobody knows how long a view is.
        Self { from: format!("(SELECT * FROM {from} LIMIT {SMALL}) AS first_rows"), is_sample: false, is_cut: true }
    }

    fn warnings(&self, rows: u64, seen: u64) -> Vec<DataWarning> {
        let told = |message: String| {
            vec![DataWarning { severity: Severity::Info, ..DataWarning::new("profiled_by_sample", message) }]
        };
        if self.is_sample {
            return told(format!(
                "The table has about {rows} rows; this profile rests on {seen} of them and on the database's own statistics. Questions are answered over all rows."
            ));
        }
        if self.is_cut && seen >= SMALL {
            return told(format!("This profile rests on the first {seen} rows. Questions are answered over all rows."));
        }
        Vec::new()
    }
}

async fn column_profile(
    session: &Session,
    source: &Source,
    column: &DescribedColumn,
    seen: u64,
) -> Result<ColumnProfile, ConnectError> {
    let name = quote(&column.name);
    let (is_numeric, is_temporal) = (column.kind.is_numeric(), column.kind.is_temporal());
    let is_text = matches!(column.kind, ColumnType::Text | ColumnType::Categorical);
    // NaN is no number: it would make every statistic NaN.
    let value = match column.kind {
        ColumnType::Float | ColumnType::Decimal => format!("nullif({name}, 'NaN'::{})", column.sql_type),
        ColumnType::Text => format!("{name}::text"),
        _ => name,
    };
    let ends = match () {
        () if is_text => "to_json(min(length(v::text)))::text, to_json(max(length(v::text)))::text",
        () if column.kind == ColumnType::Boolean => "to_json(bool_and(v))::text, to_json(bool_or(v))::text",
        () => "to_json(min(v))::text, to_json(max(v))::text",
    };
    let moments = if is_numeric { "avg(v)::float8, stddev_samp(v)::float8" } else { "NULL::float8, NULL::float8" };
    let quantiles = if is_numeric {
        "percentile_cont(ARRAY[0.05, 0.25, 0.5, 0.75, 0.95]) WITHIN GROUP (ORDER BY v::float8)"
    } else {
        "NULL::float8[]"
    };
    let length = if is_text { "avg(length(v::text))::float8" } else { "NULL::float8" };
    let statement = format!(
        "SELECT count(v)::text, count(DISTINCT v)::text, {ends}, {moments}, {quantiles}, {length} \
         FROM (SELECT {value} AS v FROM {}) AS one_column",
        source.from
    );
    let rows = session.our_rows(&statement, &[], LOOKING).await?;
    let row = rows.first().ok_or_else(|| ConnectError::Failed { message: "the database answered nothing".into() })?;
    let present = number(row, 0)?;
    let kind = if is_text { ColumnType::Integer } else { column.kind };
    let (min, max) = (json(row, 2, kind)?, json(row, 3, kind)?);
    let quantiles: Option<Vec<f64>> = get(row, 6)?;
    let mean_length: Option<f64> = get(row, 7)?;
    let length = |end: &Value| end.as_u64().unwrap_or(0);
    let mut profile = ColumnProfile {
        name: column.name.clone(),
        kind: column.kind,
        nulls: seen.saturating_sub(present),
        distinct: number(row, 1)?,
        mean: get(row, 4)?,
        std: get(row, 5)?,
        quantiles: quantiles.as_deref().and_then(|q| match q {
            &[p05, p25, p50, p75, p95] => Some(Quantiles { p05, p25, p50, p75, p95 }),
            _ => None,
        }),
        top: top(session, source, column).await?,
        distinct_is_estimate: false,
        histogram: Vec::new(),
        lengths: mean_length.map(|mean| TextLengths { min: length(&min), max: length(&max), mean }),
        gaps: None,
        min,
        max,
    };
    if (is_numeric || is_temporal) && present > 0 {
        profile.histogram = histogram(session, source, column, &value).await?;
    }
    Ok(profile)
}

async fn top(session: &Session, source: &Source, column: &DescribedColumn) -> Result<Vec<TopValue>, ConnectError> {
    let name = quote(&column.name);
    let statement = format!(
        "SELECT {}, count(*)::text FROM {} WHERE {name} IS NOT NULL GROUP BY {name}::text, {name} \
         ORDER BY count(*) DESC, {name}::text LIMIT {MOST_TOP}",
        as_json(column),
        source.from
    );
    let rows = match session.our_rows(&statement, &[], LOOKING).await {
        Ok(rows) => rows,
        // Some types (json, point) have no equality to group by.
        Err(ConnectError::Failed { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    rows.iter().map(|row| Ok(TopValue { value: json(row, 0, column.kind)?, count: number(row, 1)? })).collect()
}

async fn histogram(
    session: &Session,
    source: &Source,
    column: &DescribedColumn,
    value: &str,
) -> Result<Vec<Bin>, ConnectError> {
    // Bounds in the column's own arithmetic: dates move by whole days, moments by intervals.
    let step = match column.kind {
        ColumnType::Date => format!("low + ((high - low) * i / {N_BINS}.0)::int"),
        ColumnType::Datetime => format!("low + (high - low) * i / {N_BINS}.0"),
        _ => format!("(low + (high - low) * i / {N_BINS}.0)"),
    };
    let value = if column.kind.is_numeric() { format!("({value})::float8") } else { value.to_owned() };
    let finite = match column.kind {
        ColumnType::Date | ColumnType::Datetime => "isfinite(v)",
        _ => "v NOT IN ('Infinity', '-Infinity')",
    };
    let statement = format!(
        "WITH vals AS (SELECT v FROM (SELECT {value} AS v FROM {}) AS every WHERE v IS NOT NULL AND {finite}), \
         ends AS (SELECT min(v) AS low, max(v) AS high FROM vals), \
         bounds AS (SELECT array_agg(b ORDER BY b) AS all_bounds FROM (SELECT DISTINCT {step} AS b FROM ends, generate_series(0, {N_BINS}) AS i) AS made), \
         placed AS (SELECT greatest(1, least(width_bucket(v, all_bounds), cardinality(all_bounds) - 1)) AS bin, count(*) AS n FROM vals, bounds GROUP BY 1) \
         SELECT to_json(all_bounds[i])::text, to_json(all_bounds[least(i + 1, cardinality(all_bounds))])::text, coalesce(n, 0)::text \
         FROM bounds CROSS JOIN generate_series(1, greatest(cardinality(all_bounds) - 1, 1)) AS i LEFT JOIN placed ON bin = i ORDER BY i",
        source.from
    );
    let rows = session.our_rows(&statement, &[], LOOKING).await?;
    let kind = column.kind;
    rows.iter()
        .map(|row| Ok(Bin { from: json(row, 0, kind)?, to: json(row, 1, kind)?, count: number(row, 2)? }))
        .collect()
}

/// From the sample to the table: counts in proportion, different values by the server's statistics.
async fn scale(
    session: &Session,
    table: &Described,
    column: &DescribedColumn,
    profile: &mut ColumnProfile,
    rows: u64,
    seen: u64,
) -> Result<(), ConnectError> {
    let factor = rows as f64 / seen.max(1) as f64;
    let scaled = |n: u64| (n as f64 * factor).round() as u64;
    profile.nulls = scaled(profile.nulls);
    profile.distinct_is_estimate = true;
    for count in
        profile.top.iter_mut().map(|top| &mut top.count).chain(profile.histogram.iter_mut().map(|bin| &mut bin.count))
    {
        *count = scaled(*count);
    }
    let statement = "SELECT n_distinct::float8 FROM pg_stats WHERE schemaname = $1 AND tablename = $2 AND attname = $3";
    let arguments = [table.table.schema.clone(), table.table.table.clone(), column.name.clone()];
    let known = session.our_rows(statement, &arguments, LOOKING).await?;
    if let Some(row) = known.first() {
        let distinct: f64 = get(row, 0)?;
        // Below zero it is a share of the rows.
        let distinct = if distinct < 0.0 { -distinct * rows as f64 } else { distinct };
        profile.distinct = (distinct.round() as u64).max(profile.distinct.min(rows));
    }
    Ok(())
}
