//! Feature gates: which there are, how mature each is, and which are on (reference 3.2).

use crate::cmd::gotext::parse_bool;
use std::collections::BTreeMap;

/// How far a gate is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Off unless asked for.
    Alpha,
    /// Well tested.
    Beta,
}

impl Stage {
    /// As help shows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alpha => "ALPHA",
            Self::Beta => "BETA",
        }
    }
}

/// A gate of etcd 3.7. None is locked to its default there.
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    /// As typed.
    pub name: &'static str,
    /// Its stage.
    pub stage: Stage,
    /// On when nobody says anything?
    pub default: bool,
    /// What it switches comes in a later version?
    pub is_later: bool,
}

const fn alpha(name: &'static str) -> Gate {
    Gate { name, stage: Stage::Alpha, default: false, is_later: false }
}

/// One that switches nothing yet.
const fn later(name: &'static str) -> Gate {
    Gate { is_later: true, ..alpha(name) }
}

/// One that chooses between two ways of etcd to do the same: here there is one way.
const fn beta(name: &'static str) -> Gate {
    Gate { name, stage: Stage::Beta, default: true, is_later: false }
}

/// Turns all alpha gates on that are not named.
const ALL_ALPHA: &str = "AllAlpha";
/// The same for beta.
const ALL_BETA: &str = "AllBeta";

/// All gates, by name.
pub const GATES: &[Gate] = &[
    alpha(ALL_ALPHA),
    Gate { default: false, ..beta(ALL_BETA) },
    alpha("CompactHashCheck"),
    beta("FastLeaseKeepAlive"),
    alpha("InitialCorruptCheck"),
    alpha("LeaseCheckpoint"),
    // Clusters of version 3.6 and above persist checkpoints whether it is on or not.
    alpha("LeaseCheckpointPersist"),
    later("PriorityRequest"),
    later("SetMemberLocalAddr"),
    later("StopGRPCServiceOnDefrag"),
    beta("TxnModeWriteWithSharedBuffer"),
];

/// Which gates are on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gates {
    set: BTreeMap<&'static str, bool>,
}

impl Gates {
    /// Reads `A=true,B=false`. The error is etcd's text.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut named = BTreeMap::new();
        for item in text.split(',').filter(|item| !item.is_empty()) {
            let (name, value) = match item.split_once('=') {
                Some((name, value)) => (name.trim(), value.trim()),
                None => return Err(format!("missing bool value for {}", item.trim())),
            };
            let value = parse_bool(value).map_err(|error| format!("invalid value of {name}={value}, err: {error}"))?;
            named.insert(name, value);
        }
        let mut set = BTreeMap::new();
        for (name, value) in named {
            let gate = GATES.iter().find(|gate| gate.name == name);
            let gate = gate.ok_or_else(|| format!("unrecognized feature gate: {name}"))?;
            set.insert(gate.name, value);
        }
        for (all, stage) in [(ALL_ALPHA, Stage::Alpha), (ALL_BETA, Stage::Beta)] {
            let Some(value) = set.get(all).copied() else { continue };
            for gate in GATES.iter().filter(|gate| gate.stage == stage) {
                set.entry(gate.name).or_insert(value);
            }
        }
        Ok(Self { set })
    }

    /// Is the gate of that name on? An unknown one is off.
    pub fn is_on(&self, name: &str) -> bool {
        let default = || GATES.iter().any(|gate| gate.name == name && gate.default);
        self.set.get(name).copied().unwrap_or_else(default)
    }

    /// Gates that are on and switch nothing yet.
    pub fn without_effect(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.all().filter(|(gate, on)| gate.is_later && *on).map(|(gate, _)| gate.name)
    }

    /// Gates and whether each is on, by name: for `etcd_server_feature_enabled`.
    pub fn all(&self) -> impl Iterator<Item = (&'static Gate, bool)> + '_ {
        GATES.iter().map(|gate| (gate, self.is_on(gate.name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_counts_more_than_all() {
        let gates = Gates::read("AllAlpha=true, LeaseCheckpoint=0,FastLeaseKeepAlive=F").unwrap();
        assert!(gates.is_on("PriorityRequest") && !gates.is_on("LeaseCheckpoint"));
        assert!(!gates.is_on("FastLeaseKeepAlive") && gates.is_on("TxnModeWriteWithSharedBuffer"));
        assert_eq!(Gates::default().all().filter(|(_, on)| *on).count(), 2);
    }

    #[test]
    fn errors_are_etcds() {
        for (text, error) in [
            ("A", "missing bool value for A"),
            ("A=b", r#"invalid value of A=b, err: strconv.ParseBool: parsing "b": invalid syntax"#),
            ("A=true", "unrecognized feature gate: A"),
        ] {
            assert_eq!(Gates::read(text).unwrap_err(), error);
        }
        assert_eq!(Gates::read(""), Ok(Gates::default()));
    }
}
