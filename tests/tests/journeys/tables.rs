//! Looking at files: profile, preview, SQL and conversion, in the shapes that scripts rely on.

use std::path::Path;
use std::process::Command;

use analyst_tests::program::Home;
use serde_json::{Value, json};

use crate::told::{coffee_revenue, sample, tell};

const MESSY: &str =
    "Bericht 2024;;\nStadt;Umsatz;Datum\nKöln;1.234,50;31.12.2023\nMünchen;7,25;01.02.2024\nKöln;0,25;02.02.2024\n";

#[test]
fn profile_tells_columns_types_and_statistics_by_fixed_names() {
    let home = Home::new();
    let profile = tell(&home, &["profile", sample("coffee_orders.csv").to_str().unwrap(), "--json"]).done().json();
    let of_table =
        ["columns", "correlations", "dataset", "duplicate_rows", "format", "keys", "rows", "sampled_rows", "warnings"];
    assert_eq!(keys(&profile), of_table);
    assert_eq!((&profile["dataset"], &profile["rows"]), (&json!("coffee_orders"), &json!(2000)));
    let format = &profile["format"];
    assert_eq!(
        (&format["kind"], &format["encoding"], &format["delimiter"]),
        (&json!("csv"), &json!("utf-8"), &json!(","))
    );
    assert_eq!(format["header_row"], 1);
    let columns = profile["columns"].as_array().unwrap();
    let column = |name: &str| columns.iter().find(|column| column["name"] == name).unwrap();
    let of_column = [
        "distinct",
        "distinct_is_estimate",
        "gaps",
        "histogram",
        "lengths",
        "max",
        "mean",
        "min",
        "name",
        "nulls",
        "quantiles",
        "std",
        "top",
        "type",
    ];
    assert_eq!(keys(column("revenue")), of_column);
    let kind = |name: &str| column(name)["type"].as_str().unwrap().to_owned();
    assert_eq!([kind("order_id"), kind("postcode"), kind("region")], ["text", "text", "text"], "zeros in front stay");
    assert_eq!([kind("order_date"), kind("quantity"), kind("revenue")], ["date", "integer", "float"]);
    let mean = column("revenue")["mean"].as_f64().unwrap();
    assert!((mean - coffee_revenue(None) / 2000.0).abs() < 1e-6, "{mean}");
    assert_eq!((&column("delivery_days")["nulls"], &column("rating")["nulls"]), (&json!(61), &json!(182)));
    assert_eq!((&column("region")["distinct"], &column("rating")["max"]), (&json!(4), &json!(5)));
    assert_eq!(keys(&column("revenue")["quantiles"]), ["p05", "p25", "p50", "p75", "p95"]);
    assert_eq!(keys(&column("region")["top"][0]), ["count", "value"]);

    let text = tell(&home, &["profile", sample("coffee_orders.csv").to_str().unwrap()]).done().stdout;
    assert!(text.contains("2000 rows") && text.contains("61 of 2000 missing"), "{text}");
}

