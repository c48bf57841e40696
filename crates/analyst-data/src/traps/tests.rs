//! Planted traps are found, each by its own name, and honest columns are left alone.

use polars::prelude::*;

use super::*;

/// A day the tests happen on: 2024-06-01.
const TODAY: i64 = 19_875;

fn warnings(frame: &DataFrame) -> Vec<DataWarning> {
    let table = Table::of_frame(frame).unwrap();
    let found = profile::find(&table, &|_| true).unwrap();
    let look = Look { table: &table, found: &found, first_line: 2, today: TODAY };
    FAMILIES.iter().flat_map(|family| family(&look)).collect()
}

fn codes(frame: &DataFrame) -> Vec<String> {
    warnings(frame).into_iter().map(|warning| warning.code).collect()
}

/// Numbers that look random and are the same every time.
fn numbers(n: usize, low: f64, high: f64) -> Vec<f64> {
    others(7, n, low, high)
}

/// Others than those, by their seed.
fn others(seed: u64, n: usize, low: f64, high: f64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let unit = std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    });
    unit.take(n).map(|unit| ((low + unit * (high - low)) * 100.0).round() / 100.0).collect()
}

fn with<T: Clone>(mut values: Vec<T>, planted: &[(usize, T)]) -> Vec<T> {
    for (at, value) in planted {
        values[*at] = value.clone();
    }
    values
}

fn cycle(words: &[&str], n: usize) -> Vec<String> {
    words.iter().cycle().take(n).map(|word| (*word).to_owned()).collect()
}

fn days(name: &str, days: Vec<i64>) -> Column {
    let days: Vec<i32> = days.into_iter().map(|day| day as i32).collect();
    Series::new(name.into(), days).cast(&DataType::Date).unwrap().into_column()
}

fn one(column: Column) -> DataFrame {
    DataFrame::new(column.len(), vec![column]).unwrap()
}

fn text(name: &str, values: &[String]) -> DataFrame {
    one(Column::new(name.into(), values))
}

fn real(name: &str, values: Vec<f64>) -> DataFrame {
    one(Column::new(name.into(), values))
}

fn whole(name: &str, values: Vec<i64>) -> DataFrame {
    one(Column::new(name.into(), values))
}

