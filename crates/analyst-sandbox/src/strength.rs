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

/// One wall. What stands around a run is a set of them; a test may ask for a runner without some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum Wall {
    /// A session and process group of its own.
    OwnSession = 1,
    /// Limits that the system holds a run to (memory, processor time, file size, open files).
    Limits = 1 << 1,
    /// User, network, IPC and host name namespaces.
    Namespaces = 1 << 2,
    /// Another user than the administrator.
    OwnUser = 1 << 3,
    /// No capabilities.
    NoCapabilities = 1 << 4,
    /// File rules from before Python starts.
    Files = 1 << 5,
    /// TCP and abstract sockets refused by the file rules' kernel part.
    NetworkRules = 1 << 6,
    /// The system call filter from before Python starts.
    SystemCalls = 1 << 7,
    /// Killed with the program.
    DiesWithHost = 1 << 8,
    /// A process namespace.
    ProcessNamespace = 1 << 9,
    /// A mount namespace that holds the libraries and the run's folder, and nothing else.
    MountNamespace = 1 << 10,
    /// The second file rules: of all runs' folders, only this run's.
    RunFiles = 1 << 11,
    /// The second system call filter: no processes, no programs, no changes of rights.
    RunCalls = 1 << 12,
    /// The second filter lists what is allowed; without it, what is denied.
    AllowList = 1 << 13,
    /// An environment made from nothing.
    CleanEnvironment = 1 << 14,
    /// No descriptors but the run's own.
    CleanDescriptors = 1 << 15,
    /// Our own watch over memory, processor time, threads and disk.
    Watch = 1 << 16,
    /// A memory limit by control group.
    ControlGroup = 1 << 17,
}

impl Wall {
    /// Every wall, in the order of the report.
    pub const ALL: [Self; 18] = [
        Self::OwnSession,
        Self::Limits,
        Self::SystemCalls,
        Self::RunCalls,
        Self::AllowList,
        Self::Files,
        Self::RunFiles,
        Self::NetworkRules,
        Self::Namespaces,
        Self::ProcessNamespace,
        Self::MountNamespace,
        Self::NoCapabilities,
        Self::OwnUser,
        Self::DiesWithHost,
        Self::CleanEnvironment,
        Self::CleanDescriptors,
        Self::Watch,
        Self::ControlGroup,
    ];

    /// What it is called, and what it keeps out.
    pub const fn description(self) -> (&'static str, &'static str) {
        match self {
            Self::OwnSession => ("process group", "a cell is killed with all it started"),
            Self::Limits => ("limits", "memory, processor time, file size and open files are bounded"),
            Self::SystemCalls => ("system call filter", "no socket of any family, no kernel extras"),
            Self::RunCalls => ("second system call filter", "no new process or program, no change of rights"),
            Self::AllowList => ("list of allowed calls", "system calls that nobody needs are absent"),
            Self::Files => ("file rules", "only the libraries and folders of cells are within reach"),
            Self::RunFiles => ("second file rules", "of the folders of cells, only the cell's own"),
            Self::NetworkRules => ("TCP rules", "binding and connecting are refused a second time"),
            Self::Namespaces => ("namespaces", "a network without devices, and no shared memory of others"),
            Self::ProcessNamespace => ("process namespace", "other processes have no number here"),
            Self::MountNamespace => ("mount namespace", "other files do not even exist here"),
            Self::NoCapabilities => ("no privileges", "no capability, and none can be gained"),
            Self::OwnUser => {
                ("other user", "does not run as the administrator (only when started by the administrator)")
            }
            Self::DiesWithHost => ("dies with us", "no cell outlives the program"),
            Self::CleanEnvironment => ("clean environment", "no variable of the program is inherited"),
            Self::CleanDescriptors => ("clean descriptors", "no open file of the program is inherited"),
            Self::Watch => ("watch", "memory, processor time, threads and disk are measured as it runs"),
            Self::ControlGroup => ("control group", "memory is bounded by the system as a whole"),
        }
    }
}

/// A set of walls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Walls(pub u32);

impl FromIterator<Wall> for Walls {
    fn from_iter<T: IntoIterator<Item = Wall>>(walls: T) -> Self {
        Self(walls.into_iter().fold(0, |bits, wall| bits | wall as u32))
    }
}

impl Walls {
    /// Whether `wall` is among them.
    pub fn has(self, wall: Wall) -> bool {
        self.0 & wall as u32 != 0
    }

    /// With `wall`.
    pub fn and(self, wall: Wall) -> Self {
        Self(self.0 | wall as u32)
    }

    /// Those of both.
    pub fn joined(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Without those of `other`.
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The report for people.
    pub fn report(self) -> SandboxReport {
        let layer = |&wall: &Wall| {
            let (name, detail) = wall.description();
            Layer { name, active: self.has(wall), detail }
        };
        SandboxReport { strength: self.strength(), layers: Wall::ALL.iter().map(layer).collect() }
    }

    /// Strong needs no help from a namespace: a filter of both kinds, file rules of a run, no privileges.
    pub fn strength(self) -> SandboxStrength {
        let filtered = self.has(Wall::SystemCalls) && self.has(Wall::RunCalls);
        let files = self.has(Wall::Files) || self.has(Wall::RunFiles);
        if filtered && files && self.has(Wall::NoCapabilities) {
            SandboxStrength::Strong
        } else if self.has(Wall::SystemCalls) || self.has(Wall::RunCalls) || files || self.has(Wall::Namespaces) {
            SandboxStrength::Partial
        } else {
            SandboxStrength::None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strength_needs_both_filters_files_and_no_privileges() {
        let check = |walls: &[Wall], expect| {
            assert_eq!(walls.iter().copied().collect::<Walls>().strength(), expect, "{walls:?}");
        };
        check(&[], SandboxStrength::None);
        check(&[Wall::OwnSession, Wall::Limits, Wall::Watch], SandboxStrength::None);
        check(&[Wall::SystemCalls, Wall::RunCalls, Wall::NoCapabilities], SandboxStrength::Partial);
        check(&[Wall::SystemCalls, Wall::NoCapabilities, Wall::Files], SandboxStrength::Partial);
        check(&[Wall::SystemCalls, Wall::RunCalls, Wall::NoCapabilities, Wall::Files], SandboxStrength::Strong);
    }

    #[test]
    fn every_wall_is_reported_once() {
        let all: Walls = Wall::ALL.into_iter().collect();
        assert_eq!(all.0.count_ones() as usize, Wall::ALL.len());
        assert!(all.report().layers.iter().all(|layer| layer.active));
    }
}
