//! A text that is read in parts is read as it is when taken whole: the same table, types, recipe and warnings.

use analyst_data::{DataError, ImportedTable, Parts, SourceFile, open_in_parts, peek};
use analyst_types::ReadOptions;
use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

use super::csv::CASES;
use super::messy::corpus;
use super::{Desk, columns, rows, warnings};

const WHOLE: Parts = Parts { from_bytes: u64::MAX, part_bytes: 1 << 20, memory_bytes: 1 << 30 };

/// Parts so small that they end within fields, quotes and letters; values wait in memory, or in a file.
const SIZES: [Parts; 4] = [
    Parts { from_bytes: 0, part_bytes: 23, memory_bytes: 0 },
    Parts { from_bytes: 0, part_bytes: 150, memory_bytes: 1 << 10 },
    Parts { from_bytes: 0, part_bytes: 16 << 10, memory_bytes: 1 << 30 },
    Parts { from_bytes: 0, part_bytes: 1 << 20, memory_bytes: 0 },
];

fn read(desk: &Desk, bytes: &[u8], options: &ReadOptions, parts: Parts) -> Result<Vec<ImportedTable>, DataError> {
    read_named(desk, "data.csv", bytes, options, parts)
}

fn read_named(
    desk: &Desk,
    name: &str,
    bytes: &[u8],
    options: &ReadOptions,
    parts: Parts,
) -> Result<Vec<ImportedTable>, DataError> {
    let file = SourceFile::at(&desk.write(name, bytes))?;
    open_in_parts(&file, options, &desk.dir.path().join("store"), parts, &CancellationToken::new())
}

fn assert_same(desk: &Desk, what: &str, bytes: &[u8], options: &ReadOptions, sizes: &[Parts]) {
    assert_same_named(desk, what, "data.csv", bytes, options, sizes);
}

fn assert_same_named(desk: &Desk, what: &str, name: &str, bytes: &[u8], options: &ReadOptions, sizes: &[Parts]) {
    let whole = read_named(desk, name, bytes, options, WHOLE);
    for &parts in sizes {
        match (&whole, read_named(desk, name, bytes, options, parts)) {
            (Ok(whole), Ok(split)) => assert_eq!(*whole, split, "{what} in parts of {}", parts.part_bytes),
            (Err(whole), Err(split)) => assert_eq!(whole.to_string(), split.to_string(), "{what}"),
            (whole, split) => panic!("{what} in parts of {}: {whole:?} but {split:?}", parts.part_bytes),
        }
    }
}

#[test]
fn every_messy_text_is_read_alike() {
    let desk = Desk::new();
    for case in CASES {
        assert_same(&desk, case.name, case.text.as_bytes(), &ReadOptions::default(), &SIZES);
    }
}

/// Files as people have them, of every dialect: some are read in parts, some turn out to need the whole text.
#[test]
fn every_file_of_the_messy_corpus_is_read_alike() {
    let desk = Desk::new();
    let corpus = corpus();
    assert!(corpus.len() >= 129, "{} files", corpus.len());
    for (path, expected) in corpus {
        let (name, bytes) = (path.file_name().unwrap().to_str().unwrap(), std::fs::read(&path).unwrap());
        assert_same_named(&desk, name, name, &bytes, &expected.options, &SIZES);
        for table in read_named(&desk, name, &bytes, &expected.options, WHOLE).unwrap_or_default() {
            let replayed = table.format.as_options();
            assert_same_named(&desk, &format!("{name} once more"), name, &bytes, &replayed, &SIZES[1..2]);
        }
    }
}

