use analyst_types::{Column, ColumnType};

use super::*;

fn tables() -> Vec<(String, Vec<Column>)> {
    let column = |name: &str| Column { name: name.into(), kind: ColumnType::Float };
    let sales = ["revenue", "Order Date", "region", "units"].map(column).to_vec();
    vec![("sales".into(), sales), ("people".into(), vec![column("name"), column("age")])]
}

/// Code and line of each finding.
fn found(code: &str) -> Vec<(String, u32)> {
    findings(code, &tables()).into_iter().map(|finding| (finding.code, finding.line)).collect()
}

fn check(cases: &[(&str, &[(&str, u32)])]) {
    for (code, expect) in cases {
        let expect: Vec<(String, u32)> = expect.iter().map(|(code, line)| ((*code).to_owned(), *line)).collect();
        assert_eq!(found(code), expect, "{code}");
    }
}

#[test]
fn syntax_errors_have_their_line() {
    check(&[
        ("x = 1\nif x\n  y = 2", &[("syntax_error", 2)]),
        ("print('a'", &[("syntax_error", 1)]),
        ("x = (1,\n\ny = = 2", &[("syntax_error", 3)]),
        ("```python\nx = 1\n```", &[("syntax_error", 1)]),
        ("", &[]),
        ("# only a remark", &[]),
        ("x = 1", &[]),
    ]);
}

#[test]
fn imports_go_by_the_list() {
    const BAD: &str = "import_not_allowed";
    check(&[
        ("import requests", &[(BAD, 1)]),
        ("import pandas as pd\nimport os, subprocess", &[(BAD, 2)]),
        ("from sklearn.cluster import KMeans", &[]),
        ("import os\nos.system('ls')", &[(BAD, 2)]),
        ("from os import system", &[(BAD, 1)]),
        ("from os import path", &[]),
        ("def f():\n    import torch", &[(BAD, 2)]),
        ("try:\n    import xgboost\nexcept ImportError:\n    pass", &[(BAD, 2)]),
        ("import matplotlib.pyplot as plt\nplt.plot([1])", &[]),
        ("import o", &[(BAD, 1)]),
    ]);
    let message = |code: &str| findings(code, &[])[0].message.clone();
    assert!(message("import panda").contains("pandas"), "{}", message("import panda"));
    assert!(message("import requests").contains("no network"));
    assert!(message("import zzzzzz").contains("use pandas"));
}

#[test]
fn columns_that_are_not_there_are_named_with_the_nearest() {
    const BAD: &str = "unknown_column";
    check(&[
        ("df['reveneu'].sum()", &[(BAD, 1)]),
        ("x = 1\nsales['profit']", &[(BAD, 2)]),
        ("df[['revenue', 'unit']]", &[(BAD, 1)]),
        ("df.groupby('regoin').revenue.sum()", &[(BAD, 1)]),
        ("df.groupby(['region', 'x'])['revenue'].sum()", &[(BAD, 1)]),
        ("df.sort_values(by='Revenue')", &[(BAD, 1)]),
        ("people['revenue']", &[(BAD, 1)]),
        ("px.bar(df, x='region')\ndf['nope']", &[(BAD, 2)]),
        ("df['total'] = df['revenue'] * df['unitz']\ndf['total']", &[(BAD, 1)]),
        ("df['revenue'].sum() + sales['units'].mean()", &[]),
    ]);
    let message = |code: &str| findings(code, &tables())[0].message.clone();
    assert!(message("df['reveneu']").contains("“revenue”"), "{}", message("df['reveneu']"));
    assert!(message("df['order_date']").contains("“Order Date”"));
    assert!(message("df['zzz']").contains("it has “revenue”"));
}

#[test]
fn columns_are_left_alone_where_nobody_can_be_sure() {
    check(&[
        ("df['profit'] = 1\ndf['profit']", &[]),
        ("sales['profit'] = 1\ndf['profit']", &[]),
        ("df = df.rename(columns={'a': 'b'})\ndf['b']", &[]),
        ("df.loc[:, 'c'] = 1\ndf['c']", &[]),
        ("df[name] = 1\ndf['c']", &[]),
        ("df.insert(0, 'c', 1)\ndf['c']", &[]),
        ("df.rename(columns=str.lower, inplace=True)\ndf['order date']", &[]),
        ("df.columns = ['a', 'b']\ndf['a']", &[]),
        ("for df in frames:\n    df['a']", &[]),
        ("def f(df):\n    return df['a']", &[]),
        ("f = lambda df: df['a']", &[]),
        ("clean(df)\ndf['a']", &[]),
        ("other['a']", &[]),
        ("df[df['revenue'] > 1]['x']", &[]),
        ("df.pivot_table(index='region')['a']", &[]),
        ("with open_it() as df:\n    df['a']", &[]),
        ("df[f'{x}']", &[]),
        ("df, other = load()\ndf['a']", &[]),
        ("(df := load())['a']", &[]),
    ]);
    assert!(findings("df['a']", &[]).is_empty());
}

