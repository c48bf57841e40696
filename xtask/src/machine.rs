//! What the machine itself must have: compilers' and window libraries, and for tests a display without a screen.
//!
//! On Debian and its kin the packages are installed when we may (root); otherwise the exact command is printed. On other
//! systems only what can be asked for is asked for, and the person is told what is missing.

use crate::step::{self, Failure, Outcome, Step, say};

/// What the machine is wanted for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Build and open the window.
    Run,
    /// Also drive the window without a screen.
    Test,
}

/// Debian's names.
const TO_RUN: &[&str] = &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "python3-venv"];
const TO_TEST: &[&str] = &[
    "webkit2gtk-driver",
    "xvfb",
    "xauth",
    "dbus",
    "gnome-keyring",
    "fonts-dejavu-core",
    "fonts-liberation",
    "xdotool",
    "imagemagick",
    "postgresql",
    "openssl",
];

/// Makes sure of the packages; an error says what to type.
pub fn prepare(purpose: Purpose) -> Outcome {
    for (program, purpose) in [("node", "builds the UI"), ("npm", "builds the UI")] {
        if !step::succeeds(program, &["--version"]) {
            return Err(Failure::new(format!("{program} is missing; it {purpose}. Install Node.js 20 or newer.")));
        }
    }
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    if !step::succeeds("dpkg-query", &["--version"]) {
        return prepare_other_linux();
    }
    let missing = missing_packages(purpose);
    if missing.is_empty() {
        return Ok(());
    }
    install(&missing)
}

fn prepare_other_linux() -> Outcome {
    if step::succeeds("pkg-config", &["--exists", "webkit2gtk-4.1"]) {
        return Ok(());
    }
    Err(Failure::new("WebKitGTK 4.1 is missing: install your system's development package of webkit2gtk-4.1."))
}

fn missing_packages(purpose: Purpose) -> Vec<&'static str> {
    let wanted = TO_RUN.iter().chain(if purpose == Purpose::Test { TO_TEST } else { &[] });
    wanted.copied().filter(|package| !is_installed(package)).collect()
}

fn is_installed(package: &str) -> bool {
    step::output("dpkg-query", &["-W", "-f=${db:Status-Status}", package]).is_some_and(|status| status == "installed")
}

fn install(missing: &[&str]) -> Outcome {
    let may_install = step::output("id", &["-u"]).is_some_and(|uid| uid.trim() == "0");
    if !may_install {
        return Err(Failure::new(format!(
            "these packages are missing; type\n\n  sudo apt-get install --no-install-recommends {}\n\nand start again",
            missing.join(" ")
        )));
    }
    say(format_args!("\nMissing packages: {}", missing.join(" ")));
    // An outdated list is worth a try: the packages may be in it.
    if let Err(failure) = Step::new("Read the list of packages", "apt-get").args(["update", "-qq"]).run() {
        say(format_args!("   {failure}; trying with the list as it is"));
    }
    Step::new("Install the packages", "apt-get")
        .args(["install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"])
        .args(missing)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .run()
}
