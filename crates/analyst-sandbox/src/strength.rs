//! How strong the walls around a worker are, in words for people.

use serde::Serialize;

/// The walls around a worker, all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SandboxStrength {
    /// No network, no files but those granted, no other processes, and limits; enforced by the system.
    Strong,
    /// Some of that.
    Partial,
    /// A process of its own with limits, and nothing more.
    None,
}

/// One wall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Layer {
    /// What it is called.
    pub name: &'static str,
    /// Whether it stands on this machine.
    pub active: bool,
    /// What it keeps out.
    pub detail: &'static str,
}

/// The walls around a worker, one by one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SandboxReport {
    /// All together.
    pub strength: SandboxStrength,
    /// One by one.
    pub layers: Vec<Layer>,
}

/// Which walls a started worker has; what a child reports of itself before it becomes Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Walls(pub u32);

impl Walls {
    pub const OWN_SESSION: u32 = 1;
    pub const LIMITS: u32 = 1 << 1;
    pub const NAMESPACES: u32 = 1 << 2;
    pub const OWN_USER: u32 = 1 << 3;
    pub const NO_CAPABILITIES: u32 = 1 << 4;
    pub const FILES: u32 = 1 << 5;
    pub const NETWORK_RULES: u32 = 1 << 6;
    pub const SYSTEM_CALLS: u32 = 1 << 7;
    pub const DIES_WITH_HOST: u32 = 1 << 8;

    /// Whether all of `walls` stand.
    pub fn has(self, walls: u32) -> bool {
        self.0 & walls == walls
    }

    /// The report for people.
    pub fn report(self) -> SandboxReport {
        let layers =
            LAYERS.iter().map(|&(wall, name, detail)| Layer { name, active: self.has(wall), detail }).collect();
        let strength = if self.has(Self::SYSTEM_CALLS | Self::FILES | Self::NO_CAPABILITIES) {
            SandboxStrength::Strong
        } else if self.has(Self::SYSTEM_CALLS) || self.has(Self::FILES) || self.has(Self::NAMESPACES) {
            SandboxStrength::Partial
        } else {
            SandboxStrength::None
        };
        SandboxReport { strength, layers }
    }
}

const LAYERS: [(u32, &str, &str); 9] = [
    (Walls::OWN_SESSION, "process group", "a cell is killed with all it started"),
    (Walls::LIMITS, "limits", "memory, processor time, file size and open files are bounded"),
    (Walls::SYSTEM_CALLS, "system call filter", "no socket of any family, no new process or program, no kernel extras"),
    (Walls::FILES, "file rules", "only the libraries are readable and only the cell's own folder is writable"),
    (Walls::NETWORK_RULES, "TCP rules", "binding and connecting are refused a second time"),
    (Walls::NAMESPACES, "namespaces", "a network without devices, and no shared memory of others"),
    (Walls::NO_CAPABILITIES, "no privileges", "no capability, and none can be gained"),
    (Walls::OWN_USER, "other user", "does not run as the administrator (only when started by the administrator)"),
    (Walls::DIES_WITH_HOST, "dies with us", "no cell outlives the program"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strength_needs_filter_files_and_no_privileges() {
        let check = |walls: u32, expect| assert_eq!(Walls(walls).report().strength, expect);
        check(0, SandboxStrength::None);
        check(Walls::OWN_SESSION | Walls::LIMITS, SandboxStrength::None);
        check(Walls::SYSTEM_CALLS | Walls::NO_CAPABILITIES, SandboxStrength::Partial);
        check(Walls::SYSTEM_CALLS | Walls::NO_CAPABILITIES | Walls::FILES, SandboxStrength::Strong);
    }
}
