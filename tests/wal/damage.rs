//! Every bit, every sector and every length of small logs that were synced to their end: what comes back is right, or
//! nothing comes back.

use crate::support::{create, dir, entries, entry, open, segments, sized, snapshot, state};
use etcd::{
    disk::mem::MemDisk,
    pb::raftpb::Entry,
    wal::{Recovered, Wal, WalError},
};

/// A log of one segment, of several groups, and where each record of an entry ends.
fn one_segment() -> (MemDisk, Vec<Entry>) {
    let (disk, mut wal) = create(&sized(4096));
    let all = [entries(1, 1..3, 20), entries(1, 3..5, 600), entries(2, 5..8, 8), entries(2, 8..9, 200)];
    for group in &all {
        let last = group.last().unwrap();
        wal.append(Some(&state(last.term, last.index - 1)), group).unwrap();
        wal.sync().unwrap();
    }
    drop(wal);
    (disk, all.concat())
}

/// A log of some segments.
fn some_segments() -> (MemDisk, Vec<Entry>) {
    let (disk, mut wal) = create(&sized(700));
    let all = entries(3, 1..11, 150);
    for entry in &all {
        wal.append(Some(&state(3, entry.index - 1)), std::slice::from_ref(entry)).unwrap();
        wal.sync().unwrap();
        if entry.index == 9 {
            wal.save_snapshot(&snapshot(8, 3)).unwrap();
        }
    }
    drop(wal);
    assert!(segments(&disk).len() > 2);
    (disk, all)
}

fn try_open(disk: &MemDisk) -> Result<Recovered, WalError> {
    // The other reader must not panic either, and agree.
    let snapshots = Wal::snapshots(disk, dir());
    let opened = open(disk, &sized(4096)).map(|(_, recovered)| recovered);
    if let (Ok(recovered), Ok(snapshots)) = (&opened, &snapshots) {
        assert_eq!(&recovered.snapshots, snapshots);
    }
    opened
}

#[test]
fn no_flipped_bit_goes_unseen() {
    for (disk, all) in [one_segment(), some_segments()] {
        let (mut refused, mut harmless) = (0, 0);
        for path in segments(&disk) {
            for offset in 0..disk.read_file(&path).unwrap().len() as u64 {
                for bit in 0..8 {
                    let copy = disk.fork();
                    copy.crash(0);
                    copy.flip_bit(&path, offset, bit).unwrap();
                    match try_open(&copy) {
                        Ok(recovered) => {
                            assert!(recovered.entries == all, "{path:?} {offset}.{bit}: {recovered:?}");
                            assert_eq!(recovered.hard_state.commit, all.len() as u64 - 1, "{path:?} {offset}.{bit}");
                            harmless += 1;
                        }
                        Err(WalError::Damaged { .. }) => refused += 1,
                        Err(error) => panic!("{path:?} {offset}.{bit}: {error}"),
                    }
                }
            }
        }
        // Harmless are bits of padding, and of the space that is not used yet.
        println!("{refused} refused, {harmless} harmless");
        assert!(refused > 10_000);
    }
}

#[test]
fn a_cut_file_gives_a_first_part_or_nothing() {
    for (disk, all) in [one_segment(), some_segments()] {
        let paths = segments(&disk);
        for (number, path) in paths.iter().enumerate() {
            let bytes = disk.read_file(path).unwrap();
            let used = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
            let mut longest = 0;
            for len in 0..bytes.len() {
                let copy = disk.fork();
                copy.crash(0);
                copy.write_file(path, &bytes[..len]).unwrap();
                match try_open(&copy) {
                    Ok(recovered) => {
                        assert!(number + 1 == paths.len() || len >= used, "{path:?} cut at {len} went unseen");
                        assert!(all.starts_with(&recovered.entries), "{path:?} cut at {len}");
                        assert!(recovered.entries.len() >= longest, "{path:?} cut at {len}");
                        longest = recovered.entries.len();
                    }
                    Err(WalError::Damaged { .. }) => assert!(len < used, "{path:?} cut at {len}"),
                    Err(error) => panic!("{path:?} cut at {len}: {error}"),
                }
            }
            assert_eq!(longest, if number + 1 == paths.len() || used < bytes.len() { all.len() } else { 0 });
        }
    }
}

