//! Delimited text.

use analyst_types::ReadOptions;

use super::{Desk, columns, rows, warnings};

/// What a text is read as.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
    columns: &'static str,
    rows: &'static str,
    warnings: &'static str,
}

pub(super) const CASES: &[Case] = &[
    Case {
        name: "plain values get their types, missing whole numbers stay whole",
        text: "id,name,price,day,at,ok\n1,Ann,1.5,2024-01-02,2024-01-02 03:04:05,true\n,Bob,,,,\n3,Cy,2,2024-02-29,2024-02-29T23:59:59.5,FALSE\n",
        columns: "id:integer name:text price:float day:date at:datetime ok:boolean",
        rows: r#"[[1,"Ann",1.5,"2024-01-02","2024-01-02T03:04:05",true],[null,"Bob",null,null,null,null],[3,"Cy",2.0,"2024-02-29","2024-02-29T23:59:59.5",false]]"#,
        warnings: "",
    },
    Case {
        name: "identifiers with leading zeros stay text",
        text: "zip,n\n007,1\n000100,2\n12345,3\n",
        columns: "zip:text n:integer",
        rows: r#"[["007",1],["000100",2],["12345",3]]"#,
        warnings: "leading_zeros",
    },
    Case {
        name: "numbers that no type holds stay text",
        text: "big,huge,x\n9223372036854775807,1e308,1\n9223372036854775808,1e400,2\n",
        columns: "big:text huge:text x:integer",
        rows: r#"[["9223372036854775807","1e308",1],["9223372036854775808","1e400",2]]"#,
        warnings: "big_integers number_overflow",
    },
    Case {
        name: "a German export with preamble, decimal comma and total",
        text: "Bericht Umsatz\nStand: 05.04.2024\n\nDatum;Betrag;Ort\n31.01.2024;1.234,50;Köln\n01.02.2024;-34,50;Bonn\nSumme;1.200,00;\n",
        columns: "Datum:date Betrag:float Ort:text",
        rows: r#"[["2024-01-31",1234.5,"Köln"],["2024-02-01",-34.5,"Bonn"]]"#,
        warnings: "preamble totals_row",
    },
    Case {
        name: "American dates, money and percentages",
        text: "Date,Sales,Rate\n03/25/2024,\"$1,234.00\",5%\n12/01/2024,($56.10),12.5%\n",
        columns: "Date:date Sales:float Rate:float",
        rows: r#"[["2024-03-25",1234.0,0.05],["2024-12-01",-56.1,0.125]]"#,
        warnings: "currency percent_values",
    },
    Case {
        name: "dates that can be read in two ways are told",
        text: "d,x\n01/02/2024,1\n05/06/2024,2\n03/04/2024,3\n",
        columns: "d:date x:integer",
        rows: r#"[["2024-01-02",1],["2024-05-06",2],["2024-03-04",3]]"#,
        warnings: "ambiguous_dates",
    },
    Case {
        name: "days that rise only in one reading are read so",
        text: "d,x\n05/01/2024,1\n06/01/2024,2\n02/02/2024,3\n04/02/2024,4\n",
        columns: "d:date x:integer",
        rows: r#"[["2024-01-05",1],["2024-01-06",2],["2024-02-02",3],["2024-02-04",4]]"#,
        warnings: "ambiguous_dates",
    },
    Case {
        name: "ragged rows are padded and cut, and told",
        text: "a,b,c\n1,2\n3,4,5,6\n7,8,9\n",
        columns: "a:integer b:integer c:integer",
        rows: "[[1,2,null],[3,4,5],[7,8,9]]",
        warnings: "ragged_rows",
    },
    Case {
        name: "line breaks and quotes within quotes belong to the field",
        text: "a,b\r\n\"x\r\ny\",\"say \"\"hi\"\"\"\r\nz,w\r\n",
        columns: "a:text b:text",
        rows: r#"[["x\r\ny","say \"hi\""],["z","w"]]"#,
        warnings: "",
    },
    Case {
        name: "lines may end with CR alone",
        text: "a,b\r1,2\r3,4\r",
        columns: "a:integer b:integer",
        rows: "[[1,2],[3,4]]",
        warnings: "",
    },
    Case {
        name: "blank lines are no rows",
        text: "\n\na,b\n\n1,2\n\n\n3,4\n   \n",
        columns: "a:integer b:integer",
        rows: "[[1,2],[3,4]]",
        warnings: "",
    },
    Case {
        name: "remarks above and between are left out",
        text: "# made by x\n# on y\na,b\n1,2\n# a remark\n3,4\n",
        columns: "a:integer b:integer",
        rows: "[[1,2],[3,4]]",
        warnings: "comment_lines preamble",
    },
    Case {
        name: "a table without names gets numbered columns",
        text: "1,2.5,x\n3,4.5,y\n",
        columns: "column_1:integer column_2:float column_3:text",
        rows: r#"[[1,2.5,"x"],[3,4.5,"y"]]"#,
        warnings: "no_header",
    },
    Case {
        name: "years over numbers are names",
        text: "Region,2022,2023\nNorth,1,2\nSouth,3,4\n",
        columns: "Region:text 2022:integer 2023:integer",
        rows: r#"[["North",1,2],["South",3,4]]"#,
        warnings: "",
    },
    Case {
        name: "names that occur twice or not at all are made unique",
        text: "a,a,,b\n1,2,3,4\n",
        columns: "a:integer a_2:integer column_3:integer b:integer",
        rows: "[[1,2,3,4]]",
        warnings: "renamed_columns",
    },
    Case {
        name: "one word among numbers makes the column text",
        text: "x\n1\n2\n3\noops\n5\n",
        columns: "x:text",
        rows: r#"[["1"],["2"],["3"],["oops"],["5"]]"#,
        warnings: "mixed_types",
    },
    Case {
        name: "words for nothing are missing among numbers",
        text: "x,y\n1,a\nn/a,NA\n-,null\n4,d\n",
        columns: "x:integer y:text",
        rows: r#"[[1,"a"],[null,null],[null,null],[4,"d"]]"#,
        warnings: "duplicate_rows null_tokens",
    },
    Case {
        name: "NA among codes is a code",
        text: "country\nDE\nNA\nFR\nUS\n",
        columns: "country:text",
        rows: r#"[["DE"],["NA"],["FR"],["US"]]"#,
        warnings: "",
    },
    Case {
        name: "a total that does not add up but begins like one is data",
        text: "name,n\nTotal Wine,5\nShell,7\nTotal Energies,9\n",
        columns: "name:text n:integer",
        rows: r#"[["Total Wine",5],["Shell",7],["Total Energies",9]]"#,
        warnings: "",
    },
    Case {
        name: "a nameless last row that adds up is a total",
        text: "name,n,m\na,1,10\nb,2,20\nc,3,30\n,6,60\n",
        columns: "name:text n:integer m:integer",
        rows: r#"[["a",1,10],["b",2,20],["c",3,30]]"#,
        warnings: "totals_row",
    },
    Case {
        name: "notes below the table are left out",
        text: "a,b\n1,2\n3,4\n\nSource: the office of statistics\n(2 rows)\n",
        columns: "a:integer b:integer",
        rows: "[[1,2],[3,4]]",
        warnings: "footer_rows",
    },
    Case {
        name: "a header repeated by joined files is left out",
        text: "a,b\n1,x\na,b\n2,y\n",
        columns: "a:integer b:text",
        rows: r#"[[1,"x"],[2,"y"]]"#,
        warnings: "repeated_header",
    },
    Case {
        name: "Excel's line about the separator is obeyed",
        text: "sep=;\na;b\n1,5;2\n",
        columns: "a:float b:integer",
        rows: "[[1.5,2]]",
        warnings: "",
    },
    Case {
        name: "a missing name for the first column shifts nothing",
        text: "x,y\na,1,2\nb,3,4\n",
        columns: "column_1:text x:integer y:integer",
        rows: r#"[["a",1,2],["b",3,4]]"#,
        warnings: "",
    },
    Case {
        name: "blanks after the separator do not matter",
        text: "a, b, c\n1, \"x, y\", 3\n2, z, 4\n",
        columns: "a:integer b:text c:integer",
        rows: r#"[[1,"x, y",3],[2,"z",4]]"#,
        warnings: "",
    },
    Case {
        name: "moments with zones are one time",
        text: "at\n2024-01-01T12:00:00+02:00\n2024-01-01T12:00:00Z\n",
        columns: "at:datetime",
        rows: r#"[["2024-01-01T10:00:00"],["2024-01-01T12:00:00"]]"#,
        warnings: "time_zone",
    },
    Case {
        name: "times of day and dates in digits",
        text: "order_date,time\n20240131,08:30\n20240229,23:59:59\n",
        columns: "order_date:date time:time",
        rows: r#"[["2024-01-31","08:30:00"],["2024-02-29","23:59:59"]]"#,
        warnings: "",
    },
    Case {
        name: "currencies that differ are not added up",
        text: "x\n$5\n€6\n$7\n",
        columns: "x:text",
        rows: r#"[["$5"],["€6"],["$7"]]"#,
        warnings: "mixed_currencies",
    },
    Case {
        name: "a quote that never closes is a letter",
        text: "a,b\n1,\"open\n2,fine\n3,\"closed\"\n",
        columns: "a:integer b:text",
        rows: r#"[[1,"\"open"],[2,"fine"],[3,"closed"]]"#,
        warnings: "unclosed_quote",
    },
    Case {
        name: "names without rows are a table of no rows",
        text: "a,b,c\n",
        columns: "a:text b:text c:text",
        rows: "[]",
        warnings: "no_rows",
    },
    Case {
        name: "one column needs no delimiter",
        text: "name\nAnn\nBob\n",
        columns: "name:text",
        rows: r#"[["Ann"],["Bob"]]"#,
        warnings: "",
    },
    Case {
        name: "groups above the names are read together with them",
        text: ",2022,,2023,\nRegion,Q1,Q2,Q1,Q2\nNorth,1,2,3,4\nSouth,5,6,7,8\n",
        columns: "Region:text 2022 Q1:integer 2022 Q2:integer 2023 Q1:integer 2023 Q2:integer",
        rows: r#"[["North",1,2,3,4],["South",5,6,7,8]]"#,
        warnings: "merged_header",
    },
    Case {
        name: "grouped thousands without any decimal are known by their small neighbours",
        text: "Name;Umsatz\nA;1.234\nB;12.345\nC;999\n",
        columns: "Name:text Umsatz:integer",
        rows: r#"[["A",1234],["B",12345],["C",999]]"#,
        warnings: "ambiguous_numbers",
    },
    Case {
        name: "a row of units is no data",
        text: "name,weight,height\n,kg,cm\na,1.5,10\nb,2.5,20\n",
        columns: "name:text weight:float height:integer",
        rows: r#"[["a",1.5,10],["b",2.5,20]]"#,
        warnings: "units_row",
    },
    Case {
        name: "a number may be a name among names",
        text: "x1,x2,3\n1,2,3\n4,5,6\n",
        columns: "x1:integer x2:integer 3:integer",
        rows: "[[1,2,3],[4,5,6]]",
        warnings: "",
    },
    Case {
        name: "a total and a mean below it are both left out",
        text: "product,q1,q2\nA,1,2\nB,3,4\nC,5,6\nTotal,9,12\nAverage,3,4\n",
        columns: "product:text q1:integer q2:integer",
        rows: r#"[["A",1,2],["B",3,4],["C",5,6]]"#,
        warnings: "totals_row",
    },
    Case {
        name: "totals of groups within the table stay, and are told",
        text: "sex,year,n\nMale,2020,5\nFemale,2020,6\nTotal,2020,11\nMale,2021,7\nFemale,2021,8\nTotal,2021,15\n",
        columns: "sex:text year:integer n:integer",
        rows: r#"[["Male",2020,5],["Female",2020,6],["Total",2020,11],["Male",2021,7],["Female",2021,8],["Total",2021,15]]"#,
        warnings: "subtotal_rows",
    },
    Case {
        name: "blanks separate what nothing else does",
        text: "x y\n\"a\" 1 2\n\"b\" 3 4\n",
        columns: "column_1:text x:integer y:integer",
        rows: r#"[["a",1,2],["b",3,4]]"#,
        warnings: "",
    },
    Case {
        name: "titles that a spreadsheet pads with separators are titles",
        text: "Sales report,,,\n,,,\nregion,units,price,total\nN,1,2.5,2.5\nS,2,3.5,7\n",
        columns: "region:text units:integer price:float total:float",
        rows: r#"[["N",1,2.5,2.5],["S",2,3.5,7.0]]"#,
        warnings: "preamble",
    },
];

