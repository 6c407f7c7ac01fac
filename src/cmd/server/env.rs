//! Settings from the environment: `ETCD_` and the flag's name in capitals (reference 3.4). A setting that is given
//! both ways is refused, so that nobody wonders which one counts.

use super::{flags, go_flags};
use std::collections::BTreeMap;

/// What the environment adds to the command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FromEnv {
    /// Values by flag.
    pub values: BTreeMap<&'static str, String>,
    /// Variables that look like ours and are not.
    pub unrecognized: Vec<String>,
}

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
    #[error("invalid value {value:?} for {variable}: {reason}")]
    Invalid {
        /// The variable.
        variable: String,
        /// What it holds.
        value: String,
        /// Why that is no value.
        reason: String,
    },
}

/// Variables that are not settings and yet known.
const KNOWN: &[&str] = &["ETCD_UNSUPPORTED_ARCH", "ETCD_VERIFY", "ETCD_VERSION", "ETCD_CONFIG_FILE"];

/// Reads the settings among `variables` (name and value); `typed` holds what the command line gave.
pub fn read(
    variables: impl Iterator<Item = (String, String)>,
    typed: &BTreeMap<&'static str, String>,
) -> Result<FromEnv, EnvError> {
    let mut from_env = FromEnv::default();
    let mut variables: Vec<_> = variables.filter(|(name, _)| name.starts_with("ETCD_")).collect();
    variables.sort();
    for (variable, value) in variables {
        let Some(flag) = flags::all().find(|flag| name_of(flag.name) == variable) else {
            if !KNOWN.contains(&variable.as_str()) {
                from_env.unrecognized.push(format!("{variable}={value}"));
            }
            continue;
        };
        if value.is_empty() {
            continue;
        }
        if typed.contains_key(flag.name) {
            return Err(EnvError::Conflict { variable });
        }
        if let Err(error) = go_flags::check(flag, &value) {
            return Err(EnvError::Invalid { variable, value, reason: error.to_string() });
        }
        from_env.values.insert(flag.name, value);
    }
    Ok(from_env)
}

fn name_of(flag: &str) -> String {
    format!("ETCD_{}", flag.to_ascii_uppercase().replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(list: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        list.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn a_variable_sets_its_flag() {
        let from_env =
            read(pairs(&[("ETCD_DATA_DIR", "d"), ("HOME", "h"), ("ETCD_X", "1")]), &BTreeMap::new()).unwrap();
        assert_eq!(from_env.values["data-dir"], "d");
        assert_eq!(from_env.unrecognized, ["ETCD_X=1"]);
    }

    #[test]
    fn both_ways_at_once_is_refused() {
        let typed = BTreeMap::from([("name", "b".to_string())]);
        let error = read(pairs(&[("ETCD_NAME", "a")]), &typed).unwrap_err();
        assert_eq!(error, EnvError::Conflict { variable: "ETCD_NAME".into() });
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_named() {
        let error = read(pairs(&[("ETCD_MAX_WALS", "x")]), &BTreeMap::new()).unwrap_err();
        assert!(error.to_string().contains("ETCD_MAX_WALS"));
    }
}
