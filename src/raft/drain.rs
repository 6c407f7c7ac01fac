//! The raft crate's log lines, on their way into ours.
//!
//! The crate writes to `slog`; the lines go to `tracing` under the target `raft`, at the same level, beginning with the
//! member's id as etcd's do: `8e9e05c52164694d became leader at term 2`. Member ids are written in hex. Where the crate has
//! other words than etcd, they become etcd's: operators and tools look for those.

use crate::id::MemberId;
use slog::{Drain, KV, Key, Level, Logger, OwnedKVList, Record, Serializer};
use std::fmt;

/// A logger for the node of this member.
pub fn logger(id: MemberId) -> Logger {
    Logger::root(ToTracing { id }, slog::o!())
}

#[derive(Debug)]
struct ToTracing {
    id: MemberId,
}

impl Drain for ToTracing {
    type Ok = ();
    type Err = slog::Never;

    fn log(&self, record: &Record<'_>, _of_logger: &OwnedKVList) -> Result<(), slog::Never> {
        if self.is_enabled(record.level()) {
            for line in lines(self.id, record) {
                match record.level() {
                    Level::Critical | Level::Error => tracing::error!(target: "raft", "{line}"),
                    Level::Warning => tracing::warn!(target: "raft", "{line}"),
                    Level::Info => tracing::info!(target: "raft", "{line}"),
                    Level::Debug => tracing::debug!(target: "raft", "{line}"),
                    Level::Trace => tracing::trace!(target: "raft", "{line}"),
                }
            }
        }
        Ok(())
    }

    fn is_enabled(&self, level: Level) -> bool {
        match level {
            Level::Critical | Level::Error => tracing::enabled!(target: "raft", tracing::Level::ERROR),
            Level::Warning => tracing::enabled!(target: "raft", tracing::Level::WARN),
            Level::Info => tracing::enabled!(target: "raft", tracing::Level::INFO),
            Level::Debug => tracing::enabled!(target: "raft", tracing::Level::DEBUG),
            Level::Trace => tracing::enabled!(target: "raft", tracing::Level::TRACE),
        }
    }
}

/// The lines that etcd has for a record: mostly one.
fn lines(id: MemberId, record: &Record<'_>) -> Vec<String> {
    let mut details = Details(Vec::new());
    // The writer is a list, which takes everything.
    let _ = record.kv().serialize(record, &mut details);
    let (text, of) = (record.msg().to_string(), |key: &str| details.of(key));
    match text.as_str() {
        "newRaft" => {
            let [peers, term, commit, applied] = ["peers", "term", "commit", "applied"].map(of);
            let (peers, index, last_term) = (ids(&peers, "incoming", ","), of("last index"), of("last term"));
            vec![format!(
                "newRaft {id} [peers: [{peers}], term: {term}, commit: {commit}, applied: {applied}, lastindex: {index}, \
                 lastterm: {last_term}]"
            )]
        }
        "switched to configuration" => vec![format!("{id} switched to configuration {}", configuration(&of("config")))],
        "starting a new election" => vec![format!("{id} is starting a new election at term {}", of("term"))],
        "received votes response" => {
            let (kind, from, term) = (etcds(&of("type")), hex_ids(&of("from")), of("term"));
            vec![
                format!("{id} received {kind} from {from} at term {term}"),
                format!("{id} has received {} {kind} votes and {} vote rejections", of("approvals"), of("rejections")),
            ]
        }
        "broadcasting vote request" => {
            let [kind, term, log_term, index] = ["type", "term", "log_term", "log_index"].map(of);
            let to = of("to");
            let to = to.trim_matches(['[', ']']).split(", ").filter(|to| !to.is_empty());
            let line = |to| {
                let (kind, to) = (etcds(&kind), hex_ids(to));
                format!("{id} [logterm: {log_term}, index: {index}] sent {kind} request to {to} at term {term}")
            };
            to.map(line).collect()
        }
        told if told.starts_with("received a message with higher term from ") => {
            let [kind, term, later] = ["msg type", "term", "message_term"].map(of);
            let (kind, from) = (etcds(&kind), hex_ids(told.rsplit(' ').next().unwrap_or_default()));
            vec![format!("{id} [term: {term}] received a {kind} message with higher term from {from} [term: {later}]")]
        }
        told if told.contains("] cast vote for ") || told.contains("] rejected vote from ") => {
            let kind = etcds(&of("msg type"));
            let told = told.replace(" cast vote for ", &format!(" cast {kind} for "));
            let told = told.replace(" rejected vote from ", &format!(" rejected {kind} from "));
            vec![format!("{id} {}", hex_ids(&told))]
        }
        // etcd has nothing of the kind.
        made if made.starts_with("RawNode created") => vec![],
        // These tell all in their text.
        told if told.contains(" at term ") || told.starts_with('[') => vec![format!("{id} {}", hex_ids(told))],
        told if details.0.is_empty() => vec![format!("{id} {}", hex_ids(told))],
        told => vec![format!("{id} {} [{}]", hex_ids(told), hex_ids(&details.all()))],
    }
}

/// etcd's name for a kind of message.
fn etcds(kind: &str) -> String {
    let kind = kind.replace("Response", "Resp").replace("MsgRequest", "Msg");
    kind.replace("MsgAppend", "MsgApp").replace("MsgSnapshot", "MsgSnap").replace("MsgPropose", "MsgProp")
}

