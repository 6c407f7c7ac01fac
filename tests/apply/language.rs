//! The language of the transcripts.
//!
//! ```text
//!   put KEY VALUE [lease=N] [prev] [ignore_value] [ignore_lease]
//!   del RANGE [prev]
//!   get RANGE [rev=N] [limit=N] [sort=key|version|create|mod|value] [order=none|ascend|descend] [keys] [count]
//!             [min_mod=N] [max_mod=N] [min_create=N] [max_create=N] [serializable]
//!   txn [CONDITION ...] [then { OP ; ... }] [else { OP ; ... }]
//!   compact N       grant ID TTL       revoke ID       checkpoint ID SECONDS
//!   alarm get|on|off TYPE MEMBER
//!   auth .., login .., user .., role .., as USER COMMAND: see users.rs
//!   nothing    inside a txn: an operation that is none
//!
//!   RANGE      a      a..c      a..  (from a on)
//!   CONDITION  TARGET:RANGE RESULT OPERAND[@KIND], without spaces: mod:a..c>3, value:a=x, mod:a=3@version
//!              TARGET version create mod value lease unknown; RESULT = != > < ?; KIND (of the operand) as TARGET
//! ```
//!
//! `''` is an empty text, and `big:N` one of N letters. Where a name of a choice is expected a number does as well, also one that names no choice.

#[path = "users.rs"]
pub mod users;

use bytes::Bytes;
use etcd::pb::etcdserverpb::{
    AlarmRequest, CompactionRequest, Compare, DeleteRangeRequest, InternalRaftRequest, LeaseCheckpoint,
    LeaseCheckpointRequest, LeaseGrantRequest, LeaseRevokeRequest, PutRequest, RangeRequest, RequestOp, TxnRequest,
    compare::TargetUnion, request_op::Request,
};
use std::{iter::Peekable, str::FromStr, str::SplitWhitespace};

pub type Words<'a> = Peekable<SplitWhitespace<'a>>;

/// Reads one command.
pub fn read(line: &str) -> Result<InternalRaftRequest, String> {
    let words = &mut line.split_whitespace().peekable();
    let header = match words.next_if_eq(&"as") {
        Some(_) => Some(users::asker(words.next().ok_or("too short")?)?),
        None => None,
    };
    let mut request = InternalRaftRequest::default();
    match words.peek().copied() {
        Some("auth" | "login" | "user" | "role") => request = users::read(words)?,
        Some("compact") => {
            request.compaction = Some(CompactionRequest { revision: nth(words, 1)?, physical: false });
        }
        Some("grant") => request.lease_grant = Some(LeaseGrantRequest { id: nth(words, 1)?, ttl: nth(words, 0)? }),
        Some("revoke") => request.lease_revoke = Some(LeaseRevokeRequest { id: nth(words, 1)? }),
        Some("checkpoint") => {
            let checkpoint = LeaseCheckpoint { id: nth(words, 1)?, remaining_ttl: nth(words, 0)? };
            request.lease_checkpoint = Some(LeaseCheckpointRequest { checkpoints: vec![checkpoint] });
        }
        Some("alarm") => {
            let action = place(&["get", "on", "off"], &nth::<String>(words, 1)?)?;
            request.alarm = Some(AlarmRequest { action, alarm: nth(words, 0)?, member_id: nth(words, 0)? });
        }
        _ => match op(words)?.request {
            Some(Request::RequestPut(put)) => request.put = Some(put),
            Some(Request::RequestRange(range)) => request.range = Some(range),
            Some(Request::RequestDeleteRange(delete)) => request.delete_range = Some(delete),
            Some(Request::RequestTxn(txn)) => request.txn = Some(txn),
            None => return Err("no command".into()),
        },
    }
    match words.next() {
        None => Ok(InternalRaftRequest { header, ..request }),
        Some(word) => Err(format!("{word:?} is one word too many")),
    }
}

pub fn nth<T: FromStr>(words: &mut Words, n: usize) -> Result<T, String> {
    let word = words.nth(n).ok_or("too short")?;
    word.parse().map_err(|_| format!("{word:?} is out of place"))
}

pub fn place(names: &[&str], name: &str) -> Result<i32, String> {
    let known = names.iter().position(|known| *known == name).map(|at| at as i32);
    known.or_else(|| name.parse().ok()).ok_or_else(|| format!("{name:?} is unknown"))
}

fn op(words: &mut Words) -> Result<RequestOp, String> {
    let request = match words.next().ok_or("too short")? {
        "put" => Request::RequestPut(put(words)?),
        "del" => Request::RequestDeleteRange(delete(words)?),
        "get" => Request::RequestRange(get(words)?),
        "txn" => Request::RequestTxn(txn(words)?),
        "nothing" => return Ok(RequestOp::default()),
        other => return Err(format!("{other:?} is no command")),
    };
    Ok(RequestOp { request: Some(request) })
}

/// The next option, `name=value` or `name`, up to the end of the operation.
fn option<'a>(words: &mut Words<'a>) -> Option<(&'a str, &'a str)> {
    let word = words.next_if(|word| !matches!(*word, ";" | "}"))?;
    Some(word.split_once('=').unwrap_or((word, "")))
}

