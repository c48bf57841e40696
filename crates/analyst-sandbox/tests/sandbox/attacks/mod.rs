//! Attacks on the walls, every one of them tried: as they stand on every run of the tests, in plain Python to see that
//! they are real, and with each wall left out to see which others hold.
//!
//! - `AUTO_ANALYST_BARE_ATTACKS=1` also makes those that are safe to make without a sandbox.
//! - `AUTO_ANALYST_LAYER_MATRIX=1` makes them all without each wall, and writes `docs/sandbox-attacks.md`.
//! - `AUTO_ANALYST_ONLY_ATTACKS=id,id` makes only those.
//! - `AUTO_ANALYST_ORDINARY_USER=1`, as the administrator, makes them once more as a user without rights.

mod attempt;
mod book;
mod matrix;
mod ordinary_user;
mod world;

use std::collections::VecDeque;
use std::process::Command;
use std::sync::{LazyLock, Mutex};

use self::attempt::{Arena, Verdict, bare};
use self::book::{Attack, attacks};
use crate::kit::{TOKIO, environment};

/// A database with a secret in it.
fn database() -> Vec<u8> {
    static MADE: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("db");
        let script = "import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.execute('create table keys (secret)')
c.execute('insert into keys values (?)', (sys.argv[2],))
c.commit()";
        let made =
            Command::new(environment().python()).args(["-I", "-c", script]).arg(&file).arg(world::TOKEN).status();
        assert!(made.unwrap().success());
        std::fs::read(file).unwrap()
    });
    MADE.clone()
}

fn is_wanted(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| value == "1")
}

/// Those that are to be made.
fn chosen() -> Vec<Attack> {
    let only = std::env::var("AUTO_ANALYST_ONLY_ATTACKS").ok();
    let only: Option<Vec<&str>> = only.as_deref().map(|only| only.split(',').collect());
    attacks().into_iter().filter(|attack| only.as_ref().is_none_or(|only| only.contains(&attack.id))).collect()
}

/// Makes `attacks`, `at_once` at a time, and tells what came of each, in their order.
fn make(arena: &Arena, attacks: &[Attack], at_once: usize) -> Vec<Verdict> {
    let left = Mutex::new(attacks.iter().enumerate().collect::<VecDeque<_>>());
    let done = Mutex::new(Vec::new());
    let work = || {
        loop {
            let Some((n, attack)) = left.lock().unwrap().pop_front() else { return };
            let verdict = TOKIO.block_on(arena.attempt(attack));
            done.lock().unwrap().push((n, verdict));
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(n, _)| *n);
    done.into_iter().map(|(_, verdict)| verdict).collect()
}

#[test]
fn every_attack_is_held() {
    let arena = Arena::new(&[]);
    let attacks = chosen();
    let began = std::time::Instant::now();
    let verdicts = make(&arena, &attacks, 2);
    let mut wrong = Vec::new();
    for (attack, verdict) in attacks.iter().zip(&verdicts) {
        println!("{}: {verdict:?}", attack.id);
        // One that was disturbed by the machine is made again, alone; a hole is a hole both times.
        let verdict = match verdict {
            Verdict::Harmed(_) if !attack.is_known() => TOKIO.block_on(arena.attempt(attack)),
            other => other.clone(),
        };
        if matches!(verdict, Verdict::Held(_)) == attack.is_known() || matches!(verdict, Verdict::NotTried(_)) {
            wrong.push(format!("{}: {verdict:?}", attack.id));
        }
    }
    println!("{} attacks in {:.1?}", attacks.len(), began.elapsed());
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), attacks.len(), wrong.join("\n"));
}

#[test]
fn attacks_that_are_safe_to_make_do_harm_without_the_sandbox() {
    let all = is_wanted("AUTO_ANALYST_BARE_ATTACKS");
    let sample = ["read-secret", "write-outside", "tcp", "subprocess", "kill-other", "pickle"];
    let attacks = chosen().into_iter().filter(|attack| attack.is_bare && (all || sample.contains(&attack.id)));
    let left = Mutex::new(attacks.collect::<VecDeque<_>>());
    let tame = Mutex::new(Vec::new());
    let work = || {
        loop {
            let Some(attack) = left.lock().unwrap().pop_front() else { return };
            match bare(&attack) {
                Verdict::Harmed(_) => {}
                other => tame.lock().unwrap().push(format!("{}: {other:?}", attack.id)),
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(work);
        }
    });
    let tame = tame.into_inner().unwrap();
    assert!(tame.is_empty(), "these do nothing even without a sandbox:\n{}", tame.join("\n"));
}
