//! Scripts of a person, and of somebody who means harm, in the sandbox.

use std::net::TcpListener;

use analyst_tests::program::{Home, processes_with};
use serde_json::{Value, json};

use crate::told::{coffee_revenue, sample, tell};

#[test]
fn script_shows_what_it_found() {
    let home = Home::new();
    let extra = home.file("more data.csv", "k,v\na,1\nb,2\n");
    let script = home.file(
        "analysis.py",
        "import plotly.express as px, sys\n\
         assert df is coffee_orders or df.equals(coffee_orders)\n\
         metric('revenue', coffee_orders['revenue'].sum())\n\
         table(more_data, title='More')\n\
         show(px.bar(more_data, x='k', y='v'), title='Bars')\n\
         print('done', more_data['v'].sum())\n\
         print('careful', file=sys.stderr)\n",
    );
    let files = [sample("coffee_orders.csv").display().to_string(), extra.display().to_string()];
    let told = tell(&home, &["run", &files[0], &files[1], script.to_str().unwrap(), "--json"]).done();
    let done = told.json();
    let mut keys: Vec<&str> = done.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["artifacts", "duration_ms", "error", "status", "stderr", "stdout"]);
    assert_eq!((&done["status"], &done["error"]), (&json!("ok"), &Value::Null));
    assert_eq!((&done["stdout"], &done["stderr"]), (&json!("done 3\n"), &json!("careful\n")));
    assert!(done["duration_ms"].is_u64());
    let artifacts = done["artifacts"].as_array().unwrap();
    let kinds: Vec<&Value> = artifacts.iter().map(|artifact| &artifact["kind"]).collect();
    assert_eq!(kinds, ["metric", "table", "chart"]);
    assert!((artifacts[0]["value"].as_f64().unwrap() - coffee_revenue(None)).abs() < 0.005);
    assert_eq!((&artifacts[1]["title"], &artifacts[1]["rows"]), (&json!("More"), &json!([["a", 1], ["b", 2]])));
    assert!(artifacts[2]["figure"]["data"][0]["type"] == "bar");
}

#[test]
fn error_in_a_script_names_its_line() {
    let home = Home::new();
    let script = home.file("wrong.py", "print('before')\n\nx = df['nosuch']\n");
    let file = sample("bike_counts.csv");
    let args = ["run", file.to_str().unwrap(), script.to_str().unwrap()];
    let told = tell(&home, &args).failed(1, &["KeyError", "nosuch", "line 3"]);
    assert_eq!(told.stdout, "before\n");
    let report = tell(&home, &[args.as_slice(), &["--json"]].concat()).failed(1, &["KeyError"]).json();
    assert_eq!(
        (&report["status"], &report["error"]["type"], &report["error"]["line"]),
        (&json!("error"), &json!("KeyError"), &json!(3))
    );
}

/// Runs a script that means harm; its report must come, and the program must say that it failed.
fn harm(home: &Home, name: &str, code: &str, options: &[&str]) -> Value {
    let script = home.file(name, code);
    let args = [&["run", script.to_str().unwrap(), "--json"], options].concat();
    tell(home, &args).failed(1, &[]).json()
}

#[test]
fn endless_and_greedy_scripts_end_at_their_limits() {
    let home = Home::new();
    let marker = home.path().file_name().unwrap().to_str().unwrap().to_owned();
    let endless = harm(&home, "endless.py", "print('began', flush=True)\nwhile True:\n    pass\n", &["--timeout", "2"]);
    assert_eq!((&endless["status"], &endless["stdout"]), (&json!("timeout"), &json!("began\n")));
    let took = endless["duration_ms"].as_u64().unwrap();
    assert!((1_500..6_000).contains(&took), "{took} ms");
    let greedy = harm(&home, "greedy.py", "held = []\nwhile True:\n    held.append(bytearray(64 << 20))\n", &[]);
    assert!(["memory", "error"].iter().any(|status| greedy["status"] == *status), "{greedy}");
    assert!(greedy["error"].to_string().to_lowercase().contains("memory"), "{greedy}");
    let left = processes_with(&marker);
    assert!(left.is_empty(), "still running: {left:?}");
}