fn number(text: &str) -> Result<i64, String> {
    text.parse().map_err(|_| format!("{text:?} is no number"))
}

/// A name, which is text.
pub fn text_of(word: &str) -> String {
    String::from_utf8_lossy(&text(word)).into_owned()
}

fn text(word: &str) -> Bytes {
    match word.strip_prefix("big:").and_then(|length| length.parse().ok()) {
        Some(length) => vec![b'x'; length].into(),
        None => Bytes::copy_from_slice(if word == "''" { b"" } else { word.as_bytes() }),
    }
}

/// Key and end of a range.
pub fn range(word: &str) -> (Bytes, Bytes) {
    match word.split_once("..") {
        None => (text(word), Bytes::new()),
        Some((start, "")) => (text(start), Bytes::from_static(b"\0")),
        Some((start, end)) => (text(start), text(end)),
    }
}

fn put(words: &mut Words) -> Result<PutRequest, String> {
    let (key, value) = (nth::<String>(words, 0)?, nth::<String>(words, 0)?);
    let mut request = PutRequest { key: text(&key), value: text(&value), ..Default::default() };
    while let Some((name, value)) = option(words) {
        match name {
            "lease" => request.lease = number(value)?,
            "prev" => request.prev_kv = true,
            "ignore_value" => request.ignore_value = true,
            "ignore_lease" => request.ignore_lease = true,
            _ => return Err(format!("put knows no {name}")),
        }
    }
    Ok(request)
}

fn delete(words: &mut Words) -> Result<DeleteRangeRequest, String> {
    let (key, range_end) = range(&nth::<String>(words, 0)?);
    let mut request = DeleteRangeRequest { key, range_end, prev_kv: false };
    while let Some((name, _)) = option(words) {
        match name {
            "prev" => request.prev_kv = true,
            _ => return Err(format!("del knows no {name}")),
        }
    }
    Ok(request)
}

fn get(words: &mut Words) -> Result<RangeRequest, String> {
    let (key, range_end) = range(&nth::<String>(words, 0)?);
    let mut request = RangeRequest { key, range_end, ..Default::default() };
    while let Some((name, value)) = option(words) {
        match name {
            "rev" => request.revision = number(value)?,
            "limit" => request.limit = number(value)?,
            "sort" => request.sort_target = place(&["key", "version", "create", "mod", "value"], value)?,
            "order" => request.sort_order = place(&["none", "ascend", "descend"], value)?,
            "keys" => request.keys_only = true,
            "count" => request.count_only = true,
            "serializable" => request.serializable = true,
            "min_mod" => request.min_mod_revision = number(value)?,
            "max_mod" => request.max_mod_revision = number(value)?,
            "min_create" => request.min_create_revision = number(value)?,
            "max_create" => request.max_create_revision = number(value)?,
            _ => return Err(format!("get knows no {name}")),
        }
    }
    Ok(request)
}

fn txn(words: &mut Words) -> Result<TxnRequest, String> {
    let mut request = TxnRequest::default();
    while let Some(word) = words.next_if(|word| !matches!(*word, ";" | "}")) {
        match word {
            "then" => request.success = branch(words)?,
            "else" => request.failure = branch(words)?,
            condition => request.compare.push(compare(condition)?),
        }
    }
    Ok(request)
}

fn branch(words: &mut Words) -> Result<Vec<RequestOp>, String> {
    let mut ops = Vec::new();
    if words.next() != Some("{") {
        return Err("a branch begins with {".into());
    }
    loop {
        match words.peek() {
            Some(&"}") => {
                words.next();
                return Ok(ops);
            }
            Some(&";") => drop(words.next()),
            _ => ops.push(op(words)?),
        }
    }
}

const TARGETS: [&str; 6] = ["version", "create", "mod", "value", "lease", "unknown"];

fn compare(word: &str) -> Result<Compare, String> {
    let (target, rest) = word.split_once(':').ok_or_else(|| format!("{word:?} is no condition"))?;
    let at = rest.find(['=', '!', '>', '<', '?']).ok_or_else(|| format!("{word:?} compares nothing"))?;
    let (keys, rest) = rest.split_at(at);
    let operand = rest.trim_start_matches(['=', '!', '>', '<', '?']);
    let result = match &rest[..rest.len() - operand.len()] {
        "?" => 7,
        result => place(&["=", ">", "<", "!="], result)?,
    };
    let (operand, kind) = operand.split_once('@').unwrap_or((operand, target));
    let (key, range_end) = range(keys);
    let target_union = Some(match kind {
        "version" => TargetUnion::Version(number(operand)?),
        "create" => TargetUnion::CreateRevision(number(operand)?),
        "mod" => TargetUnion::ModRevision(number(operand)?),
        "value" => TargetUnion::Value(text(operand)),
        "lease" => TargetUnion::Lease(number(operand)?),
        _ => return Err(format!("{kind:?} is no kind of operand")),
    });
    Ok(Compare { result, target: place(&TARGETS, target)?, key, range_end, target_union })
}
