//! `/debug/vars`: what Go programs tell of themselves as JSON, under the same names.
//!
//! There are `cmdline`, `file_descriptor_limit` and `raft.status`. Go's `memstats` is not: it tells of Go's memory, and what
//! this process holds is among the metrics (`process_resident_memory_bytes`).

use super::page::{self, Page};
use crate::{
    id::MemberId,
    server::{Handle, Status},
};
use http::Request;
use rustix::process::{Resource, getrlimit};
use serde_json::Value;

/// The page.
pub fn vars<B>(handle: &Handle, request: &Request<B>) -> Page {
    if let Err(refused) = page::get_only(request) {
        return *refused;
    }
    let words: Vec<_> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    page::variables(write(&[
        ("cmdline", Value::from(words).to_string()),
        ("file_descriptor_limit", limit.to_string()),
        ("raft.status", raft_status(handle.member_id(), handle.members().len(), &handle.status())),
    ]))
}

fn write(variables: &[(&str, String)]) -> String {
    let lines: Vec<_> = variables.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

/// As Go's raft library writes it. A vote is known of a leader alone, who has its own; how far the members are is known of
/// one that is alone, since what is committed is what it holds.
fn raft_status(member: MemberId, members: usize, status: &Status) -> String {
    let (term, commit, applied) = (status.raft_term, status.raft_index, status.raft_applied_index);
    let leads = status.leader == member.0;
    let (vote, state) = match leads {
        true => (format!(r#""vote":"{:x}","#, member.0), "StateLeader"),
        false => (String::new(), "StateFollower"),
    };
    let progress = match leads && members == 1 {
        true => format!(r#""{:x}":{{"match":{commit},"next":{},"state":"StateReplicate"}}"#, member.0, commit + 1),
        false => String::new(),
    };
    format!(
        r#"{{"id":"{:x}","term":{term},{vote}"commit":{commit},"lead":"{:x}","raftState":"{state}","applied":{applied},"progress":{{{progress}}},"leadtransferee":"0"}}"#,
        member.0, status.leader
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As etcd 3.7.1 writes it.
    #[test]
    fn a_leader_that_is_alone() {
        let id = MemberId(0x8e9e_05c5_2164_694d);
        let status = Status { leader: id.0, raft_index: 4, raft_applied_index: 4, raft_term: 2, ..Status::default() };
        assert_eq!(
            raft_status(id, 1, &status),
            r#"{"id":"8e9e05c52164694d","term":2,"vote":"8e9e05c52164694d","commit":4,"lead":"8e9e05c52164694d","raftState":"StateLeader","applied":4,"progress":{"8e9e05c52164694d":{"match":4,"next":5,"state":"StateReplicate"}},"leadtransferee":"0"}"#
        );
    }

    #[test]
    fn it_is_json_in_every_state() {
        for (leader, members) in [(0, 1), (1, 1), (1, 3), (2, 3)] {
            let status = Status { leader, ..Status::default() };
            let text = write(&[("a", "1".into()), ("raft.status", raft_status(MemberId(1), members, &status))]);
            let value: Value = serde_json::from_str(&text).unwrap();
            let raft = &value["raft.status"];
            assert_eq!(raft["raftState"], if leader == 1 { "StateLeader" } else { "StateFollower" });
            assert_eq!(raft["progress"].as_object().unwrap().len(), usize::from(leader == 1 && members == 1));
        }
        assert_eq!(write(&[("a", "1".into()), ("b", "{}".into())]), "{\n\"a\": 1,\n\"b\": {}\n}\n");
    }
}
