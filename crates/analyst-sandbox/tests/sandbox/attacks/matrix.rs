//! The attacks with one wall left out at a time: which others hold them, or that none does.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;

use analyst_sandbox::Wall;

use super::attempt::{Arena, Verdict};
use super::book::Attack;
use super::{chosen, is_wanted, make};
use crate::kit::TOKIO;

const PLACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sandbox-attacks.md");
/// Walls at a time.
const AT_ONCE: usize = 4;
/// Enough to see on every run of the tests that each wall of the run matters, and that most are doubled.
const SAMPLE: [(Wall, &[&str], &[&str]); 4] = [
    (Wall::RunCalls, &["fork", "change-mode"], &["tcp", "subprocess", "kill-parent", "read-secret"]),
    (Wall::RunFiles, &["read-another-run", "list-processes"], &["read-secret", "write-outside", "memory-of-parent"]),
    (Wall::SystemCalls, &[], &["tcp", "io-uring", "keyring-search", "trace-parent"]),
    (Wall::Files, &[], &["read-secret", "write-outside", "write-to-library"]),
];

/// Those that did harm without `wall`, and how. Each that did is made again alone, to be sure.
fn harmed_without(wall: Wall, attacks: &[Attack]) -> Vec<(usize, String)> {
    let mut arena = Arena::new(&[wall]);
    let verdicts = make(&arena, attacks, 2);
    let mut harmed = Vec::new();
    for (n, verdict) in verdicts.into_iter().enumerate() {
        if !matches!(verdict, Verdict::Harmed(_)) {
            continue;
        }
        let mut verdict = TOKIO.block_on(arena.attempt(&attacks[n]));
        if verdict.is_of_broken_arena() {
            arena = Arena::new(&[wall]); // one of those before harmed where all come from
            verdict = TOKIO.block_on(arena.attempt(&attacks[n]));
        }
        if let Verdict::Harmed(how) = verdict {
            harmed.push((n, how));
        }
    }
    harmed
}

/// Whether a wall has to do with it: the rest is held by what cannot be left out, or by nothing.
fn concerns_walls(attack: &Attack) -> bool {
    !attack.holds.iter().all(|holds| ["Clock", "Host", "Process", "nothing"].contains(holds))
}

#[test]
fn without_one_wall_others_hold_or_the_book_says_so() {
    let book = super::book::attacks();
    for (wall, alone, doubled) in SAMPLE {
        let attacks: Vec<Attack> =
            book.iter().filter(|attack| alone.contains(&attack.id) || doubled.contains(&attack.id)).cloned().collect();
        assert_eq!(attacks.len(), alone.len() + doubled.len(), "one of the sample is not in the book");
        let harmed = harmed_without(wall, &attacks);
        let harmed: Vec<&str> = harmed.iter().map(|(n, _)| attacks[*n].id).collect();
        let mut expected: Vec<&str> = attacks.iter().map(|attack| attack.id).filter(|id| alone.contains(id)).collect();
        expected.sort_by_key(|id| attacks.iter().position(|attack| attack.id == *id));
        assert_eq!(harmed, expected, "without {wall:?}");
    }
}

#[test]
fn the_table_of_attacks_and_walls() {
    if !is_wanted("AUTO_ANALYST_LAYER_MATRIX") {
        return; // long: the sample above stands for it
    }
    let attacks = chosen();
    let attacks = attacks.as_slice();
    let tried: Vec<usize> = (0..attacks.len()).filter(|n| concerns_walls(&attacks[*n])).collect();
    let again: Vec<Attack> = tried.iter().map(|n| attacks[*n].clone()).collect();
    let left = Mutex::new(Wall::ALL.to_vec());
    let found = Mutex::new(BTreeMap::<usize, Vec<(Wall, String)>>::new());
    let work = || {
        loop {
            let Some(wall) = left.lock().unwrap().pop() else { return };
            let began = std::time::Instant::now();
            for (n, how) in harmed_without(wall, &again) {
                println!("without {wall:?}: {}: {how}", again[n].id);
                found.lock().unwrap().entry(tried[n]).or_default().push((wall, how));
            }
            println!("without {wall:?}: {:.0?}", began.elapsed());
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(work);
        }
    });
    let alone = found.into_inner().unwrap();
    // Attacks that were not made now keep what was found the last time.
    let before = std::fs::read_to_string(PLACE).unwrap_or_default();
    let book = super::book::attacks();
    let cells: Vec<String> = book.iter().map(|attack| cell_of(attack, attacks, &alone, &before)).collect();
    let table = table(&book, &cells);
    // Where the sources are not, as for another user, it is only told.
    std::fs::write(PLACE, &table).unwrap_or_else(|_| println!("{table}"));
    let surprising: Vec<String> = alone
        .iter()
        .flat_map(|(n, walls)| walls.iter().map(move |(wall, how)| (&attacks[*n], *wall, how)))
        .filter(|(attack, wall, _)| !attack.is_held_alone_by(*wall))
        .map(|(attack, wall, how)| format!("{} is held by {wall:?} alone: {how}", attack.id))
        .collect();
    assert!(surprising.is_empty(), "the book says otherwise:\n{}", surprising.join("\n"));
}

