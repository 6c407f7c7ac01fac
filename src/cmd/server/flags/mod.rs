//! Every flag of `etcd server`, defined once. The parser, the environment, the config file, the help, the manual page,
//! the completions and the table in `tests/scripts/flags` all read these definitions (reference 3.1 to 3.5).
//!
//! ```text
//!   kind        what a value is, and how its text is read
//!   definition  Flag: name, kind, default, help, status, place in a config file
//!   member, clustering, security, operation    the flags, in the order of etcd's help
//!   legacy      names of older versions, and what becomes of them
//! ```

mod clustering;
mod definition;
mod kind;
mod legacy;
mod member;
mod operation;
mod security;

pub use definition::{Flag, InFile, Status, variable};
pub use kind::{Kind, NOTHING, Value};
pub use legacy::{Fate, IGNORED, LEGACY, Legacy, find as find_legacy};

use definition::flag;

/// The groups with their flags.
pub const GROUPS: &[(&str, &[Flag])] = &[
    ("Member", member::MEMBER),
    ("Clustering", clustering::CLUSTERING),
    ("Security", security::SECURITY),
    ("Auth", security::AUTH),
    ("Profiling and Monitoring", operation::MONITORING),
    ("Logging", operation::LOGGING),
    ("Distributed tracing", operation::TRACING),
    ("Features", operation::FEATURES),
    ("Unsafe feature", operation::UNSAFE),
];

/// Flags that are commands rather than settings.
pub const COMMANDS: &[Flag] = &[
    flag("config-file", Kind::Text, "", "Read all settings from this file and none from flags or the environment.")
        .not_in_file(),
    flag("version", Kind::Bool, "false", "Show the version.").not_in_file(),
];

/// What etcd does not have. These are known on the command line alone.
pub const OWN: &[Flag] = &[flag(
    "local-cluster",
    Kind::Int,
    "0",
    "Run so many members on this machine, with their data below --data-dir, and stop them together.",
)
.not_in_file()];

/// What a config file alone can say; the names are ours.
pub const IN_FILE: &[Flag] = security::IN_FILE;

/// Asked for help? Go knows both names without their being defined.
pub const HELP: &[&str] = &["help", "h"];

/// Every setting, group by group.
pub fn all() -> impl Iterator<Item = &'static Flag> {
    GROUPS.iter().flat_map(|(_, flags)| flags.iter())
}

/// Settings and commands: what etcd registers.
pub fn registered() -> impl Iterator<Item = &'static Flag> {
    all().chain(COMMANDS)
}

/// The flag of that name, settings and commands alike.
pub fn find(name: &str) -> Option<&'static Flag> {
    registered().find(|flag| flag.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_name_stands_twice() {
        let mut seen = HashSet::new();
        let names = registered()
            .chain(OWN)
            .map(|flag| flag.name)
            .chain(LEGACY.iter().map(|legacy| legacy.name))
            .chain(IGNORED.iter().copied());
        assert_eq!(names.filter(|name| !seen.insert(*name)).collect::<Vec<_>>(), Vec::<&str>::new());
    }

    #[test]
    fn every_default_is_a_value() {
        for flag in registered() {
            let is_list = matches!(flag.kind, Kind::List | Kind::Set | Kind::TextSet | Kind::Choices(_));
            assert!(is_list || flag.kind.read(flag.default).is_ok(), "{}", flag.name);
        }
    }

    #[test]
    fn an_old_name_leads_to_a_flag_of_its_kind() {
        for legacy in LEGACY {
            match legacy.fate {
                Fate::Renamed(new) => assert_eq!(find(new).unwrap().kind, legacy.kind, "{}", legacy.name),
                Fate::Sets(new, value) => assert!(find(new).unwrap().kind.read(value).is_ok(), "{}", legacy.name),
                Fate::Gate(gate) => assert!(Kind::Gates.read(&format!("{gate}=true")).is_ok(), "{}", legacy.name),
                Fate::Gone(_) | Fate::Off(..) => {}
            }
        }
    }
}
