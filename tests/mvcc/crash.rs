//! The power goes at every sync and every write of the disk while compactions run: what is found afterwards is the history up to
//! some batch, and the compaction is done again to the same end.

use crate::model::Model;
use crate::support::seed;
use bytes::Bytes;
use etcd::backend::{Backend, BackendConfig, BackendError, Batch};
use etcd::disk::mem::{Faults, MemDisk, PowerLoss};
use etcd::key::KeyRange;
use etcd::mvcc::{CompactionStep, Fetch, RangeQuery, Ranges, Store};
use std::path::Path;
use std::sync::Arc;

/// Revisions of the history, and to which of them it is compacted.
const REVISIONS: i64 = 40;
const COMPACTIONS: [i64; 3] = [12, 25, 40];

fn open(disk: &MemDisk) -> Result<(Backend, Store), BackendError> {
    let backend = Backend::open(Arc::new(disk.clone()), Path::new("/db"), &BackendConfig::default())?;
    let store = Store::open(backend.clone())?.0;
    Ok((backend, store))
}

/// A durable history, and the model of it.
fn prepared() -> (MemDisk, Model) {
    let (disk, mut model) = (MemDisk::new(), Model::new());
    let (backend, mut store) = open(&disk).unwrap();
    for main in 2..=REVISIONS {
        let key = Bytes::from(format!("key {}", main * 7 % 5));
        let mut batch = Batch::new();
        let mut txn = store.write(&mut batch);
        let range = KeyRange::Point(key.clone());
        if main % 3 == 0 && model.get(&key, main).is_some() {
            txn.delete_range(&range);
            model.delete(0, &range);
        } else {
            txn.put(&key, &key, 0);
            model.put(0, &key, &key, 0);
        }
        model.revision = txn.end().revision;
        backend.stage(batch);
        store.publish();
    }
    backend.close().unwrap();
    (disk, model)
}

/// Schedules each compaction that is not scheduled yet and does it in small steps, each made durable.
fn compact(disk: &MemDisk) -> Result<(), BackendError> {
    let (backend, mut store) = open(disk)?;
    let mut compactor = store.compactor();
    for revision in [0].into_iter().chain(COMPACTIONS) {
        let mut batch = Batch::new();
        if store.compact(revision, &mut batch).is_ok() {
            backend.stage(batch);
            store.publish();
        }
        while compactor.step(9)? != CompactionStep::Idle {
            backend.flush()?;
        }
    }
    backend.close()
}

/// Everything that can be read is as in the model.
fn check(disk: &MemDisk, model: &Model, moment: PowerLoss) {
    let (_, store) = open(disk).unwrap_or_else(|error| panic!("{moment:?}: {error}"));
    let reader = store.reader();
    assert_eq!(reader.revision(), REVISIONS, "{moment:?}");
    for at in reader.compact_revision().max(1)..=REVISIONS {
        let query = RangeQuery { range: KeyRange::all(), at, limit: 0, fetch: Fetch::Full };
        assert_eq!(reader.range(&query).unwrap().kvs, model.range(&KeyRange::all(), at), "{moment:?} at {at}");
        let hash = reader.hash_kv(at).unwrap();
        assert_eq!(hash.hash, model.hash_kv(at, hash.compact_revision), "{moment:?} at {at}");
    }
}

fn crash_at(disk: &MemDisk, model: &Model, moment: PowerLoss, seed: u64) {
    let disk = disk.fork();
    disk.set_faults(Faults { power_loss: Some(moment), ..Faults::default() });
    // The last moments are those of closing, of which nobody hears.
    let _ = compact(&disk);
    assert!(open(&disk).is_err(), "the power went at {moment:?}");
    disk.crash(seed);
    check(&disk, model, moment);
    compact(&disk).unwrap();
    check(&disk, model, moment);
    let (_, store) = open(&disk).unwrap();
    assert_eq!(store.reader().compact_revision(), REVISIONS);
    assert_eq!(store.compactor().step(1).unwrap(), CompactionStep::Idle);
}

#[test]
fn a_compaction_survives_a_crash_at_any_moment() {
    let seed = seed("a_compaction_survives_a_crash_at_any_moment");
    let (disk, model) = prepared();
    let (before, whole) = (disk.ops(), disk.fork());
    compact(&whole).unwrap();
    let after = whole.ops();
    assert!(after.syncs > before.syncs + 10);
    let syncs = (before.syncs + 1..=after.syncs).map(PowerLoss::AtSync);
    let writes = (before.writes + 1..=after.writes).map(PowerLoss::AtWrite);
    for (number, moment) in syncs.chain(writes).enumerate() {
        crash_at(&disk, &model, moment, seed.wrapping_add(number as u64));
    }
}