/// What alone holds `attack`: as found now, when it is among those `made`, else as it was `before`.
fn cell_of(attack: &Attack, made: &[Attack], alone: &BTreeMap<usize, Vec<(Wall, String)>>, before: &str) -> String {
    let Some(at) = made.iter().position(|one| one.id == attack.id) else {
        let row = before.lines().find(|line| line.starts_with(&format!("| {} |", attack.id)));
        return row.and_then(|row| row.split('|').nth(4)).unwrap_or_default().trim().to_owned();
    };
    let mut walls: Vec<Wall> = alone.get(&at).into_iter().flatten().map(|(wall, _)| *wall).collect();
    walls.sort_by_key(|wall| Wall::ALL.iter().position(|one| one == wall));
    walls.iter().map(|wall| format!("**{wall:?}**")).collect::<Vec<_>>().join(", ")
}

fn table(attacks: &[Attack], alone: &[String]) -> String {
    let mut text = String::from(
        "# Attacks on the sandbox, wall by wall

Made by `AUTO_ANALYST_LAYER_MATRIX=1 cargo test -p analyst-sandbox --test sandbox the_table_of_attacks`; do not edit.

Every attack below is made on every run of the tests and does nothing. Here each was made again with one wall left out
at a time. *Held by* are the walls that are meant to hold it; **alone** names the wall without which it did harm, so
that no other holds it. `Clock`, `Host`, `Process` are what cannot be left out: the time limit, the bounds on what the
host reads, and one process per run; attacks that only these hold were not made again. *Bare*: it was also made in
plain Python, where it does harm. *Known*: nothing holds it, and the documentation says so.

The attacks are in `crates/analyst-sandbox/tests/attacks`. *Trust* names the tests of the threat model. More ways to make
them, as variables of the test program: `AUTO_ANALYST_BARE_ATTACKS=1` all that are safe in plain Python,
`AUTO_ANALYST_ORDINARY_USER=1` (started by the administrator) all as a user without rights,
`AUTO_ANALYST_ONLY_ATTACKS=id,id` some.

",
    );
    let held = attacks.iter().filter(|attack| !attack.is_known()).count();
    let _ = writeln!(
        text,
        "{} attacks, {held} held, {} known; {} of them held by one wall alone; {} shown to do harm without a sandbox.",
        attacks.len(),
        attacks.len() - held,
        alone.iter().filter(|cell| !cell.is_empty()).count(),
        attacks.iter().filter(|attack| attack.is_bare).count()
    );
    let mut family = "";
    for (attack, only) in attacks.iter().zip(alone) {
        if attack.family != family {
            family = attack.family;
            let _ = write!(
                text,
                "\n## {family}\n\n| attack | harm it would do | held by | alone | bare | trust |\n|---|---|---|---|---|---|\n"
            );
        }
        let holds = if attack.is_known() { "*known*".into() } else { attack.holds.join(", ") };
        let bare = if attack.is_bare { "yes" } else { "" };
        let _ = writeln!(text, "| {} | {} | {holds} | {only} | {bare} | {} |", attack.id, attack.harm, attack.trust);
    }
    text.push_str(ELSEWHERE);
    text
}

/// Tests of the threat model that are no attacks from inside, and where they are.
const ELSEWHERE: &str = "
## Faults, and what is tried elsewhere

| trust | what | test |
|---|---|---|
| B-51 | Python missing, not whole, not Python | `faults::python_that_is_missing_or_not_whole_is_said_so`, `install` |
| B-52 | loops, bombs, crashes, deafness | the family *exhaustion* above |
| B-53 | half frames and garbage | the family *channel* above, `walls::garbage_on_the_channel_ends_that_run_only` |
| B-54 | NaN, infinity, huge numbers, a million points | `faults::values_that_json_or_a_window_cannot_hold_arrive_as_something_they_can`, `results::too_many_points_are_thinned_and_too_large_results_refused` |
| B-55 | libraries that load slowly | `faults::the_time_that_libraries_take_to_load_is_not_the_cells` |
| B-56 | the query engine runs out of memory | `process::tests::more_memory_than_it_may_have_is_its_end_with_the_reason` |
| B-57 | the system ends a run, or where runs come from | `faults::a_run_that_the_system_ends_is_said_so_and_goes_before_the_program`, `layers::a_fork_server_that_dies_takes_its_run_with_it_and_is_replaced` |
| C-10 | no walls on this machine | `layers::no_wall_at_all_is_refused_with_the_reason`, `layers::python_is_refused_where_something_gets_out_unless_the_person_accepts` |
| C-40 | hostile pickles, models, arrays | the family *libraries* above |
";

#[test]
fn the_table_that_is_checked_in_names_every_attack() {
    if !Path::new(PLACE).exists() {
        return; // run as another user, who has no sources
    }
    let table = std::fs::read_to_string(PLACE).unwrap();
    for attack in super::book::attacks() {
        assert!(table.contains(&format!("\n| {} | {} |", attack.id, attack.harm)), "{} is missing", attack.id);
    }
}
