//! One behaviour each.

use crate::support::{create, dir, entries, entry, open, open_from, segments, sized, snapshot, state};
use etcd::{
    disk::{
        Disk,
        mem::{Faults, MemDisk},
    },
    pb::raftpb::Entry,
    wal::{Position, Wal, WalConfig, WalError},
};
use std::{path::Path, sync::Arc};

#[test]
fn what_is_appended_is_read() {
    let (disk, mut wal) = create(&sized(4096));
    wal.append(Some(&state(1, 0)), &entries(1, 1..4, 10)).unwrap();
    wal.append(Some(&state(1, 3)), &[]).unwrap();
    wal.close().unwrap();
    let (_, recovered) = open(&disk, &sized(4096)).unwrap();
    assert_eq!(recovered.metadata, crate::support::METADATA);
    assert_eq!(recovered.hard_state, state(1, 3));
    assert_eq!(recovered.entries, entries(1, 1..4, 10));
    assert_eq!(recovered.snapshots, [snapshot(0, 0)]);
    assert_eq!(recovered.repaired, None);
}

#[test]
fn an_empty_log_is_a_log() {
    let (disk, wal) = create(&sized(4096));
    drop(wal);
    assert!(Wal::exists(&disk, dir()));
    let (_, recovered) = open(&disk, &sized(4096)).unwrap();
    assert_eq!((recovered.entries.len(), recovered.hard_state.term), (0, 0));
    let again = Wal::create(Arc::new(disk), dir(), b"", &WalConfig::default());
    assert!(matches!(again, Err(WalError::Exists(_))));
}

#[test]
fn a_folder_without_a_log_says_so() {
    let disk = MemDisk::new();
    disk.create_dir_all(dir()).unwrap();
    assert!(!Wal::exists(&disk, dir()));
    assert!(matches!(open(&disk, &sized(4096)), Err(WalError::NoSegment { index: 0, .. })));
    assert!(matches!(Wal::snapshots(&disk, dir()), Err(WalError::NoSegment { .. })));
    assert!(matches!(Wal::snapshots(&disk, Path::new("/none")), Err(WalError::Io { .. })));
}

#[test]
fn a_later_entry_replaces_those_from_its_index_on() {
    let (disk, mut wal) = create(&sized(4096));
    wal.append(Some(&state(1, 2)), &entries(1, 1..6, 10)).unwrap();
    wal.append(Some(&state(2, 2)), &entries(2, 3..5, 10)).unwrap();
    wal.close().unwrap();
    let (_, recovered) = open(&disk, &sized(4096)).unwrap();
    assert_eq!(recovered.entries, [entries(1, 1..3, 10), entries(2, 3..5, 10)].concat());
}

#[test]
fn a_full_segment_is_closed_and_the_next_one_named_after_its_first_entry() {
    let config = sized(1024);
    let (disk, mut wal) = create(&config);
    for index in 1..=20 {
        wal.append(Some(&state(1, index - 1)), &[entry(1, index, 200)]).unwrap();
        wal.sync().unwrap();
    }
    let names: Vec<_> = segments(&disk).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert_eq!(names[..2], ["0000000000000000-0000000000000000.wal", "0000000000000001-0000000000000005.wal"]);
    assert_eq!(disk.list(dir()).unwrap().len(), names.len(), "a .tmp is left");
    drop(wal);
    let (_, recovered) = open(&disk, &config).unwrap();
    assert_eq!(recovered.entries, entries(1, 1..21, 200));
    // From a snapshot on, earlier segments are not read.
    disk.remove_file(&segments(&disk)[0]).unwrap();
    let (_, recovered) = open_from(&disk, Position { index: 10, term: 1 }, &config).unwrap();
    assert_eq!(recovered.entries, entries(1, 11..21, 200));
    assert!(matches!(open(&disk, &config), Err(WalError::NoSegment { index: 0, .. })));
}

#[test]
fn a_prepared_segment_is_used_once() {
    let (disk, mut wal) = create(&sized(1024));
    let job = wal.next_segment_job().unwrap();
    assert!(wal.next_segment_job().is_none());
    // Not in time: the log helps itself.
    wal.append(Some(&state(1, 0)), &[entry(1, 1, 2000)]).unwrap();
    wal.accept_segment(job.prepare(|| {}));
    assert!(disk.exists(&dir().join("0.tmp")));
    assert!(wal.next_segment_job().is_none());
    wal.append(None, &[entry(1, 2, 2000)]).unwrap();
    assert!(!disk.exists(&dir().join("0.tmp")));
    // A failed job is asked for again.
    let job = wal.next_segment_job().unwrap();
    disk.set_faults(Faults { capacity_bytes: Some(0), ..Faults::default() });
    wal.accept_segment(job.prepare(|| {}));
    disk.set_faults(Faults::default());
    assert!(wal.next_segment_job().is_some());
    wal.close().unwrap();
    let (_, recovered) = open(&disk, &sized(1024)).unwrap();
    assert_eq!(recovered.entries, entries(1, 1..3, 2000));
}

