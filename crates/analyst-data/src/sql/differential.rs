//! Generated statements, run by us and, in a dialect of its own, by SQLite over the same tables.
//!
//! The reference shares nothing with our engines: it is written beside the statement, dates are ISO texts in it, and it
//! reads the rows as they were generated.

use analyst_types::DatasetBinding;
use polars::prelude::*;
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection, ValueRef};

use super::{Engine, query};
use crate::{DataError, store};

const N_STATEMENTS: usize = 700;
/// Refused at most, in percent.
const MOST_REFUSED: usize = 15;

/// Numbers that look like chance and are the same every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.roll(items.len() as u64) as usize]
    }
}

/// Ours, and the reference.
type Pair = (String, String);

fn same(text: impl Into<String>) -> Pair {
    let text = text.into();
    (text.clone(), text)
}

fn join2(format: &str, a: &Pair, b: &Pair) -> Pair {
    (format.replace("$1", &a.0).replace("$2", &b.0), format.replace("$1", &a.1).replace("$2", &b.1))
}

fn whole(dice: &mut Dice, q: &str, depth: u32) -> Pair {
    if depth == 0 {
        return match dice.roll(4) {
            0 => same(format!("{}", dice.roll(7) as i64 - 2)),
            1 => same(format!("{q}id")),
            _ => same(format!("{q}x")),
        };
    }
    let a = whole(dice, q, depth - 1);
    let b = whole(dice, q, depth - 1);
    match dice.roll(11) {
        0 => join2("($1 + $2)", &a, &b),
        1 => join2("($1 - $2)", &a, &b),
        2 => join2("($1 * $2)", &a, &b),
        3 => join2("($1 % $2)", &a, &b),
        4 => join2("ABS($1)", &a, &b),
        5 => join2("COALESCE($1, $2)", &a, &b),
        6 => join2("NULLIF($1, $2)", &a, &b),
        7 => {
            let test = condition(dice, q, depth - 1);
            (
                format!("CASE WHEN {} THEN {} ELSE {} END", test.0, a.0, b.0),
                format!("CASE WHEN {} THEN {} ELSE {} END", test.1, a.1, b.1),
            )
        }
        8 => same(format!("LENGTH({q}t)")),
        9 => (format!("EXTRACT(month FROM {q}d)"), format!("CAST(strftime('%m', {q}d) AS INTEGER)")),
        _ => a,
    }
}

fn real(dice: &mut Dice, q: &str, depth: u32) -> Pair {
    let a = whole(dice, q, depth.min(1));
    let b = whole(dice, q, depth.min(1));
    match dice.roll(5) {
        0 => (format!("({} / {})", a.0, b.0), format!("(CAST({} AS REAL) / {})", a.1, b.1)),
        1 => (format!("ROUND({q}y, 1)"), format!("ROUND({q}y, 1)")),
        2 => (format!("CAST({} AS DOUBLE)", a.0), format!("CAST({} AS REAL)", a.1)),
        3 => (format!("({q}y + {})", a.0), format!("({q}y + {})", a.1)),
        _ => same(format!("{q}y")),
    }
}

fn text(dice: &mut Dice, q: &str) -> Pair {
    match dice.roll(7) {
        0 => same(format!("UPPER({q}t)")),
        1 => (format!("LEFT({q}t, 2)"), format!("substr({q}t, 1, 2)")),
        2 => same(format!("({q}t || '-' || {q}g)")),
        3 => same(format!("REPLACE({q}t, 'a', 'bb')")),
        4 => same(format!("TRIM({q}t)")),
        5 => (format!("CAST({q}id AS VARCHAR)"), format!("CAST({q}id AS TEXT)")),
        _ => same(format!("{q}t")),
    }
}

