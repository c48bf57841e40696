//! Files, questions and commands that are wrong: each gets a sentence, the right exit code, and harms nothing.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixListener;

use analyst_tests::program::Home;
use serde_json::Value;

use crate::told::{sample, tell};

#[test]
fn files_that_are_no_data_are_refused_by_name() {
    let home = Home::new();
    let junk: Vec<u8> = (0..65_536_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let fifo = home.path().join("pipe.csv");
    make_fifo(&fifo);
    let socket = home.path().join("socket.csv");
    let _listener = UnixListener::bind(&socket).unwrap();
    let folder = home.path().join("folder.csv");
    std::fs::create_dir(&folder).unwrap();
    let cases = [
        (home.file("empty.csv", ""), "empty"),
        (home.file("blank.csv", "\n\n  \n"), "empty"),
        (home.file("junk.csv", junk), "junk.csv"),
        (home.file("half.parquet", "PAR1 and then nothing"), "half.parquet"),
        (home.file("half.xlsx", b"PK\x03\x04 and then nothing"), "half.xlsx"),
        (home.file("broken.json", "{\"a\": [1, 2"), "broken.json"),
        (home.file("page.csv", "<!DOCTYPE html><html><body>Log in</body></html>"), "page.csv"),
        (folder, "folder"),
        (fifo, "pipe.csv"),
        (socket, "socket.csv"),
        (home.path().join("missing.csv"), "missing.csv"),
        (std::path::PathBuf::from("/dev/zero"), "/dev/zero"),
    ];
    for (path, word) in cases {
        let path = path.to_str().unwrap();
        let told = tell(&home, &["profile", path]).failed(1, &[word]);
        assert!(told.stdout.is_empty() && told.stderr.starts_with("auto-analyst: "), "{path}: {told:?}");
        assert!(!told.stderr.contains("Error(") && told.stderr.len() < 1_000, "{path}: {}", told.stderr);
        let told = tell(&home, &["ask", path, "How many rows are there?", "--json"]).failed(1, &[word]);
        let error: Value = serde_json::from_str(told.stdout.trim()).unwrap();
        assert!(error["error"]["message"].is_string() && error["error"]["code"].is_string(), "{path}: {error}");
    }
    next_question_works(&home);
}

fn make_fifo(path: &std::path::Path) {
    let path = CString::new(path.as_os_str().as_bytes()).unwrap();
    // SAFETY: a path that ends with a zero byte, as the call wants it.
    #[expect(unsafe_code, reason = "the standard library makes no FIFOs")]
    let made = unsafe { libc::mkfifo(path.as_ptr(), 0o600) };
    assert_eq!(made, 0);
}

fn next_question_works(home: &Home) {
    let file = sample("bike_counts.csv");
    let told = tell(home, &["ask", file.to_str().unwrap(), "How many rows are there?", "--quiet"]).done();
    assert!(told.stdout.contains("731"), "{}", told.stdout);
}

#[test]
fn files_with_little_or_odd_content_are_read() {
    let home = Home::new();
    let long = format!("text\n{}\n", "x".repeat(5 << 20));
    let cases = [
        (home.file("header.csv", "a,b,c\n"), 0, 3),
        (home.file("one.csv", "a\n1\n"), 1, 1),
        (home.file("long.csv", long), 1, 1),
        (home.file("ragged.csv", "a,b\n1,2\n3\n4,5\n"), 3, 2),
        (home.file("twice.csv", "a,a,\n1,2,3\n"), 1, 3),
    ];
    for (path, rows, columns) in cases {
        let profile = tell(&home, &["profile", path.to_str().unwrap(), "--json"]).done().json();
        let found = (profile["rows"].as_u64().unwrap(), profile["columns"].as_array().unwrap().len());
        assert_eq!(found, (rows, columns), "{}", path.display());
    }
    let ragged = home.path().join("ragged.csv");
    let warnings = tell(&home, &["profile", ragged.to_str().unwrap(), "--json"]).done().json()["warnings"].clone();
    assert_eq!((&warnings[0]["code"], &warnings[0]["rows"]), (&"ragged_rows".into(), &serde_json::json!([3])));
    // One long line without any structure, and a question about no rows: neither is an accident.
    let unbroken = home.file("unbroken.csv", "x".repeat(5 << 20));
    let told = tell(&home, &["profile", unbroken.to_str().unwrap()]);
    assert!(matches!(told.code, Some(0 | 1)), "{:?}", told.code);
    let header = home.path().join("header.csv");
    let told = tell(&home, &["ask", header.to_str().unwrap(), "What is the mean of a?"]);
    assert!(matches!(told.code, Some(0 | 1)) && !told.stderr.is_empty(), "{told:?}");
}

#[test]
fn wrong_wishes_are_answered_with_the_right_ones() {
    let home = Home::new();
    let file = sample("bike_counts.csv");
    let file = file.to_str().unwrap();
    tell(&home, &["ask", file, "Plot riders", "--agent", "nope"]).failed(1, &["nope"]);
    tell(&home, &["ask", file, "@data_vis_agent plot riders"])
        .failed(1, &["data_vis_agent", "did you mean @data_viz_agent?"]);
    tell(&home, &["ask", file, "   "]).failed(2, &["question is empty"]);
    tell(&home, &["ask", file]).failed(2, &["question is missing", "For example"]);
    tell(&home, &["ask", file, file]).failed(2, &["question is missing"]);
    let long = "very ".repeat(5_000) + "long?";
    tell(&home, &["ask", file, &long]).failed(2, &["20000 is the most"]);
    tell(&home, &["ask", file, "How many?", "--privacy", "secret"]).failed(2, &["secret", "statistics"]);
    tell(&home, &["ask", file, "How many?", "--encoding", "klingon"]).failed(2, &["klingon", "utf-8"]);
    tell(&home, &["run", file, "nosuch.py"]).failed(2, &["nosuch.py"]);
    let empty = home.file("empty.py", "");
    tell(&home, &["run", file, empty.to_str().unwrap()]).failed(2, &["code is empty"]);
    tell(&home, &["run", file, empty.to_str().unwrap(), "--timeout", "0"]).failed(2, &[]);
    tell(&home, &["preview", file, "--rows", "-1"]).failed(2, &["-1"]);
    tell(&home, &["sql", file]).failed(2, &[]);
    tell(&home, &["nosuch"]).failed(2, &["nosuch"]);
    tell(&home, &[]).failed(2, &["Usage"]);
    tell(&home, &["call", "dataset::nosuch"]).failed(2, &["dataset::nosuch", "dataset::open"]);
    tell(&home, &["call", "dataset::list", "{"]).failed(2, &["not JSON"]);
    tell(&home, &["call", "chat::get", "{}"]).failed(2, &["chatId"]);
    let nobody = r#"{"chatId": "00000000-0000-7000-8000-000000000000"}"#;
    tell(&home, &["call", "chat::get", nobody]).failed(1, &[]);
    tell(&home, &["chats", "show", "not-an-id"]).failed(2, &["not-an-id"]);
    let told = tell(&home, &["chats", "show", "00000000-0000-7000-8000-000000000000", "--json"]).failed(1, &[]);
    assert_eq!(told.json()["error"]["code"], "not_found");
}

#[test]
fn cells_cannot_command_a_terminal() {
    let home = Home::new();
    let file = home.file("escapes.json", r#"[{"k": "\u001b[2Jred\u0007\rover", "v": 1}, {"k": "b", "v": 2}]"#);
    let drawn = tell(&home, &["preview", file.to_str().unwrap()]).done().stdout;
    assert!(drawn.contains("[2Jred") && !drawn.contains(['\u{1b}', '\u{7}', '\r']), "{drawn:?}");
    let exact = tell(&home, &["preview", file.to_str().unwrap(), "--json"]).done().json();
    assert_eq!(exact["rows"][0][0], "\u{1b}[2Jred\u{7}\rover", "a program gets every character");
}

#[test]
fn without_python_numbers_come_by_sql_and_the_rest_says_what_is_missing() {
    let home = Home::new();
    let nowhere = home.path().join("no-python").display().to_string();
    let home = home.with("AUTO_ANALYST_PYTHON_DIR", &nowhere);
    let file = sample("coffee_orders.csv");
    let file = file.to_str().unwrap();
    let told = tell(&home, &["ask", file, "Which region has the highest revenue?"]).done();
    assert!(told.stdout.contains("East") && told.stdout.contains("28,519.93"), "{}", told.stdout);
    let told = tell(&home, &["ask", file, "Is there a correlation between delivery_days and rating?"]).done();
    assert!(told.stdout.contains("needs Python, which is not installed"), "{}", told.stdout);
    let script = home.file("script.py", "print(1)\n");
    tell(&home, &["run", file, script.to_str().unwrap()]).failed(1, &["Python is not set up", "--install-python"]);
    let checks = tell(&home, &["doctor", "--json"]).done().json()["checks"].clone();
    let python = checks.as_array().unwrap().iter().find(|check| check["name"] == "python").unwrap();
    assert_eq!(python["status"], "fail");
    assert!(python["action"].as_str().unwrap().contains("--install-python"));
}

#[test]
fn data_folder_that_cannot_be_used_is_named_and_left_alone() {
    let home = Home::new();
    let taken = home.file("taken", "a file, not a folder");
    tell(&home, &["chats", "--data-dir", taken.to_str().unwrap()]).failed(1, &["taken", "--data-dir"]);
    assert_eq!(std::fs::read_to_string(&taken).unwrap(), "a file, not a folder");
    let broken = home.path().join("broken");
    tell(&home, &["chats", "--data-dir", broken.to_str().unwrap()]).done();
    let database = std::fs::read_dir(&broken).unwrap().flatten().map(|entry| entry.path());
    let database =
        database.into_iter().find(|path| path.extension().is_some_and(|e| e == "db" || e == "sqlite")).unwrap();
    let junk = vec![0x5a; 64 << 10];
    std::fs::write(&database, &junk).unwrap();
    tell(&home, &["chats", "--data-dir", broken.to_str().unwrap()]).failed(1, &[]);
    assert_eq!(std::fs::read(&database).unwrap(), junk, "a damaged database is never overwritten");
}

#[test]
fn help_and_doctor_say_what_there_is_to_do() {
    let home = Home::new();
    let help = tell(&home, &["help"]).done().stdout;
    for verb in [
        "ask", "profile", "preview", "sql", "convert", "run", "doctor", "call", "chats", "agents", "models", "usage",
        "keys",
    ] {
        assert!(help.lines().any(|line| line.trim_start().starts_with(verb)), "{verb} is not in the help");
    }
    assert!(tell(&home, &["--version"]).done().stdout.starts_with("auto-analyst "));
    let report = tell(&home, &["doctor", "--json"]).done().json();
    let checks = report["checks"].as_array().unwrap();
    let names: Vec<&str> = checks.iter().map(|check| check["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["data folder", "database", "data worker", "python", "sandbox", "keyring", "display", "models"]);
    for check in checks {
        let status = check["status"].as_str().unwrap();
        assert!(status == "ok" || !check["action"].as_str().unwrap().is_empty(), "{check} does not say what to do");
        if ["data folder", "database", "data worker", "python", "models"].iter().any(|name| check["name"] == *name) {
            assert_eq!(status, "ok", "{check}");
        }
    }
    let sandbox = checks.iter().find(|check| check["name"] == "sandbox").unwrap();
    assert_ne!(sandbox["status"], "fail", "{sandbox}");
    let agents = tell(&home, &["agents", "--json"]).done().json();
    assert!(agents["agents"].as_array().unwrap().len() >= 5 && agents["problems"] == serde_json::json!([]), "{agents}");
    let models = tell(&home, &["models", "--json"]).done().json();
    assert_eq!(
        (&models["providers"][0]["id"], &models["providers"][0]["keyState"]),
        (&"builtin".into(), &"none_needed".into())
    );
}
