//! What the words ask for. They are read as Go reads flags; all but two are handed on to every member, who check them.

use crate::cmd::server::go_flags;
use std::path::PathBuf;

/// The name of the flag.
const FLAG: &str = "local-cluster";
/// Where the data goes by default.
const DATA_DIR: &str = "local-cluster.etcd";
/// How many members there may be: with more, a cluster gets slower and not safer.
const MEMBERS_MAX: usize = 9;
/// What each member is told by us, and so by nobody else.
const OURS: [&str; 8] = [
    "name",
    "listen-client-urls",
    "advertise-client-urls",
    "listen-peer-urls",
    "initial-advertise-peer-urls",
    "initial-cluster",
    "initial-cluster-state",
    "config-file",
];

/// A cluster to run.
#[derive(Debug, PartialEq, Eq)]
pub struct Plan {
    /// From 1 to [`MEMBERS_MAX`].
    pub members: usize,
    /// The folder of all their data.
    pub data_dir: PathBuf,
    /// What every member is told beside.
    pub flags: Vec<String>,
}

/// Words that cannot be carried out.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// No number, or none that can be.
    #[error("--{FLAG} wants a number of members from 1 to {MEMBERS_MAX}, not {0:?}")]
    Members(String),
    /// A flag that each member would have to be told another value of.
    #[error("--{0} cannot stand beside --{FLAG}, which sets it for each member")]
    Ours(&'static str),
    /// A flag without its value.
    #[error("flag needs an argument: -{0}")]
    NoValue(String),
}

/// The plan, if the words have the flag.
pub fn read(words: &[String]) -> Option<Result<Plan, PlanError>> {
    words.iter().any(|word| go_flags::split(word).is_some_and(|(name, _)| name == FLAG)).then(|| plan(words))
}

fn plan(words: &[String]) -> Result<Plan, PlanError> {
    let mut plan = Plan { members: 0, data_dir: DATA_DIR.into(), flags: vec![] };
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let Some((name, value)) = go_flags::split(word) else {
            plan.flags.push(word.clone());
            continue;
        };
        if let Some(ours) = OURS.into_iter().find(|ours| name == *ours) {
            return Err(PlanError::Ours(ours));
        }
        match name {
            FLAG | "data-dir" => {
                let value = match value {
                    Some(value) => value,
                    None => rest.next().ok_or_else(|| PlanError::NoValue(name.into()))?,
                };
                if name == FLAG {
                    let members = value.parse().ok().filter(|members| (1..=MEMBERS_MAX).contains(members));
                    plan.members = members.ok_or_else(|| PlanError::Members(value.into()))?;
                } else {
                    plan.data_dir = value.into();
                }
            }
            _ => plan.flags.push(word.clone()),
        }
    }
    Ok(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Option<Result<Plan, String>> {
        let words: Vec<String> = line.split_whitespace().map(String::from).collect();
        read(&words).map(|plan| plan.map_err(|error| error.to_string()))
    }

    #[test]
    fn what_can_be_asked_for() {
        let plan = |members, data_dir: &str, flags: &[&str]| {
            let flags = flags.iter().map(|flag| flag.to_string()).collect();
            Some(Ok(Plan { members, data_dir: data_dir.into(), flags }))
        };
        assert_eq!(read_line("--name a"), None);
        assert_eq!(read_line("--local-cluster 3"), plan(3, DATA_DIR, &[]));
        assert_eq!(read_line("-local-cluster=1 -data-dir d"), plan(1, "d", &[]));
        let line = "--pre-vote=false --local-cluster=5 --log-level warn --data-dir=x=y";
        assert_eq!(read_line(line), plan(5, "x=y", &["--pre-vote=false", "--log-level", "warn"]));
    }

    #[test]
    fn what_cannot() {
        let refused = |line: &str| read_line(line).unwrap().unwrap_err();
        for wrong in ["0", "10", "three", "-1", ""] {
            let text = format!("--local-cluster wants a number of members from 1 to 9, not {wrong:?}");
            assert_eq!(refused(&format!("--local-cluster={wrong}")), text);
        }
        assert_eq!(refused("--local-cluster"), "flag needs an argument: -local-cluster");
        let text = "--name cannot stand beside --local-cluster, which sets it for each member";
        assert_eq!(refused("--local-cluster 3 -name=a"), text);
    }
}