fn condition(dice: &mut Dice, q: &str, depth: u32) -> Pair {
    if depth > 0 && dice.roll(2) == 0 {
        let a = condition(dice, q, depth - 1);
        let b = condition(dice, q, depth - 1);
        return match dice.roll(3) {
            0 => join2("($1 AND $2)", &a, &b),
            1 => join2("($1 OR $2)", &a, &b),
            _ => join2("(NOT $1)", &a, &b),
        };
    }
    let operator = dice.pick(&["=", "<>", "<", "<=", ">", ">="]);
    match dice.roll(13) {
        0 => same(format!("{q}t LIKE '{}'", dice.pick(&["a%", "%b", "%a%", "_b%", "A%", "", "%"]))),
        1 => same(format!("{q}t NOT LIKE '%a%'")),
        2 => same(format!("{q}{} IS NULL", dice.pick(&["x", "y", "t", "d", "b"]))),
        3 => same(format!("{q}{} IS NOT NULL", dice.pick(&["x", "y", "t", "d", "b"]))),
        4 => same(format!("{q}x {}IN (1, 2, 3, NULL)", dice.pick(&["", "NOT "]))),
        5 => same(format!("{q}g {}IN ('p', 'q')", dice.pick(&["", "NOT "]))),
        6 => same(format!("{q}x {}BETWEEN 0 AND 3", dice.pick(&["", "NOT "]))),
        7 => same(format!("{q}d {operator} '2024-02-15'")),
        8 => same(format!("{q}b")),
        9 => (format!("({q}x IS NOT DISTINCT FROM {q}id)"), format!("{q}x IS {q}id")),
        10 => same(format!("{q}t {operator} 'ab'")),
        11 => same(format!("{q}x {}IN (SELECT x FROM u WHERE id {operator} 4)", dice.pick(&["", "NOT "]))),
        _ => {
            let a = whole(dice, q, 1);
            let b = whole(dice, q, 1);
            (format!("({} {operator} {})", a.0, b.0), format!("({} {operator} {})", a.1, b.1))
        }
    }
}

fn value(dice: &mut Dice, q: &str) -> Pair {
    match dice.roll(6) {
        0 | 1 => whole(dice, q, 2),
        2 => real(dice, q, 1),
        3 => text(dice, q),
        4 => (format!("DATE_TRUNC('month', {q}d)"), format!("date({q}d, 'start of month')")),
        _ => same(format!("{q}{}", dice.pick(&["id", "g", "x", "t", "d", "b"]))),
    }
}

fn aggregate(dice: &mut Dice, q: &str) -> Pair {
    let a = whole(dice, q, 1);
    match dice.roll(9) {
        0 => same("COUNT(*)"),
        1 => join2("COUNT($1)", &a, &a),
        2 => join2("COUNT(DISTINCT $1)", &a, &a),
        3 => join2("SUM($1)", &a, &a),
        4 => join2("AVG($1)", &a, &a),
        5 => same(format!("MIN({q}{})", dice.pick(&["x", "y", "t", "d"]))),
        6 => same(format!("MAX({q}{})", dice.pick(&["x", "y", "t", "d"]))),
        7 => same(format!("SUM({q}y)")),
        _ => {
            let test = condition(dice, q, 0);
            (format!("SUM({q}x) FILTER (WHERE {})", test.0), format!("SUM({q}x) FILTER (WHERE {})", test.1))
        }
    }
}

fn window(dice: &mut Dice) -> Pair {
    let partition = dice.pick(&["", "PARTITION BY g ", "PARTITION BY b "]);
    let order = dice.pick(&["id", "x, id", "d DESC, id", "t, id"]);
    let peers = dice.pick(&["x", "d", "g", "id"]);
    let last = |order: &str| order.split(", ").map(|key| format!("{key} NULLS LAST")).collect::<Vec<_>>().join(", ");
    let over = |order: &str, frame: &str| {
        (
            format!("OVER ({partition}ORDER BY {order}{frame})"),
            format!("OVER ({partition}ORDER BY {}{frame})", last(order)),
        )
    };
    let with = |call: &str, over: Pair| (format!("{call} {}", over.0), format!("{call} {}", over.1));
    match dice.roll(10) {
        0 => with("ROW_NUMBER()", over(order, "")),
        1 => with(dice.pick(&["RANK()", "DENSE_RANK()", "PERCENT_RANK()", "CUME_DIST()"]), over(peers, "")),
        2 => with("NTILE(3)", over(order, "")),
        3 => with(dice.pick(&["LAG(x)", "LEAD(x)", "LAG(x, 2)", "LEAD(x, 1, 0)", "LAG(t)"]), over(order, "")),
        4 => with(dice.pick(&["FIRST_VALUE(x)", "LAST_VALUE(x)"]), over(order, "")),
        5 => with(dice.pick(&["SUM(x)", "COUNT(x)", "AVG(x)", "MIN(x)", "MAX(x)", "COUNT(*)"]), over(peers, "")),
        6 => with(
            dice.pick(&["SUM(x)", "COUNT(x)", "AVG(x)", "MIN(x)", "MAX(x)"]),
            over(order, " ROWS BETWEEN 2 PRECEDING AND CURRENT ROW"),
        ),
        7 => with(dice.pick(&["SUM(x)", "MAX(x)"]), over(order, " ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING")),
        8 => with(dice.pick(&["SUM(x)", "COUNT(*)"]), over(order, " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW")),
        _ => same(format!("{} OVER ({})", dice.pick(&["SUM(x)", "COUNT(*)", "MIN(t)", "AVG(x)"]), partition.trim())),
    }
}

