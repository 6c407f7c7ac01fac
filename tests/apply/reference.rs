//! Who may do what, said as plainly as it can be: every place of a range is looked at by itself, against every permission of
//! every role. Written from etcd's rules, without a look at how the authoriser does it.

use etcd::{
    auth::AuthRefusal::{self, OldRevision, PermissionDenied, UserEmpty},
    pb::etcdserverpb::{DeleteRangeRequest, PutRequest, TxnRequest, request_op::Request},
};
use std::collections::{BTreeMap, BTreeSet};

/// A place on the line of keys. Behind all keys is the end, which only ranges without an end reach.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    Key(Vec<u8>),
    End,
}

/// Key and range end, as in requests.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Is the place in the range?
pub fn is_in((key, end): &Pair, place: &Place) -> bool {
    match (end.as_slice(), place) {
        ([], Place::Key(at)) => at == key,
        ([], Place::End) => false,
        ([0], Place::Key(at)) => at >= key,
        ([0], Place::End) => true,
        (_, Place::Key(at)) => at >= key && at < end,
        (_, Place::End) => false,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Read,
    Write,
    Both,
}

#[derive(Clone, Debug, Default)]
pub struct World {
    pub revision: u64,
    /// Roles by user.
    pub users: BTreeMap<String, Vec<String>>,
    /// Permissions by role.
    pub roles: BTreeMap<String, Vec<(Kind, Pair)>>,
    /// Keys by lease.
    pub leases: BTreeMap<i64, BTreeSet<Vec<u8>>>,
    /// All places that can make a difference: where ranges begin and end.
    pub places: Vec<Place>,
}

/// What a request does to keys.
#[derive(Clone, Debug)]
pub enum Touch {
    Read(Pair),
    Write(Pair),
    /// Every key of a lease.
    WriteLease(i64),
}

impl World {
    pub fn is_root(&self, user: &str) -> bool {
        self.users.get(user).is_some_and(|roles| roles.iter().any(|role| role == "root"))
    }

    fn may(&self, user: &str, kind: Kind, place: &Place) -> bool {
        let roles = self.users.get(user).into_iter().flatten();
        self.is_root(user)
            || roles
                .filter_map(|role| self.roles.get(role))
                .flatten()
                .any(|(granted, range)| (*granted == kind || *granted == Kind::Both) && is_in(range, place))
    }

    pub fn may_key(&self, user: &str, kind: Kind, key: &[u8]) -> bool {
        self.may(user, kind, &Place::Key(key.to_vec()))
    }

    fn may_range(&self, user: &str, kind: Kind, range: &Pair) -> bool {
        self.places.iter().filter(|place| is_in(range, place)).all(|place| self.may(user, kind, place))
    }

    pub fn judge(&self, user: &str, revision: u64, touches: &[Touch]) -> Result<(), AuthRefusal> {
        for touch in touches {
            let (kind, ranges) = match touch {
                Touch::Read(range) => (Kind::Read, vec![range.clone()]),
                Touch::Write(range) => (Kind::Write, vec![range.clone()]),
                Touch::WriteLease(_) if self.is_root(user) => continue,
                Touch::WriteLease(lease) => (Kind::Write, self.keys(*lease)),
            };
            for range in &ranges {
                self.known(user, revision)?;
                if !self.may_range(user, kind, range) {
                    return Err(PermissionDenied);
                }
            }
        }
        Ok(())
    }

    pub fn keys(&self, lease: i64) -> Vec<Pair> {
        self.leases.get(&lease).into_iter().flatten().map(|key| (key.clone(), Vec::new())).collect()
    }

    fn known(&self, user: &str, revision: u64) -> Result<(), AuthRefusal> {
        match revision {
            0 => Err(UserEmpty),
            old if old < self.revision => Err(OldRevision),
            _ if !self.users.contains_key(user) => Err(PermissionDenied),
            _ => Ok(()),
        }
    }
}

fn pair(key: &[u8], end: &[u8]) -> Pair {
    (key.to_vec(), end.to_vec())
}

pub fn put(request: &PutRequest) -> Vec<Touch> {
    let key = pair(&request.key, &[]);
    let mut touches = vec![Touch::Write(key.clone()), Touch::WriteLease(request.lease)];
    if request.prev_kv {
        touches.push(Touch::Read(key));
    }
    touches
}

pub fn delete(request: &DeleteRangeRequest) -> Vec<Touch> {
    let range = pair(&request.key, &request.range_end);
    match request.prev_kv {
        true => vec![Touch::Read(range.clone()), Touch::Write(range)],
        false => vec![Touch::Write(range)],
    }
}

pub fn range(key: &[u8], end: &[u8]) -> Vec<Touch> {
    vec![Touch::Read(pair(key, end))]
}

/// Everything that is anywhere in a transaction.
pub fn txn(request: &TxnRequest) -> Vec<Touch> {
    let mut touches = Vec::new();
    let mut open = vec![request];
    while let Some(txn) = open.pop() {
        for condition in &txn.compare {
            touches.extend(range(&condition.key, &condition.range_end));
        }
        for op in txn.success.iter().chain(&txn.failure) {
            match &op.request {
                Some(Request::RequestRange(request)) => touches.extend(range(&request.key, &request.range_end)),
                Some(Request::RequestPut(request)) => touches.extend(put(request)),
                Some(Request::RequestDeleteRange(request)) => touches.extend(delete(request)),
                Some(Request::RequestTxn(nested)) => open.push(nested),
                None => {}
            }
        }
    }
    touches
}