/// `voters=(1 2)&&(1) learners=(3)`, from the crate's debug form of a configuration.
fn configuration(text: &str) -> String {
    let mut line = format!("voters=({})", ids(text, "incoming", " "));
    let (outgoing, learners) = (ids(text, "outgoing", " "), ids(text, " learners", " "));
    if !outgoing.is_empty() {
        line += &format!("&&({outgoing})");
    }
    if !learners.is_empty() {
        line += &format!(" learners=({learners})");
    }
    line
}

/// The ids in the first innermost braces behind a word, in ascending order.
fn ids(text: &str, behind: &str, gap: &str) -> String {
    let Some(at) = text.find(behind) else { return String::new() };
    let Some(end) = text[at..].find('}') else { return String::new() };
    let inner = text[at..at + end].rsplit('{').next().unwrap_or_default();
    let mut ids: Vec<u64> = inner.split(',').filter_map(|id| id.trim().parse().ok()).collect();
    ids.sort_unstable();
    ids.iter().map(|id| MemberId(*id).to_string()).collect::<Vec<_>>().join(gap)
}

/// What stands beside a record's text.
struct Details(Vec<(String, String)>);

impl Details {
    fn of(&self, key: &str) -> String {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    fn all(&self) -> String {
        self.0.iter().map(|(key, value)| format!("{key}: {value}")).collect::<Vec<_>>().join(", ")
    }
}

impl Serializer for Details {
    fn emit_arguments(&mut self, key: Key, value: &fmt::Arguments<'_>) -> slog::Result {
        self.0.push((key.to_string(), value.to_string()));
        Ok(())
    }
}

/// Writes the numbers that can only be member ids, those of 15 digits and more, as hex. Terms and indexes do not get there.
fn hex_ids(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = rest[start..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |length| start + length);
        text.push_str(&rest[..start]);
        let number = &rest[start..digits];
        match number.parse::<u64>() {
            Ok(id) if number.len() >= 15 => text.push_str(&MemberId(id).to_string()),
            _ => text.push_str(number),
        }
        rest = &rest[digits..];
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use slog::{b, record_static};

    #[test]
    fn lines_are_etcds() {
        let place = record_static!(Level::Info, "");
        let id = MemberId(0x8e9e05c52164694d);
        macro_rules! of {
            ($text:expr, $($details:tt)*) => { lines(id, &Record::new(&place, &format_args!($text), b!($($details)*))) };
        }
        assert_eq!(of!("became leader at term 2", "term" => 2), ["8e9e05c52164694d became leader at term 2"]);
        let started = of!("starting a new election", "term" => 2);
        assert_eq!(started, ["8e9e05c52164694d is starting a new election at term 2"]);
        let configuration = "Configuration { voters: Configuration { incoming: Configuration { voters: {3, \
            10276657743932975437} }, outgoing: Configuration { voters: {2} } }, learners: {9}, learners_next: {} }";
        assert_eq!(
            of!("switched to configuration", "config" => configuration),
            ["8e9e05c52164694d switched to configuration voters=(3 8e9e05c52164694d)&&(2) learners=(9)"]
        );
        let from = 10276657743932975437u64;
        assert_eq!(
            of!("received votes response", "type" => "MsgRequestVoteResponse", "from" => from, "term" => 4, "approvals" => 2, "rejections" => 1),
            [
                "8e9e05c52164694d received MsgVoteResp from 8e9e05c52164694d at term 4",
                "8e9e05c52164694d has received 2 MsgVoteResp votes and 1 vote rejections",
            ]
        );
        assert_eq!(
            of!("newRaft", "peers" => "incoming: { voters: {7} }", "term" => 1, "commit" => 2, "applied" => 3,
                "last index" => 4, "last term" => 5),
            ["newRaft 8e9e05c52164694d [peers: [7], term: 1, commit: 2, applied: 3, lastindex: 4, lastterm: 5]"]
        );
        assert_eq!(
            of!("broadcasting vote request", "type" => "MsgRequestPreVote", "term" => 4, "log_term" => 3, "log_index" => 2,
                "to" => "[7, 10276657743932975437]"),
            [
                "8e9e05c52164694d [logterm: 3, index: 2] sent MsgPreVote request to 7 at term 4",
                "8e9e05c52164694d [logterm: 3, index: 2] sent MsgPreVote request to 8e9e05c52164694d at term 4",
            ]
        );
        assert_eq!(
            of!("received a message with higher term from 7", "msg type" => "MsgAppend", "term" => 4, "message_term" => 5),
            ["8e9e05c52164694d [term: 4] received a MsgApp message with higher term from 7 [term: 5]"]
        );
        assert_eq!(
            of!("[logterm: 1, index: 3, vote: 0] cast vote for 7 [logterm: 1, index: 3] at term 2",
                "msg type" => "MsgRequestVote"),
            ["8e9e05c52164694d [logterm: 1, index: 3, vote: 0] cast MsgVote for 7 [logterm: 1, index: 3] at term 2"]
        );
        assert_eq!(of!("x", "to" => from), ["8e9e05c52164694d x [to: 8e9e05c52164694d]"]);
        assert_eq!(of!("RawNode created with id 7.", "id" => 7), Vec::<String>::new());
    }

    #[test]
    fn only_ids_become_hex() {
        assert_eq!(hex_ids("vote for 10276657743932975437 at 12345"), "vote for 8e9e05c52164694d at 12345");
        assert_eq!(hex_ids("99999999999999999999999"), "99999999999999999999999");
        assert_eq!(hex_ids(""), "");
    }
}