/// Tables with one trap each.
fn planted() -> Vec<(DataFrame, &'static str)> {
    let prices = || numbers(60, 10.0, 90.0);
    let ages = || numbers(60, 18.0, 80.0).into_iter().map(|age| age as i64).collect::<Vec<_>>();
    let regions = || cycle(&["North", "South", "East"], 60);
    let march = |n: i64| (0..n).map(|at| 19_783 + at).collect::<Vec<_>>();
    let weights = |unit: &str| -> Vec<String> { numbers(40, 1.0, 9.0).iter().map(|w| format!("{w}{unit}")).collect() };
    let ids = || (1000..1060i64).collect::<Vec<_>>();
    let some = |values: Vec<f64>, there: &dyn Fn(usize) -> bool| -> Vec<Option<f64>> {
        values.into_iter().enumerate().map(|(at, value)| there(at).then_some(value)).collect()
    };
    let mut logged = df!("reading" => some(prices(), &|at| at >= 25)).unwrap();
    logged.with_column(days("day", march(60))).unwrap();
    let mut repeated = df!("price" => prices(), "sold" => others(1, 60, 0.0, 900.0), "region" => regions()).unwrap();
    repeated.vstack_mut(&repeated.slice(17, 1)).unwrap();
    vec![
        (df!("x" => ["a", "a", "b"], "y" => [1i64, 1, 2]).unwrap(), "duplicate_rows"),
        (repeated, "duplicate_rows"),
        (df!("x" => [1i64, 2], "y" => [None::<&str>, None]).unwrap(), "empty_columns"),
        (df!("x" => (0..20i64).collect::<Vec<_>>(), "y" => vec!["k"; 20]).unwrap(), "constant_columns"),
        (whole("age", vec![31, 45, -999, 22, 60]), "sentinel_values"),
        (real("temp", vec![20.5, 21.0, 999.0, 19.5, 22.0]), "sentinel_values"),
        (whole("age", with(ages(), &[(3, -1), (30, -1)])), "sentinel_values"),
        (whole("visitors", with(ages(), &[(3, 99_999), (30, 99_999)])), "sentinel_values"),
        (one(days("hired", with(march(60), &[(7, 2_932_896)]))), "sentinel_values"),
        (one(days("born", with(march(60), &[(7, -25_567), (9, -25_567)]))), "sentinel_values"),
        (df!("g" => ["a", "b", "Total", "c"], "y" => [1i64, 2, 3, 4]).unwrap(), "subtotal_rows"),
        (df!("g" => ["a", "b", "North total", "c", "d", "South total"], "y" => [1i64, 2, 3, 4, 5, 9]).unwrap(), "subtotal_rows"),
        (df!("g" => ["a", "b", "c", "All"], "y" => [1.5, 2.0, 3.0, 6.5]).unwrap(), "subtotal_rows"),
        (whole("customer_id", vec![10, 11, 12, 13]), "id_like"),
        (whole("order_id", with(ids(), &[(20, 1010)])), "duplicate_keys"),
        (text("invoice_no", &with(ids().iter().map(|id| format!("R-{id}")).collect(), &[(20, "R-1010".into())])), "duplicate_keys"),
        (whole("zip", with((0..40).map(|at| 10_000 + at * 791).collect(), &[(3, 2115), (9, 6510)])), "leading_zeros_lost"),
        (text("sold", &with((0..40).map(|at| (at * 7).to_string()).collect(), &[(5, "n.v.".into())])), "numbers_as_text"),
        (text("weight", &with(weights(" kg"), &[(4, "3.5 lb".into()), (9, "2 lb".into())])), "mixed_units"),
        (text("length", &with(weights("cm"), &[(4, "12 in".into())])), "mixed_units"),
        (text("paid", &with(weights("").iter().map(|w| format!("€{w}")).collect(), &[(4, "$5.00".into())])), "mixed_currencies"),
        (df!("amount" => prices(), "currency" => cycle(&["EUR", "EUR", "USD"], 60)).unwrap(), "mixed_currencies"),
        (df!("quantity" => prices(), "unit" => cycle(&["kg", "lb"], 60)).unwrap(), "mixed_units"),
        (text("day", &with((1..29).map(|day| format!("{day}.03.2024")).collect(), &[(3, "unknown".into())])), "dates_as_text"),
        (text("day", &with((1..29).map(|day| format!("{day}/03/2024")).collect(), &[(3, "03/28/2024".into())])), "mixed_date_orders"),
        (one(days("sold_on", with(march(60), &[(59, TODAY + 300)]))), "future_dates"),
        (real("price", with(prices(), &[(9, 4500.0)])), "decimal_slips"),
        (real("height", with(numbers(200, 1.5, 2.0), &[(9, 178.0)])), "decimal_slips"),
        (real("weight_kg", with(numbers(200, 50.0, 99.0), &[(9, 0.071)])), "decimal_slips"),
        (real("conversion_rate", numbers(30, 0.02, 0.6).into_iter().chain(numbers(30, 5.0, 60.0)).collect()), "percent_and_fraction"),
        (real("price", with(prices(), &[(9, -12.5)])), "negative_amounts"),
        (whole("age", with(ages(), &[(9, 212)])), "impossible_values"),
        (real("attendance_pct", with(prices(), &[(9, 130.0)])), "impossible_values"),
        (real("latitude", with(prices(), &[(9, 148.2)])), "impossible_values"),
        (text("region", &with(regions(), &[(5, "south ".into()), (8, "EAST".into())])), "spelling_variants"),
        (text("city", &with(cycle(&["Zürich", "Genf"], 60), &[(4, "Zurich".into())])), "spelling_variants"),
        (text("team", &with(cycle(&["Marketing", "Logistics"], 80), &[(4, "Marekting".into())])), "spelling_variants"),
        (logged, "filled_partly"),
        (df!("rating" => some(prices(), &|at| at % 3 != 1), "sold" => others(1, 60, 0.0, 900.0), "shop" => regions()).unwrap(), "filled_partly"),
    ]
}