#[test]
fn files_are_not_read_unless_they_were_written() {
    const BAD: &str = "reads_file";
    check(&[
        ("pd.read_csv('sales.csv')", &[(BAD, 1)]),
        ("import pandas\nx = pandas.read_excel('a.xlsx')", &[(BAD, 2)]),
        ("with open('x.txt') as f: f.read()", &[(BAD, 1)]),
        ("open('x.txt', 'rb')", &[(BAD, 1)]),
        ("from pathlib import Path\nPath('x').read_text()", &[(BAD, 2)]),
        ("pd.read_csv(io.StringIO('a,b'))", &[]),
        ("pd.read_csv(name)", &[]),
        ("with open('x.txt', 'w') as f: f.write('a')\nopen('x.txt').read()", &[]),
        ("df.to_csv('x.csv')\npd.read_csv('x.csv')", &[]),
        ("pd.read_csv('a,b\\n1,2')", &[]),
    ]);
}

#[test]
fn chance_wants_a_seed() {
    const BAD: &str = "unseeded_random";
    check(&[
        ("train_test_split(X, y)", &[(BAD, 1)]),
        ("train_test_split(X, y, random_state=1)", &[]),
        ("train_test_split(X, y, shuffle=False)", &[]),
        ("KMeans(3).fit(X)", &[(BAD, 1)]),
        ("cluster.KMeans(3, random_state=0)", &[]),
        ("KMeans(**options)", &[]),
        ("np.random.rand(3)", &[(BAD, 1)]),
        ("np.random.seed(0)\nnp.random.rand(3)", &[]),
        ("np.random.default_rng()", &[(BAD, 1)]),
        ("np.random.default_rng(7)", &[]),
        ("df.sample(10)", &[(BAD, 1)]),
        ("df.sample(frac=0.5, random_state=0)", &[]),
        ("random.sample(names, 3)", &[]),
    ]);
    assert!(!findings("df.sample(10)", &[])[0].is_error);
}

#[test]
fn what_learns_is_fitted_after_the_split() {
    const BAD: &str = "fit_before_split";
    let split = "train_test_split(X, y, random_state=0)";
    check(&[
        (&format!("s = StandardScaler()\nX = s.fit_transform(X)\na = {split}"), &[(BAD, 2)]),
        (&format!("s = StandardScaler()\ns.fit(X)\nX2 = s.transform(X)\na = {split}"), &[(BAD, 2)]),
        ("Z = StandardScaler().fit_transform(X)\na = train_test_split(Z, y, random_state=0)", &[(BAD, 1)]),
        (&format!("a, b, c, d = {split}\ns = StandardScaler()\na = s.fit_transform(a)"), &[]),
        (&format!("s = StandardScaler()\nother = s.fit_transform(W)\na = {split}"), &[]),
        ("X = StandardScaler().fit_transform(X)\nKMeans(2, random_state=0).fit(X)", &[]),
        (&format!("m = LinearRegression().fit(X, y)\na = {split}"), &[]),
    ]);
}

#[test]
fn hostile_code_is_read_or_left_and_never_brings_us_down() {
    for code in [
        "(".repeat(60_000),
        "-".repeat(60_000) + "1",
        "not ".repeat(15_000) + "1",
        "1+".repeat(30_000) + "1",
        "x".to_owned() + &".y".repeat(30_000),
        "2**".repeat(20_000) + "2",
        "lambda:".repeat(9_000) + "1",
        "\0\u{feff}\r\r\n".repeat(100),
        "x = 1\n".repeat(100_000),
    ] {
        let _ = findings(&code, &tables());
    }
}

#[test]
fn names_that_are_near_are_found() {
    assert_eq!(distance("revenue", "reveneu"), 1);
    assert_eq!(distance("abc", ""), 3);
    assert_eq!(nearest("order_date", ["Order Date", "x"].into_iter()), Some("Order Date"));
    assert_eq!(nearest("profit", ["revenue"].into_iter()), None);
    assert_eq!(nearest("ab", ["cd"].into_iter()), None);
}
