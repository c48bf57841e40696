//! The grid on ten million rows: pages after a sort and without one, filters, find, distinct values.

use std::path::Path;
use std::time::{Duration, Instant};

use analyst_data::Tables;
use analyst_types::RowsQuery;
use serde_json::{Value, json};

use crate::{Figure, table};

const ROWS: usize = 10_000_000;
const TIMES: usize = 5;
const BUDGET: u64 = 512 << 20;

/// Over one stored table.
pub fn figures() -> Vec<Figure> {
    let folder = tempfile::tempdir().expect("make a temporary folder");
    let path = {
        let mut frame = table::orders(ROWS);
        table::store(&mut frame, folder.path(), "orders.arrow")
    };
    let far = json!(9_000_000);
    let page = |sort: Value, filters: Value, offset: &Value| -> RowsQuery {
        serde_json::from_value(json!({"sort": sort, "filters": filters, "offset": offset, "limit": 100}))
            .expect("BUG: a query of ours")
    };
    let by = |column: &str| json!([{"column": column, "descending": true}]);
    let wanted = json!([{"column": "price", "test": "between", "values": [10, 20]}]);
    let named = json!([{"column": "customer", "test": "contains", "values": ["er 012"]}]);
    let mut figures =
        vec![pages(&path, "grid: page at row 9,000,000 of 10 million, no sort", &page(json!([]), json!([]), &far))];
    for (column, first, again) in SORTS {
        let query = page(by(column), json!([]), &far);
        figures.push(firsts(&path, first, &query));
        figures.push(pages(&path, again, &query));
    }
    figures.push(firsts(&path, "grid: filter, price between, first page", &page(json!([]), wanted, &json!(0))));
    figures.push(firsts(&path, "grid: filter, customer contains, first page", &page(json!([]), named, &json!(0))));
    let all = page(json!([]), json!([]), &json!(0));
    figures.push(measure("grid: find a text that is not there", || {
        Tables::new(BUDGET).find(&path, &all, "no such customer", 10).map(|found| found.len())
    }));
    figures.push(measure("grid: distinct, 50,000 texts", || {
        Tables::new(BUDGET).distinct(&path, "customer", "", 100).map(|found| found.len())
    }));
    figures.push(measure("grid: statistics of all rows of price", || {
        Tables::new(BUDGET).statistics(&path, &all_rows(&all), &["price".to_owned()]).map(|found| found.len())
    }));
    figures
}

/// Columns that are sorted by, and the names of the figures: the first page, and pages after it.
const SORTS: [(&str, &str, &str); 6] = [
    ("order_id", "grid: sort by whole number, first page", "grid: page at row 9,000,000 after it"),
    ("ordered_on", "grid: sort by date, first page", "grid: page at row 9,000,000 after it"),
    ("price", "grid: sort by real number, first page", "grid: page at row 9,000,000 after it"),
    ("region", "grid: sort by category, first page", "grid: page at row 9,000,000 after it"),
    ("customer", "grid: sort by name, first page", "grid: page at row 9,000,000 after it"),
    ("reference", "grid: sort by different texts, first page", "grid: page at row 9,000,000 after it"),
];

fn all_rows(query: &RowsQuery) -> RowsQuery {
    RowsQuery { limit: 0, ..query.clone() }
}

fn measure<T>(name: &'static str, work: impl Fn() -> Result<T, analyst_data::DataError>) -> Figure {
    let time = |_| {
        let started = Instant::now();
        work().expect("the table can be read");
        started.elapsed()
    };
    Figure::of_times(name, (0..TIMES).map(time))
}

/// Each time from nothing.
fn firsts(path: &Path, name: &'static str, query: &RowsQuery) -> Figure {
    measure(name, || Tables::new(BUDGET).rows(path, query))
}

/// After the first.
fn pages(path: &Path, name: &'static str, query: &RowsQuery) -> Figure {
    let tables = Tables::new(BUDGET);
    tables.rows(path, query).expect("the table can be read");
    let times: Vec<Duration> = (0..TIMES as u64)
        .map(|at| {
            let query = RowsQuery { offset: query.offset + at * 1000, ..query.clone() };
            let started = Instant::now();
            tables.rows(path, &query).expect("the table can be read");
            started.elapsed()
        })
        .collect();
    Figure::of_times(name, times)
}
