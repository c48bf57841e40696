//! Files of Stata, SPSS and SAS: labels, missing codes, dates.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use analyst_types::{FileKind, ReadOptions};
use polars::prelude::*;
use polars_readstat_rs::{
    PorWriteOptions, SpssMissingValue, SpssValueLabelKey, SpssWriter, StataWriter, XptWriter, write_por,
};

use super::{Desk, columns, rows, warnings};

fn frame() -> DataFrame {
    df!(
        "id" => [1.0, 2.0, 3.0],
        "answer" => [1.0, 2.0, 1.0],
        "age" => [Some(31.0), Some(99.0), None],
        "name" => ["Ann", "Bö", "Cy"],
    )
    .unwrap()
}

fn dated() -> DataFrame {
    let days = Series::new("day".into(), [19_782i32, 0, -1]).cast(&DataType::Date).unwrap();
    let mut frame = df!("n" => [1.5, 2.0, 3.0]).unwrap();
    frame.with_column(days.into_column()).unwrap();
    frame
}

fn path(desk: &Desk, name: &str) -> PathBuf {
    desk.dir.path().join(name)
}

#[test]
fn stata_labels_become_text_where_every_value_has_one() {
    let desk = Desk::new();
    let labels = HashMap::from([
        ("answer".to_owned(), BTreeMap::from([(1, "yes".to_owned()), (2, "no".to_owned())])),
        ("age".to_owned(), BTreeMap::from([(99, "refused".to_owned())])),
    ]);
    let file = path(&desk, "survey.dta");
    let mut frame = frame();
    for name in ["answer", "age"] {
        let whole = frame.column(name).unwrap().cast(&DataType::Int32).unwrap();
        frame.with_column(whole).unwrap();
    }
    StataWriter::new(&file).with_value_labels(labels).write_df(&frame).unwrap();
    let table = desk.open(&file, &ReadOptions::default()).unwrap().remove(0);
    assert_eq!(table.format.kind, FileKind::Stata);
    assert_eq!(rows(&table), r#"[[1.0,"yes",31,"Ann"],[2.0,"no",99,"Bö"],[3.0,"yes",null,"Cy"]]"#);
    assert_eq!(warnings(&table), "partly_labelled");
}

#[test]
fn spss_labels_and_declared_missing_values_are_understood() {
    let desk = Desk::new();
    let key = SpssValueLabelKey::from;
    let labels = HashMap::from([(
        "answer".to_owned(),
        HashMap::from([(key(1.0), "yes".to_owned()), (key(2.0), "no".to_owned())]),
    )]);
    let missing = HashMap::from([("age".to_owned(), vec![SpssMissingValue::Num(99.0)])]);
    let file = path(&desk, "survey.sav");
    SpssWriter::new(&file).with_value_labels(labels).with_missing_values(missing).write_df(&frame()).unwrap();
    let table = desk.open(&file, &ReadOptions::default()).unwrap().remove(0);
    assert_eq!(table.format.kind, FileKind::Spss);
    assert_eq!(columns(&table), "id:float answer:text age:float name:text");
    assert_eq!(rows(&table), r#"[[1.0,"yes",31.0,"Ann"],[2.0,"no",null,"Bö"],[3.0,"yes",null,"Cy"]]"#);
    assert_eq!(warnings(&table), "missing_codes");
}

#[test]
fn portable_and_transport_files_are_read() {
    let desk = Desk::new();
    let ascii = frame().lazy().with_column(lit("x").alias("name")).collect().unwrap();
    let portable = path(&desk, "survey.por");
    write_por(&ascii, &portable, PorWriteOptions::default()).unwrap();
    let table = desk.open(&portable, &ReadOptions::default()).unwrap().remove(0);
    assert_eq!((table.format.kind, table.n_rows), (FileKind::Spss, 3));
    let transport = path(&desk, "survey.xpt");
    XptWriter::new(&transport).write_df(&ascii).unwrap();
    let table = desk.open(&transport, &ReadOptions::default()).unwrap().remove(0);
    assert_eq!((table.format.kind, table.n_rows), (FileKind::Sas, 3));
    assert!(
        rows(&table).starts_with(r#"[[1.0,1.0,31.0,"x"],[2.0,2.0,99.0,"x"],[3.0,1.0,null,"x"]]"#),
        "{}",
        rows(&table)
    );
}

#[test]
fn days_stay_days() {
    let desk = Desk::new();
    let (stata, spss) = (path(&desk, "d.dta"), path(&desk, "d.sav"));
    StataWriter::new(&stata).write_df(&dated()).unwrap();
    SpssWriter::new(&spss).write_df(&dated()).unwrap();
    for file in [stata, spss] {
        let table = desk.open(&file, &ReadOptions::default()).unwrap().remove(0);
        assert_eq!(columns(&table), "n:float day:date", "{}", file.display());
        assert_eq!(rows(&table), r#"[[1.5,"2024-02-29"],[2.0,"1970-01-01"],[3.0,"1969-12-31"]]"#);
    }
}

#[test]
fn a_header_that_promises_too_much_is_an_error() {
    let desk = Desk::new();
    let file = path(&desk, "d.sav");
    SpssWriter::new(&file).write_df(&dated()).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[68..72].copy_from_slice(&i32::MAX.to_le_bytes());
    let error = desk.open(&desk.write("d.sav", bytes), &ReadOptions::default()).unwrap_err();
    assert!(error.to_string().contains("promises"), "{error}");
}

#[test]
fn files_cut_short_are_errors() {
    let desk = Desk::new();
    for name in ["d.dta", "d.sav"] {
        let file = path(&desk, name);
        if name.ends_with("dta") {
            StataWriter::new(&file).write_df(&dated()).unwrap();
        } else {
            SpssWriter::new(&file).write_df(&dated()).unwrap();
        }
        let whole = std::fs::read(&file).unwrap();
        for cut in [5, 100, whole.len() / 2] {
            let result = desk.open(&desk.write(name, &whole[..cut]), &ReadOptions::default());
            assert!(result.is_err(), "{name} {cut}: {result:?}");
        }
    }
}
