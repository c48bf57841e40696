//! A key in a real keyring: a Secret Service on a message bus of the test's own, unlocked as a login would do it.

use std::io::Write;
use std::process::{Command, Stdio};

use analyst_tests::program::{Home, cli};

const KEY: &str = "sk-ant-canary-of-the-keyring";
/// Unlocks a keyring with a password, then runs what follows beside it. The daemon goes on in the background and says
/// who it is; none of that belongs to the program's own words.
const UNLOCKED: &str =
    "printf 'password\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1 && exec \"$@\"";

/// The command line program, beside an unlocked keyring on a bus of its own. The keyring's file is in the home, so
/// what one call keeps is there for the next.
fn beside_a_keyring(home: &Home, args: &[&str]) -> Command {
    let mut command = home.command("dbus-run-session");
    command.args(["--", "sh", "-c", UNLOCKED, "sh"]).arg(cli()).args(args);
    command.env("AUTO_ANALYST_NO_KEYRING", "0").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn said(mut command: Command, input: &str) -> String {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("start dbus-run-session (package dbus)");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn a_key_kept_in_the_keyring_is_there_for_the_next_program_and_in_no_file_of_ours() {
    let home = Home::new();
    said(beside_a_keyring(&home, &["keys", "set", "anthropic"]), KEY);
    let models = said(beside_a_keyring(&home, &["models", "--json"]), "");
    assert!(models.contains(r#""kind":"keyring""#), "{models}");
    assert!(models.contains(r#""id":"anthropic","displayName":"Anthropic","keyState":"stored""#), "{models}");
    assert!(!models.contains(KEY));
    let grep = Command::new("grep").args(["-rl", KEY]).arg(home.path()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&grep.stdout), "", "the key stands in plain text");
    said(beside_a_keyring(&home, &["keys", "delete", "anthropic"]), "");
    let models = said(beside_a_keyring(&home, &["models", "--json"]), "");
    assert!(models.contains(r#""id":"anthropic","displayName":"Anthropic","keyState":"missing""#), "{models}");
}