fn statement(dice: &mut Dice) -> Pair {
    match dice.roll(12) {
        0 | 1 => {
            let (a, b) = (value(dice, ""), value(dice, ""));
            let test = condition(dice, "", 2);
            let distinct = dice.pick(&["", "DISTINCT "]);
            let tail = dice.pick(&[
                "",
                " ORDER BY 1, 2",
                " ORDER BY 2 DESC, 1",
                " ORDER BY 1 DESC, 2 LIMIT 5",
                " ORDER BY 1, 2 LIMIT 4 OFFSET 2",
            ]);
            let of = |a: &str, b: &str, test: &str, tail: &str| {
                format!("SELECT {distinct}{a} AS p, {b} AS q FROM s WHERE {test}{tail}")
            };
            (of(&a.0, &b.0, &test.0, tail), of(&a.1, &b.1, &test.1, &nulls_last(tail)))
        }
        2 | 3 => {
            let key = dice.pick(&["g", "b", "x % 3", "g || COALESCE(t, '')", "d"]);
            let (m, n) = (aggregate(dice, ""), aggregate(dice, ""));
            let test = condition(dice, "", 1);
            let having = dice.pick(&["", " HAVING COUNT(*) > 2", " HAVING SUM(x) IS NOT NULL"]);
            let of = |m: &str, n: &str, test: &str| {
                format!("SELECT {key} AS k, {m} AS m, {n} AS n FROM s WHERE {test} GROUP BY {key}{having}")
            };
            (of(&m.0, &n.0, &test.0), of(&m.1, &n.1, &test.1))
        }
        4 => {
            let (m, n) = (aggregate(dice, ""), aggregate(dice, ""));
            let test = condition(dice, "", 1);
            (
                format!("SELECT {} AS m, {} AS n FROM s WHERE {}", m.0, n.0, test.0),
                format!("SELECT {} AS m, {} AS n FROM s WHERE {}", m.1, n.1, test.1),
            )
        }
        5..=7 => {
            let how = dice.pick(&["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"]);
            let key = dice.pick(&[
                "s.x = u.x",
                "s.g = u.g",
                "s.x = u.x AND s.g = u.g",
                "s.id = u.id",
                "s.d = u.d",
                "s.x = u.x + 1",
            ]);
            let rest = match dice.roll(5) {
                0 => same(" AND s.id < u.id"),
                1 => same(" AND u.y > 0"),
                2 => {
                    let test = condition(dice, "s.", 1);
                    (format!(" AND {}", test.0), format!(" AND {}", test.1))
                }
                _ => same(""),
            };
            let on = if dice.roll(6) == 0 { "s.x < u.x" } else { key };
            let columns = dice.pick(&[
                "s.id AS a, u.id AS b, s.t AS c",
                "COUNT(*) AS n, SUM(s.x) AS a, SUM(u.x) AS b",
                "u.g AS a, s.d AS b",
            ]);
            if dice.roll(5) == 0 {
                let using = dice.pick(&["x", "g", "x, g", "id"]);
                let first = using.split(", ").next().unwrap_or("x");
                return same(format!("SELECT {first} AS k, s.id AS a, u.id AS b FROM s {how} u USING ({using})"));
            }
            let of = |rest: &str| format!("SELECT {columns} FROM s {how} u ON {on}{rest}");
            (of(&rest.0), of(&rest.1))
        }
        8 => {
            let how = dice.pick(&["UNION", "UNION ALL", "INTERSECT", "EXCEPT"]);
            let (p, q) = (condition(dice, "", 1), condition(dice, "", 1));
            let columns = dice.pick(&["x, g", "g, b", "x % 2, t", "d, g"]);
            let of =
                |p: &str, q: &str| format!("SELECT {columns} FROM s WHERE {p} {how} SELECT {columns} FROM u WHERE {q}");
            (of(&p.0, &q.0), of(&p.1, &q.1))
        }
        9 => {
            let test = condition(dice, "", 1);
            let operator = dice.pick(&[">", "<", "="]);
            let inner = dice.pick(&[
                "EXISTS (SELECT 1 FROM u WHERE u.x = s.x)",
                "NOT EXISTS (SELECT 1 FROM u WHERE u.g = s.g AND u.id > s.id)",
                "s.x OP (SELECT AVG(u.x) FROM u WHERE u.g = s.g)",
                "s.x OP (SELECT MAX(x) FROM u)",
                "(SELECT COUNT(*) FROM u WHERE u.x = s.x) OP 1",
            ]);
            let inner = inner.replace("OP", operator);
            let of = |test: &str| format!("SELECT id, g FROM s WHERE {inner} AND {test}");
            (of(&test.0), of(&test.1))
        }
        10 => {
            let (v, w) = (window(dice), window(dice));
            let test = condition(dice, "", 1);
            let of = |v: &str, w: &str, test: &str| format!("SELECT id, {v} AS v, {w} AS w FROM s WHERE {test}");
            (of(&v.0, &w.0, &test.0), of(&v.1, &w.1, &test.1))
        }
        _ => {
            let m = aggregate(dice, "");
            let test = condition(dice, "", 1);
            let of = |m: &str, test: &str| {
                format!(
                    "WITH w AS (SELECT g, {m} AS m FROM s WHERE {test} GROUP BY g), z AS (SELECT g, COUNT(*) AS n FROM u GROUP BY g) SELECT w.g, m, n FROM w LEFT JOIN z ON w.g = z.g"
                )
            };
            (of(&m.0, &test.0), of(&m.1, &test.1))
        }
    }
}

