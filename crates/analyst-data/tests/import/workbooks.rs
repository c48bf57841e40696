//! Workbooks as people and attackers make them.

use std::io::Write;

use analyst_data::DataError;
use analyst_types::ReadOptions;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use zip::write::SimpleFileOptions;

use super::{Desk, columns, rows, warnings};

fn fill(sheet: &mut Worksheet, rows: &[&[&str]]) {
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            match text.parse::<f64>() {
                Ok(number) => sheet.write(row as u32, column as u16, number).unwrap(),
                Err(_) => sheet.write(row as u32, column as u16, *text).unwrap(),
            };
        }
    }
}

fn all() -> ReadOptions {
    ReadOptions::default()
}

#[test]
fn several_tables_of_a_sheet_become_datasets() {
    let mut book = Workbook::new();
    fill(
        book.add_worksheet().set_name("S").unwrap(),
        &[
            &["a", "b", "", "city", "n", "m"],
            &["1", "2", "", "Rome", "4", "5"],
            &["3", "4", "", "Oslo", "6", "7"],
            &["5", "6", "", "", "", ""],
            &[],
            &["x", "y", "", "", "", ""],
            &["p", "8", "", "", "", ""],
            &["q", "9", "", "", "", ""],
        ],
    );
    let desk = Desk::new();
    let path = desk.write("many.xlsx", book.save_to_buffer().unwrap());
    let tables = desk.open(&path, &all()).unwrap();
    let found: Vec<_> = tables.iter().map(|t| (t.name.as_str(), columns(t), t.n_rows)).collect();
    assert_eq!(
        found,
        [
            ("many_S", "a:integer b:integer".to_owned(), 3),
            ("many_S_2", "x:text y:integer".to_owned(), 2),
            ("many_S_3", "city:text n:integer m:integer".to_owned(), 2),
        ]
    );
    for table in &tables {
        let again = desk.open(&path, &table.format.as_options()).unwrap();
        assert_eq!((again.len(), &again[0].fingerprint), (1, &table.fingerprint));
    }
}

#[test]
fn merged_cells_speak_for_every_row_below() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    fill(sheet, &[&["region", "shop", "n"], &["", "a", "1"], &["", "b", "2"], &["South", "c", "3"]]);
    sheet.merge_range(1, 0, 2, 0, "North", &Format::new()).unwrap();
    let desk = Desk::new();
    let table = desk.open_one("m.xlsx", book.save_to_buffer().unwrap());
    assert_eq!(rows(&table), r#"[["North","a",1],["North","b",2],["South","c",3]]"#);
    assert_eq!(warnings(&table), "merged_cells");
}

#[test]
fn times_and_spans_are_understood() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    fill(sheet, &[&["at", "time", "span"]]);
    let format = |text| Format::new().set_num_format(text);
    let at = ExcelDateTime::parse_from_str("2024-02-29 13:14:15").unwrap();
    sheet.write_datetime_with_format(1, 0, &at, &format("yyyy-mm-dd hh:mm:ss")).unwrap();
    sheet.write_number_with_format(1, 1, 0.75, &format("hh:mm")).unwrap();
    sheet.write_number_with_format(1, 2, 1.5, &format("[h]:mm:ss")).unwrap();
    let desk = Desk::new();
    let table = desk.open_one("t.xlsx", book.save_to_buffer().unwrap());
    assert_eq!(columns(&table), "at:datetime time:time span:duration");
    assert_eq!(rows(&table), r#"[["2024-02-29T13:14:15","18:00:00","36:00:00"]]"#);
}