#[test]
fn talkative_scripts_are_cut_and_the_cut_is_told() {
    let home = Home::new();
    let flood = home.file("flood.py", "line = 'x' * (1 << 20)\nfor _ in range(1024):\n    print(line)\n");
    let told = tell(&home, &["run", flood.to_str().unwrap(), "--json"]);
    assert!(matches!(told.code, Some(0 | 1)), "{:?}", told.code);
    let report = told.json();
    let stdout = report["stdout"].as_str().unwrap();
    assert!((1 << 20..(1 << 20) + 200).contains(&stdout.len()), "{} bytes are kept", stdout.len());
    assert!(stdout.lines().last().unwrap().contains("output cut"), "{:?}", stdout.lines().last());
}

#[test]
fn scripts_that_end_or_crash_the_interpreter_fail_alone() {
    let home = Home::new();
    let exit = harm(&home, "exit.py", "import os\nprint('kept', flush=True)\nos._exit(0)\n", &[]);
    assert!(["error", "killed"].iter().any(|status| exit["status"] == *status), "{exit}");
    assert_eq!(exit["stdout"], "kept\n");
    let crash = harm(&home, "crash.py", "import ctypes\nctypes.string_at(0)\n", &[]);
    assert!(["error", "killed"].iter().any(|status| crash["status"] == *status), "{crash}");
    assert!(!crash["error"].is_null());
    let next = home.file("next.py", "print(1 + 1)\n");
    assert_eq!(tell(&home, &["run", next.to_str().unwrap()]).done().stdout, "2\n");
}

#[test]
fn scripts_reach_neither_network_nor_files_nor_programs() {
    let home = Home::new();
    let secret = home.file("secret.txt", "home-canary-5d1e");
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    // The list of imports is a courtesy; who looks for a way round it finds one, and stands before the walls.
    let attempts = format!(
        "import pandas\n\
         real = pandas.__builtins__['__import__']\n\
         os, socket, subprocess, request = real('os'), real('socket'), real('subprocess'), real('urllib.request').request\n\
         def attempt(name, work):\n    try:\n        print(name, 'got through', work())\n    except BaseException as error:\n        print(name, 'held')\n\
         attempt('socket', lambda: socket.create_connection(('127.0.0.1', {port}), 2))\n\
         attempt('http', lambda: request.urlopen('http://127.0.0.1:{port}/', timeout=2))\n\
         attempt('home', lambda: open({secret:?}).read())\n\
         attempt('list', lambda: os.listdir({home:?}))\n\
         attempt('passwd', lambda: open('/etc/passwd').read())\n\
         attempt('write', lambda: open({written:?}, 'w').write('x'))\n\
         attempt('shell', lambda: subprocess.run(['/bin/sh', '-c', 'echo x'], check=True))\n\
         attempt('fork', lambda: getattr(os, 'fork')())\n\
         attempt('environment', lambda: os.environ['AUTO_ANALYST_TEST_SECRET'])\n",
        home = home.path(),
        written = home.path().join("written.txt"),
    );
    let script = home.file("attempts.py", attempts);
    let home = home.with("AUTO_ANALYST_TEST_SECRET", "environment-canary");
    let told = tell(&home, &["run", script.to_str().unwrap()]).done();
    let held = |line: &str| line.ends_with(" held");
    assert!(told.stdout.lines().count() == 9 && told.stdout.lines().all(held), "{}", told.stdout);
    assert!(!home.path().join("written.txt").exists());
    assert!(listener.accept().is_err(), "something reached the listener");
    let polite = home.file("polite.py", "print('never')\nimport requests\n");
    let told = tell(&home, &["run", polite.to_str().unwrap()]).failed(1, &["requests", "no network", "line 2"]);
    assert_eq!(told.stdout, "", "a cell that cannot do what it wants does not begin");
}
