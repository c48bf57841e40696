//! Files in containers: what is inside is read, what would harm is stopped, nothing is written.

use std::io::Write;

use analyst_data::{DataError, SourceFile, inspect};
use analyst_types::{FileKind, ReadOptions};
use flate2::Compression;
use flate2::write::GzEncoder;
use tokio_util::sync::CancellationToken;
use zip::write::SimpleFileOptions;

use super::{Desk, columns, rows};

const CSV: &str = "id,name\n1,Ann\n2,Bob\n";

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

pub(crate) fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        out.start_file(*name, SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn table(name: &str) -> ReadOptions {
    ReadOptions { table: Some(name.to_owned()), ..ReadOptions::default() }
}

#[test]
fn a_packed_file_is_read_like_the_file_itself() {
    let desk = Desk::new();
    let plain = desk.open_one("sales.csv", CSV);
    let two_members = [gz(b"id,name\n1,Ann\n"), gz(b"2,Bob\n")].concat();
    for (name, bytes, compression) in [
        ("sales.csv.gz", gz(CSV.as_bytes()), "gzip"),
        ("sales.csv.gz", two_members, "gzip"),
        ("sales.csv.zst", zstd::encode_all(CSV.as_bytes(), 3).unwrap(), "zstd"),
        ("anything.zip", zipped(&[("sales.csv", CSV.as_bytes())]), "zip"),
        ("anything.zip", zipped(&[("folder/", b""), ("folder/sales.csv", CSV.as_bytes()), (".DS_Store", b"x")]), "zip"),
    ] {
        let table = desk.open_one(name, bytes);
        assert_eq!(table.fingerprint, plain.fingerprint, "{name}");
        assert_eq!(table.name, "sales", "{name}");
        assert_eq!((table.format.compression.as_deref(), table.format.kind), (Some(compression), FileKind::Csv));
        assert_eq!(table.file_name, name);
    }
    let info =
        inspect(&SourceFile::at(&desk.write("a.csv.gz", gz(CSV.as_bytes()))).unwrap(), &CancellationToken::new())
            .unwrap();
    assert_eq!(info.kind, FileKind::Csv);
}

#[test]
fn of_several_files_in_an_archive_one_is_chosen() {
    let desk = Desk::new();
    let path = desk.write("all.zip", zipped(&[("a.csv", CSV.as_bytes()), ("b/c.ndjson", b"{\"x\":1}\n{\"x\":2}\n")]));
    let error = desk.open(&path, &ReadOptions::default()).unwrap_err();
    assert!(
        matches!(&error, DataError::WhichTable { available, .. } if available == &["a.csv", "b/c.ndjson"]),
        "{error}"
    );
    assert_eq!(
        inspect(&SourceFile::at(&path).unwrap(), &CancellationToken::new()).unwrap().tables,
        ["a.csv", "b/c.ndjson"]
    );
    for name in ["b/c.ndjson", "c.ndjson", "2"] {
        let one = desk.open(&path, &table(name)).unwrap();
        assert_eq!((columns(&one[0]), one[0].format.kind), ("x:integer".into(), FileKind::Ndjson), "{name}");
        let again = desk.open(&path, &one[0].format.as_options()).unwrap();
        assert_eq!(again[0].fingerprint, one[0].fingerprint);
    }
    assert!(matches!(desk.open(&path, &table("d.csv")), Err(DataError::NoSuchTableInFile { .. })));
}

#[test]
fn what_inflates_without_end_is_stopped() {
    let desk = Desk::new();
    let zeros = vec![b'0'; 100 << 20];
    for (name, bytes) in [
        ("bomb.csv.gz", gz(&zeros)),
        ("bomb.csv.zst", zstd::encode_all(&zeros[..], 3).unwrap()),
        ("bomb.zip", zipped(&[("bomb.csv", &zeros)])),
    ] {
        let error = desk.open(&desk.write(name, bytes), &ReadOptions::default()).unwrap_err();
        assert!(matches!(error, DataError::TooLarge { .. }), "{name}: {error}");
    }
}

#[test]
fn archives_in_archives_and_documents_are_refused() {
    let desk = Desk::new();
    let inner = zipped(&[("a.csv", CSV.as_bytes())]);
    for (name, bytes, word) in [
        ("a.zip", zipped(&[("b.zip", &inner)]), "another archive"),
        ("a.csv.gz", gz(&gz(CSV.as_bytes())), "another archive"),
        ("a.gz", gz(&inner), "another archive"),
        ("a.docx", zipped(&[("word/document.xml", b"<w/>")]), "Word"),
        ("a.pt", zipped(&[("archive/data.pkl", b"x")]), "PyTorch"),
        ("a.npz", zipped(&[("x.npy", b"x")]), "NumPy"),
        ("a.rds", gz(b"X\n\x00\x00\x00\x03\x00"), "data of R"),
        ("a.zip", zipped(&[("a.pdf", b"%PDF-1.7 ")]), "PDF"),
    ] {
        let error = desk.open(&desk.write(name, bytes), &ReadOptions::default()).unwrap_err();
        assert!(matches!(error, DataError::WrongFormat { .. }), "{name}: {error:?}");
        assert!(error.to_string().contains(word), "{name}: {error}");
    }
}

#[test]
fn names_in_an_archive_never_reach_the_disk() {
    let desk = Desk::new();
    let names = ["../../evil.csv", "/etc/evil.csv", "C:\\evil.csv", "..\\..\\evil.csv"];
    for name in names {
        let table = desk.open_one("slip.zip", zipped(&[(name, CSV.as_bytes())]));
        assert_eq!((table.name.as_str(), rows(&table).as_str()), ("evil", "[[1,\"Ann\"],[2,\"Bob\"]]"));
    }
    let found: Vec<_> =
        walk(desk.dir.path().parent().unwrap()).into_iter().filter(|name| name.contains("evil")).collect();
    assert!(found.is_empty(), "{found:?}");
}

fn walk(dir: &std::path::Path) -> Vec<String> {
    std::fs::read_dir(dir).unwrap().flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// With a checksum, as the program `zstd` writes it.
fn zst(bytes: &[u8]) -> Vec<u8> {
    let mut out = zstd::Encoder::new(Vec::new(), 3).unwrap();
    out.include_checksum(true).unwrap();
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

#[test]
fn a_packed_file_that_is_cut_short_or_damaged_is_an_error() {
    let desk = Desk::new();
    let long: String = (0..5000).map(|n| format!("{n},{}\n", n * 7919 % 1013)).collect();
    for (name, bytes) in [
        ("a.csv.gz", gz(long.as_bytes())),
        ("a.csv.zst", zst(long.as_bytes())),
        ("a.zip", zipped(&[("a.csv", long.as_bytes())])),
    ] {
        let cut = desk.open(&desk.write(name, &bytes[..bytes.len() / 2]), &ReadOptions::default());
        assert!(matches!(cut, Err(DataError::Unreadable { .. })), "{name}: {cut:?}");
        let mut flipped = bytes.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 0xFF;
        assert!(desk.open(&desk.write(name, &flipped), &ReadOptions::default()).is_err(), "{name}");
    }
    let mut entries = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for n in 0..10_001 {
        entries.start_file(format!("{n}.csv"), SimpleFileOptions::default()).unwrap();
    }
    let many = desk.write("many.zip", entries.finish().unwrap().into_inner());
    assert!(matches!(desk.open(&many, &ReadOptions::default()), Err(DataError::TooLarge { .. })));
}
