//! What a flag is: its name, what its value is, what it does in this version, and where it stands in a config file.

use super::kind::Kind;

/// What giving the flag does in this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It does what it says.
    Works,
    /// It is read and checked, and a warning says that it does nothing yet: going on is what the user meant.
    Later,
    /// It asks for something that this version lacks and that must not be passed over: the start is refused,
    /// unless the value is the default.
    Refused,
    /// etcd itself takes it without effect; the warning is etcd's.
    Deprecated(&'static str),
}

/// Where a setting stands in a config file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InFile {
    /// At the top level, under the flag's name.
    Top,
    /// The keys that lead to it.
    Below(&'static [&'static str]),
    /// It cannot be set there.
    Nowhere,
}

/// A flag of the server.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Long name, without dashes.
    pub name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// The default, as typed.
    pub default: &'static str,
    /// What the help shows in place of the default, where the default follows from other settings.
    pub shown: &'static str,
    /// What it is about, for the help.
    pub help: &'static str,
    /// What giving it does.
    pub status: Status,
    /// Where it stands in a config file.
    pub file: InFile,
}

/// A flag that works and stands at the top level of a config file.
pub const fn flag(name: &'static str, kind: Kind, default: &'static str, help: &'static str) -> Flag {
    Flag { name, kind, default, shown: default, help, status: Status::Works, file: InFile::Top }
}

impl Flag {
    /// The same, but it has no effect yet.
    pub const fn later(self) -> Self {
        Self { status: Status::Later, ..self }
    }

    /// The same, but it is refused.
    pub const fn refused(self) -> Self {
        Self { status: Status::Refused, ..self }
    }

    /// The same, but etcd passes it over with this warning.
    pub const fn deprecated(self, warning: &'static str) -> Self {
        Self { status: Status::Deprecated(warning), ..self }
    }

    /// The same, with something else shown as default.
    pub const fn shown(self, shown: &'static str) -> Self {
        Self { shown, ..self }
    }

    /// The same, below these keys of a config file.
    pub const fn below(self, keys: &'static [&'static str]) -> Self {
        Self { file: InFile::Below(keys), ..self }
    }

    /// The same, but not for config files.
    pub const fn not_in_file(self) -> Self {
        Self { file: InFile::Nowhere, ..self }
    }

    /// The environment variable that sets it: `ETCD_` and the name in capitals (reference 3.4).
    pub fn variable(&self) -> String {
        variable(self.name)
    }

    /// The keys that lead to it in a config file; none when it cannot be set there.
    pub fn keys(&self) -> Vec<&'static str> {
        match self.file {
            InFile::Top => vec![self.name],
            InFile::Below(keys) => keys.to_vec(),
            InFile::Nowhere => Vec::new(),
        }
    }
}

/// The environment variable of a flag.
pub fn variable(flag: &str) -> String {
    format!("ETCD_{}", flag.to_ascii_uppercase().replace('-', "_"))
}