#[test]
fn file_of_another_country_is_read_as_its_author_meant_it() {
    let home = Home::new();
    let bytes: Vec<u8> = MESSY.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let file = home.file("Umsatz 2024.csv", bytes);
    let file = file.to_str().unwrap();
    let profile = tell(&home, &["profile", file, "--json"]).done().json();
    assert_eq!((&profile["dataset"], &profile["rows"]), (&json!("Umsatz_2024"), &json!(3)));
    let format = &profile["format"];
    assert_eq!(
        (&format["delimiter"], &format["decimal"], &format["header_row"]),
        (&json!(";"), &json!(","), &json!(2))
    );
    assert_eq!((&format["encoding"], &format["date_order"]), (&json!("windows-1252"), &json!("dmy")));

    let rows = tell(&home, &["preview", file, "--json"]).done().json();
    assert_eq!(rows["rows"][0], json!(["Köln", 1234.5, "2023-12-31"]));
    let page = tell(&home, &["preview", file, "--json", "--rows", "1", "--offset", "2"]).done().json();
    assert_eq!(
        (&page["rows"], &page["offset"], &page["nRows"]),
        (&json!([["Köln", 0.25, "2024-02-02"]]), &json!(2), &json!(3))
    );
    let drawn = tell(&home, &["preview", file, "--rows", "2"]).done().stdout;
    assert!(drawn.contains("1234.5") && drawn.contains("(2 of 3 rows)"), "{drawn}");

    // What a person says counts more than what the bytes look like.
    let forced = ["--delimiter", ";", "--encoding", "windows-1252", "--header-row", "2", "--decimal", "."];
    let forced = tell(&home, &[&["preview", file, "--json"], forced.as_slice()].concat()).done().json();
    let types: Vec<&Value> = forced["columns"].as_array().unwrap().iter().map(|column| &column["type"]).collect();
    assert_eq!(types[..2], [&json!("text"), &json!("text")], "with a point as decimal mark 7,25 is no number");
    let headless = home.file("headless.tsv", "1\t2\n3\t4\n");
    let args = ["preview", headless.to_str().unwrap(), "--json", "--header-row", "0", "--delimiter", "tab"];
    assert_eq!(tell(&home, &args).done().json()["rows"], json!([[1, 2], [3, 4]]));
}

#[test]
fn every_format_gives_back_what_went_in() {
    let home = Home::new();
    let content = "name,n,share,day,flag\n\"O'Hara, Ann\",12,0.5,2024-02-29,true\nZoë 🦀,-3,,2023-01-01,false\n";
    let original = home.file("small table.csv", content);
    let rows = |file: &Path| tell(&home, &["preview", file.to_str().unwrap(), "--json"]).done().json();
    let expected = rows(&original);
    assert_eq!(expected["rows"][0], json!(["O'Hara, Ann", 12, 0.5, "2024-02-29", true]));
    assert_eq!(expected["rows"][1], json!(["Zoë 🦀", -3, null, "2023-01-01", false]));
    for format in ["csv", "ndjson", "parquet", "arrow", "xlsx"] {
        let written = home.path().join(format!("written.{format}"));
        let args = ["convert", original.to_str().unwrap(), written.to_str().unwrap(), "--json"];
        let done = tell(&home, &args).done().json();
        assert_eq!(done, json!({ "path": written, "nRows": 2 }));
        let back = rows(&written);
        assert_eq!((&back["rows"], &back["columns"]), (&expected["rows"], &expected["columns"]), "{format}");
    }
    let refused = home.path().join("written.docx");
    let args = ["convert", original.to_str().unwrap(), refused.to_str().unwrap()];
    let told = tell(&home, &args);
    assert!(matches!(told.code, Some(1 | 2)), "{told:?}");
    assert!(told.stderr.contains("docx") && told.stderr.contains("parquet"), "{}", told.stderr);
    assert!(!refused.exists());
}

#[test]
fn workbook_is_one_table_per_sheet() {
    let home = Home::new();
    let book = home.path().join("book.xlsx");
    write_workbook(&book);
    let book = book.to_str().unwrap();
    let first = tell(&home, &["profile", book, "--json"]).done();
    assert_eq!(first.json()["format"]["sheet"], "North");
    assert!(first.stderr.contains("North") && first.stderr.contains("South 2024"), "{}", first.stderr);
    let second = tell(&home, &["preview", book, "--sheet", "South 2024", "--json"]).done().json();
    assert_eq!(second["rows"], json!([["c", 30]]));
    let union = "SELECT SUM(n) AS total FROM (SELECT n FROM book_North UNION ALL SELECT n FROM book_South_2024)";
    assert_eq!(tell(&home, &["sql", book, union, "--json"]).done().json(), json!([{ "total": 42 }]));
    tell(&home, &["preview", book, "--sheet", "West"]).failed(1, &["West", "North"]);
}

