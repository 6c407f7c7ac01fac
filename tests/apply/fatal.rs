//! What cannot be applied stops the process, and what is not carried out yet is refused.

use crate::support::{IDENTITY, Machine, entry, raw_entry};
use bytes::Bytes;
use etcd::{
    apply::{Outcome, Settings, StateMachine},
    backend::{Backend, BackendConfig, Batch, Bucket, meta},
    disk::mem::MemDisk,
    pb::{
        etcdserverpb::{DowngradeVersionTestRequest, InternalRaftRequest, PutRequest},
        membershippb::{ClusterMemberAttrSetRequest, ClusterVersionSetRequest},
        raftpb::{Entry, EntryType},
    },
};
use std::{path::Path, sync::Arc};

#[track_caller]
fn stops(entry: Entry, reason: &str) {
    let error = Machine::new().inner.apply(&entry).unwrap_err().to_string();
    assert!(error.contains(reason), "{error}");
}

#[test]
fn what_makes_no_sense_stops_the_process() {
    stops(raw_entry(1, Bytes::from_static(b"\xff")), "entry 1");
    stops(entry(1, &InternalRaftRequest::default()), "holds no request");
    stops(entry(2, &InternalRaftRequest::default()), "right after entry 0");
    let kind = EntryType::EntryConfChange as i32;
    stops(Entry { entry_type: kind, ..raw_entry(1, Bytes::new()) }, "of type 1");
    let version = |ver: &str| InternalRaftRequest {
        cluster_version_set: Some(ClusterVersionSetRequest { ver: ver.into() }),
        ..Default::default()
    };
    stops(entry(1, &version("x")), "\"x\" is not a version");
    stops(entry(1, &version("3.8.0")), "invalid downgrade");
    let stranger = ClusterMemberAttrSetRequest { member_id: 0xbad, ..Default::default() };
    stops(
        entry(1, &InternalRaftRequest { cluster_member_attr_set: Some(stranger), ..Default::default() }),
        "failed to update; member bad unknown",
    );
}

/// The shape check of a client's request lets a nested deletion to "\0" through (etcd's does, and then panics at every
/// start). The member goes on: what was deleted is kept as nothing.
#[test]
fn a_put_that_keeps_what_its_transaction_deleted_stops_nobody() {
    let mut machine = Machine::new();
    machine.request(crate::language::read("put a 1").unwrap());
    let request = crate::language::read("txn then { del a ; put a '' ignore_value }").unwrap();
    let applied = machine.inner.apply(&entry(2, &request)).unwrap();
    assert!(matches!(applied.outcome, Some(Outcome::Done(_))), "{applied:?}");
}

#[test]
fn a_test_of_downgrades_and_a_leaders_first_entry_are_passed_over() {
    let mut machine = Machine::new();
    let test = DowngradeVersionTestRequest { ver: "3.9.0".into() };
    machine.request(InternalRaftRequest { downgrade_version_test: Some(test), ..Default::default() });
    let applied = machine.inner.apply(&raw_entry(2, Bytes::new())).unwrap();
    assert!(applied.outcome.is_none());
    assert_eq!(machine.inner.applied(), (2, 3));
}

#[test]
fn a_newer_backend_is_refused() {
    let backend = Backend::open(Arc::new(MemDisk::new()), Path::new("/db"), &BackendConfig::default()).unwrap();
    let mut batch = Batch::new();
    batch.put(Bucket::Meta, meta::STORAGE_VERSION, Bytes::from_static(b"3.8.0"));
    backend.stage(batch);
    let error = StateMachine::open(backend, IDENTITY, Settings::default()).unwrap_err();
    assert!(error.to_string().contains("storage version 3.8.0 is newer"), "{error}");
}

/// The transaction's buffer is not kept: what stays is a copy.
#[test]
fn keys_outlive_the_entry() {
    let mut machine = Machine::new();
    let put = PutRequest { key: Bytes::from_static(b"k"), value: Bytes::from(vec![b'v'; 100]), ..Default::default() };
    let applied = machine.request(InternalRaftRequest { put: Some(put), ..Default::default() });
    let events = applied.events.unwrap().events;
    assert_eq!(events[0].kv.as_ref().unwrap().value.len(), 100);
}
