//! The service over stored files.

use analyst_types::{FilterTest, RowFilter};
use polars::prelude::*;
use serde_json::{Value, json};

use super::*;

struct Stored {
    _dir: tempfile::TempDir,
    path: PathBuf,
}

fn stored(frame: &mut DataFrame) -> Stored {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("t.arrow");
    crate::store::write_arrow(frame, &path).unwrap();
    Stored { _dir: dir, path }
}

fn orders() -> Stored {
    stored(
        &mut df!(
            "city" => [Some("Ulm"), Some("Bonn"), None, Some("Ulm"), Some("Köln")],
            "units" => [Some(3i64), Some(1), Some(2), None, Some(1)],
            "price" => [0.5, 2.5, 1.25, 4.0, -1.0],
        )
        .unwrap(),
    )
}

fn query(value: Value) -> RowsQuery {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_page_is_a_window_of_the_rows_that_pass_in_order() {
    let (tables, file) = (Tables::new(1 << 20), orders());
    let query = query(json!({
        "filters": [{"column": "price", "test": "greater_than", "values": [0]}],
        "sort": [{"column": "city"}, {"column": "units", "descending": true}],
        "offset": 1, "limit": 2,
    }));
    for _ in 0..2 {
        let page = tables.rows(&file.path, &query).unwrap();
        assert_eq!((page.total_rows, page.table.n_rows, page.table.offset), (5, 4, 1));
        assert_eq!(page.positions, [0, 3]);
        assert_eq!(
            page.table.rows,
            [vec![json!("Ulm"), json!(3), json!(0.5)], vec![json!("Ulm"), Value::Null, json!(4.0)]]
        );
    }
    let beyond = RowsQuery { offset: 99, ..query };
    assert!(tables.rows(&file.path, &beyond).unwrap().table.rows.is_empty());
}

#[test]
fn a_known_order_is_thinned_out_like_a_new_one() {
    let n = 5000i64;
    let values: Vec<i64> = (0..n).map(|at| at * 7919 % 1000).collect();
    let file = stored(&mut df!("n" => &values).unwrap());
    let sorted = query(json!({"sort": [{"column": "n", "descending": true}], "limit": 10000}));
    let both = RowsQuery {
        filters: vec![RowFilter { column: "n".into(), test: FilterTest::LessThan, values: vec![json!(500)] }],
        ..sorted.clone()
    };
    let fresh = Tables::new(1 << 20).rows(&file.path, &both).unwrap();
    let tables = Tables::new(1 << 20);
    assert_eq!(tables.rows(&file.path, &sorted).unwrap().table.rows.len(), 5000);
    assert_eq!(tables.rows(&file.path, &both).unwrap(), fresh);
    assert_eq!(Tables::new(0).rows(&file.path, &both).unwrap(), fresh);
}

#[test]
fn a_replaced_file_is_seen() {
    let (tables, file) = (Tables::new(1 << 20), orders());
    let sorted = query(json!({"sort": [{"column": "units"}], "limit": 1}));
    assert_eq!(tables.rows(&file.path, &sorted).unwrap().positions, [1]);
    crate::store::write_arrow(&mut df!("units" => [5i64, 4, 3, 9]).unwrap(), &file.path).unwrap();
    assert_eq!(tables.rows(&file.path, &sorted).unwrap().positions, [2]);
    std::fs::remove_file(&file.path).unwrap();
    assert!(matches!(tables.rows(&file.path, &sorted), Err(DataError::Io { .. } | DataError::NotFound { .. })));
}

#[test]
fn what_is_found_comes_in_the_order_shown() {
    let (tables, file) = (Tables::new(1 << 20), orders());
    let sorted = query(json!({"sort": [{"column": "price"}]}));
    let cell = |row, column: &str| FoundCell { row, column: column.into() };
    let find = |text: &str, limit| tables.find(&file.path, &sorted, text, limit).unwrap();
    assert_eq!(find("1", 10), [cell(0, "units"), cell(0, "price"), cell(2, "price"), cell(3, "units")]);
    assert_eq!(find("1", 3).len(), 3);
    assert_eq!(find("uL", 10), [cell(1, "city"), cell(4, "city")]);
    let later = RowsQuery { offset: 2, ..sorted.clone() };
    assert_eq!(tables.find(&file.path, &later, "ul", 9).unwrap(), [cell(4, "city")]);
    assert!(find("", 9).is_empty() && find("nowhere", 9).is_empty());
}

#[test]
fn different_values_come_with_their_counts() {
    let (tables, file) = (Tables::new(1 << 20), orders());
    let values = |column: &str, search: &str, limit| -> Vec<(Value, u64)> {
        let found = tables.distinct(&file.path, column, search, limit).unwrap();
        found.into_iter().map(|top| (top.value, top.count)).collect()
    };
    assert_eq!(values("city", "", 2), [(json!("Ulm"), 2), (json!("Bonn"), 1)]);
    assert_eq!(values("city", "ö", 9), [(json!("Köln"), 1)]);
    assert_eq!(values("units", "", 9), [(json!(1), 2), (json!(2), 1), (json!(3), 1)]);
    assert_eq!(values("price", "25", 9), [(json!(1.25), 1)]);
    assert!(tables.distinct(&file.path, "town", "", 9).is_err());
}

#[test]
fn a_selection_has_statistics() {
    let (tables, file) = (Tables::new(1 << 20), orders());
    let all = tables.statistics(&file.path, &RowsQuery::default(), &[]).unwrap();
    let [city, units, price] = &all[..] else { panic!("three columns") };
    assert_eq!((city.rows, city.nulls, city.distinct, &city.min), (5, 1, 3, &Value::Null));
    assert_eq!((units.nulls, units.distinct, units.sum, units.mean), (1, 3, Some(7.0), Some(1.75)));
    assert_eq!((&price.min, &price.max, price.sum), (&json!(-1.0), &json!(4.0), Some(7.25)));
    let part = query(json!({"sort": [{"column": "price", "descending": true}], "offset": 1, "limit": 2}));
    let part = tables.statistics(&file.path, &part, &["units".to_owned()]).unwrap();
    assert_eq!((part[0].rows, part[0].sum, &part[0].max), (2, Some(3.0), &json!(2)));
}

#[test]
fn very_wide_tables_come_in_shorter_pages() {
    let columns = (0..2000).map(|at| Column::new(format!("c{at}").into(), vec![at; 1000])).collect();
    let file = stored(&mut DataFrame::new(1000, columns).unwrap());
    let page = Tables::new(1 << 20).rows(&file.path, &query(json!({"limit": 1000}))).unwrap();
    assert_eq!((page.table.rows.len(), page.table.n_rows), (500, 1000));
    assert_eq!(page.table.rows[0].len(), 2000);
}
