//! Workbooks, JSON, Parquet and Arrow, there and back.

use analyst_data::{DataError, SourceFile, export, inspect, profile};
use analyst_types::{FileKind, ReadOptions};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use tokio_util::sync::CancellationToken;

use super::{Desk, columns, rows, warnings};

fn day(text: &str) -> ExcelDateTime {
    ExcelDateTime::parse_from_str(text).unwrap()
}

/// Two sheets with data, one empty, one hidden.
fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let dates = Format::new().set_num_format("yyyy-mm-dd");
    let sales = book.add_worksheet().set_name("Sales 2024").unwrap();
    sales.write(0, 0, "Report of the year").unwrap();
    for (column, name) in ["id", "region", "amount", "day", "ok"].into_iter().enumerate() {
        sales.write(2, column as u16, name).unwrap();
    }
    for row in 0..3u32 {
        sales.write(3 + row, 0, format!("00{row}")).unwrap();
        sales.write(3 + row, 1, ["N", "S", "N"][row as usize]).unwrap();
        sales.write(3 + row, 3, day("2024-03-01")).unwrap();
        sales.set_cell_format(3 + row, 3, &dates).unwrap();
        sales.write(3 + row, 4, row > 0).unwrap();
    }
    sales.write(3, 2, 10).unwrap();
    sales.write(5, 2, 30).unwrap();
    sales.write(6, 0, "Total").unwrap();
    sales.write(6, 2, 40).unwrap();
    let errors = book.add_worksheet().set_name("Errors").unwrap();
    errors.write(0, 0, "x").unwrap();
    errors.write(1, 0, 1.5).unwrap();
    errors.write_formula(2, 0, Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    book.add_worksheet().set_name("Nothing").unwrap();
    let hidden = book.add_worksheet().set_name("Secret").unwrap();
    hidden.write(0, 0, "hidden").unwrap();
    hidden.set_hidden(true);
    book.save_to_buffer().unwrap()
}

#[test]
fn every_visible_sheet_with_data_becomes_a_table() {
    let desk = Desk::new();
    let path = desk.write("book.xlsx", workbook());
    let tables = desk.open(&path, &ReadOptions::default()).unwrap();
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["book_Sales_2024", "book_Errors"]);
    assert_eq!(columns(&tables[0]), "id:text region:text amount:integer day:date ok:boolean");
    let expected =
        r#"[["000","N",10,"2024-03-01",false],["001","S",null,"2024-03-01",true],["002","N",30,"2024-03-01",true]]"#;
    assert_eq!(rows(&tables[0]), expected);
    assert_eq!(warnings(&tables[0]), "hidden_sheets leading_zeros preamble totals_row");
    assert_eq!((tables[0].format.header_row, tables[0].format.total_rows), (Some(3), 1));
    assert_eq!(
        (columns(&tables[1]), rows(&tables[1]), warnings(&tables[1])),
        ("x:float".into(), "[[1.5],[null]]".into(), "error_cells".into())
    );
}

#[test]
fn a_sheet_is_chosen_by_name_even_when_hidden() {
    let desk = Desk::new();
    let path = desk.write("book.xlsx", workbook());
    let sheet = |name: &str| ReadOptions { sheet: Some(name.to_owned()), ..ReadOptions::default() };
    let one = desk.open(&path, &sheet("errors")).unwrap();
    assert_eq!((one.len(), one[0].name.as_str()), (1, "book"));
    assert_eq!(columns(&desk.open(&path, &sheet("Secret")).unwrap()[0]), "hidden:text");
    let missing = desk.open(&path, &sheet("Salse")).unwrap_err();
    assert!(matches!(missing, DataError::NoSuchSheet { ref available, .. } if available.len() == 4), "{missing}");
    assert!(matches!(desk.open(&path, &sheet("Nothing")), Err(DataError::Empty { .. })));
    let info = inspect(&SourceFile::at(&path).unwrap(), &CancellationToken::new()).unwrap();
    assert_eq!((info.kind, info.sheets.len(), info.file_name.as_str()), (FileKind::Excel, 4, "book.xlsx"));
}

#[test]
fn a_workbook_is_known_by_its_bytes() {
    let desk = Desk::new();
    let tables = desk.open(&desk.write("really.csv", workbook()), &ReadOptions::default()).unwrap();
    assert_eq!(tables[0].format.kind, FileKind::Excel);
}

