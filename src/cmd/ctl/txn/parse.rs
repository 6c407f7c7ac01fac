//! The language of transactions, a line at a time.
//!
//! ```text
//!   compare = target "(" quoted-key ")" space operator space quoted-value
//!   target  = ver | version | c | create | m | mod | val | value | lease
//!   op      = "put" | "get" | "del", with the flags and words of the command
//! ```
//!
//! Numbers are decimal, leases hexadecimal, keys and values quoted as in Go. What etcdctl panics at (an unknown operator, any
//! comparison of leases) is an error or works here.

use super::super::{del::Del, get::Get, put::Put, split::split};
use crate::{
    cmd::{
        cobra::{self, Request},
        failure::{Failure, code},
        gotext::{parse_int, quote, scan_quoted},
    },
    pb::etcdserverpb::{
        Compare, RequestOp,
        compare::{CompareResult, CompareTarget, TargetUnion},
        request_op,
    },
};
use clap::FromArgMatches;

/// Reads a condition. The error says what etcdctl says.
pub fn compare(line: &[u8]) -> Result<Compare, String> {
    let shown = String::from_utf8_lossy(line);
    let Some(open) = line.iter().position(|byte| *byte == b'(') else {
        return Err(format!("malformed comparison: {shown}"));
    };
    let target = String::from_utf8_lossy(&line[..open]);
    let parts = Parts::scan(&line[open + 1..]);
    let Parts { key, operator, value: Some(value) } = parts else {
        let Parts { key, operator, .. } = parts;
        let (key, operator) = (quote(&key), String::from_utf8_lossy(&operator));
        return Err(format!("malformed comparison: {shown}; got {target}({key}) {operator} \"\""));
    };
    let result = match operator.as_slice() {
        b"=" => CompareResult::Equal,
        b"!=" => CompareResult::NotEqual,
        b">" => CompareResult::Greater,
        b"<" => CompareResult::Less,
        _ => {
            let operator = String::from_utf8_lossy(&operator);
            return Err(format!("malformed comparison: {shown} (unknown operator {operator})"));
        }
    };
    let number = |base| {
        let text = String::from_utf8_lossy(&value);
        parse_int(&text, base).map_err(|_| format!("invalid txn compare request: {shown}"))
    };
    let (target, union) = match &*target {
        "ver" | "version" => (CompareTarget::Version, TargetUnion::Version(number(10)?)),
        "c" | "create" => (CompareTarget::Create, TargetUnion::CreateRevision(number(10)?)),
        "m" | "mod" => (CompareTarget::Mod, TargetUnion::ModRevision(number(10)?)),
        "lease" => (CompareTarget::Lease, TargetUnion::Lease(number(16)?)),
        "val" | "value" => (CompareTarget::Value, TargetUnion::Value(value.into())),
        _ => return Err(format!("malformed comparison: {shown} (unknown target {target})")),
    };
    Ok(Compare {
        result: result.into(),
        target: target.into(),
        key: key.into(),
        target_union: Some(union),
        ..Default::default()
    })
}

/// What stands behind the bracket; as far as it goes.
#[derive(Default)]
struct Parts {
    key: Vec<u8>,
    operator: Vec<u8>,
    value: Option<Vec<u8>>,
}

impl Parts {
    /// `"key") op "value"`. White space may stand before the key; it must stand around the operator; what follows the value
    /// does not count.
    fn scan(text: &[u8]) -> Self {
        let mut parts = Self::default();
        let Some((key, rest)) = scan_quoted(text.trim_ascii_start()) else { return parts };
        parts.key = key;
        let Some(rest) = rest.strip_prefix(b")").and_then(after_space) else { return parts };
        let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
        let (operator, rest) = rest.split_at(end);
        let Some(rest) = after_space(rest) else { return parts };
        parts.operator = operator.to_vec();
        parts.value = scan_quoted(rest).map(|(value, _)| value);
        parts
    }
}

fn after_space(text: &[u8]) -> Option<&[u8]> {
    let rest = text.trim_ascii_start();
    (rest.len() < text.len()).then_some(rest)
}

/// An operation, as the command that it is written as.
#[derive(Debug)]
pub enum Op {
    /// `get`
    Get(Get),
    /// `put`
    Put(Put),
    /// `del`
    Del(Del),
}

#[derive(clap::Subcommand)]
enum Verb {
    Put(Put),
    Get(Get),
    Del(Del),
}

/// Reads an operation.
pub fn op(line: &[u8]) -> Result<Op, Failure> {
    let shown = String::from_utf8_lossy(line);
    let words = split(line).ok_or_else(|| Failure::new(code::INVALID_INPUT, "invalid syntax"))?;
    if words.len() < 2 {
        return Err(Failure::new(code::INVALID_INPUT, format!("invalid txn compare request: {shown}")));
    }
    let invalid = || Failure::new(code::INVALID_INPUT, format!("invalid txn request: {shown}"));
    let root = <Verb as clap::Subcommand>::augment_subcommands(clap::Command::new("txn"));
    let root = root.args_override_self(true).disable_help_flag(true).disable_help_subcommand(true);
    let line = match cobra::read(&root, &[], &words) {
        Ok(Request::Run(line)) => line,
        Ok(Request::Help(_)) | Err(_) => return Err(invalid()),
    };
    Ok(match Verb::from_arg_matches(&line.matches).map_err(|_| invalid())? {
        Verb::Put(put) => Op::Put(put),
        Verb::Get(get) => Op::Get(get),
        Verb::Del(del) => Op::Del(del),
    })
}

