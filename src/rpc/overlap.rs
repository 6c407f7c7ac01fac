//! Do the puts and deletes of a transaction get in each other's way?
//!
//! All changes of a transaction have one revision, so a key may be put once, and not be deleted as well. A walk over the
//! tree of operations carries up what each part touches:
//!
//! ```text
//!   txn                    level: deletes first,
//!    |- put a                     then each transaction within: its puts against all so far, then merged,
//!    |- delete [b, d)             then the level's own puts against all
//!    `- txn
//!        |- then: put a    <- refused: a is put above
//!        `- else: put c    <- refused: c is deleted above; then and else may touch the same keys
//! ```
//!
//! Deletes never get in each other's way. As in etcd, a put of one transaction and a later delete of its sibling pass,
//! and so does a delete "from a key on" (`range_end` is a zero byte), whose interval etcd takes as it stands here,
//! which makes it an empty one.
//!
//! Deletes are kept as disjoint intervals and sets are merged into the larger one, so a request at the size limit with
//! thousands of operations is still a matter of milliseconds.

use super::check::Malformed;
use crate::pb::etcdserverpb::{DeleteRangeRequest, RequestOp, TxnRequest, request_op::Request};
use std::collections::{BTreeMap, BTreeSet};

/// Checks both branches.
///
/// # Errors
/// `DuplicateKey`.
pub fn check(txn: &TxnRequest) -> Result<(), Malformed> {
    touched(&txn.success)?;
    touched(&txn.failure)?;
    Ok(())
}

/// What a list of operations changes.
#[derive(Debug, Default)]
struct Touched<'a> {
    puts: BTreeSet<&'a [u8]>,
    deletes: Intervals<'a>,
}

fn touched(ops: &[RequestOp]) -> Result<Touched<'_>, Malformed> {
    let mut touched = Touched::default();
    for op in ops {
        if let Some(Request::RequestDeleteRange(delete)) = &op.request {
            touched.deletes.insert_range(delete);
        }
    }
    for op in ops {
        if let Some(Request::RequestTxn(txn)) = &op.request {
            touched.include(txn)?;
        }
    }
    for op in ops {
        if let Some(Request::RequestPut(put)) = &op.request {
            touched.refuse(&put.key)?;
            touched.puts.insert(&put.key);
        }
    }
    Ok(touched)
}

impl<'a> Touched<'a> {
    /// Takes in a transaction: either of its branches may happen, never both.
    fn include(&mut self, txn: &'a TxnRequest) -> Result<(), Malformed> {
        let branches = [touched(&txn.success)?, touched(&txn.failure)?];
        for put in branches.iter().flat_map(|branch| &branch.puts) {
            self.refuse(put)?;
        }
        for mut branch in branches {
            if branch.puts.len() > self.puts.len() {
                std::mem::swap(&mut branch.puts, &mut self.puts);
            }
            self.puts.append(&mut branch.puts);
            self.deletes.merge(branch.deletes);
        }
        Ok(())
    }

    fn refuse(&self, put: &[u8]) -> Result<(), Malformed> {
        match self.puts.contains(put) || self.deletes.contains(put) {
            true => Err(Malformed::DuplicateKey),
            false => Ok(()),
        }
    }
}

/// A place between keys: before a key or right behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cut<'a> {
    Before(&'a [u8]),
    Behind(&'a [u8]),
}

impl<'a> Cut<'a> {
    fn order(&self) -> (&'a [u8], u8) {
        match self {
            Self::Before(key) => (key, 0),
            Self::Behind(key) => (key, 1),
        }
    }

    fn is_below(&self, other: &Self) -> bool {
        self.order() < other.order()
    }
}

/// Sets of keys, as disjoint intervals: start to end.
#[derive(Debug, Default)]
struct Intervals<'a> {
    by_start: BTreeMap<&'a [u8], Cut<'a>>,
}

impl<'a> Intervals<'a> {
    fn insert_range(&mut self, delete: &'a DeleteRangeRequest) {
        let end = match delete.range_end.as_ref() {
            [] => Cut::Behind(&delete.key),
            end => Cut::Before(end),
        };
        self.insert(&delete.key, end);
    }

