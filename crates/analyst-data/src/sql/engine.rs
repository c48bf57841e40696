//! Runs an allowed statement with Polars over Arrow files.

use std::path::Path;

use analyst_types::DatasetBinding;
use polars::prelude::*;
use polars::sql::SQLContext;

use super::guard;
use crate::error::SqlError;
use crate::panics::panic_text;
use crate::value::nearest;
use crate::{DataError, dtype, store};

/// Rows of a table that joins every row with every row.
const MAX_PRODUCT: u128 = 100_000_000;

/// Runs one SELECT over the bound tables; the first is also `df`. At most `limit` rows are returned.
///
/// Blocks until it is done; the result has plain types only (see the crate's store).
pub fn query(sql: &str, tables: &[DatasetBinding], limit: Option<usize>) -> Result<DataFrame, DataError> {
    let bindings = with_df(tables);
    let names: Vec<String> = bindings.iter().map(|(name, _)| name.clone()).collect();
    let allowed = guard::allow(sql, &names)?;
    let mut frames = Vec::with_capacity(allowed.tables.len());
    for table in &allowed.tables {
        if let Some((name, path)) = bindings.iter().find(|(name, _)| name == table) {
            frames.push((name.clone(), store::read_arrow(path)?));
        }
    }
    check_products(&allowed.products, &frames)?;
    let columns: Vec<String> =
        frames.iter().flat_map(|(_, frame)| frame.get_column_names()).map(ToString::to_string).collect();
    let frame = run(&allowed.sql, frames, limit).map_err(|failure| match failure {
        Failure::Polars(error) => explain(&error, columns),
        Failure::Panic(text) => SqlError::Failed {
            message: format!("the engine does not support this ({text}). Write it in another way, or use Python."),
        },
    })?;
    dtype::to_plain_types(frame, &mut Vec::new())
}

fn with_df(tables: &[DatasetBinding]) -> Vec<(String, &Path)> {
    let mut bindings: Vec<(String, &Path)> = tables.iter().map(|b| (b.name.clone(), b.arrow_path.as_path())).collect();
    if let Some(first) = tables.first().filter(|_| !tables.iter().any(|table| table.name == "df")) {
        bindings.push(("df".to_owned(), &first.arrow_path));
    }
    bindings
}

fn check_products(products: &[Vec<String>], frames: &[(String, DataFrame)]) -> Result<(), SqlError> {
    for tables in products {
        let heights = tables.iter().filter_map(|name| {
            frames.iter().find(|(table, _)| table.eq_ignore_ascii_case(name)).map(|(_, frame)| frame.height() as u128)
        });
        let rows: u128 = heights.fold(1, u128::saturating_mul);
        if rows > MAX_PRODUCT {
            let message = format!(
                "Joining every row of {} with every other gives {rows} rows. Join on equal columns instead.",
                tables.join(", ")
            );
            return Err(SqlError::Refused { message });
        }
    }
    Ok(())
}

enum Failure {
    Polars(PolarsError),
    Panic(String),
}

/// Polars may panic where a feature is missing; the panic ends here.
fn run(sql: &str, frames: Vec<(String, DataFrame)>, limit: Option<usize>) -> Result<DataFrame, Failure> {
    let work = std::panic::AssertUnwindSafe(|| {
        let mut context = SQLContext::new();
        for (name, frame) in frames {
            context.register(&name, frame.lazy());
        }
        let mut result = context.execute(sql)?;
        if let Some(limit) = limit {
            result = result.limit(limit as IdxSize);
        }
        result.collect()
    });
    match std::panic::catch_unwind(work) {
        Ok(result) => result.map_err(Failure::Polars),
        Err(payload) => Err(Failure::Panic(panic_text(&*payload).chars().take(200).collect())),
    }
}

