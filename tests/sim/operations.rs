//! What the simulated clients ask for, and what each request would do to an obvious store. Every put carries a value
//! of its own, so that one look at the history tells whose it is.

use super::history::History;
use bytes::Bytes;
use etcd::pb::{
    etcdserverpb::{
        AlarmRequest, AlarmType, AuthUserAddRequest, CompactionRequest, Compare, DeleteRangeRequest,
        InternalRaftRequest, LeaseCheckpoint, LeaseCheckpointRequest, LeaseGrantRequest, LeaseRevokeRequest,
        PutRequest, RequestOp, TxnRequest,
        alarm_request::AlarmAction,
        compare::{CompareResult, CompareTarget, TargetUnion},
        request_op::Request,
    },
    membershippb::{Attributes, ClusterMemberAttrSetRequest},
    mvccpb::{Event, KeyValue},
};
use fastrand::Rng;
use std::collections::BTreeMap;

/// A request that changes something.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    Put {
        key: Bytes,
        value: Bytes,
        lease: i64,
    },
    Delete {
        key: Bytes,
        end: Bytes,
    },
    /// All of these in one revision.
    Txn(Vec<Operation>),
    Compact {
        revision: i64,
    },
    Grant {
        id: i64,
        ttl_s: i64,
    },
    Revoke {
        id: i64,
    },
    /// The leader's own, not drawn.
    Checkpoint {
        id: i64,
        remaining_s: i64,
    },
    /// A put if nobody has changed the key since.
    Swap {
        key: Bytes,
        /// Its revision; 0 for a key that is not there.
        seen: i64,
        value: Bytes,
    },
    /// The alarm NOSPACE of a member.
    Alarm {
        member: u64,
        action: AlarmAction,
    },
    /// A user, whose name is like no other's.
    AddUser {
        name: String,
    },
    /// A member tells its name.
    Publish {
        member: u64,
        name: String,
    },
}

/// Draws a request. `number` makes its values unlike all others.
pub fn draw(rng: &mut Rng, number: u64, history: &History) -> Operation {
    match rng.u32(0..100) {
        0..55 => put(rng, format!("{number}")),
        55..68 => delete(rng),
        68..84 => txn(rng, number),
        84..89 => Operation::Compact { revision: rng.i64(history.compacted.max(0)..=history.revision()) },
        89..96 => Operation::Grant { id: lease(rng), ttl_s: rng.i64(1..20) },
        _ => Operation::Revoke { id: lease(rng) },
    }
}

fn key(rng: &mut Rng) -> Bytes {
    Bytes::from(format!("k{}", rng.u32(0..24)))
}

/// Few leases, so that puts find one that is there.
pub fn lease(rng: &mut Rng) -> i64 {
    rng.i64(1..=6)
}

fn put(rng: &mut Rng, value: String) -> Operation {
    let lease = if rng.u32(0..3) == 0 { lease(rng) } else { 0 };
    let padding = if rng.u32(0..20) == 0 { "x".repeat(3_000) } else { String::new() };
    Operation::Put { key: key(rng), value: format!("{value}{padding}").into(), lease }
}

fn delete(rng: &mut Rng) -> Operation {
    let end = if rng.bool() { Bytes::new() } else { key(rng) };
    Operation::Delete { key: key(rng), end }
}

/// Puts of different keys, and a deletion of something else in front of them.
fn txn(rng: &mut Rng, number: u64) -> Operation {
    let mut operations = vec![Operation::Delete { key: Bytes::from(format!("t{}", rng.u32(0..4))), end: Bytes::new() }];
    let mut keys: Vec<u32> = (0..4).collect();
    rng.shuffle(&mut keys);
    for (index, key) in keys.into_iter().take(rng.usize(1..4)).enumerate() {
        let value = format!("{number}-{index}").into();
        operations.push(Operation::Put { key: Bytes::from(format!("u{key}")), value, lease: 0 });
    }
    Operation::Txn(operations)
}

impl Operation {
    /// As it goes into the log.
    pub fn request(&self) -> InternalRaftRequest {
        let mut request = InternalRaftRequest::default();
        match self {
            Self::Put { .. } => request.put = Some(self.as_put()),
            Self::Delete { key, end } => {
                request.delete_range =
                    Some(DeleteRangeRequest { key: key.clone(), range_end: end.clone(), prev_kv: false });
            }
            Self::Txn(operations) => {
                let success = operations.iter().map(Self::as_request_op).collect();
                request.txn = Some(TxnRequest { success, ..TxnRequest::default() });
            }
            Self::Compact { revision } => {
                request.compaction = Some(CompactionRequest { revision: *revision, physical: false });
            }
            Self::Grant { id, ttl_s } => request.lease_grant = Some(LeaseGrantRequest { id: *id, ttl: *ttl_s }),
            Self::Revoke { id } => request.lease_revoke = Some(LeaseRevokeRequest { id: *id }),
            Self::Checkpoint { id, remaining_s } => {
                let checkpoint = LeaseCheckpoint { id: *id, remaining_ttl: *remaining_s };
                request.lease_checkpoint = Some(LeaseCheckpointRequest { checkpoints: vec![checkpoint] });
            }
            Self::Swap { key, seen, value } => request.txn = Some(swap(key, *seen, value)),
            Self::Alarm { member, action } => {
                let (action, alarm) = (*action as i32, AlarmType::Nospace as i32);
                request.alarm = Some(AlarmRequest { action, member_id: *member, alarm });
            }
            Self::AddUser { name } => {
                request.auth_user_add = Some(AuthUserAddRequest { name: name.clone(), ..Default::default() });
            }
            Self::Publish { member, name } => {
                let attributes = Attributes { name: name.clone(), client_urls: vec![] };
                let (member_id, member_attributes) = (*member, Some(attributes));
                request.cluster_member_attr_set = Some(ClusterMemberAttrSetRequest { member_id, member_attributes });
            }
        }
        request
    }

