//! What cannot be opened, each with an error that says what to do.

use std::path::Path;

use analyst_data::{DataError, SourceFile, open};
use analyst_types::ReadOptions;
use tokio_util::sync::CancellationToken;

use super::{Desk, columns};

fn error(desk: &Desk, path: &Path) -> DataError {
    desk.open(path, &ReadOptions::default()).unwrap_err()
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let desk = Desk::new();
    assert!(matches!(error(&desk, Path::new("/no/such/file.csv")), DataError::NotFound { .. }));
    assert!(matches!(error(&desk, desk.dir.path()), DataError::IsDirectory { .. }));
    assert!(matches!(error(&desk, &desk.write("empty.csv", "")), DataError::Empty { .. }));
    assert!(matches!(error(&desk, &desk.write("blank.csv", " \n\n ")), DataError::Empty { .. }));
}

#[cfg(unix)]
#[test]
fn devices_and_sockets_are_never_opened() {
    let desk = Desk::new();
    assert!(matches!(error(&desk, Path::new("/dev/zero")), DataError::NotAFile { .. }));
    let link = desk.dir.path().join("link.csv");
    std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
    assert!(matches!(error(&desk, &link), DataError::NotAFile { .. }));
    let socket = desk.dir.path().join("socket.csv");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert!(matches!(error(&desk, &socket), DataError::NotAFile { .. }));
    let pipe = desk.dir.path().join("pipe.csv");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(matches!(error(&desk, &pipe), DataError::NotAFile { .. }));
    let (one, other) = (desk.dir.path().join("one.csv"), desk.dir.path().join("other.csv"));
    std::os::unix::fs::symlink(&one, &other).unwrap();
    std::os::unix::fs::symlink(&other, &one).unwrap();
    let circle = error(&desk, &one);
    assert!(circle.to_string().contains("one.csv"), "{circle}");
}

#[test]
fn other_kinds_of_files_are_named_whatever_they_are_called() {
    let desk = Desk::new();
    let cases: &[(&[u8], &str)] = &[
        (b"%PDF-1.7\n%\xE2\xE3", "PDF"),
        (b"<!DOCTYPE html><html><body>Sign in", "HTML"),
        (b"  <html>", "HTML"),
        (b"<?xml version=\"1.0\"?><a/>", "XML"),
        (b"BZh91AY&SY\x00\x01\xFF", "bzip2"),
        (b"\x89PNG\r\n\x1A\n", "PNG"),
        (b"\x89HDF\r\n\x1A\n", "HDF5"),
        (b"\x93NUMPY\x01\x00v\x00{'descr': '|O'}", "NumPy"),
        (b"\x80\x04\x95abc", "pickle"),
        (b"\x80\x02}q\x00.", "pickle"),
        (b"RDX3\nX\n\x00\x00", "data of R"),
        (b"FEA1\x00\x00\x00\x00", "Feather"),
        (b"\x00\x01\x00\x00Standard Jet DB\x00", "Access"),
        (b"{\\rtf1 a}", "RTF"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07\x08\xFF\xFE\xFD", "binary"),
    ];
    for (bytes, word) in cases {
        for name in ["data.csv", "data.txt", "data"] {
            let error = error(&desk, &desk.write(name, bytes));
            assert!(matches!(error, DataError::WrongFormat { .. }), "{word}: {error}");
            assert!(error.to_string().contains(word), "{error}");
        }
    }
    for name in ["x.parquet", "x.arrow", "x.xlsx"] {
        assert!(
            matches!(error(&desk, &desk.write(name, b"\x01\x02\x03garbage")), DataError::WrongFormat { .. }),
            "{name}"
        );
    }
}

#[test]
fn damaged_files_are_errors_and_never_panics() {
    let desk = Desk::new();
    for (name, bytes) in [
        ("a.parquet", b"PAR1garbagegarbagePAR1".as_slice()),
        ("a.parquet", b"PAR1"),
        ("a.arrow", b"ARROW1\0\0garbage"),
        ("a.xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1garbage"),
        ("a.xlsx", b"PK\x03\x04xl/workbook.xml garbage"),
        ("a.json", b"{\"a\": [1, 2"),
        ("a.ndjson", b"{\"a\": 1}\n{\"a\": \n"),
    ] {
        let error = error(&desk, &desk.write(name, bytes));
        assert!(matches!(error, DataError::Unreadable { .. }), "{name}: {error:?}");
    }
}

#[test]
fn one_very_long_line_is_read() {
    let desk = Desk::new();
    let table = desk.open_one("long.csv", "x".repeat(5 << 20));
    assert_eq!(table.columns.len(), 1);
    let wide = (0..5000).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    assert_eq!(desk.open_one("wide.csv", format!("{wide}\n{wide}\n")).columns.len(), 5000);
    let too_wide = "1,".repeat(20_000);
    assert!(matches!(error(&desk, &desk.write("w.csv", &too_wide)), DataError::TooLarge { .. }));
}

#[test]
fn names_that_attack_are_only_names() {
    let table = Desk::new()
        .open_one("Robert'); DROP TABLE x;--.csv", "\"=cmd|'/c calc'!A0\",\"\u{202E}gnp\",\"x\u{200B}\"\n1,2,3\n");
    assert_eq!(table.name, "Robert_DROP_TABLE_x");
    assert_eq!(columns(&table), "=cmd|'/c calc'!A0:integer gnp:integer x:integer");
}

#[test]
fn opening_stops_when_told() {
    let desk = Desk::new();
    let path = desk.write("a.csv", "a\n1\n");
    let cancel = CancellationToken::new();
    cancel.cancel();
    let stopped = open(&SourceFile::at(&path).unwrap(), &ReadOptions::default(), desk.dir.path(), &cancel);
    assert!(matches!(stopped, Err(DataError::Cancelled)));
}

#[test]
fn the_original_is_never_changed() {
    let desk = Desk::new();
    let path = desk.write("a.csv", "a,b\n1,2\n");
    let before = std::fs::metadata(&path).unwrap().modified().unwrap();
    desk.open(&path, &ReadOptions::default()).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"a,b\n1,2\n");
    assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), before);
}
