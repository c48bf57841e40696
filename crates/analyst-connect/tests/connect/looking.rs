//! Listing, paging, filtering, finding, profiling.

use analyst_connect::SqlEngine;
use analyst_types::{ColumnType, FilterTest, FoundCell, RemoteTableKind, RowFilter, RowsQuery, SortKey};
use serde_json::{Value, json};

use crate::server::{database, table};

fn page(filters: Vec<RowFilter>, sort: &[(&str, bool)], offset: u64, limit: u64) -> RowsQuery {
    let sort = sort.iter().map(|(column, descending)| SortKey { column: (*column).into(), descending: *descending });
    RowsQuery { filters, sort: sort.collect(), offset, limit }
}

fn filter(column: &str, test: FilterTest, values: &[Value]) -> RowFilter {
    RowFilter { column: column.into(), test, values: values.to_vec() }
}

#[tokio::test]
async fn the_tables_a_user_may_read_are_listed_and_no_others() {
    let tables = database().tables().await.unwrap();
    let names: Vec<String> = tables.iter().map(|t| format!("{}.{}", t.table.schema, t.table.table)).collect();
    assert_eq!(names, ["public.measurements", "shop.Order Items", "shop.big_orders", "shop.customers"]);
    let items = &tables[1];
    assert_eq!(items.comment.as_deref(), Some("one row per thing bought"));
    assert_eq!(items.estimated_rows, Some(4));
    assert_eq!(tables[2].kind, RemoteTableKind::View);
    let kinds: Vec<_> = items.columns.iter().map(|column| column.kind).collect();
    use ColumnType::{Boolean, Categorical, Date, Datetime, Decimal, Float, Integer, Text};
    assert_eq!(kinds, [Integer, Integer, Decimal, Float, Categorical, Date, Datetime, Boolean, Text, Text]);
    assert_eq!(tables[0].estimated_rows, Some(300_000));
}

#[tokio::test]
async fn every_type_arrives_as_what_it_is() {
    let rows = database().rows(&table("shop", "Order Items"), &page(vec![], &[], 0, 10)).await.unwrap();
    assert_eq!((rows.total_rows, rows.table.n_rows), (4, 4));
    assert_eq!(
        rows.table.rows[1],
        [
            json!(2),
            json!(1),
            json!(20.25),
            Value::Null,
            json!("large"),
            json!("2024-01-03"),
            json!("2024-01-04T10:30:15.5+00:00"),
            json!(false),
            Value::Null,
            Value::Null
        ]
    );
    assert_eq!(rows.table.rows[0][8], json!("{a,b}"));
    assert_eq!(rows.table.rows[0][9], json!("{\"k\": 1}"));
    assert_eq!(rows.table.rows[3][0], json!("9007199254740993"));
}

