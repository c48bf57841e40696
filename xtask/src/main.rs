//! `cargo xtask`: everything a person does to this project, in one place and in plain steps.
//!
//! It has no dependencies, so that it starts within seconds on a machine that has built nothing yet, and it uses one
//! selection of packages and features everywhere (`--workspace`, see [`program`]): a second selection would compile
//! polars a second time. It refuses to guess: what it cannot install itself, it names with the command to type.

mod bench;
mod check;
mod doctor;
mod environment;
mod machine;
mod program;
mod run;
mod step;
mod summary;
mod test;
mod ui;

use std::process::ExitCode;

use step::Failure;

const USAGE: &str = "\
cargo xtask VERB

  run     get everything ready and open the window with a sample dataset
  test    get everything ready and run all tests; ends with `N passed, N failed`
  check   formatting, lints, layers, forbidden words, requirements
  bench   figures of the release build, written to bench/results
  setup   only get everything ready (packages, UI, programs, Python environment)
  doctor  setup, then ask the program what works on this machine
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let verb = args.next().unwrap_or_default();
    let outcome = match verb.as_str() {
        "run" => run::run(),
        "test" => test::run(&args.collect::<Vec<_>>()),
        "check" => check::run(),
        "bench" => bench::run(),
        "setup" => run::setup(machine::Purpose::Run).map(|_| ()),
        "doctor" => doctor::run(),
        "" | "help" | "-h" | "--help" => {
            step::say(USAGE);
            Ok(())
        }
        other => Err(Failure::wrong_use(format!("there is no verb {other:?}\n\n{USAGE}"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
