//! SQLite files: tables and views as datasets, and nothing that a database could do beyond that.

use analyst_data::{DataError, SourceFile, inspect};
use analyst_types::{FileKind, ReadOptions};
use sqlx::{ConnectOptions, Connection, Executor};
use tokio_util::sync::CancellationToken;

use super::{Desk, columns, rows, warnings};

pub(crate) fn database(statements: &'static str) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("made.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path).create_if_missing(true);
        let mut connection = options.connect().await.unwrap();
        connection.execute(statements).await.unwrap();
        connection.close().await.unwrap();
    });
    std::fs::read(&path).unwrap()
}

pub(crate) const SHOP: &str = "
    CREATE TABLE orders (id INTEGER PRIMARY KEY, at TEXT, amount REAL, paid BOOLEAN, note);
    INSERT INTO orders VALUES (1, '2024-01-02', 9.5, 1, 'x'), (2, '2024-02-29', NULL, 0, 12), (3, NULL, 2, NULL, NULL);
    CREATE TABLE \"odd \"\"name\" (\"a b\" TEXT, raw BLOB);
    INSERT INTO \"odd \"\"name\" VALUES ('007', x'00ff');
    CREATE VIEW totals AS SELECT paid, sum(amount) AS total FROM orders GROUP BY paid ORDER BY paid;
    CREATE TRIGGER spy AFTER INSERT ON orders BEGIN DELETE FROM orders; END;
";

#[test]
fn every_table_and_view_becomes_a_dataset() {
    let desk = Desk::new();
    let path = desk.write("shop.sqlite", database(SHOP));
    let before = std::fs::read(&path).unwrap();
    let tables = desk.open(&path, &ReadOptions::default()).unwrap();
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["shop_orders", "shop_odd_name", "shop_totals"]);
    assert_eq!(columns(&tables[0]), "id:integer at:date amount:float paid:boolean note:text");
    assert_eq!(
        rows(&tables[0]),
        r#"[[1,"2024-01-02",9.5,true,"x"],[2,"2024-02-29",null,false,"12"],[3,null,2.0,null,null]]"#
    );
    assert_eq!((columns(&tables[1]), rows(&tables[1])), ("a b:text raw:text".into(), r#"[["007","00ff"]]"#.into()));
    assert_eq!(warnings(&tables[1]), "binary_cells");
    assert_eq!(columns(&tables[2]), "paid:boolean total:float");
    assert_eq!(tables[0].format.kind, FileKind::Sqlite);
    assert_eq!(
        inspect(&SourceFile::at(&path).unwrap(), &CancellationToken::new()).unwrap().tables,
        ["orders", "odd \"name", "totals"]
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(desk.dir.path()).unwrap().count(), 2, "nothing is left beside the file");
}

#[test]
fn one_table_is_chosen_by_its_name() {
    let desk = Desk::new();
    let path = desk.write("shop.db", database(SHOP));
    let one = |name: &str| ReadOptions { table: Some(name.to_owned()), ..ReadOptions::default() };
    let tables = desk.open(&path, &one("ORDERS")).unwrap();
    assert_eq!((tables.len(), tables[0].name.as_str()), (1, "shop"));
    assert_eq!(tables[0].format.table.as_deref(), Some("orders"));
    let again = desk.open(&path, &tables[0].format.as_options()).unwrap();
    assert_eq!(again[0].fingerprint, tables[0].fingerprint);
    let error = desk.open(&path, &one("nothing")).unwrap_err();
    assert!(matches!(&error, DataError::NoSuchTableInFile { available, .. } if available.len() == 3), "{error}");
}

#[test]
fn views_that_reach_out_or_fail_do_not_hide_the_tables() {
    let desk = Desk::new();
    let bytes = database(
        "CREATE TABLE a (x); INSERT INTO a VALUES (1);
         CREATE VIEW outside AS SELECT load_extension('/tmp/evil.so');
         CREATE VIEW broken AS SELECT * FROM gone;",
    );
    let tables = desk.open(&desk.write("v.db", &bytes), &ReadOptions::default()).unwrap();
    assert_eq!((tables.len(), rows(&tables[0]).as_str()), (1, "[[1]]"));
    assert_eq!(warnings(&tables[0]), "unreadable_tables");
    let broken = ReadOptions { table: Some("broken".into()), ..ReadOptions::default() };
    assert!(matches!(desk.open(&desk.write("v.db", &bytes), &broken), Err(DataError::Unreadable { .. })));
}

#[test]
fn a_view_without_end_stops_when_the_person_does() {
    let desk = Desk::new();
    let bytes = database(
        "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;",
    );
    let path = desk.write("v.db", bytes);
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(200));
        stop.cancel();
    });
    let stopped =
        analyst_data::open(&SourceFile::at(&path).unwrap(), &ReadOptions::default(), desk.dir.path(), &cancel);
    stopper.join().unwrap();
    assert!(matches!(stopped, Err(DataError::Cancelled)), "{stopped:?}");
}

#[test]
fn changes_in_a_log_beside_the_file_are_told() {
    let desk = Desk::new();
    let mut bytes = database("CREATE TABLE a (x); INSERT INTO a VALUES (1);");
    bytes[18..20].copy_from_slice(&[2, 2]);
    let table = desk.open_one("w.sqlite3", bytes);
    assert_eq!((rows(&table).as_str(), warnings(&table).as_str()), ("[[1]]", "write_ahead_log"));
}

#[test]
fn a_damaged_or_empty_database_is_an_error() {
    let desk = Desk::new();
    let whole = database(SHOP);
    for cut in [100, 4096, whole.len() / 2] {
        let result = desk.open(&desk.write("cut.db", &whole[..cut]), &ReadOptions::default());
        assert!(result.is_err() || cut > 4096, "{cut}: {result:?}");
    }
    let empty =
        desk.open(&desk.write("empty.db", database("CREATE TABLE a (x); DROP TABLE a;")), &ReadOptions::default());
    assert!(matches!(empty, Err(DataError::Empty { .. })), "{empty:?}");
}