/// SQLite puts NULL first; we put it last.
fn nulls_last(tail: &str) -> String {
    let Some((keys, limit)) =
        tail.split_once(" LIMIT ").map_or(Some((tail, None)), |(keys, limit)| Some((keys, Some(limit))))
    else {
        return tail.to_owned();
    };
    if keys.is_empty() {
        return tail.to_owned();
    }
    let keys: Vec<String> = keys.split(", ").map(|key| format!("{key} NULLS LAST")).collect();
    limit.map_or_else(|| keys.join(", "), |limit| format!("{} LIMIT {limit}", keys.join(", ")))
}

struct Rows {
    id: Vec<i64>,
    g: Vec<Option<&'static str>>,
    x: Vec<Option<i64>>,
    y: Vec<Option<f64>>,
    t: Vec<Option<&'static str>>,
    d: Vec<Option<i32>>,
    b: Vec<Option<bool>>,
}

fn rows(dice: &mut Dice, n: i64) -> Rows {
    let mut rows = Rows {
        id: Vec::new(),
        g: Vec::new(),
        x: Vec::new(),
        y: Vec::new(),
        t: Vec::new(),
        d: Vec::new(),
        b: Vec::new(),
    };
    for id in 1..=n {
        rows.id.push(id);
        rows.g.push((dice.roll(6) > 0).then(|| dice.pick(&["p", "q", "r", ""])));
        rows.x.push((dice.roll(5) > 0).then(|| dice.roll(9) as i64 - 3));
        rows.y.push((dice.roll(5) > 0).then(|| dice.roll(400) as f64 / 16.0 - 8.0));
        rows.t.push((dice.roll(6) > 0).then(|| dice.pick(&["ab", "Abc", "b a", " a ", "", "abab", "zz"])));
        rows.d.push((dice.roll(6) > 0).then(|| 19_700 + dice.roll(120) as i32));
        rows.b.push((dice.roll(5) > 0).then(|| dice.roll(2) == 0));
    }
    rows
}

impl Rows {
    fn frame(&self) -> DataFrame {
        let mut frame =
            df!("id" => &self.id, "g" => &self.g, "x" => &self.x, "y" => &self.y, "t" => &self.t, "b" => &self.b)
                .unwrap();
        let days = Series::new("d".into(), &self.d).cast(&DataType::Date).unwrap();
        frame.with_column(days.into_column()).unwrap();
        frame
    }

    async fn load(&self, connection: &mut SqliteConnection, name: &str) {
        let create = format!("CREATE TABLE {name}(id, g, x, y, t, d, b)");
        sqlx::query(AssertSqlSafe(create)).execute(&mut *connection).await.unwrap();
        for row in 0..self.id.len() {
            let insert = format!("INSERT INTO {name} VALUES (?, ?, ?, ?, ?, date(? * 86400, 'unixepoch'), ?)");
            sqlx::query(AssertSqlSafe(insert))
                .bind(self.id[row])
                .bind(self.g[row])
                .bind(self.x[row])
                .bind(self.y[row])
                .bind(self.t[row])
                .bind(self.d[row])
                .bind(self.b[row].map(i64::from))
                .execute(&mut *connection)
                .await
                .unwrap();
        }
    }
}