    fn insert(&mut self, mut start: &'a [u8], mut end: Cut<'a>) {
        if !Cut::Before(start).is_below(&end) {
            return;
        }
        if let Some((before, its_end)) = self.by_start.range(..=start).next_back()
            && !its_end.is_below(&Cut::Before(start))
        {
            start = before;
        }
        // Swallow all that start inside.
        while let Some((inside, its_end)) = self.by_start.range(start..).next().map(|(start, end)| (*start, *end))
            && !end.is_below(&Cut::Before(inside))
        {
            if end.is_below(&its_end) {
                end = its_end;
            }
            self.by_start.remove(inside);
        }
        self.by_start.insert(start, end);
    }

    fn merge(&mut self, mut other: Self) {
        if other.by_start.len() > self.by_start.len() {
            std::mem::swap(self, &mut other);
        }
        for (start, end) in other.by_start {
            self.insert(start, end);
        }
    }

    fn contains(&self, key: &[u8]) -> bool {
        let before = self.by_start.range(..=key).next_back();
        before.is_some_and(|(_, end)| Cut::Before(key).is_below(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pb::etcdserverpb::PutRequest;
    use bytes::Bytes;
    use prost::Message;

    fn put(key: &str) -> RequestOp {
        let put = PutRequest { key: Bytes::copy_from_slice(key.as_bytes()), ..Default::default() };
        RequestOp { request: Some(Request::RequestPut(put)) }
    }

    fn delete(key: &str, end: &str) -> RequestOp {
        let [key, range_end] = [key, end].map(|key| Bytes::copy_from_slice(key.as_bytes()));
        let delete = DeleteRangeRequest { key, range_end, ..Default::default() };
        RequestOp { request: Some(Request::RequestDeleteRange(delete)) }
    }

    fn either(success: Vec<RequestOp>, failure: Vec<RequestOp>) -> RequestOp {
        RequestOp { request: Some(Request::RequestTxn(TxnRequest { success, failure, ..Default::default() })) }
    }

    fn nested(ops: Vec<RequestOp>) -> RequestOp {
        either(ops, vec![])
    }

    /// Each was tried on etcd 3.7.1.
    #[test]
    fn as_etcd_decides() {
        let cases = [
            (true, vec![put("b"), delete("a", "\0")]),
            (false, vec![put("b"), delete("a", "c")]),
            (true, vec![put("b"), delete("c", "a")]),
            (true, vec![nested(vec![put("k")]), nested(vec![delete("k", "")])]),
            (false, vec![nested(vec![delete("k", "")]), nested(vec![put("k")])]),
            (false, vec![nested(vec![put("k")]), nested(vec![put("k")])]),
            (true, vec![either(vec![put("k")], vec![put("k")])]),
            (true, vec![either(vec![put("k")], vec![delete("k", "")])]),
            (false, vec![nested(vec![put("k")]), either(vec![], vec![put("k")])]),
            (false, vec![put("k"), nested(vec![delete("k", "")])]),
            (false, vec![delete("k", ""), nested(vec![put("k")])]),
            (true, vec![delete("k", ""), delete("a", "z")]),
            (false, vec![nested(vec![nested(vec![delete("k", "")])]), nested(vec![put("k")])]),
            (false, vec![put("k"), nested(vec![either(vec![], vec![put("k")])])]),
            (false, vec![either(vec![put("a")], vec![put("a")]), either(vec![], vec![put("a")])]),
        ];
        for (fine, success) in cases {
            let txn = TxnRequest { success, ..Default::default() };
            let mirrored = TxnRequest { failure: txn.success.clone(), ..Default::default() };
            assert_eq!((check(&txn).is_ok(), check(&mirrored).is_ok()), (fine, fine), "{txn:?}");
        }
    }

    /// The obviously right one: lists, and every pair looked at.
    mod model {
        use super::*;

        type Lists = (Vec<Bytes>, Vec<(Bytes, Bytes)>);

        pub fn touched(ops: &[RequestOp]) -> Option<Lists> {
            let (mut puts, mut deletes) = (Vec::new(), Vec::new());
            let meets = |key: &Bytes, puts: &[Bytes], deletes: &[(Bytes, Bytes)]| {
                puts.contains(key) || deletes.iter().any(|(start, end)| start <= key && key < end)
            };
            for op in ops {
                if let Some(Request::RequestDeleteRange(delete)) = &op.request {
                    let behind = Bytes::from([&delete.key[..], b"\0"].concat());
                    let end = if delete.range_end.is_empty() { behind } else { delete.range_end.clone() };
                    deletes.push((delete.key.clone(), end));
                }
            }
            for op in ops {
                if let Some(Request::RequestTxn(txn)) = &op.request {
                    let (then, other) = (touched(&txn.success)?, touched(&txn.failure)?);
                    if then.0.iter().chain(&other.0).any(|key| meets(key, &puts, &deletes)) {
                        return None;
                    }
                    puts.extend(then.0.into_iter().chain(other.0));
                    deletes.extend(then.1.into_iter().chain(other.1));
                }
            }
            for op in ops {
                if let Some(Request::RequestPut(put)) = &op.request {
                    if meets(&put.key, &puts, &deletes) {
                        return None;
                    }
                    puts.push(put.key.clone());
                }
            }
            Some((puts, deletes))
        }
    }

    fn random_ops(rng: &mut fastrand::Rng, depth: usize) -> Vec<RequestOp> {
        let key = |rng: &mut fastrand::Rng| {
            let letters = ["", "\0", "a", "b", "c", "d", "e", "f", "g", "h"];
            format!("{}{}", letters[2 + rng.usize(..8)], letters[rng.usize(..letters.len()) * rng.usize(..2)])
        };
        (0..rng.usize(..4))
            .map(|_| match rng.usize(..8) {
                0..3 => put(&key(rng)),
                3 => delete(&key(rng), ""),
                4 => delete(&key(rng), &key(rng)),
                _ if depth > 0 => either(random_ops(rng, depth - 1), random_ops(rng, depth - 1)),
                _ => delete(&key(rng), "\0"),
            })
            .collect()
    }

    fn seeded() -> fastrand::Rng {
        let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
        println!("SEED={seed}");
        fastrand::Rng::with_seed(seed)
    }

    /// How long a random test goes on: `ROUNDS=n` makes it n times as long.
    fn rounds(usual: u64) -> u64 {
        usual * std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1)
    }

    /// `SEED=n cargo test random_transactions` replays one.
    #[test]
    fn random_transactions_as_the_model() {
        let mut rng = seeded();
        let mut outcomes = [0; 2];
        for _ in 0..rounds(20_000) {
            let ops = random_ops(&mut rng, 3);
            let fine = touched(&ops).is_ok();
            assert_eq!(fine, model::touched(&ops).is_some(), "{ops:?}");
            outcomes[usize::from(fine)] += 1;
        }
        assert!(outcomes.iter().all(|count| *count > 1000), "one-sided: {outcomes:?}");
    }

    /// What a hostile client may send: transactions of which some bytes are others. Whatever still decodes is checked
    /// without a panic, and as the model does.
    #[test]
    fn damaged_requests_are_checked_like_any() {
        let mut rng = seeded();
        let mut decoded = 0;
        for _ in 0..rounds(20_000) {
            let txn = TxnRequest { success: random_ops(&mut rng, 3), ..Default::default() };
            let mut bytes = txn.encode_to_vec();
            for _ in 0..rng.usize(1..4) {
                let length = bytes.len();
                match rng.usize(..3) {
                    _ if length == 0 => bytes.push(rng.u8(..)),
                    0 => bytes[rng.usize(..length)] = rng.u8(..),
                    1 => bytes.truncate(rng.usize(..length)),
                    _ => bytes.insert(rng.usize(..length), rng.u8(..)),
                }
            }
            let Ok(txn) = TxnRequest::decode(&bytes[..]) else { continue };
            decoded += 1;
            let shape = crate::rpc::check::txn(&txn, 128);
            let models = model::touched(&txn.success).and(model::touched(&txn.failure));
            assert_eq!(check(&txn).is_ok(), models.is_some(), "{shape:?} {txn:?}");
        }
        assert!(decoded > 1000, "only {decoded} decoded");
    }

    /// As many operations as a request can hold, in the shape that makes the most of them meet.
    #[test]
    fn a_request_at_the_size_limit_is_checked_quickly() {
        let part = |number: usize| {
            let name = |i: usize| format!("{number:03}{i:03}");
            (0..100).map(|i| if i % 2 == 0 { put(&name(i)) } else { delete(&name(i), "") }).collect::<Vec<_>>()
        };
        let mut ops: Vec<RequestOp> = (0..100).map(|number| nested(part(number))).collect();
        for _ in 0..40 {
            ops = vec![nested(ops)];
        }
        assert!(touched(&ops).is_ok());
        ops.push(put("050050"));
        assert!(touched(&ops).is_err());
    }
}
