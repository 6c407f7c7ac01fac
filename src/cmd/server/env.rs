//! Settings from the environment: `ETCD_` and the flag's name in capitals (reference 3.4). A setting that is given
//! both ways is refused, so that nobody wonders which one counts.

use super::{
    flags::{self, Flag, Legacy, variable},
    given::Given,
    notice::Notice,
};
use crate::cmd::gotext::quote;
use std::collections::BTreeMap;

/// A setting that cannot be taken from the environment.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnvError {
    /// Both the variable and the flag are given.
    #[error(
        "conflicting environment variable is shadowed by corresponding command-line flag \
         (either unset environment variable or disable flag))"
    )]
    Conflict {
        /// The variable.
        variable: String,
    },
    /// The value is not of the flag's kind.
    #[error("invalid value {} for {variable}: {reason}", quote(value.as_bytes()))]
    Invalid {
        /// The variable.
        variable: String,
        /// What it holds.
        value: String,
        /// Why that is no value.
        reason: String,
    },
}

impl EnvError {
    /// The variable that is meant.
    pub fn variable(&self) -> &str {
        match self {
            Self::Conflict { variable } | Self::Invalid { variable, .. } => variable,
        }
    }
}

/// Build scripts set it; it is no setting, though there is a flag of that name.
const SPECIAL: &str = "ETCD_VERSION";

/// What a variable sets.
enum Target {
    Flag(&'static Flag),
    Old(&'static Legacy),
    /// A name from before v3.
    Ignored,
}

/// Adds the settings among `variables` (name and value) to what the command line gave, and says what was found.
///
/// The flags are gone through by name, as etcd does: the last value that cannot be read is the one reported.
pub fn add(given: &mut Given, variables: &[(String, String)], notices: &mut Vec<Notice>) -> Result<(), EnvError> {
    let ours: BTreeMap<&str, &str> =
        variables.iter().filter(|(name, _)| name.starts_with("ETCD_")).map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let typed: Vec<String> = given.set_flags().map(|flag| variable(flag.name)).collect();
    let mut targets: BTreeMap<&str, Target> = BTreeMap::new();
    targets.extend(flags::registered().map(|flag| (flag.name, Target::Flag(flag))));
    targets.extend(flags::LEGACY.iter().map(|legacy| (legacy.name, Target::Old(legacy))));
    targets.extend(flags::IGNORED.iter().map(|name| (*name, Target::Ignored)));
    let mut used = Vec::new();
    let mut invalid = None;
    for (flag, target) in targets {
        let variable = variable(flag);
        let Some(value) = ours.get(variable.as_str()).filter(|value| !value.is_empty()) else { continue };
        // etcd takes ETCD_VERSION out of the environment before it looks.
        if typed.contains(&variable) || variable == SPECIAL {
            continue;
        }
        used.push(variable.clone());
        let taken = match target {
            Target::Flag(flag) => given.take(flag, value),
            Target::Old(legacy) => legacy.kind.read(value).map(|value| given.put_old(legacy, value)),
            Target::Ignored => Ok(()),
        };
        let value = value.to_string();
        match taken {
            Ok(()) => notices.push(Notice::UsedVariable { name: variable, value }),
            Err(reason) => invalid = Some(EnvError::Invalid { variable, value, reason }),
        }
    }
    for (name, value) in variables.iter().filter(|(name, _)| name.starts_with("ETCD_") && !used.contains(name)) {
        if typed.contains(name) {
            return Err(EnvError::Conflict { variable: name.clone() });
        }
        match name.as_str() {
            SPECIAL => notices.insert(0, Notice::SpecialVariable { value: value.clone() }),
            _ => notices.push(Notice::UnknownVariable(format!("{name}={value}"))),
        }
    }
    invalid.map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add_all(given: &mut Given, list: &[(&str, &str)]) -> Result<Vec<Notice>, EnvError> {
        let variables: Vec<_> = list.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        let mut notices = Vec::new();
        add(given, &variables, &mut notices).map(|()| notices)
    }

    #[test]
    fn a_variable_sets_its_flag() {
        let mut given = Given::default();
        let notices = add_all(&mut given, &[("ETCD_DATA_DIR", "d"), ("HOME", "h"), ("ETCD_X", "1")]).unwrap();
        assert_eq!(given.text("data-dir"), "d");
        let used = Notice::UsedVariable { name: "ETCD_DATA_DIR".into(), value: "d".into() };
        assert_eq!(notices, [used, Notice::UnknownVariable("ETCD_X=1".into())]);
    }

    #[test]
    fn both_ways_at_once_is_refused() {
        let mut given = Given::default();
        given.take(flags::find("name").unwrap(), "b").unwrap();
        let error = add_all(&mut given, &[("ETCD_NAME", "a")]).unwrap_err();
        assert_eq!(error, EnvError::Conflict { variable: "ETCD_NAME".into() });
    }
}