/// What an option asks for is the same for a text in parts.
#[test]
fn every_option_is_followed_alike_in_a_long_text() {
    let desk = Desk::new();
    let total = "Total,,9999.00,,,\n";
    let text = table(3000, 2500, "7,soon,n/a,-\n# a remark,2024-03-01,1.5,x,DE,2024-03-01 10:00:00\n") + total;
    let options = [
        r#"{"keepTotals": true}"#,
        r#"{"ragged": "pad"}"#,
        r#"{"ragged": "skip"}"#,
        r#"{"ragged": "refuse"}"#,
        r##"{"comment": "#"}"##,
        r#"{"comment": ""}"#,
        r#"{"types": {"id": "integer", "amount": "text", "day": "date"}}"#,
        r#"{"types": {"amount": "boolean", "code": "integer"}}"#,
        r#"{"types": {"nowhere": "text"}}"#,
        r#"{"quote": ""}"#,
        r#"{"thousands": ",", "decimal": "."}"#,
        r#"{"dateOrder": "mdy"}"#,
        r#"{"delimiter": "fixed:0,4"}"#,
        r#"{"delimiter": ", "}"#,
        r#"{"table": "1"}"#,
        r#"{"table": "2"}"#,
        r#"{"headerRow": 0}"#,
        r#"{"headerRow": 2000}"#,
        r#"{"headerRow": 99999}"#,
    ];
    for said in options {
        let options: ReadOptions = serde_json::from_str(said).unwrap();
        assert_same(&desk, said, text.as_bytes(), &options, &SIZES[2..3]);
    }
}

#[test]
fn several_tables_far_down_are_found_alike() {
    let desk = Desk::new();
    let other = |n: usize| {
        let rows: String = (0..n).map(|at| format!("{at},{}\n", at * 3)).collect();
        format!("\nOther things\n\nkey,count\n{rows}\n")
    };
    for (n_rows, place, n_other) in [(3000, 2000, 0), (3000, 2000, 3), (6000, 5999, 100), (3000, 1500, 1000)] {
        let text = table(n_rows, place, &other(n_other));
        assert_same(
            &desk,
            &format!("{n_rows} {place} {n_other}"),
            text.as_bytes(),
            &ReadOptions::default(),
            &SIZES[2..3],
        );
    }
    let gaps: String = (0..4000).map(|at| format!("{}{at},x,{at}\n", if at % 3 == 0 { "\n" } else { "" })).collect();
    assert_same(&desk, "many gaps", format!("a,b,c\n{gaps}").as_bytes(), &ReadOptions::default(), &SIZES[2..3]);
}

#[test]
fn every_sample_is_read_alike() {
    let desk = Desk::new();
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples");
    let mut n = 0;
    for entry in std::fs::read_dir(samples).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            let bytes = std::fs::read(&path).unwrap();
            assert_same(&desk, &path.display().to_string(), &bytes, &ReadOptions::default(), &SIZES[1..]);
            n += 1;
        }
    }
    assert!(n > 0);
}

