//! The first records of a log that etcd 3.7.1 wrote: one new member on the loopback, then `put boot x`.

use crate::support::{dir, open, sized};
use etcd::{
    disk::{Disk, mem::MemDisk},
    pb::{
        etcdserverpb::{InternalRaftRequest, Metadata},
        raftpb::HardState,
    },
    wal::{Recovered, Wal},
};
use prost::Message;
use std::{path::Path, sync::Arc};

const BYTES: &[u8] = include_bytes!("fixtures/etcd-3.7.1.wal");

/// Where the first hard state ends. Behind it, etcd 3.7 leaves the type of a normal entry out, and we write it, as etcd 3.5
/// does; both read both.
const FIRST_GROUP_END: usize = 0xe8;

const SEGMENT: &str = "0000000000000000-0000000000000000.wal";

fn read(bytes: &[u8]) -> (Wal, Recovered, MemDisk) {
    let disk = MemDisk::new();
    disk.create_dir_all(dir()).unwrap();
    disk.write_file(&dir().join(SEGMENT), bytes).unwrap();
    let (wal, recovered) = open(&disk, &sized(4096)).unwrap();
    (wal, recovered, disk)
}

#[test]
fn etcds_log_is_read() {
    let (_, recovered, _) = read(BYTES);
    let metadata = Metadata::decode(&recovered.metadata[..]).unwrap();
    assert_eq!((metadata.node_id, metadata.cluster_id), (0xbdae_9bbc_11dd_390d, 0xd1cf_af99_9eb9_7a2a));
    assert_eq!(recovered.hard_state, HardState { term: 2, vote: metadata.node_id, commit: 5 });
    let seen: Vec<_> = recovered.entries.iter().map(|entry| (entry.index, entry.term, entry.entry_type)).collect();
    assert_eq!(seen, [(1, 1, 1), (2, 2, 0), (3, 2, 0), (4, 2, 0), (5, 2, 0)]);
    let put = InternalRaftRequest::decode(recovered.entries[4].data.clone()).unwrap().put.unwrap();
    assert_eq!((&put.key[..], &put.value[..]), (&b"boot"[..], &b"x"[..]));
    assert_eq!((recovered.snapshots.len(), recovered.repaired), (1, None));
}

#[test]
fn the_same_records_are_written_as_the_same_bytes() {
    let (_, theirs, _) = read(&BYTES[..FIRST_GROUP_END]);
    let disk = MemDisk::new();
    let mut wal = Wal::create(Arc::new(disk.clone()), dir(), &theirs.metadata, &sized(4096)).unwrap();
    wal.append(Some(&theirs.hard_state), &theirs.entries).unwrap();
    wal.sync().unwrap();
    let ours = disk.read_file(&dir().join(SEGMENT)).unwrap();
    assert_eq!(ours[..FIRST_GROUP_END], BYTES[..FIRST_GROUP_END]);
    assert!(ours[FIRST_GROUP_END..].iter().all(|byte| *byte == 0));
}

#[test]
fn etcds_log_is_written_on() {
    let (mut wal, before, disk) = read(BYTES);
    let more = crate::support::entries(3, 6..9, 700);
    wal.append(Some(&HardState { term: 3, ..before.hard_state }), &more).unwrap();
    wal.close().unwrap();
    let (_, after) = open(&disk, &sized(4096)).unwrap();
    assert_eq!(after.entries, [before.entries, more].concat());
    assert_eq!(disk.list(Path::new("/member/wal")).unwrap(), [SEGMENT]);
}