/// A lost sector looks like a torn write, unless what is behind it was begun after a sync.
#[test]
fn no_lost_sector_in_the_middle_goes_unseen() {
    let (disk, mut wal) = create(&sized(1 << 16));
    let all = entries(1, 1..31, 400);
    for group in all.chunks(3) {
        wal.append(Some(&state(1, group[0].index)), group).unwrap();
        wal.sync().unwrap();
    }
    drop(wal);
    let path = &segments(&disk)[0];
    let bytes = disk.read_file(path).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    let mut refused = 0;
    for sector in (0..used).step_by(512) {
        let mut bytes = bytes.clone();
        bytes[sector..sector + 512].fill(0);
        disk.write_file(path, &bytes).unwrap();
        match try_open(&disk) {
            // Two groups and a bit: enough behind it, and the proof is there.
            Ok(recovered) => assert!(
                sector + 3000 > used && all.starts_with(&recovered.entries) && recovered.entries.len() >= 24,
                "sector at {sector} of {used}"
            ),
            Err(WalError::Damaged { .. }) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(refused > 10);
}

/// The length word is the last in its sector, and lost; the record is whole.
#[test]
fn a_lost_length_word_is_mended() {
    let (disk, mut wal) = create(&sized(4096));
    let path = segments(&disk)[0].clone();
    let end = |disk: &MemDisk| {
        let bytes = disk.read_file(&path).unwrap();
        bytes.iter().rposition(|byte| *byte != 0).unwrap() / 8 * 8 + 8
    };
    let mut index = 0;
    while end(&disk) % 512 != 504 {
        index += 1;
        let missing = (504 + 512 - end(&disk) % 512) % 512;
        // A record of 32 bytes at least; the rest is hit sooner or later.
        let len = if missing > 100 { missing - 64 } else { 1 };
        wal.append(None, &[entry(1, index, len)]).unwrap();
        wal.sync().unwrap();
    }
    let at = end(&disk);
    wal.append(Some(&state(1, index)), &[entry(1, index + 1, 100)]).unwrap();
    wal.sync().unwrap();
    drop(wal);
    let mut bytes = disk.read_file(&path).unwrap();
    bytes[at..at + 8].fill(0);
    disk.write_file(&path, &bytes).unwrap();
    let (_, recovered) = open(&disk, &sized(4096)).unwrap();
    assert_eq!(recovered.entries.len() as u64, index + 1);
    assert_eq!(recovered.hard_state, state(1, index));
    assert!(recovered.repaired.is_some());
    // For good.
    let (_, recovered) = open(&disk, &sized(4096)).unwrap();
    assert_eq!((recovered.entries.len() as u64, recovered.repaired), (index + 1, None));
}

#[test]
fn damage_names_file_and_place_and_changes_nothing() {
    let (disk, _) = some_segments();
    let path = &segments(&disk)[1];
    disk.flip_bit(path, 200, 3).unwrap();
    let before = disk.ops().writes;
    let error = open(&disk, &sized(700)).unwrap_err();
    let WalError::Damaged { path: named, offset, .. } = &error else { panic!("{error}") };
    assert_eq!(named, path);
    println!("{error}");
    assert!((0..=200).contains(offset) && offset % 8 == 0);
    assert_eq!(error.to_string(), format!("wal: {}: damaged at byte {offset}: checksum mismatch", path.display()));
    assert_eq!(disk.ops().writes, before);
}

#[test]
fn a_missing_segment_is_seen() {
    use etcd::disk::Disk;
    let (disk, _) = some_segments();
    disk.remove_file(&segments(&disk)[1]).unwrap();
    assert!(matches!(open(&disk, &sized(700)), Err(WalError::NoSegment { index: 0, .. })));
}