#[test]
fn both_calendars_are_understood() {
    let sheet = br#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
        <row r="1"><c r="A1" t="inlineStr"><is><t>day</t></is></c></row>
        <row r="2"><c r="A2" s="1"><v>43889</v></c></row></sheetData></worksheet>"#;
    let styles: &[u8] = br#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#;
    let desk = Desk::new();
    let in_1900 = desk.open_one("c.xlsx", package(sheet, &[("xl/styles.xml", styles)]));
    assert_eq!((columns(&in_1900), rows(&in_1900)), ("day:date".into(), r#"[["2020-02-28"]]"#.into()));
    let in_1904 =
        desk.open_one("c.xlsx", package_with(sheet, &[("xl/styles.xml", styles)], "<workbookPr date1904=\"1\"/>"));
    assert_eq!((columns(&in_1904), rows(&in_1904)), ("day:date".into(), r#"[["2024-02-29"]]"#.into()));
}

#[test]
fn formulas_without_a_stored_result_are_told() {
    let sheet = br#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
        <sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>n</t></is></c><c r="B1" t="inlineStr"><is><t>twice</t></is></c></row>
        <row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>A2*2</f></c></row>
        <row r="3"><c r="A3"><v>2</v></c><c r="B3"><f>A3*2</f><v>4</v></c></row></sheetData></worksheet>"#;
    let desk = Desk::new();
    let table = desk.open_one("f.xlsx", package(sheet, &[]));
    assert_eq!((rows(&table).as_str(), warnings(&table).as_str()), ("[[1,null],[2,4]]", "uncomputed_formulas"));
    let warning = &table.warnings[0];
    assert_eq!((warning.count, &warning.rows[..]), (Some(1), &[2u64][..]));
}

fn package(sheet: &[u8], more: &[(&str, &[u8])]) -> Vec<u8> {
    package_with(sheet, more, "")
}

/// A workbook of one sheet, made of its parts.
fn package_with(sheet: &[u8], more: &[(&str, &[u8])], properties: &str) -> Vec<u8> {
    let types =
        br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>"#;
    let relations = br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;
    let book = format!(
        r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">{properties}<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"#
    );
    let root = br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let parts: Vec<(&str, &[u8])> = [
        ("_rels/.rels", &root[..]),
        ("[Content_Types].xml", &types[..]),
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", &relations[..]),
        ("xl/worksheets/sheet1.xml", sheet),
    ]
    .into_iter()
    .chain(more.iter().copied())
    .collect();
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

#[test]
fn entities_that_multiply_or_fetch_stay_inert() {
    let desk = Desk::new();
    let secret = desk.write("secret.txt", "canary");
    let laughs: String =
        (1..12).map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10))).collect();
    for text in ["&e11;", "&xxe;", "&remote;"] {
        let sheet = format!(
            "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e0 \"ha\">{laughs}<!ENTITY xxe SYSTEM \"file://{}\">\
             <!ENTITY remote SYSTEM \"http://127.0.0.1:9/x\">]>\
             <worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>\
             <row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>a</t></is></c></row>\
             <row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>{text}</t></is></c></row></sheetData></worksheet>",
            secret.display()
        );
        let started = std::time::Instant::now();
        if let Ok(tables) = desk.open(&desk.write("x.xlsx", package(sheet.as_bytes(), &[])), &all()) {
            let shown = rows(&tables[0]);
            assert!(!shown.contains("canary") && shown.len() < 1000, "{shown}");
        }
        assert!(started.elapsed().as_secs() < 10);
    }
}

#[test]
fn macros_and_links_to_elsewhere_are_told_and_left_alone() {
    let sheet = br#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
        <row r="1"><c r="A1" t="inlineStr"><is><t>n</t></is></c></row>
        <row r="2"><c r="A2"><f>[1]Other!A1</f><v>7</v></c></row></sheetData></worksheet>"#;
    let desk = Desk::new();
    let more: &[(&str, &[u8])] = &[("xl/vbaProject.bin", b"x"), ("xl/externalLinks/externalLink1.xml", b"<a/>")];
    let table = desk.open_one("m.xlsm", package(sheet, more));
    assert_eq!((rows(&table).as_str(), warnings(&table).as_str()), ("[[7]]", "external_links macros"));
}

#[test]
fn a_part_that_inflates_beyond_reason_is_refused() {
    let desk = Desk::new();
    let mut sheet = b"<worksheet><sheetData>".to_vec();
    sheet.resize(200 << 20, b' ');
    let started = std::time::Instant::now();
    let bomb = package(&sheet, &[]);
    assert!(matches!(desk.open(&desk.write("b.xlsx", &bomb), &all()), Err(DataError::TooLarge { .. })));
    // The same with a directory that lies about the size.
    let mut lying = bomb.clone();
    let size = (sheet.len() as u32).to_le_bytes();
    let small = 1000u32.to_le_bytes();
    while let Some(at) = lying.windows(4).position(|window| window == size) {
        lying[at..at + 4].copy_from_slice(&small);
    }
    let result = desk.open(&desk.write("l.xlsx", &lying), &all());
    assert!(matches!(result, Err(DataError::Unreadable { .. } | DataError::TooLarge { .. })), "{result:?}");
    assert!(started.elapsed().as_secs() < 60);
}

#[test]
fn a_sparse_sheet_of_the_old_format_is_cheap() {
    let mut sheet = b"<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row>".to_vec();
    sheet.extend(b"<row r=\"1048576\"><c r=\"XFD1048576\"><v>2</v></c></row></sheetData></worksheet>");
    let desk = Desk::new();
    let started = std::time::Instant::now();
    let result = desk.open(&desk.write("s.xlsx", package(&sheet, &[])), &all());
    assert!(result.is_ok() || matches!(result, Err(DataError::TooLarge { .. })), "{result:?}");
    assert!(started.elapsed().as_secs() < 10);
}

#[test]
fn a_workbook_with_a_password_says_so() {
    let mut bytes = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    bytes.resize(1024, 0);
    bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    bytes.resize(4096, 0);
    let desk = Desk::new();
    let error = desk.open(&desk.write("p.xlsx", bytes), &all()).unwrap_err();
    assert!(error.to_string().contains("password"), "{error}");
}

#[test]
fn a_page_under_the_name_of_a_workbook_is_read() {
    let desk = Desk::new();
    let page = "<html><meta charset=utf-8><table><tr><td>Day</td><td>Amount</td></tr>\
                <tr><td>2024-01-31</td><td>-12.50</td></tr><tr><td>2024-02-29</td><td>3.00</td></tr></table></html>";
    let table = desk.open_one("statement.xls", page);
    assert_eq!((columns(&table), table.n_rows), ("Day:date Amount:float".into(), 2));
    assert_eq!(warnings(&table), "web_page");
}