impl Op {
    /// The request that it describes. A value cannot come from standard input: the transaction does.
    pub fn request(&self) -> Result<RequestOp, Failure> {
        let request = match self {
            Self::Get(get) => request_op::Request::RequestRange(get.request()?),
            Self::Put(put) => request_op::Request::RequestPut(put.request(|| Ok(Vec::new()))?),
            Self::Del(del) => request_op::Request::RequestDeleteRange(del.request()?),
        };
        Ok(RequestOp { request: Some(request) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::{Duration, Instant};

    fn error(line: &str) -> String {
        compare(line.as_bytes()).unwrap_err()
    }

    #[test]
    fn conditions() {
        let mod_above = compare(br#"mod("key1") > "0""#).unwrap();
        assert_eq!((mod_above.target(), mod_above.result()), (CompareTarget::Mod, CompareResult::Greater));
        assert_eq!(mod_above.target_union, Some(TargetUnion::ModRevision(0)));
        let value = compare(br#"val( "a\x41")   !=   "x y" trailing"#).unwrap();
        assert_eq!((&value.key[..], value.result()), (&b"aA"[..], CompareResult::NotEqual));
        assert_eq!(value.target_union, Some(TargetUnion::Value("x y".into())));
        assert_eq!(compare(br#"lease("a") = "1F""#).unwrap().target_union, Some(TargetUnion::Lease(31)));
        assert_eq!(compare(b"c(`k`) < `7`").unwrap().target_union, Some(TargetUnion::CreateRevision(7)));
    }

    #[test]
    fn errors_as_etcdctl_words_them() {
        assert_eq!(error("x"), "malformed comparison: x");
        assert_eq!(error(r#"mod(key1) > "0""#), r#"malformed comparison: mod(key1) > "0"; got mod("")  """#);
        assert_eq!(error(r#"mod("k") > 5"#), r#"malformed comparison: mod("k") > 5; got mod("k") > """#);
        assert_eq!(error(r#"val("k")="v""#), r#"malformed comparison: val("k")="v"; got val("k")  """#);
        assert_eq!(error(r#"foo("k") > "0""#), r#"malformed comparison: foo("k") > "0" (unknown target foo)"#);
        assert_eq!(error(r#"mod("k") > "zz""#), r#"invalid txn compare request: mod("k") > "zz""#);
        assert!(error(r#"mod("k") >= "0""#).contains("unknown operator >="));
    }

    #[test]
    fn operations() {
        let request = |line: &str| op(line.as_bytes()).and_then(|op| op.request());
        assert!(matches!(
            request(r#"put key1 "a b" --lease=1f --prev-kv"#).unwrap().request,
            Some(request_op::Request::RequestPut(put)) if &put.value[..] == b"a b" && put.lease == 31 && put.prev_kv
        ));
        assert!(matches!(
            request("get --prefix k --limit 3").unwrap().request,
            Some(request_op::Request::RequestRange(range)) if &range.range_end[..] == b"l" && range.limit == 3
        ));
        assert!(matches!(request("del k").unwrap().request, Some(request_op::Request::RequestDeleteRange(_))));
        for (line, code) in
            [("foo bar", 3), ("put", 3), ("put a", 128), ("put --lease zz a b", 128), ("get \"\\q\" b", 3)]
        {
            assert_eq!(request(line).unwrap_err().code(), code, "{line}");
        }
    }

    fn never_panics(line: &[u8]) {
        let _ = compare(line);
        let _ = op(line).and_then(|op| op.request());
    }

    proptest! {
        #[test]
        fn no_line_panics(line: Vec<u8>) {
            never_panics(&line);
        }

        #[test]
        fn no_line_of_known_pieces_panics(pieces in pieces()) {
            never_panics(pieces.as_bytes());
        }

        #[test]
        fn a_written_condition_reads_back(key: Vec<u8>, value: Vec<u8>) {
            let line = format!("val({}) = {}", quote(&key), quote(&value));
            let read = compare(line.as_bytes()).unwrap();
            prop_assert_eq!(&read.key[..], &key[..]);
            prop_assert_eq!(read.target_union, Some(TargetUnion::Value(value.into())));
        }
    }

    /// Lines that look like transactions.
    fn pieces() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "put",
            "get",
            "del",
            "mod",
            "val",
            "lease",
            "(",
            ")",
            "\"",
            "'",
            "`",
            "\\",
            "\\x",
            "\\u12",
            "=",
            "!=",
            ">",
            " ",
            "--",
            "-",
            "--prefix",
            "--limit",
            "=1",
            "--lease=",
            "k",
            "\"k\"",
            "é",
            "--prev-kv=false",
            "-h",
        ]);
        prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    /// A longer run, for those who ask: seconds in TXN_FUZZ_SECONDS, and a seed in TXN_FUZZ_SEED to repeat one.
    #[test]
    fn fuzz() {
        let Ok(seconds) = std::env::var("TXN_FUZZ_SECONDS") else { return };
        let seconds = Duration::from_secs(seconds.parse().unwrap());
        let seed = std::env::var("TXN_FUZZ_SEED").map_or_else(|_| fastrand::u64(..), |seed| seed.parse().unwrap());
        println!("TXN_FUZZ_SEED={seed}");
        let mut random = fastrand::Rng::with_seed(seed);
        let alphabet = br#"putgedlmovcriasn(")'`\x0u1=!<> --prefix--limit=k"#;
        let start = Instant::now();
        let mut count: u64 = 0;
        while start.elapsed() < seconds {
            count += 1;
            let length = random.usize(..40);
            let line: Vec<u8> = (0..length)
                .map(|_| match random.u8(..8) {
                    0 => random.u8(..),
                    _ => alphabet[random.usize(..alphabet.len())],
                })
                .collect();
            never_panics(&line);
        }
        println!("{count} lines");
    }
}