#[tokio::test]
async fn the_server_filters_sorts_and_pages() {
    let db = database();
    let measurements = table("public", "measurements");
    let query = page(
        vec![
            filter("station", FilterTest::In, &[json!(3), json!(5)]),
            filter("day", FilterTest::AtLeast, &[json!("2022-01-01")]),
        ],
        &[("reading", true), ("day", false)],
        1000,
        3,
    );
    let rows = db.rows(&measurements, &query).await.unwrap();
    let expected = crate::server::shared().psql(
        "SELECT id FROM measurements WHERE station IN (3, 5) AND day >= '2022-01-01' ORDER BY reading DESC, day, id OFFSET 1000 LIMIT 3",
    );
    let ids: Vec<String> = rows.table.rows.iter().map(|row| row[0].to_string()).collect();
    assert_eq!(ids.join("\n"), expected);
    assert_eq!(rows.total_rows, 300_000);
    assert_eq!(rows.positions, [1000, 1001, 1002]);
    let cases = [
        (filter("name", FilterTest::Contains, &[json!("a")]), 3),
        (filter("name", FilterTest::StartsWith, &[json!("o'n")]), 1),
        (filter("name", FilterTest::EndsWith, &[json!("E")]), 1),
        (filter("country", FilterTest::IsMissing, &[]), 1),
        (filter("country", FilterTest::IsPresent, &[]), 3),
        (filter("country", FilterTest::NotEquals, &[json!("UK")]), 3),
        (filter("country", FilterTest::NotIn, &[json!("UK"), json!("FR")]), 2),
        (filter("id", FilterTest::Between, &[json!(2), json!(3)]), 2),
        (filter("id", FilterTest::LessThan, &[json!(2)]), 1),
        (filter("name", FilterTest::Equals, &[json!("O'Neil \"x\"")]), 1),
        (filter("name", FilterTest::Equals, &[json!("x' OR '1'='1")]), 0),
    ];
    for (filter, expected) in cases {
        let rows = db.rows(&table("shop", "customers"), &page(vec![filter.clone()], &[], 0, 10)).await.unwrap();
        assert_eq!(rows.table.n_rows, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn a_filter_that_makes_no_sense_is_an_error_that_says_so() {
    let db = database();
    let customers = table("shop", "customers");
    let misspelt = db.rows(&customers, &page(vec![filter("nmae", FilterTest::IsMissing, &[])], &[], 0, 1)).await;
    assert!(misspelt.unwrap_err().to_string().contains("The nearest is “name”"));
    let no_number =
        db.rows(&customers, &page(vec![filter("id", FilterTest::Equals, &[json!("one")])], &[], 0, 1)).await;
    assert!(no_number.unwrap_err().to_string().contains("invalid input syntax"));
    let hidden = db.rows(&table("public", "secret"), &page(vec![], &[], 0, 1)).await;
    assert!(hidden.unwrap_err().to_string().contains("no table public.secret"));
}

#[tokio::test]
async fn texts_are_found_and_values_counted() {
    let db = database();
    let customers = table("shop", "customers");
    let found = db.find(&customers, &page(vec![], &[("name", true)], 0, 0), "ie", 10).await.unwrap();
    assert_eq!(found, [FoundCell { row: 0, column: "country".into() }]);
    let countries = db.distinct(&customers, "country", "", 10).await.unwrap();
    assert_eq!(countries.iter().map(|top| &top.value).collect::<Vec<_>>(), [&json!("FR"), &json!("IE"), &json!("UK")]);
    let query = page(vec![filter("station", FilterTest::Equals, &[json!(1)])], &[], 0, 0);
    let statistics =
        db.statistics(&table("public", "measurements"), &query, &["reading".into(), "day".into()]).await.unwrap();
    let expected = crate::server::shared().psql("SELECT count(*), sum(reading) FROM measurements WHERE station = 1");
    assert_eq!(
        format!("{}|{}", statistics[0].rows, statistics[0].sum.unwrap()),
        expected.trim_end_matches('0').trim_end_matches('.')
    );
    assert_eq!(statistics[1].min, json!("2020-01-01"));
}

#[tokio::test]
async fn a_small_table_is_profiled_exactly() {
    let profile = database().profile(&table("shop", "Order Items"), "items").await.unwrap();
    assert_eq!((profile.rows, profile.sampled_rows), (4, None));
    assert_eq!(profile.keys, [["id"]]);
    let column = |name: &str| profile.columns.iter().find(|column| column.name == name).unwrap();
    let amount = column("amount");
    assert_eq!((amount.nulls, amount.distinct), (1, 3));
    assert!((amount.mean.unwrap() - 35.75 / 3.0).abs() < 1e-9);
    assert_eq!((&amount.min, &amount.max), (&json!(5.0), &json!(20.25)));
    assert_eq!(amount.histogram.iter().map(|bin| bin.count).sum::<u64>(), 3);
    // A NaN is a missing number; an infinite one has no place in a histogram.
    assert_eq!(column("weight").nulls, 2);
    assert_eq!(column("weight").histogram.iter().map(|bin| bin.count).sum::<u64>(), 1);
    let ordered = column("ordered");
    assert_eq!((&ordered.min, &ordered.max), (&json!("2024-01-01"), &json!("2024-02-01")));
    assert_eq!(ordered.histogram.iter().map(|bin| bin.count).sum::<u64>(), 3);
    assert_eq!(column("size").top.len(), 3);
    let gift = column("gift");
    assert_eq!((&gift.min, &gift.max, gift.nulls), (&json!(false), &json!(true), 1));
}

#[tokio::test]
async fn a_large_table_is_profiled_by_sample_and_says_so() {
    let profile = database().profile(&table("public", "measurements"), "measurements").await.unwrap();
    assert_eq!(profile.rows, 300_000);
    let seen = profile.sampled_rows.unwrap();
    assert!((20_000..100_000).contains(&seen), "{seen}");
    assert_eq!(profile.warnings[0].code, "profiled_by_sample");
    let station = &profile.columns[1];
    assert!(station.distinct_is_estimate);
    assert_eq!(station.distinct, 7);
    let counted: u64 = station.top.iter().map(|top| top.count).sum();
    assert!(counted.abs_diff(300_000) < 10, "{counted}");
    assert!((profile.columns[2].mean.unwrap() - 49.95).abs() < 2.0);
    let view = database().profile(&table("shop", "big_orders"), "big").await.unwrap();
    assert_eq!((view.rows, view.sampled_rows), (2, None));
}