#[test]
fn each_trap_is_told_and_only_it() {
    let planted = planted();
    assert!(planted.len() >= 25);
    let mut wrong = Vec::new();
    for (frame, code) in &planted {
        let found = warnings(frame);
        let codes: Vec<&str> = found.iter().map(|warning| warning.code.as_str()).collect();
        if codes != [*code] || found[0].fix.is_none() {
            wrong.push((frame.get_column_names(), *code, found));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn warnings_name_columns_and_lines() {
    let planted = planted();
    let told = |code: &str| {
        let (frame, _) = planted.iter().find(|(_, known)| *known == code).unwrap();
        let warning = warnings(frame).remove(0);
        (warning.columns, warning.rows, warning.count)
    };
    assert_eq!(told("sentinel_values"), (vec!["age".into()], vec![4], Some(1)));
    assert_eq!(told("subtotal_rows"), (vec!["g".into()], vec![4], Some(1)));
    assert_eq!(told("duplicate_rows"), (vec![], vec![3], Some(1)));
    assert_eq!(told("leading_zeros_lost"), (vec!["zip".into()], vec![5, 11], Some(2)));
    assert_eq!(told("mixed_units").1, [6, 11]);
}

#[test]
fn honest_columns_are_left_alone() {
    let n = 400;
    let heavy_tail: Vec<f64> = numbers(n, 0.01, 1.0).into_iter().map(|unit| (10.0 / unit).round()).collect();
    let mut dated = df!("price" => numbers(n, 5.0, 500.0)).unwrap();
    dated.with_column(days("due_date", (0..n as i64).map(|at| TODAY - 200 + at).collect())).unwrap();
    dated.with_column(days("born", (0..n as i64).map(|at| -25_567 + at * 90).collect())).unwrap();
    let honest = vec![
        df!("balance" => [-999i64, -800, 300, 999, 850], "year" => [1998i64, 1999, 2000, 2001, 2002]).unwrap(),
        df!("answer" => cycle(&["yes", "no"], n), "group" => cycle(&["a", "b", "c"], n)).unwrap(),
        df!("income" => &heavy_tail, "growth_rate" => others(1, n, 0.1, 8.0)).unwrap(),
        df!("change" => numbers(n, -5.0, 5.0), "temperature" => others(1, n, -20.0, 35.0)).unwrap(),
        df!("title" => ["Total Recall", "Alien", "Totally Killer", "Sum of Us"], "votes" => [10i64, 20, 30, 44]).unwrap(),
        df!("country" => cycle(&["Austria", "Australia", "Niger", "Nigeria", "Iran", "Iraq"], n), "k" => numbers(n, 0.0, 9.0)).unwrap(),
        df!("code" => cycle(&["007", "013", "112"], n), "v" => numbers(n, 0.0, 9.0)).unwrap(),
        df!("size" => cycle(&["250 g", "500 g", "1000 g"], n), "v" => numbers(n, 0.0, 9.0)).unwrap(),
        df!("rating" => numbers(n, 1.0, 5.0).into_iter().enumerate().map(|(at, v)| (at % 3 != 0).then_some(v)).collect::<Vec<_>>()).unwrap(),
        df!("zip" => (0..40i64).map(|at| 20_000 + at * 791).collect::<Vec<_>>(), "age" => (0..40i64).collect::<Vec<_>>()).unwrap(),
        text("room", &with((200..240).map(|at| at.to_string()).collect(), &[(5, "224B".into())])),
        dated,
    ];
    let alarms: Vec<DataWarning> = honest.iter().flat_map(warnings).collect();
    assert!(alarms.is_empty(), "{alarms:#?}");
}

#[test]
fn rows_may_share_a_postcode_but_not_an_order_number() {
    let nearly_unique: Vec<String> = (0..40).map(|at| format!("0{}", 1000 + at % 39)).collect();
    assert!(codes(&text("order_id", &nearly_unique)).contains(&"duplicate_keys".to_owned()));
    assert!(codes(&text("postcode", &nearly_unique)).is_empty());
}