    fn as_put(&self) -> PutRequest {
        match self {
            Self::Put { key, value, lease } => {
                PutRequest { key: key.clone(), value: value.clone(), lease: *lease, ..PutRequest::default() }
            }
            other => unreachable!("{other:?} is no put"),
        }
    }

    fn as_request_op(&self) -> RequestOp {
        let request = match self {
            Self::Put { .. } => Request::RequestPut(self.as_put()),
            Self::Delete { key, end } => Request::RequestDeleteRange(DeleteRangeRequest {
                key: key.clone(),
                range_end: end.clone(),
                prev_kv: false,
            }),
            other => unreachable!("{other:?} is not drawn inside a transaction"),
        };
        RequestOp { request: Some(request) }
    }

    /// Can nothing stand in its way?
    pub fn is_always_possible(&self) -> bool {
        match self {
            Self::Put { lease, .. } => *lease == 0,
            Self::Delete { .. } | Self::Txn(_) | Self::Swap { .. } => true,
            Self::Compact { .. } | Self::Grant { .. } | Self::Revoke { .. } | Self::Checkpoint { .. } => false,
            Self::Alarm { .. } | Self::AddUser { .. } | Self::Publish { .. } => true,
        }
    }

    /// A value that it writes.
    pub fn value(&self) -> Option<&Bytes> {
        match self {
            Self::Put { value, .. } => Some(value),
            Self::Txn(operations) => operations.last().and_then(Self::value),
            _ => None,
        }
    }

    /// The events that this would make on top of the history, at its next revision.
    pub fn predict(&self, history: &History) -> Vec<Event> {
        let revision = history.revision() + 1;
        let mut live = history.live().clone();
        let mut events = Vec::new();
        self.carry_out(&mut live, revision, &mut events);
        events
    }

    /// The same on top of a state, which it changes.
    pub fn carry_out(&self, live: &mut BTreeMap<Vec<u8>, KeyValue>, revision: i64, events: &mut Vec<Event>) {
        match self {
            Self::Put { key, value, lease } => {
                let before = live.get(key.as_ref());
                let kv = KeyValue {
                    key: key.clone(),
                    value: value.clone(),
                    lease: *lease,
                    mod_revision: revision,
                    create_revision: before.map_or(revision, |kv| kv.create_revision),
                    version: before.map_or(0, |kv| kv.version) + 1,
                };
                live.insert(key.to_vec(), kv.clone());
                events.push(Event { kv: Some(kv), ..Event::default() });
            }
            Self::Delete { key, end } => {
                let is_inside = |candidate: &[u8]| match end.as_ref() {
                    [] => candidate == key.as_ref(),
                    end => candidate >= key.as_ref() && candidate < end,
                };
                delete_all(live, revision, events, |kv| is_inside(&kv.key));
            }
            Self::Txn(operations) => operations.iter().for_each(|one| one.carry_out(live, revision, events)),
            Self::Revoke { id } => delete_all(live, revision, events, |kv| kv.lease == *id),
            Self::Swap { key, seen, value } => {
                if live.get(key.as_ref()).map_or(0, |kv| kv.mod_revision) == *seen {
                    let put = Self::Put { key: key.clone(), value: value.clone(), lease: 0 };
                    put.carry_out(live, revision, events);
                }
            }
            Self::Compact { .. } | Self::Grant { .. } | Self::Checkpoint { .. } => {}
            Self::Alarm { .. } | Self::AddUser { .. } | Self::Publish { .. } => {}
        }
    }
}

fn swap(key: &Bytes, seen: i64, value: &Bytes) -> TxnRequest {
    let compare = Compare {
        result: CompareResult::Equal as i32,
        target: CompareTarget::Mod as i32,
        key: key.clone(),
        target_union: Some(TargetUnion::ModRevision(seen)),
        ..Compare::default()
    };
    let put = PutRequest { key: key.clone(), value: value.clone(), ..PutRequest::default() };
    let success = vec![RequestOp { request: Some(Request::RequestPut(put)) }];
    TxnRequest { compare: vec![compare], success, failure: vec![] }
}

fn delete_all(
    live: &mut BTreeMap<Vec<u8>, KeyValue>,
    revision: i64,
    events: &mut Vec<Event>,
    is_meant: impl Fn(&KeyValue) -> bool,
) {
    let keys: Vec<Vec<u8>> = live.iter().filter(|(_, kv)| is_meant(kv)).map(|(key, _)| key.clone()).collect();
    for key in keys {
        live.remove(&key);
        let kv = KeyValue { key: key.into(), mod_revision: revision, ..KeyValue::default() };
        events.push(Event { r#type: 1, kv: Some(kv), prev_kv: None });
    }
}
