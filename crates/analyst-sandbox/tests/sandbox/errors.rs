//! How errors in cells read.

use std::io::Write;
use std::process::Stdio;

use analyst_types::ExecutionStatus::{Error, Memory};
use serde_json::json;

use crate::kit::{Results, cell};

#[test]
fn a_failing_statement_keeps_what_was_shown_and_names_the_line() {
    let outcome = cell(
        "import matplotlib.pyplot as plt
print('before')
px.bar(x=[1], y=[2]).show()
plt.plot([1, 2])
def inner(frame):
    return frame['missing']
inner(pd.DataFrame({'a': [1]}))
print('after')",
    )
    .fails(Error, "KeyError");
    assert_eq!((outcome.message(), outcome.line()), ("'missing'", Some(6)));
    assert_eq!((outcome.figures().len(), outcome.artifacts.len()), (1, 2));
    assert_eq!(outcome.stdout, "before\n");
    let expect = "Traceback (most recent call last):\n  <cell>, line 7, in <module>\n    inner(pd.DataFrame({'a': [1]}))\n  \
        <cell>, line 6, in inner\n    return frame['missing']\nKeyError: 'missing'\n";
    assert_eq!(outcome.stderr, expect);
}

#[test]
fn errors_before_the_run_have_their_line() {
    let check = |code: &str, kind: &str, line: Option<u32>, word: &str| {
        let outcome = cell(code).fails(Error, kind);
        assert!(outcome.message().contains(word), "{}", outcome.message());
        assert_eq!(outcome.line(), line, "{code}");
        assert!(outcome.artifacts.is_empty() && outcome.stdout.is_empty());
    };
    check("print('x')\nfor x in\n", "SyntaxError", Some(2), "invalid syntax");
    check(
        "print('x')\nimport os\nimport requests, numpy",
        "ImportError",
        Some(3),
        "`requests` is not available here: a cell has no network",
    );
}

/// The list itself, without a worker: what it says of each piece of code, by the code that says so in workers.
#[test]
fn imports_are_judged_by_the_syntax_tree() {
    let script = "import sys, json, ast
sys.path.insert(0, sys.argv[1])
from runner import gate
rules = gate.Gate(open(sys.argv[1] + '/imports.json').read())
def judge(code):
    try: rules.check(ast.parse(code))
    except gate.Refused as refused: return [refused.line, str(refused)]
print(json.dumps([judge(code) for code in json.load(sys.stdin)]))";
    let cases = [
        ("import numpy as np, pandas\nfrom sklearn.linear_model import Ridge\nimport os\nos.path.join('a')", None),
        ("'import requests'  # import socket", None),
        (
            "import os\nprint(1)\nos.system('ls')",
            Some((3, "`os.system` is not available here: a cell cannot start programs")),
        ),
        ("import os as o\no.popen('ls')", Some((2, "cannot start programs"))),
        ("from os import popen", Some((1, "cannot start programs"))),
        (
            "def f():\n    from urllib.request import urlopen",
            Some((2, "`urllib` is not available here: a cell has no network")),
        ),
        ("import xgboost, numpy", Some((1, "HistGradientBoosting"))),
        ("import skleran", Some((1, "the nearest that is: sklearn"))),
        ("import zzzzzz", Some((1, "use pandas, numpy"))),
        ("import socket\nimport requests", Some((1, "`requests`"))),
    ];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/python");
    let mut python = std::process::Command::new(crate::kit::environment().python());
    python.args(["-I", "-B", "-c", script, folder]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().unwrap();
    let codes: Vec<&str> = cases.iter().map(|case| case.0).collect();
    python.stdin.take().unwrap().write_all(json!(codes).to_string().as_bytes()).unwrap();
    let answers: Vec<Option<(u32, String)>> =
        serde_json::from_slice(&python.wait_with_output().unwrap().stdout).unwrap();
    for ((code, expect), answer) in cases.iter().zip(answers) {
        match (expect, &answer) {
            (None, None) => {}
            (Some((line, words)), Some((found, message))) if line == found && message.contains(words) => {}
            _ => panic!("{code:?}: {answer:?}"),
        }
    }
}

#[test]
fn imports_at_run_time_go_by_the_same_list() {
    let outcome = cell("try:\n    __import__('socket')\nexcept ImportError as e:\n    metric('why', str(e)[:30])\n__import__('subprocess')")
        .fails(Error, "ImportError");
    assert_eq!(outcome.metrics(), json!({"why": "`socket` is not available here"}));
    assert_eq!(outcome.line(), Some(5));
}

#[test]
fn messages_name_no_folder_of_this_machine() {
    let home = std::env::var("HOME").unwrap();
    let outcome = cell("import pandas, warnings, os\nwarnings.warn('careful')\nopen(os.getcwd() + '/nothing.csv')")
        .fails(Error, "FileNotFoundError");
    let said = format!("{}{}{}", outcome.message(), outcome.stderr, outcome.stdout);
    assert!(!said.contains(&home) && !said.contains("/tmp/") && said.contains("nothing.csv"), "{said}");
    assert!(said.contains("line 2: UserWarning: careful"), "{said}");
}

#[test]
fn ending_the_interpreter_is_an_error_and_keeps_results() {
    let check = |end: &str, word: &str| {
        let outcome = cell(&format!("import sys, os\nmetric('kept', 1)\nprint('said')\n{end}")).fails(Error, "Crash");
        assert!(outcome.message().contains(word), "{end}: {}", outcome.message());
        assert_eq!((outcome.metrics(), outcome.stdout.as_str()), (json!({"kept": 1}), "said\n"), "{end}");
    };
    check("sys.exit(0)", "ended the interpreter");
    check("os._exit(7)", "exit code 7");
    check("np.ctypeslib.ctypes.string_at(0)", "segmentation fault");
    check("os.abort()", "abort");
}

#[test]
fn memory_beyond_the_limit_is_told_as_memory() {
    let check = |code: &str| {
        let outcome = cell(code).limits(|limits| limits.memory_bytes = 256 << 20).run();
        assert_eq!(outcome.status, Memory, "{code}: {:?}", outcome.error);
        assert_eq!(outcome.metrics(), json!({"kept": 1}), "{code}");
    };
    check("metric('kept', 1)\nx = np.zeros(10 * 1024**3 // 8)");
    check("metric('kept', 1)\nx = []\nwhile True: x.append(bytearray(10_000_000))");
    check("metric('kept', 1)\nraise MemoryError()");
}