/// As a person's spreadsheet program would: two sheets with rows, one without.
fn write_workbook(path: &Path) {
    let script = "import sys, openpyxl\nbook = openpyxl.Workbook()\nnorth = book.active\nnorth.title = 'North'\n\
                  for row in (('k', 'n'), ('a', 5), ('b', 7)): north.append(row)\n\
                  south = book.create_sheet('South 2024')\nfor row in (('k', 'n'), ('c', 30)): south.append(row)\n\
                  book.create_sheet('Empty')\nbook.save(sys.argv[1])\n";
    let python = analyst_sandbox::runtime::default_dir().join("bin/python");
    let written = Command::new(python).args(["-I", "-c", script]).arg(path).output().unwrap();
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
}

#[test]
fn sql_joins_files_and_writes_every_format() {
    let home = Home::new();
    let orders = home.file("orders.csv", "id,customer,price\n1,7,10.5\n2,8,4\n3,7,1.5\n");
    let customers = home.file("the customers.csv", "customer,city\n7,Oslo\n8,Ghent\n");
    let [orders, customers] = [orders.to_str().unwrap(), customers.to_str().unwrap()];
    let join =
        "SELECT city, SUM(price) AS total FROM orders JOIN the_customers USING (customer) GROUP BY city ORDER BY city";
    let sql = |options: &[&str]| tell(&home, &[&["sql", orders, customers, join], options].concat()).done();

    let expected = json!([{ "city": "Ghent", "total": 4.0 }, { "city": "Oslo", "total": 12.0 }]);
    assert_eq!(sql(&["--json"]).json(), expected);
    assert_eq!(sql(&["--format", "json"]).json(), expected);
    let lines: Vec<Value> =
        sql(&["--format", "ndjson"]).stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(Value::Array(lines), expected);
    let csv = sql(&["--format", "csv"]).stdout;
    assert_eq!(csv.lines().next(), Some("city,total"));
    assert!(csv.contains("Oslo,12"), "{csv}");
    let table = sql(&[]).stdout;
    assert!(table.contains("city") && table.contains("Oslo") && !table.contains('{'), "{table}");
    for format in ["csv", "parquet", "arrow", "ndjson", "xlsx"] {
        let out = home.path().join(format!("result.{format}"));
        sql(&["--out", out.to_str().unwrap()]);
        let back = tell(&home, &["preview", out.to_str().unwrap(), "--json"]).done().json();
        let totals: Vec<f64> = back["rows"].as_array().unwrap().iter().map(|row| row[1].as_f64().unwrap()).collect();
        assert_eq!(totals, [4.0, 12.0], "{format}");
    }
    // Two files of the same name are told apart by their order.
    std::fs::create_dir(home.path().join("old")).unwrap();
    let older = home.file("old/orders.csv", "id\n1\n");
    let told = tell(&home, &["sql", orders, older.to_str().unwrap(), "SELECT COUNT(*) AS n FROM orders_2", "--json"]);
    assert_eq!(told.done().json(), json!([{ "n": 1 }]));
    tell(&home, &["sql", orders, "SELECT * FROM orders", "--format", "parquet"]).failed(2, &["--out"]);
}

#[test]
fn sql_reads_opened_tables_and_nothing_else() {
    let home = Home::new();
    let secret = home.file("secret.csv", "word\nhidden-canary\n");
    let open = home.file("open.csv", "a\n1\n");
    let written = home.path().join("written.csv");
    for statement in [
        format!("SELECT * FROM read_csv('{}')", secret.display()),
        format!("SELECT * FROM '{}'", secret.display()),
        "SELECT * FROM secret".to_owned(),
        "SELECT nosuch FROM open".to_owned(),
        "DROP TABLE open".to_owned(),
        "SELECT 1; SELECT 2".to_owned(),
        format!("COPY open TO '{}'", written.display()),
        "SELEC a FROM open".to_owned(),
    ] {
        let told = tell(&home, &["sql", open.to_str().unwrap(), &statement]).failed(1, &[]);
        assert!(!told.stderr.contains("hidden-canary") && told.stdout.is_empty(), "{statement}: {told:?}");
        assert!(told.stderr.starts_with("auto-analyst: ") && told.stderr.len() < 2_000, "{statement}: {}", told.stderr);
    }
    assert!(!written.exists());
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}
