//! Statements and the rows they give, what is refused, and what the join guard says.

use analyst_types::DatasetBinding;
use polars::prelude::*;

use super::{Engine, Pages, QueryResult, explain, query};
use crate::error::SqlError;
use crate::{DataError, store};

struct Fixture {
    dir: tempfile::TempDir,
    tables: Vec<DatasetBinding>,
}

impl Fixture {
    fn add(&mut self, name: &str, mut frame: DataFrame) {
        let arrow_path = self.dir.path().join(format!("{}.arrow", self.tables.len()));
        store::write_arrow(&mut frame, &arrow_path).unwrap();
        self.tables.push(DatasetBinding { name: name.to_owned(), arrow_path });
    }

    fn run(&self, sql: &str) -> Result<QueryResult, DataError> {
        query(sql, &self.tables, None)
    }

    fn rows(&self, sql: &str) -> String {
        match self.run(sql) {
            Ok(result) => serde_json::to_string(&crate::value::table_data(&result.frame, 0, 100).rows).unwrap(),
            Err(error) => panic!("{sql}: {error}"),
        }
    }

    fn refusal(&self, sql: &str) -> String {
        match self.run(sql) {
            Ok(result) => panic!("{sql}: {}", result.frame),
            Err(error) => error.to_string(),
        }
    }
}

fn fixture() -> Fixture {
    let mut fixture = Fixture { dir: tempfile::tempdir().unwrap(), tables: Vec::new() };
    let days: Vec<i32> = vec![19_723, 19_724, 19_754, 19_755];
    let mut sales = df!("region" => ["N", "S", "N", "W"], "amount" => [Some(10i64), Some(20), None, Some(40)]).unwrap();
    sales.with_column(Series::new("day".into(), days).cast(&DataType::Date).unwrap().into_column()).unwrap();
    fixture.add("sales", sales);
    fixture.add("a b", df!("region" => ["N", "S"], "boss" => ["Ann", "Bob"]).unwrap());
    fixture.add("orders", df!("order_id" => [1i64, 2, 3], "revenue" => [10.0, 20.0, 30.0]).unwrap());
    fixture.add(
        "items",
        df!("order_id" => [Some(1i64), Some(1), Some(2), Some(9), None], "n" => [1i64, 2, 3, 4, 5]).unwrap(),
    );
    fixture
}