#[test]
fn far_corners_of_a_sheet_cost_nothing() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "a").unwrap();
    sheet.write(1_048_575, 16_383, 1).unwrap();
    let desk = Desk::new();
    let started = std::time::Instant::now();
    let path = desk.write("sparse.xlsx", book.save_to_buffer().unwrap());
    let result = desk.open(&path, &ReadOptions::default());
    assert!(result.is_ok(), "{:?}", result.unwrap_err());
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for column in 0..16_000u16 {
        sheet.write(0, column, format!("c{column}")).unwrap();
    }
    for row in 1..8000u32 {
        sheet.write(row, 0, row).unwrap();
    }
    let path = desk.write("nearly_empty.xlsx", book.save_to_buffer().unwrap());
    assert!(matches!(desk.open(&path, &ReadOptions::default()), Err(DataError::TooLarge { .. })));
    assert!(started.elapsed().as_secs() < 20);
}

#[test]
fn json_of_every_shape_becomes_a_table() {
    let cases = [
        (
            "[{\"a\":1,\"b\":\"x\"},{\"a\":null,\"c\":true}]",
            "a:integer b:text c:boolean",
            r#"[[1,"x",null],[null,null,true]]"#,
        ),
        ("{\"a\":[1,2],\"b\":[\"x\",\"y\"]}", "a:integer b:text", r#"[[1,"x"],[2,"y"]]"#),
        (
            "[{\"id\":\"007\",\"p\":{\"x\":1.5,\"q\":{\"z\":[1,2]}}}]",
            "id:text p.x:float p.q.z:text",
            r#"[["007",1.5,"[1,2]"]]"#,
        ),
        ("{\"count\":2,\"data\":[{\"a\":1},{\"a\":2}]}", "a:integer", "[[1],[2]]"),
        ("{\"a\":{\"0\":1,\"1\":2},\"b\":{\"0\":\"x\",\"1\":\"y\"}}", "a:integer b:text", r#"[[1,"x"],[2,"y"]]"#),
        ("{\"columns\":[\"a\",\"b\"],\"index\":[0],\"data\":[[1,\"x\"]]}", "a:integer b:text", r#"[[1,"x"]]"#),
        ("[[\"a\",\"b\"],[1,2],[3,4]]", "a:integer b:integer", "[[1,2],[3,4]]"),
        ("[[1,2],[3,4]]", "column_1:integer column_2:integer", "[[1,2],[3,4]]"),
        ("[1,2,3]", "value:integer", "[[1],[2],[3]]"),
        ("{\"a\":1,\"b\":\"x\"}", "a:integer b:text", r#"[[1,"x"]]"#),
        (
            "[{\"d\":\"2024-01-02\",\"t\":\"2024-01-02T03:04:05Z\",\"n\":\"12\",\"na\":\"NA\"}]",
            "d:date t:datetime n:text na:text",
            r#"[["2024-01-02","2024-01-02T03:04:05","12","NA"]]"#,
        ),
        (
            "[{\"big\":12345678901234567890,\"huge\":1e400},{\"big\":1,\"huge\":2.5}]",
            "big:text huge:text",
            r#"[["12345678901234567890","1e400"],["1","2.5"]]"#,
        ),
        ("[]", "", "[]"),
        ("{\"meta\":{\"n\":1},\"response\":{\"items\":[{\"a\":1},{\"a\":2}]}}", "a:integer", "[[1],[2]]"),
        (
            "{\"x\":{\"a\":1,\"b\":\"p\"},\"y\":{\"a\":2,\"b\":\"q\"}}",
            "key:text a:integer b:text",
            r#"[["x",1,"p"],["y",2,"q"]]"#,
        ),
        (
            "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"n\":\"A\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1.5,2]}}]}",
            "n:text geometry.type:text geometry.longitude:float geometry.latitude:integer",
            r#"[["A","Point",1.5,2]]"#,
        ),
        ("[{\"a\":1,\"a\":2}]", "a:integer", "[[2]]"),
        (
            "[{\"n\":9007199254740993},{\"n\":-9223372036854775808}]",
            "n:integer",
            r#"[["9007199254740993"],["-9223372036854775808"]]"#,
        ),
    ];
    for (text, names, values) in cases {
        let desk = Desk::new();
        let table = desk.open_one("t.json", text);
        assert_eq!((columns(&table), rows(&table)), (names.to_owned(), values.to_owned()), "{text}");
        assert_eq!(table.format.kind, FileKind::Json, "{text}");
    }
}

#[test]
fn several_lists_of_records_become_tables() {
    let desk = Desk::new();
    let text = "{\"users\":[{\"a\":1}],\"shop\":{\"orders\":[{\"b\":2},{\"b\":3}]},\"n\":5}";
    let path = desk.write("t.json", text);
    let tables = desk.open(&path, &ReadOptions::default()).unwrap();
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["t_users", "t_shop_orders"]);
    assert_eq!(warnings(&tables[0]), "partly_read");
    let again = desk.open(&path, &tables[1].format.as_options()).unwrap();
    assert_eq!((again.len(), rows(&again[0]).as_str()), (1, "[[2],[3]]"));
    assert_eq!(warnings(&desk.open_one("d.json", "[{\"a\":1,\"a\":2}]")), "duplicate_keys");
    let deep = format!("[{}1{}]", "[".repeat(100), "]".repeat(100));
    assert!(matches!(
        desk.open(&desk.write("deep.json", deep), &ReadOptions::default()),
        Err(DataError::Unreadable { .. })
    ));
}

#[test]
fn lines_of_json_are_told_from_a_document() {
    for name in ["t.ndjson", "t.jsonl", "t.json", "t.txt2", "t.csv"] {
        let desk = Desk::new();
        let table = desk.open_one(name, "{\"a\":1,\"b\":{\"c\":\"x\"}}\n\n{\"a\":2}\n");
        assert_eq!(table.format.kind, FileKind::Ndjson, "{name}");
        assert_eq!(
            (columns(&table), rows(&table)),
            ("a:integer b.c:text".into(), r#"[[1,"x"],[2,null]]"#.into()),
            "{name}"
        );
    }
    let desk = Desk::new();
    assert!(desk.open(&desk.write("bad.json", "[][]"), &ReadOptions::default()).is_err());
    assert!(desk.open(&desk.write("bad.ndjson", "{\"a\":1} {\"a\":2}"), &ReadOptions::default()).is_err());
}

#[test]
fn what_is_exported_comes_back_the_same() {
    let desk = Desk::new();
    let text = "id,name,price,day,at,ok\n001,Ann,1.5,2024-01-02,2024-01-02 03:04:05,true\n002,\"B, \"\"b\"\"\",,,,\n003,=cmd,2.25,2024-02-29,2024-02-29 23:59:59,false\n";
    let table = desk.open_one("in.csv", text);
    for extension in ["csv", "ndjson", "json", "parquet", "arrow", "xlsx"] {
        let path = desk.dir.path().join(format!("out.{extension}"));
        assert_eq!(export(&table.arrow_path, &path).unwrap(), 3);
        let back = desk.open(&path, &ReadOptions::default()).unwrap().remove(0);
        assert_eq!(columns(&back), columns(&table), "{extension}");
        let expected = if extension == "csv" { rows(&table).replace("=cmd", "'=cmd") } else { rows(&table) };
        assert_eq!(rows(&back), expected, "{extension}");
        if extension != "csv" {
            assert_eq!(back.fingerprint, table.fingerprint, "{extension}");
        }
    }
}

#[test]
fn a_profile_says_what_is_in_the_columns() {
    let desk = Desk::new();
    let table = desk.open_one("t.csv", "g,n,d\na,1,2024-01-01\nb,2,2024-01-03\na,,2024-01-02\n");
    let profile = profile(&table.arrow_path, &table.name, table.format.clone(), table.warnings.clone()).unwrap();
    let found = serde_json::to_value(&profile).unwrap();
    assert_eq!((found["dataset"].as_str(), found["rows"].as_u64()), (Some("t"), Some(3)));
    assert_eq!(found["columns"][0]["top"][0], serde_json::json!({"value": "a", "count": 2}));
    assert_eq!(found["columns"][1]["nulls"], 1);
    assert_eq!(found["columns"][1]["mean"], 1.5);
    assert_eq!(
        (&found["columns"][2]["min"], &found["columns"][2]["max"]),
        (&"2024-01-01".into(), &"2024-01-03".into())
    );
}