#[test]
fn texts_are_read_as_people_mean_them() {
    let mut failures = Vec::new();
    for case in CASES {
        let desk = Desk::new();
        let table = desk.open_one("table.csv", case.text);
        let found = (columns(&table), rows(&table), warnings(&table));
        let expected = (case.columns.to_owned(), case.rows.to_owned(), case.warnings.to_owned());
        if found != expected {
            failures.push(format!("{}:\n  found    {found:?}\n  expected {expected:?}", case.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn how_a_file_was_read_is_told() {
    let table = Desk::new().open_one(
        "bank.csv",
        b"Konto M\xFCller\n\nTag;Betrag\n01.03.2024;-1.234,50\n12.03.2024;9,99\nSumme;-1.224,51\n",
    );
    let format = serde_json::to_value(&table.format).unwrap();
    let expected = serde_json::json!({
        "kind": "csv", "encoding": "windows-1252", "delimiter": ";", "quote": "\"", "header_row": 3, "decimal": ",",
        "thousands": ".", "date_order": "dmy", "total_rows": 1,
    });
    assert_eq!(format, expected);
}

#[test]
fn a_person_overrides_every_guess() {
    let desk = Desk::new();
    let path = desk.write("t.csv", "x;y\n1,5;2\n3,5;4\n\nk;v\n7,5;8\n");
    let read = |options: ReadOptions| {
        let table = desk.open(&path, &options).unwrap().remove(0);
        (columns(&table), rows(&table))
    };
    let with = |change: fn(&mut ReadOptions)| {
        let mut options = ReadOptions::default();
        change(&mut options);
        options
    };
    let second = read(with(|o| o.header_row = Some(5)));
    assert_eq!(second, ("k:float v:integer".into(), "[[7.5,8]]".into()));
    let none = read(with(|o| o.header_row = Some(0)));
    assert!(none.0.starts_with("column_1:"), "{none:?}");
    let comma = read(with(|o| o.delimiter = Some(",".into())));
    assert_eq!(comma.0.split(' ').count(), 2);
    let point = read(with(|o| o.decimal = Some(".".into())));
    assert!(point.0.starts_with("x:text"), "{point:?}");
    let latin = desk.write("l.csv", b"a\n\xE4\n");
    let options = with(|o| o.encoding = Some("iso-8859-2".into()));
    assert_eq!(rows(&desk.open(&latin, &options).unwrap()[0]), r#"[["ä"]]"#);
    for wrong in [
        with(|o| o.delimiter = Some("ab".into())),
        with(|o| o.encoding = Some("no".into())),
        with(|o| o.decimal = Some("x".into())),
        with(|o| o.header_row = Some(99)),
        with(|o| o.sheet = Some("S".into())),
    ] {
        assert!(desk.open(&path, &wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn a_late_surprise_is_counted_and_named_by_its_line() {
    let mut text = String::from("x,y\n");
    (1..=3000).for_each(|n| text.push_str(&format!("{n},{}\n", n * 2)));
    text.push_str("3001,unknown thing\n");
    let table = Desk::new().open_one("late.csv", text);
    assert_eq!(columns(&table), "x:integer y:text");
    let warning = table.warnings.iter().find(|w| w.code == "mixed_types").unwrap();
    assert_eq!((warning.columns.as_slice(), warning.rows.as_slice()), (&["y".to_owned()][..], &[3002][..]));
    assert!(warning.message.contains("1 of its 3001"), "{}", warning.message);
}

#[test]
fn utf16_with_and_without_a_mark_is_read() {
    let text = "Zeit\tWert\n2024-01-01 00:00\t1\n2024-01-01 00:10\t\n";
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in [units.clone(), [&[0xFF, 0xFE], &units[..]].concat()] {
        let table = Desk::new().open_one("s.tsv", bytes);
        assert_eq!(columns(&table), "Zeit:datetime Wert:integer");
        assert_eq!(table.format.encoding.as_deref(), Some("utf-16le"));
        assert_eq!(table.format.delimiter.as_deref(), Some("\t"));
    }
}

#[test]
fn the_same_content_has_the_same_fingerprint_and_one_file() {
    let desk = Desk::new();
    let first = desk.open_one("a.csv", "x,y\n1,a\n2,b\n");
    let second = desk.open_one("b.csv", "x;y\r\n1;a\r\n2;b\r\n");
    let third = desk.open_one("c.csv", "x,y\n1,a\n2,c\n");
    assert_eq!((&first.fingerprint, &first.arrow_path), (&second.fingerprint, &second.arrow_path));
    assert_ne!(first.fingerprint, third.fingerprint);
    assert_eq!((first.name.as_str(), second.name.as_str()), ("a", "b"));
}