#[test]
fn statements_give_the_right_rows() {
    let fixture = fixture();
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
        ("WITH t AS (SELECT region, amount FROM sales WHERE amount >= 20) SELECT AVG(amount) AS m FROM t", "[[30.0]]"),
        ("SELECT day FROM sales WHERE day >= DATE '2024-02-01' ORDER BY day", r#"[["2024-02-01"],["2024-02-02"]]"#),
        ("SELECT day FROM sales WHERE day >= '2024-02-01' ORDER BY day DESC LIMIT 1", r#"[["2024-02-02"]]"#),
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
        ("SELECT amount / 0, amount % 3, -amount % 3, amount // 3 FROM sales WHERE amount = 10", "[[null,1,-1,3]]"),
        ("SELECT DISTINCT region FROM sales ORDER BY region DESC", r#"[["W"],["S"],["N"]]"#),
        (
            "SELECT region, SUM(amount) AS s FROM sales GROUP BY region HAVING SUM(amount) > 15 ORDER BY s DESC",
            r#"[["W",40],["S",20]]"#,
        ),
        ("SELECT amount FROM sales ORDER BY amount DESC", "[[40],[20],[10],[null]]"),
        ("SELECT SUM(amount), COUNT(amount), AVG(amount) FROM sales WHERE amount > 99", "[[null,0,null]]"),
        ("SELECT UPPER(LOWER(region)) AS u, LENGTH(region) AS l FROM sales LIMIT 1", r#"[["N",1]]"#),
        ("SELECT MEDIAN(amount) AS m, MIN(day) AS d FROM sales", r#"[[20.0,"2024-01-01"]]"#),
        ("SELECT STDDEV(amount) AS s FROM sales WHERE amount < 30", "[[7.0710678118654755]]"),
        (
            "SELECT STRFTIME(day, '%Y-%m') AS ym, COUNT(*) AS n FROM sales GROUP BY ym ORDER BY ym",
            r#"[["2024-01",2],["2024-02",2]]"#,
        ),
        (
            "SELECT DATE_TRUNC('month', day) AS m, COUNT(*) FROM sales GROUP BY 1 ORDER BY 1",
            r#"[["2024-01-01",2],["2024-02-01",2]]"#,
        ),
        // What Polars gets wrong or lacks.
        (
            "SELECT o.order_id, i.n FROM orders o LEFT JOIN items i ON o.order_id = i.order_id AND i.n > 1 ORDER BY 1, 2",
            "[[1,2],[2,3],[3,null]]",
        ),
        (
            "SELECT o.order_id, i.n FROM orders o LEFT JOIN items i ON o.order_id > i.order_id ORDER BY 1, 2",
            "[[1,null],[2,1],[2,2],[3,1],[3,2],[3,3]]",
        ),
        ("SELECT COUNT(*) FROM orders o FULL JOIN items i ON o.order_id = i.order_id", "[[6]]"),
        ("SELECT order_id FROM orders WHERE order_id NOT IN (SELECT order_id FROM items)", "[]"),
        (
            "SELECT order_id FROM orders o WHERE NOT EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.order_id)",
            "[[3]]",
        ),
        (
            "SELECT order_id, (SELECT SUM(n) FROM items i WHERE i.order_id = o.order_id) AS n FROM orders o ORDER BY 1",
            "[[1,3],[2,3],[3,null]]",
        ),
        ("WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT SUM(n) FROM t", "[[15]]"),
        ("SELECT n, NTILE(2) OVER (ORDER BY n) FROM items ORDER BY n", "[[1,1],[2,1],[3,1],[4,2],[5,2]]"),
        (
            "SELECT n, SUM(n) OVER (ORDER BY n ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM items ORDER BY n",
            "[[1,3],[2,6],[3,9],[4,12],[5,9]]",
        ),
        ("SELECT order_id FROM orders INTERSECT SELECT order_id FROM items", "[[1],[2]]"),
        ("SELECT order_id, n FROM orders JOIN items USING (order_id) ORDER BY 1, 2", "[[1,1],[1,2],[2,3]]"),
        (
            "SELECT o.order_id, i.n FROM orders o, items i WHERE o.order_id = i.order_id ORDER BY 2",
            "[[1,1],[1,2],[2,3]]",
        ),
    ];
    for (sql, expected) in cases {
        assert_eq!(fixture.rows(sql), expected, "{sql}");
    }
}

#[test]
fn everything_that_reaches_out_or_changes_is_refused() {
    let fixture = fixture();
    let secret = fixture.dir.path().join("secret.csv");
    std::fs::write(&secret, "canary\n1\n").unwrap();
    let path = secret.display().to_string();
    let bad = [
        "SELECT * FROM read_csv('P')",
        "SELECT * FROM READ_CSV('P')",
        "SELECT * FROM ReAd_PaRqUeT('http://example.org/x')",
        "SELECT * FROM read_ipc('s3://bucket/x')",
        "SELECT * FROM \"read_csv\"('P')",
        "SELECT * FROM read_csv/**/('P')",
        "SELECT * FROM read_csv -- x\n('P')",
        "WITH t AS (SELECT * FROM read_csv('P')) SELECT * FROM t",
        "SELECT * FROM sales WHERE region IN (SELECT canary FROM READ_CSV('P'))",
        "SELECT * FROM sales JOIN read_json('P') r ON sales.region = r.region",
        "SELECT * FROM sales, read_csv('P')",
        "SELECT region FROM sales UNION ALL SELECT canary FROM read_csv('P')",
        "SELECT (SELECT canary FROM read_csv('P')) FROM sales",
        "SELECT * FROM (sales CROSS JOIN read_csv('P'))",
        "SELECT * FROM TABLE(read_csv('P'))",
        "SELECT * FROM LATERAL read_csv('P')",
        "SELECT read_csv('P') FROM sales",
        "SELECT * FROM 'P'",
        "SELECT * FROM \"P\"",
        "SELECT * FROM `P`",
        "SELECT * FROM other.sales",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM pragma_table_info('sales')",
        "SELECT load_extension('P')",
        "SELECT readfile('P')",
        "SELECT writefile('P', 'x')",
        "SELECT * FROM fsdir('P')",
        "SELECT * FROM unknown",
        "SELECT * FROM UNNEST([1, 2])",
        "SELECT * FROM generate_series(1, 10)",
        "CREATE TABLE x AS SELECT * FROM sales",
        "DROP TABLE sales",
        "DELETE FROM sales",
        "TRUNCATE TABLE sales",
        "UPDATE sales SET amount = 1",
        "INSERT INTO sales SELECT * FROM sales",
        "MERGE INTO sales USING sales ON 1 = 1 WHEN MATCHED THEN DELETE",
        "ATTACH DATABASE 'P' AS x",
        "PRAGMA table_info(sales)",
        "VACUUM",
        "COPY sales TO 'P'",
        "COPY (SELECT * FROM sales) TO 'P'",
        "EXPLAIN SELECT * FROM sales",
        "SHOW TABLES",
        "SELECT * INTO x FROM sales",
        "SELECT 1; SELECT 2",
        "",
        ";",
        "TABLE sales",
        "VALUES (1)",
        "SELECT * FROM (VALUES (1)) t",
        "SELECT * FROM sales FOR UPDATE",
        "SELECT * FROM sales |> WHERE amount > 1",
        "SELECT * FROM sales TABLESAMPLE (10)",
        "SELECT NOW()",
        "SELECT RANDOM()",
        "SELECT * FROM sales NATURAL JOIN orders",
        "SELEC * FROM sales",
    ];
    for sql in bad {
        let sql = sql.replace('P', &path);
        let error = fixture.refusal(&sql);
        assert!(!error.contains("canary"), "{sql}: {error}");
    }
    let deep = format!("SELECT {}1{}", "(".repeat(5000), ")".repeat(5000));
    for sql in ["(".repeat(50_000), deep, format!("SELECT {}1", "1+".repeat(45_000)), "SELECT 1 ".repeat(50_000)] {
        assert!(fixture.run(&sql).is_err());
    }
}

#[test]
fn multiplying_without_end_is_refused() {
    let mut fixture = fixture();
    fixture.add("many", df!("x" => (0..20_000i64).collect::<Vec<_>>(), "one" => vec![1i64; 20_000]).unwrap());
    for sql in [
        "SELECT COUNT(*) FROM many a CROSS JOIN many b",
        "SELECT COUNT(*) FROM many a, many b",
        "SELECT COUNT(*) FROM many a JOIN many b ON a.x < b.x",
        "SELECT COUNT(*) FROM many a JOIN many b ON a.one = b.one JOIN many c ON b.one = c.one",
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT COUNT(*) FROM t",
        "SELECT * FROM sales WHERE region ~ '(((((((((a{50}){50}){50}){50}){50}){50}){50}){50}){50})'",
        "SELECT SUM(x * 9000000000000000) FROM many",
        "SELECT 9223372036854775807 + x FROM many",
    ] {
        let error = fixture.refusal(sql);
        assert!(!error.is_empty(), "{sql}");
    }
    assert_eq!(fixture.rows("SELECT COUNT(*) FROM sales CROSS JOIN orders"), "[[12]]");
}

#[test]
fn whole_numbers_that_are_too_large_are_told_and_never_wrapped() {
    let mut fixture = fixture();
    fixture.add("big", df!("x" => [i64::MAX / 2, i64::MAX / 2, i64::MAX / 2], "y" => [1.5, 2.5, -3.5]).unwrap());
    for value in [
        "SUM(x)",
        "SUM(COALESCE(x, 0))",
        "SUM(CASE WHEN x > 0 THEN x END)",
        "SUM(ABS(x))",
        "SUM(COALESCE(NULLIF(x, 1), 2))",
        "MAX(x) * 3",
        "SUM(-x)",
    ] {
        let error = fixture.refusal(&format!("SELECT {value} FROM big"));
        assert!(error.contains("too large"), "{value}: {error}");
    }
    for sql in [
        "SELECT x + x + x FROM big",
        "SELECT SUM(z) FROM (SELECT COALESCE(x, 1) AS z FROM big) q",
        "SELECT SUM(x) OVER (ORDER BY y) FROM big",
    ] {
        assert!(fixture.refusal(sql).contains("too large"), "{sql}");
    }
    assert_eq!(fixture.rows("SELECT SUM(CAST(y AS BIGINT)) FROM big"), "[[0]]");
    assert_eq!(fixture.rows("SELECT ROUND(SUM(CAST(x AS DOUBLE)) / 1e18, 1) FROM big"), "[[13.8]]");
}

#[test]
fn hostile_names_are_names_and_nothing_more() {
    let mut fixture = fixture();
    let long = "x".repeat(10_000);
    let names = ["a\"b", "'; DROP TABLE x; --", "select", "nul\0nul", "ü 🙂", "a.b", "c1", "k0", long.as_str()];
    for name in names {
        fixture.add(name, df!(name => [1i64, 2], "other" => ["p", "q"]).unwrap());
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        for sql in [
            format!("SELECT SUM({quoted}) FROM {quoted}"),
            format!("SELECT SUM(t.{quoted}) FROM {quoted} t JOIN {quoted} u ON t.{quoted} = u.{quoted}"),
            format!(
                "SELECT SUM({quoted}) FROM {quoted} o WHERE EXISTS (SELECT 1 FROM {quoted} i WHERE i.{quoted} = o.{quoted})"
            ),
        ] {
            assert_eq!(fixture.rows(&sql), "[[3]]", "{}", sql.chars().take(200).collect::<String>());
        }
    }
}

#[test]
fn errors_name_what_was_meant_and_where() {
    let fixture = fixture();
    let cases = [
        ("SELECT\n  reveneu FROM orders", &["reveneu", "orders", "line 2, column 3", "\"revenue\""][..]),
        ("SELECT o.reveneu FROM orders o", &["Did you mean \"revenue\"", "line 1"]),
        ("SELECT * FROM ordrs", &["ordrs", "Did you mean \"orders\"", "line 1, column 15"]),
        ("SELECT x.revenue FROM orders o", &["There is no table \"x\""]),
        ("SELECT LENGHT(region) FROM sales", &["LENGHT", "Did you mean LENGTH"]),
        ("SELECT region FROM sales WHERE region = \"North\"", &["single quotes"]),
        ("SELECT order_id FROM orders o JOIN items i ON o.order_id = i.order_id", &["o.order_id or i.order_id"]),
        ("SELECT region, amount FROM sales GROUP BY region", &["amount", "GROUP BY"]),
        ("SELECT region FROM sales WHERE SUM(amount) > 1", &["HAVING"]),
        ("SELECT region FROM sales WHERE amount = 'many'", &["many", "not"]),
        ("SELECT region FROM sales WHERE day > '2024-13-01'", &["2024-13-01", "date"]),
        ("SELECT region + 1 FROM sales", &["number", "text"]),
        ("SELECT (SELECT n FROM items) FROM orders", &["more than one row"]),
        ("SELECT (SELECT n FROM items i WHERE i.order_id = o.order_id) FROM orders o", &["more than one row"]),
        ("SELECT CAST(region AS BIGINT) FROM sales", &["TRY_CAST"]),
    ];
    for (sql, words) in cases {
        let error = fixture.refusal(sql);
        for word in words {
            assert!(error.contains(word), "{sql}: {error} (wanted {word:?})");
        }
    }
}

#[test]
fn every_join_is_reported_and_a_fan_out_is_told() {
    let mut fixture = fixture();
    fixture.add("visits", df!("order_id" => [1i64, 1, 2], "page" => ["a", "b", "c"]).unwrap());
    let result = fixture.run("SELECT SUM(i.n) FROM items i JOIN visits v ON i.order_id = v.order_id").unwrap();
    let report = &result.joins[0];
    assert_eq!((report.left.as_str(), report.right.as_str(), report.how.as_str()), ("i", "v", "inner"));
    assert_eq!(report.on, [("order_id".to_owned(), "order_id".to_owned())]);
    assert_eq!((report.left_rows, report.right_rows, report.rows), (5, 3, 5));
    assert!(!report.left_is_unique && !report.right_is_unique);
    assert_eq!((report.left_matched, report.right_matched), (0.6, 1.0));

    let codes = |sql: &str| -> Vec<String> { fixture.run(sql).unwrap().notices.into_iter().map(|n| n.code).collect() };
    assert_eq!(
        codes(
            "SELECT * FROM (SELECT * FROM items WHERE order_id = 1) i JOIN (SELECT * FROM visits WHERE order_id = 1) v USING (order_id)"
        ),
        ["join_fan_out"]
    );
    assert_eq!(
        codes("SELECT SUM(revenue) FROM orders JOIN visits USING (order_id)"),
        ["join_repeats_rows", "join_lost_rows"]
    );
    assert_eq!(codes("SELECT SUM(n) FROM orders LEFT JOIN items USING (order_id)"), [""; 0]);
    assert_eq!(codes("SELECT * FROM sales LEFT JOIN orders ON sales.amount = orders.revenue"), [""; 0]);
    assert_eq!(
        codes("SELECT * FROM orders LEFT JOIN sales ON UPPER(CAST(order_id AS TEXT)) = region"),
        ["join_poor_match"]
    );
    let nested = fixture.run("WITH t AS (SELECT o.order_id FROM orders o JOIN items i USING (order_id)) SELECT * FROM t WHERE order_id IN (SELECT a.order_id FROM visits a JOIN visits b ON a.page = b.page)").unwrap();
    assert_eq!(nested.joins.len(), 2);
    let fix =
        fixture.run("SELECT SUM(revenue) FROM orders JOIN visits USING (order_id)").unwrap().notices[0].fix.clone();
    assert_eq!(fix.as_deref(), Some("Aggregate visits per order_id before joining."));
}

#[test]
fn a_plan_is_readable_and_says_its_engine() {
    let fixture = fixture();
    let plan = explain("SELECT region, SUM(amount) AS total FROM sales GROUP BY region", &fixture.tables).unwrap();
    assert!(plan.starts_with("Engine: Polars") && plan.contains("\"region\""), "{plan}");
    let plan = explain(
        "SELECT * FROM orders o WHERE EXISTS (SELECT 1 FROM items i WHERE i.order_id = o.order_id)",
        &fixture.tables,
    )
    .unwrap();
    assert!(plan.starts_with("Engine: SQLite"), "{plan}");
}

#[test]
fn pages_come_from_the_kept_result() {
    let fixture = fixture();
    let pages = Pages::new(1 << 20);
    let sql = "SELECT n FROM items ORDER BY n";
    let first = pages.result(sql, &fixture.tables).unwrap();
    let page = pages.page(sql, &fixture.tables, 3, 10).unwrap();
    assert_eq!((page.n_rows, page.rows.len()), (5, 2));
    assert!(std::sync::Arc::ptr_eq(&first, &pages.result(sql, &fixture.tables).unwrap()));
    let cut = query(sql, &fixture.tables, Some(2)).unwrap();
    assert_eq!((cut.frame.height(), cut.notices[0].code.as_str()), (2, "result_cut"));
}

#[test]
fn the_engine_is_the_one_that_can() {
    let fixture = fixture();
    assert_eq!(fixture.run("SELECT COUNT(*) FROM orders").unwrap().engine, Engine::Polars);
    let correlated =
        "SELECT COUNT(*) FROM orders o WHERE revenue > (SELECT AVG(n) FROM items i WHERE i.order_id = o.order_id)";
    assert_eq!(fixture.run(correlated).unwrap().engine, Engine::Sqlite);
    let refused = matches!(fixture.run("SELECT amuont FROM sales"), Err(DataError::Sql(SqlError::NoSuchColumn { .. })));
    assert!(refused);
}