#[test]
fn a_reserved_segment_is_left_early_and_a_filled_one_when_it_is_full() {
    const SEGMENT: u64 = 1 << 20;
    let (disk, mut wal) = create(&sized(SEGMENT));
    assert!(!wal.wants_next_segment(), "a short run needs none");
    wal.append(Some(&state(1, 0)), &[entry(1, 1, SEGMENT as usize / 16)]).unwrap();
    wal.sync().unwrap();
    assert!(wal.wants_next_segment());
    let job = wal.next_segment_job().unwrap();
    wal.append(None, &[entry(1, 2, 10)]).unwrap();
    assert_eq!(segments(&disk).len(), 1, "the filled one is not there yet");
    wal.accept_segment(job.prepare(|| {}));
    for (index, expected) in [(3, 2), (4, 2)] {
        wal.append(None, &[entry(1, index, SEGMENT as usize / 8)]).unwrap();
        wal.sync().unwrap();
        assert_eq!(segments(&disk).len(), expected, "after entry {index}");
        assert!(!wal.wants_next_segment(), "what is filled lasts for a while");
    }
    wal.close().unwrap();
    let (_, recovered) = open(&disk, &sized(SEGMENT)).unwrap();
    assert_eq!(recovered.entries.iter().map(|entry| entry.index).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[test]
fn snapshots_above_the_commit_index_are_left_out() {
    let (disk, mut wal) = create(&sized(4096));
    wal.append(Some(&state(1, 2)), &entries(1, 1..4, 10)).unwrap();
    wal.save_snapshot(&snapshot(2, 1)).unwrap();
    wal.save_snapshot(&snapshot(3, 1)).unwrap();
    wal.close().unwrap();
    assert_eq!(Wal::snapshots(&disk, dir()).unwrap(), [snapshot(0, 0), snapshot(2, 1)]);
    let (_, recovered) = open_from(&disk, Position { index: 2, term: 1 }, &sized(4096)).unwrap();
    assert_eq!(recovered.snapshots, [snapshot(0, 0), snapshot(2, 1)]);
    assert_eq!(recovered.entries, entries(1, 3..4, 10));
    let mismatch = open_from(&disk, Position { index: 2, term: 7 }, &sized(4096));
    assert!(matches!(mismatch, Err(WalError::SnapshotMismatch { index: 2, wanted: 7, found: 1 })));
}

#[test]
fn a_leaders_snapshot_replaces_what_it_contradicts() {
    let (disk, mut wal) = create(&sized(4096));
    wal.append(Some(&state(1, 2)), &entries(1, 1..9, 10)).unwrap();
    wal.save_snapshot(&snapshot(5, 3)).unwrap();
    wal.append(Some(&state(3, 5)), &[]).unwrap();
    wal.close().unwrap();
    let (_, recovered) = open_from(&disk, Position { index: 5, term: 3 }, &sized(4096)).unwrap();
    assert_eq!(recovered.entries, []);
    // One of its own says nothing new.
    let (disk, mut wal) = create(&sized(4096));
    wal.append(Some(&state(1, 6)), &entries(1, 1..9, 10)).unwrap();
    wal.save_snapshot(&snapshot(5, 1)).unwrap();
    wal.close().unwrap();
    let (_, recovered) = open_from(&disk, Position { index: 5, term: 1 }, &sized(4096)).unwrap();
    assert_eq!(recovered.entries, entries(1, 6..9, 10));
}

#[test]
fn a_snapshot_far_ahead_names_the_next_segment() {
    let (disk, mut wal) = create(&sized(1024));
    wal.append(Some(&state(1, 2)), &entries(1, 1..4, 10)).unwrap();
    wal.save_snapshot(&snapshot(100, 3)).unwrap();
    wal.append(Some(&state(3, 100)), &[]).unwrap();
    wal.append(None, &entries(3, 101..110, 200)).unwrap();
    wal.append(None, &entries(3, 110..120, 200)).unwrap();
    wal.close().unwrap();
    let from = Position { index: 100, term: 3 };
    assert_eq!(open_from(&disk, from, &sized(1024)).unwrap().1.entries, entries(3, 101..120, 200));
    // Read from the beginning, there is a gap.
    assert!(matches!(open(&disk, &sized(1024)), Err(WalError::Damaged { .. })));
}

/// The names of what went.
fn purge(wal: &mut Wal, keep: usize) -> Vec<String> {
    wal.purge_job(keep).map_or(vec![], |job| job.run(|| {}).unwrap())
}

#[test]
fn only_released_segments_are_purged() {
    let config = sized(1024);
    let (disk, mut wal) = create(&config);
    (1..=20).for_each(|index| wal.append(Some(&state(1, index)), &[entry(1, index, 300)]).unwrap());
    let before = segments(&disk).len();
    assert_eq!(purge(&mut wal, 1), [""; 0]);
    wal.release_to(10);
    assert_eq!(purge(&mut wal, before - 1), ["0000000000000000-0000000000000000.wal"]);
    let removed = purge(&mut wal, 0);
    assert_eq!(segments(&disk).len(), before - 1 - removed.len());
    wal.close().unwrap();
    disk.crash(1);
    let (mut wal, recovered) = open_from(&disk, Position { index: 10, term: 1 }, &config).unwrap();
    assert_eq!(recovered.entries, entries(1, 11..21, 300));
    wal.release_to(1000);
    purge(&mut wal, 0);
    assert_eq!(segments(&disk).len(), 1);
}

/// A segment begins with the hard state, so that the log can be read without the segments before, even when the state
/// has not changed since.
#[test]
fn the_hard_state_outlives_the_segment_in_which_it_was_written() {
    let config = sized(1024);
    let (disk, mut wal) = create(&config);
    wal.append(Some(&state(7, 1)), &[entry(7, 1, 10)]).unwrap();
    wal.save_snapshot(&snapshot(1, 7)).unwrap();
    (2..=10).for_each(|index| wal.append(None, &[entry(7, index, 300)]).unwrap());
    wal.release_to(10);
    assert!(!purge(&mut wal, 1).is_empty());
    wal.close().unwrap();
    let (_, recovered) = open_from(&disk, Position { index: 9, term: 7 }, &config).unwrap();
    assert_eq!(recovered.hard_state, state(7, 1));
    assert_eq!(recovered.entries, entries(7, 10..11, 300));
}

#[test]
fn a_failed_sync_is_the_last() {
    let (disk, mut wal) = create(&sized(4096));
    wal.append(Some(&state(1, 0)), &entries(1, 1..2, 10)).unwrap();
    disk.set_faults(Faults { failing_sync: Some(disk.ops().syncs + 1), ..Faults::default() });
    assert!(matches!(wal.sync(), Err(WalError::Io { .. })));
    assert!(matches!(wal.sync(), Err(WalError::Failed)));
    assert!(matches!(wal.append(None, &[]), Err(WalError::Failed)));
    assert!(matches!(wal.save_snapshot(&snapshot(1, 1)), Err(WalError::Failed)));
    assert!(matches!(wal.close(), Err(WalError::Failed)));
}

#[test]
fn a_full_disk_is_reported() {
    let (disk, mut wal) = create(&sized(1024));
    disk.set_faults(Faults { capacity_bytes: Some(2000), ..Faults::default() });
    let error = wal.append(Some(&state(1, 0)), &[entry(1, 1, 4000)]).unwrap_err();
    assert!(matches!(&error, WalError::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull));
    disk.set_faults(Faults::default());
    assert!(matches!(wal.append(None, &[]), Err(WalError::Failed)));
}

#[test]
fn two_writers_are_one_too_many() {
    let (disk, wal) = create(&sized(4096));
    assert!(matches!(open(&disk, &sized(4096)), Err(WalError::Locked(_))));
    drop(wal);
    open(&disk, &sized(4096)).unwrap();
}

#[test]
fn one_sync_for_many_appends_and_none_for_nothing() {
    let (disk, mut wal) = create(&sized(1 << 20));
    let before = disk.ops();
    (1..=10).for_each(|index| wal.append(Some(&state(1, index)), &[entry(1, index, 100)]).unwrap());
    wal.sync().unwrap();
    wal.sync().unwrap();
    wal.append(Some(&state(1, 10)), &[]).unwrap();
    wal.sync().unwrap();
    let after = disk.ops();
    assert_eq!((after.syncs - before.syncs, after.writes - before.writes), (1, 1));
}

#[test]
fn an_entry_that_could_not_be_read_again_is_not_written() {
    let wrong = [
        Entry { index: 0, ..entry(1, 1, 1) },
        Entry { term: 0, ..entry(1, 1, 1) },
        Entry { entry_type: 9, ..entry(1, 1, 1) },
        Entry { entry_type: 1, ..entry(1, 1, 0) },
    ];
    for wrong in wrong {
        let (_, mut wal) = create(&sized(4096));
        assert!(matches!(wal.append(None, &[wrong]), Err(WalError::Impossible { .. })));
    }
}

#[test]
fn an_entry_larger_than_a_segment_has_its_place() {
    let (disk, mut wal) = create(&sized(1024));
    let large = [entry(1, 1, 3 << 20), entry(1, 2, 10), entry(1, 3, 2 << 20)];
    large.iter().for_each(|entry| wal.append(Some(&state(1, 0)), std::slice::from_ref(entry)).unwrap());
    wal.close().unwrap();
    assert_eq!(open(&disk, &sized(1024)).unwrap().1.entries, large);
}