/// Polars' error for a person: an unknown column with the one that was meant, anything else in its first line.
fn explain(error: &PolarsError, mut columns: Vec<String>) -> SqlError {
    let text = error.to_string();
    let is_column = matches!(root(error), PolarsError::ColumnNotFound(_) | PolarsError::SchemaFieldNotFound(_))
        || text.contains("unable to find column")
        || (text.contains("column") && text.contains("not found"));
    if is_column && let Some(column) = first_quoted(&text) {
        columns.sort_unstable();
        columns.dedup();
        let nearest = nearest(&column, &columns);
        return SqlError::NoSuchColumn { column, available: columns, nearest };
    }
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("unknown reason");
    SqlError::Failed { message: line.chars().take(300).collect() }
}

fn root(error: &PolarsError) -> &PolarsError {
    match error {
        PolarsError::Context { error, .. } | PolarsError::ExprContext { error, .. } => root(error),
        other => other,
    }
}

fn first_quoted(text: &str) -> Option<String> {
    let start = text.find(['"', '\'', '`'])?;
    let quote = text[start..].chars().next()?;
    let rest = &text[start + 1..];
    let end = rest.find(quote)?;
    (end > 0).then(|| rest[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixture {
        _dir: tempfile::TempDir,
        tables: Vec<DatasetBinding>,
    }

    fn fixture() -> Fixture {
        let dir = tempfile::tempdir().unwrap();
        let mut tables = Vec::new();
        let mut add = |name: &str, mut frame: DataFrame| {
            let arrow_path = dir.path().join(format!("{name}.arrow"));
            store::write_arrow(&mut frame, &arrow_path).unwrap();
            tables.push(DatasetBinding { name: name.to_owned(), arrow_path });
        };
        let days: Vec<i32> = vec![19_723, 19_724, 19_754, 19_755];
        let mut sales =
            df!("region" => ["N", "S", "N", "W"], "amount" => [Some(10i64), Some(20), None, Some(40)]).unwrap();
        sales.with_column(Series::new("day".into(), days).cast(&DataType::Date).unwrap().into_column()).unwrap();
        add("sales", sales);
        add("a b", df!("region" => ["N", "S"], "boss" => ["Ann", "Bob"]).unwrap());
        Fixture { _dir: dir, tables }
    }

    fn rows(sql: &str) -> String {
        let fixture = fixture();
        match query(sql, &fixture.tables, None) {
            Ok(frame) => serde_json::to_string(&crate::value::table_data(&frame, 0, 100).rows).unwrap(),
            Err(error) => panic!("{sql}: {error}"),
        }
    }

    #[test]
    fn statements_give_the_right_rows() {
        let cases = [
            (
                "SELECT region, SUM(amount) AS s FROM sales GROUP BY region ORDER BY region",
                r#"[["N",10],["S",20],["W",40]]"#,
            ),
            ("SELECT COUNT(*) AS n FROM df", "[[4]]"),
            ("SELECT COUNT(*) AS n FROM SALES", "[[4]]"),
            ("SELECT SALES.region FROM SALES WHERE SALES.amount > 15 ORDER BY 1", r#"[["S"],["W"]]"#),
            ("SELECT boss FROM \"a b\" ORDER BY boss", r#"[["Ann"],["Bob"]]"#),
            (
                "SELECT s.region, b.boss FROM sales s LEFT JOIN \"a b\" b ON s.region = b.region ORDER BY s.region, s.amount",
                r#"[["N","Ann"],["N","Ann"],["S","Bob"],["W",null]]"#,
            ),
            (
                "WITH t AS (SELECT region, amount FROM sales WHERE amount >= 20) SELECT AVG(amount) AS m FROM t",
                "[[30.0]]",
            ),
            ("SELECT day FROM sales WHERE day >= DATE '2024-02-01' ORDER BY day", r#"[["2024-02-01"],["2024-02-02"]]"#),
            ("SELECT EXTRACT(month FROM day) AS m, COUNT(*) AS n FROM sales GROUP BY m ORDER BY m", "[[1,2],[2,2]]"),
            (
                "SELECT region, ROW_NUMBER() OVER (ORDER BY amount DESC) AS r FROM sales WHERE amount > 0 ORDER BY r LIMIT 2",
                r#"[["W",1],["S",2]]"#,
            ),
            (
                "SELECT CASE WHEN amount > 15 THEN 'big' ELSE 'small' END AS c FROM sales WHERE amount IS NOT NULL ORDER BY amount",
                r#"[["small"],["big"],["big"]]"#,
            ),
            (
                "SELECT region FROM sales WHERE region IN (SELECT region FROM \"a b\") ORDER BY region",
                r#"[["N"],["N"],["S"]]"#,
            ),
            ("SELECT amount / 4 AS q FROM sales WHERE amount = 10", "[[2.5]]"),
            ("SELECT DISTINCT region FROM sales ORDER BY region DESC", r#"[["W"],["S"],["N"]]"#),
            (
                "SELECT region, SUM(amount) AS s FROM sales GROUP BY region HAVING SUM(amount) > 15 ORDER BY s DESC",
                r#"[["W",40],["S",20]]"#,
            ),
            ("SELECT UPPER(LOWER(region)) AS u, LENGTH(region) AS l FROM sales LIMIT 1", r#"[["N",1]]"#),
            ("SELECT MEDIAN(amount) AS m, MIN(day) AS d FROM sales", r#"[[20.0,"2024-01-01"]]"#),
            ("SELECT STDDEV(amount) AS s FROM sales WHERE amount < 30", "[[7.0710678118654755]]"),
            (
                "SELECT STRFTIME(day, '%Y-%m') AS ym, COUNT(*) AS n FROM sales GROUP BY ym ORDER BY ym",
                r#"[["2024-01",2],["2024-02",2]]"#,
            ),
        ];
        for (sql, expected) in cases {
            assert_eq!(rows(sql), expected, "{sql}");
        }
    }

    #[test]
    fn limits_and_products_are_kept() {
        let fixture = fixture();
        assert_eq!(query("SELECT * FROM sales", &fixture.tables, Some(2)).unwrap().height(), 2);
        let many = df!("x" => (0..20_000i64).collect::<Vec<_>>()).unwrap();
        assert!(check_products(&[vec!["t".into(), "t".into()]], &[("t".into(), many)]).is_err());
        assert_eq!(
            query("SELECT COUNT(*) AS n FROM sales CROSS JOIN \"a b\"", &fixture.tables, None).unwrap().height(),
            1
        );
    }

    #[test]
    fn failures_are_explained_and_never_panic() {
        let fixture = fixture();
        let message = |sql: &str| query(sql, &fixture.tables, None).unwrap_err().to_string();
        let unknown = message("SELECT amuont FROM sales");
        assert!(unknown.contains("amuont") && unknown.contains("Did you mean \"amount\""), "{unknown}");
        for sql in [
            "SELECT no_such_function(amount) FROM sales",
            "SELECT region + 1 FROM sales GROUP BY 7",
            "SELECT NTILE(4) OVER (ORDER BY amount) FROM sales",
            "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount) FROM sales",
            "SELECT * FROM sales WHERE amount = (SELECT",
        ] {
            assert!(!message(sql).is_empty(), "{sql}");
        }
    }

    #[test]
    fn a_query_cannot_read_a_file() {
        let fixture = fixture();
        let secret = fixture._dir.path().join("secret.csv");
        std::fs::write(&secret, "canary\n1\n").unwrap();
        let path = secret.display();
        for sql in [
            format!("SELECT * FROM read_csv('{path}')"),
            format!("WITH t AS (SELECT * FROM Read_Csv('{path}')) SELECT * FROM t"),
            format!("SELECT * FROM sales WHERE region IN (SELECT canary FROM READ_CSV('{path}'))"),
            format!("SELECT * FROM sales JOIN read_csv('{path}') c ON true"),
            format!("SELECT * FROM '{path}'"),
            format!("SELECT * FROM \"{path}\""),
        ] {
            let error = query(&sql, &fixture.tables, None).unwrap_err();
            assert!(
                matches!(
                    error,
                    DataError::Sql(SqlError::Refused { .. } | SqlError::NoSuchTable { .. } | SqlError::Syntax { .. })
                ),
                "{sql}: {error}"
            );
        }
    }
}
