//! The attacks as they are written down: Python with headers, one file for each family.
//!
//! A file begins with `#! family: … | holds: …`, what is the same for all of it. An attack begins with `#@ id: …`;
//! what follows until the next is its code. `#> next` begins a second run that looks for what the first left.

use std::collections::HashMap;

use analyst_sandbox::Wall;
use analyst_types::Limits;

pub const KIT: &str = include_str!("../../attacks/kit.py");
const BOOK: [&str; 10] = [
    include_str!("../../attacks/files.py"),
    include_str!("../../attacks/network.py"),
    include_str!("../../attacks/processes.py"),
    include_str!("../../attacks/others.py"),
    include_str!("../../attacks/kernel.py"),
    include_str!("../../attacks/rights.py"),
    include_str!("../../attacks/bombs.py"),
    include_str!("../../attacks/channel.py"),
    include_str!("../../attacks/leftovers.py"),
    include_str!("../../attacks/libraries.py"),
];

/// One attack.
#[derive(Debug, Clone)]
pub struct Attack {
    pub family: &'static str,
    pub id: &'static str,
    /// What it would do to the person.
    pub harm: &'static str,
    /// The walls that hold it; one alone when no other does. Words that name no wall are what cannot be switched off.
    pub holds: Vec<&'static str>,
    pub trust: &'static str,
    /// Safe to run in plain Python, to see that it is real.
    pub is_bare: bool,
    /// How a run of it may end.
    pub ends: Vec<&'static str>,
    pub limits: Limits,
    /// It is given a dataset.
    pub has_data: bool,
    pub code: String,
    /// The run after it.
    pub next: Option<String>,
}

impl Attack {
    /// Whether nothing but `wall` is said to hold it.
    pub fn is_held_alone_by(&self, wall: Wall) -> bool {
        self.holds == [format!("{wall:?}")]
    }

    /// Whether nothing holds it: known, and said in the documentation.
    pub fn is_known(&self) -> bool {
        self.holds == ["nothing"]
    }
}

/// All of them.
pub fn attacks() -> Vec<Attack> {
    let found: Vec<Attack> = BOOK.iter().flat_map(|text| family(text)).collect();
    let mut names: Vec<_> = found.iter().map(|attack| attack.id).collect();
    names.sort_unstable();
    names.windows(2).for_each(|two| assert_ne!(two[0], two[1], "two attacks have one name"));
    found
}

fn family(text: &'static str) -> Vec<Attack> {
    let common: HashMap<_, _> = text.lines().filter_map(|line| line.strip_prefix("#! ")).flat_map(fields).collect();
    let parts = text.split("\n#@ id: ").skip(1);
    parts.map(|part| attack(part, &common)).collect()
}

/// `a: b | c: d`.
fn fields(line: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    line.split(" | ")
        .map(move |field| field.split_once(": ").unwrap_or_else(|| panic!("a header without a value: {line}")))
}

fn attack(part: &'static str, common: &HashMap<&'static str, &'static str>) -> Attack {
    let (first, rest) = part.split_once('\n').unwrap();
    let (id, more) = first.split_once(" | ").unwrap_or((first, ""));
    let headers = rest.lines().filter_map(|line| line.strip_prefix("#@ "));
    let mut known = common.clone();
    known.extend(headers.chain((!more.is_empty()).then_some(more)).flat_map(fields));
    let code = rest.lines().filter(|line| !line.starts_with("#@ ")).collect::<Vec<_>>().join("\n");
    let (code, next) = match code.split_once("\n#> next\n") {
        Some((code, next)) => (code.to_owned(), Some(next.to_owned())),
        None => (code, None),
    };
    let list = |name: &str, or: &'static str| known.get(name).unwrap_or(&or).split(", ").collect::<Vec<_>>();
    let yes = |name: &str| known.get(name) == Some(&"yes");
    Attack {
        family: known["family"],
        id,
        harm: known.get("harm").unwrap_or_else(|| panic!("{id} does not say what harm it does")),
        holds: list("holds", ""),
        trust: known["trust"],
        is_bare: yes("bare"),
        ends: list("ends", "barred"),
        limits: limits(known.get("limits").copied().unwrap_or_default()),
        has_data: yes("data"),
        code,
        next,
    }
}

/// `timeout=1 memory=64`: seconds, and megabytes for what is counted in bytes.
fn limits(text: &str) -> Limits {
    let mut limits = Limits { timeout_secs: 15, ..Limits::default() };
    for (name, value) in text.split_whitespace().map(|one| one.split_once('=').unwrap()) {
        let value: u64 = value.parse().unwrap();
        let small = u32::try_from(value).unwrap();
        match name {
            "timeout" => limits.timeout_secs = value,
            "memory" => limits.memory_bytes = value << 20,
            "cpu" => limits.cpu_secs = value,
            "threads" => limits.threads = small,
            "open" => limits.open_files = small,
            "scratch" => limits.scratch_bytes = value << 20,
            "artifact" => limits.artifact_bytes = value << 20,
            "files" => limits.scratch_files = small,
            other => panic!("no limit is called {other}"),
        }
    }
    limits
}