fn cell(row: &SqliteRow, position: usize) -> Value {
    let raw = row.try_get_raw(position).unwrap();
    if raw.is_null() {
        return Value::Null;
    }
    match raw.type_info().to_string().as_str() {
        "INTEGER" => Value::from(row.get::<i64, _>(position)),
        "REAL" => Value::from(row.get::<f64, _>(position)),
        _ => Value::from(row.get::<String, _>(position)),
    }
}

/// Numbers to nine digits, truth as 0 and 1, so that the two can be compared as texts.
fn plain(value: &Value) -> String {
    match value {
        Value::Bool(value) => format!("{:.8e}", f64::from(u8::from(*value))),
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or(f64::NAN);
            format!("{:.8e}", if number == 0.0 { 0.0 } else { number })
        }
        Value::String(text) => format!("'{text}'"),
        other => other.to_string(),
    }
}

fn lines(rows: &[Vec<Value>], is_ordered: bool) -> Vec<String> {
    let mut lines: Vec<String> = rows.iter().map(|row| row.iter().map(plain).collect::<Vec<_>>().join(" | ")).collect();
    if !is_ordered {
        lines.sort();
    }
    lines
}

#[tokio::test]
async fn generated_statements_give_what_sqlite_gives() {
    let mut dice = Dice(2026);
    let dir = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new()
        .filename(":memory:")
        .pragma("case_sensitive_like", "ON")
        .disable_statement_logging();
    let mut reference = SqliteConnection::connect_with(&options).await.unwrap();
    let mut tables = Vec::new();
    for (name, n) in [("s", 40), ("u", 25)] {
        let generated = rows(&mut dice, n);
        let arrow_path = dir.path().join(format!("{name}.arrow"));
        store::write_arrow(&mut generated.frame(), &arrow_path).unwrap();
        tables.push(DatasetBinding { name: name.to_owned(), arrow_path });
        generated.load(&mut reference, name).await;
    }
    let (mut wrong, mut refused, mut n_polars, mut n_sqlite) = (Vec::new(), Vec::new(), 0, 0);
    for _ in 0..N_STATEMENTS {
        let (ours, theirs) = statement(&mut dice);
        let rows = sqlx::query(AssertSqlSafe(theirs.clone())).fetch_all(&mut reference).await;
        let rows = rows.unwrap_or_else(|error| panic!("{theirs}: {error}"));
        let expected: Vec<Vec<Value>> =
            rows.iter().map(|row| (0..row.len()).map(|position| cell(row, position)).collect()).collect();
        let (sql, bindings) = (ours.clone(), tables.clone());
        let answer = std::thread::spawn(move || query(&sql, &bindings, None)).join();
        match answer {
            Err(_) => wrong.push(format!("{ours}\n  panicked")),
            Ok(Err(DataError::Sql(crate::error::SqlError::Refused { message, .. }))) => {
                refused.push(format!("{ours}\n  {message}"))
            }
            Ok(Err(error)) => wrong.push(format!("{ours}\n  {error}")),
            Ok(Ok(result)) => {
                match result.engine {
                    Engine::Polars => n_polars += 1,
                    Engine::Sqlite => n_sqlite += 1,
                }
                let is_ordered = ours.contains(" ORDER BY 1") || ours.contains(" ORDER BY 2");
                let found = crate::value::table_data(&result.frame, 0, 100_000).rows;
                let (found, expected) = (lines(&found, is_ordered), lines(&expected, is_ordered));
                if found != expected {
                    let at = found
                        .iter()
                        .zip(&expected)
                        .position(|(a, b)| a != b)
                        .unwrap_or(found.len().min(expected.len()));
                    let line = |lines: &[String]| lines.get(at).cloned().unwrap_or_default();
                    wrong.push(format!(
                        "{ours}\n  {:?}: {} rows, SQLite: {} rows; first difference: {} / {}",
                        result.engine,
                        found.len(),
                        expected.len(),
                        line(&found),
                        line(&expected)
                    ));
                }
            }
        }
    }
    let share = refused.len() * 100 / N_STATEMENTS;
    eprintln!(
        "{N_STATEMENTS} statements: {n_polars} by Polars, {n_sqlite} by SQLite, {} refused ({share} %)",
        refused.len()
    );
    refused.iter().take(10).for_each(|refusal| eprintln!("refused: {refusal}"));
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.iter().take(25).cloned().collect::<Vec<_>>().join("\n")
    );
    assert!(share <= MOST_REFUSED, "{share} % refused");
}