#[test]
fn every_encoding_is_read_alike() {
    let desk = Desk::new();
    let text = "name,city,n\nMüller,Köln,1\nJosé,Orléans,2\n\"Zoë\n\",Łódź,3\n".repeat(30);
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin: Vec<u8> = "name,ort\nMüller,Köln\nJosé,Orléans\n".repeat(30).chars().map(|c| c as u8).collect();
    let mut broken = text.repeat(3).into_bytes();
    broken.extend(b"x,\xC3,4\n");
    let nul = text.replace("Orl", "Or\0l");
    let marked = [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat();
    let cases: [(&str, &[u8]); 6] = [
        ("utf-8", text.as_bytes()),
        ("utf-8 with a mark", &marked),
        ("utf-16", &utf16),
        ("latin-1", &latin),
        ("utf-8 with a broken letter", &broken),
        ("text with NUL", nul.as_bytes()),
    ];
    for (what, bytes) in cases {
        assert_same(&desk, what, bytes, &ReadOptions::default(), &SIZES);
    }
    // The only letters that are not ASCII stand where no sample looks.
    let mut late = "name,city,n\nMueller,Koeln,1\n".to_owned() + &"Schmidt,Bonn,2\n".repeat(50_000);
    late.push_str("M?ller,K?ln,3\n");
    late.push_str(&"Schmidt,Bonn,2\n".repeat(40_000));
    let late: Vec<u8> = late.bytes().map(|byte| if byte == b'?' { 0xFC } else { byte }).collect();
    assert_same(&desk, "late latin-1", &late, &ReadOptions::default(), &SIZES[3..]);
    let told = ReadOptions { encoding: Some("windows-1252".into()), ..ReadOptions::default() };
    assert_same(&desk, "told", &latin, &told, &SIZES);
    let wrong = ReadOptions { encoding: Some("utf-8".into()), ..ReadOptions::default() };
    assert_same(&desk, "told wrong", &latin, &wrong, &SIZES);
}

/// A table of many rows, with something at one place that is unlike the rest.
fn table(n_rows: usize, place: usize, surprise: &str) -> String {
    let mut text = String::from("id,day,amount,note,code,at\n");
    for row in 0..n_rows {
        if row == place {
            text.push_str(surprise);
        }
        let note = ["plain", "\"with, comma\"", "\"two\nlines\"", "\"a \"\"quote\"\"\"", ""][row % 5];
        let day = row % 28 + 1;
        text.push_str(&format!(
            "{row},2024-03-{day:02},{}.{:02},{note},{},2024-03-{day:02} 10:00:{:02}\n",
            row % 90,
            row % 100,
            if row % 7 == 0 { "NA" } else { "DE" },
            row % 60
        ));
    }
    text
}

#[test]
fn a_surprise_far_down_is_read_alike() {
    let desk = Desk::new();
    let total = format!(
        "Total,,{:.2},,,\n",
        (0..3000).map(|row| f64::from(row % 90) + f64::from(row % 100) / 100.0).sum::<f64>()
    );
    let surprises = [
        "",
        "x,2024-03-01,1.5,note,DE,2024-03-01 10:00:00\n",
        "1.5,2024-03-01,1.5,note,DE,2024-03-01 10:00:00\n",
        "7,soon,n/a,-,DE,2024-03-01\n",
        "7,01/02/2024,\"1,5\",NA,DE,2024-03-01 10:00:00.25\n",
        "7,2024-03-01\n",
        "7,2024-03-01,1.5,note,DE,2024-03-01 10:00:00,one,two\n",
        "# a remark\n",
        "id,day,amount,note,code,at\n",
        "\n",
        "\n\n\"open,2024-03-01\n",
        "\nother,table\nx,1\ny,2\n",
        ",,,,,\n",
        "Source: somewhere\n",
        &total,
    ];
    for surprise in surprises {
        for place in [2000, 2999] {
            let mut text = table(3000, place, surprise);
            if surprise.starts_with("Total") {
                text = table(3000, 5000, "") + surprise;
            }
            assert_same(&desk, surprise, text.as_bytes(), &ReadOptions::default(), &SIZES[1..]);
        }
    }
}

#[test]
fn a_late_word_among_many_numbers_makes_text_and_is_counted() {
    let desk = Desk::new();
    let mut text = String::from("n,x\n");
    for n in 0..200_000 {
        text.push_str(if n == 199_990 { "oops,1\n" } else { "12345,1\n" });
    }
    let tables =
        read(&desk, text.as_bytes(), &ReadOptions::default(), Parts { from_bytes: 0, ..Parts::default() }).unwrap();
    assert_eq!(columns(&tables[0]), "n:text x:integer");
    let warning = tables[0].warnings.iter().find(|warning| warning.code == "mixed_types").unwrap();
    assert!(warning.message.contains("1 of its 200000 values"), "{}", warning.message);
    assert_eq!(warning.rows, [199_992]);
}

#[test]
fn small_and_strange_files_are_read_alike() {
    let desk = Desk::new();
    let wide = |n: usize| (0..n).map(|at| format!("c{at}")).collect::<Vec<_>>().join(",");
    let rows = |n: usize| format!("{}\n{}\n{}\n", wide(n), vec!["1"; n].join(","), vec!["2"; n].join(","));
    let texts = [
        "\n",
        "\n\n\n",
        "a,b\n",
        "a\n1\n",
        "a\n",
        "1",
        "\"",
        "\"a",
        ",",
        ",,\n,,\n",
        "a,b\r1,2\r3,4\r",
        "sep=;\na;b\n1;2\n",
        "a,b\r\n\r\n1,2\r\n\r\n3,4\r\n\r\n",
        "\"a\n\n\nb\",c\n\"\n\",d\n",
    ];
    for text in texts {
        assert_same(&desk, text, text.as_bytes(), &ReadOptions::default(), &SIZES);
    }
    assert_same(&desk, "10,000 columns", rows(10_000).as_bytes(), &ReadOptions::default(), &SIZES[2..]);
    let error = read(&desk, rows(16_385).as_bytes(), &ReadOptions::default(), SIZES[3]).unwrap_err();
    assert!(matches!(error, DataError::TooLarge { .. }), "{error}");
    assert!(read(&desk, rows(16_384).as_bytes(), &ReadOptions::default(), SIZES[3]).is_ok());
}

#[test]
fn options_are_followed_alike() {
    let desk = Desk::new();
    let text = "Report\n\na;b\n1,5;x\n2,5;y\n";
    for options in [
        ReadOptions { delimiter: Some(";".into()), ..ReadOptions::default() },
        ReadOptions { decimal: Some(",".into()), ..ReadOptions::default() },
        ReadOptions { header_row: Some(0), ..ReadOptions::default() },
        ReadOptions { header_row: Some(3), ..ReadOptions::default() },
        ReadOptions { header_row: Some(99), ..ReadOptions::default() },
        ReadOptions { sheet: Some("x".into()), ..ReadOptions::default() },
    ] {
        assert_same(&desk, &format!("{options:?}"), text.as_bytes(), &options, &SIZES);
    }
}

#[test]
fn nothing_is_left_behind_by_reading_that_was_stopped() {
    let desk = Desk::new();
    let file = SourceFile::at(&desk.write("data.csv", table(3000, 0, ""))).unwrap();
    let store = desk.dir.path().join("store");
    let cancel = CancellationToken::new();
    cancel.cancel();
    let stopped = open_in_parts(&file, &ReadOptions::default(), &store, SIZES[1], &cancel);
    assert!(matches!(stopped, Err(DataError::Cancelled)));
    assert!(!store.exists() || std::fs::read_dir(&store).unwrap().count() == 0);
}

#[test]
fn a_peek_shows_the_first_rows_of_a_file_of_any_size() {
    let desk = Desk::new();
    let small =
        peek(&SourceFile::at(&desk.write("a.csv", "a,b\n1,x\n2,y\n")).unwrap(), &ReadOptions::default(), 1).unwrap();
    assert!(small.is_complete);
    assert_eq!((small.estimated_rows, small.table.rows.len()), (Some(2), 1));
    let text = table(50_000, 49_000, "oops,2024-03-01,1.5,note,DE,2024-03-01 10:00:00\n");
    let large = peek(&SourceFile::at(&desk.write("b.csv", &text)).unwrap(), &ReadOptions::default(), 20).unwrap();
    assert!(!large.is_complete);
    assert_eq!(large.table.rows.len(), 20);
    assert_eq!(large.format.header_row, Some(1));
    let estimate = large.estimated_rows.unwrap();
    assert!((45_000..55_000).contains(&estimate), "{estimate}");
    assert_eq!(large.size_bytes, text.len() as u64);
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[0-9]{1,4}",
        2 => "-?[0-9]{1,3}\\.[0-9]{1,3}",
        1 => "[0-9]{1,3},[0-9]{3}".prop_map(|text| format!("\"{text}\"")),
        1 => "20[0-9]{2}-0[1-9]-[0-3][0-9]",
        1 => "[0-3][0-9]/[01][0-9]/2024",
        2 => "[a-zäß ]{0,8}",
        1 => "[a-z\n,]{0,8}".prop_map(|text| format!("\"{text}\"")),
        1 => prop::sample::select(vec!["", "NA", "n/a", "-", "true", "12:30", "5%", "$3", "\"", "\"x\"\"y\"", "007", "# x", "Total"])
            .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn any_table_is_read_alike(
        rows in prop::collection::vec(prop::collection::vec(cell(), 1..5), 1..30),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\n\n"]),
        delimiter in prop::sample::select(vec![",", ";", "\t"]),
    ) {
        let text: String = rows.iter().map(|row| row.join(delimiter) + line_end).collect();
        assert_same(&Desk::new(), &text, text.as_bytes(), &ReadOptions::default(), &SIZES[..3]);
    }
}

#[test]
fn a_table_in_parts_has_the_values_of_the_text() {
    let desk = Desk::new();
    let text = "id,flag,when,text\n1,true,12:30,\"a\nb\"\n,false,,x\n3,,23:59:59,n/a\n";
    let tables = read(&desk, text.as_bytes(), &ReadOptions::default(), SIZES[0]).unwrap();
    assert_eq!(columns(&tables[0]), "id:integer flag:boolean when:time text:text");
    assert_eq!(rows(&tables[0]), r#"[[1,true,"12:30:00","a\nb"],[null,false,null,"x"],[3,null,"23:59:59",null]]"#);
    assert_eq!(warnings(&tables[0]), "null_tokens");
}
