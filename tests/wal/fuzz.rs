//! Arbitrary bytes as a segment. Whatever they are: no panic, no huge allocation, and what opens can be written on.
//!
//! `WAL_FUZZ_SECONDS=600 cargo test --test wal fuzz` runs for ten minutes; `WAL_SEED=n` replays one case.

use crate::support::{create, dir, entries, entry, open, seeds, sized, snapshot, state};
use etcd::{
    disk::{Disk, mem::MemDisk},
    wal::Wal,
};
use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

fn path() -> PathBuf {
    dir().join("0000000000000000-0000000000000000.wal")
}

/// The bytes of a sound log.
fn sound(random: &mut fastrand::Rng) -> Vec<u8> {
    let (disk, mut wal) = create(&sized(16384));
    let mut index = 0;
    for _ in 0..random.u64(0..6) {
        let next = index + random.u64(0..4);
        let group = entries(1, index + 1..next + 1, random.usize(0..900));
        wal.append(Some(&state(1, index)), &group).unwrap();
        wal.sync().unwrap();
        if index > 0 && random.u8(0..4) == 0 {
            wal.save_snapshot(&snapshot(index, 1)).unwrap();
        }
        index = next;
    }
    drop(wal);
    disk.read_file(&path()).unwrap()
}

/// Changes some of them.
fn mutate(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    for _ in 0..random.u32(1..8) {
        if bytes.is_empty() {
            return;
        }
        let at = random.usize(0..bytes.len());
        let to = (at + random.usize(0..600)).min(bytes.len());
        match random.u32(0..8) {
            0 => bytes[at] ^= 1 << random.u32(0..8),
            1 => bytes[at] = random.u8(..),
            2 => bytes[at..to].fill(0),
            3 => random.fill(&mut bytes[at..to]),
            4 => bytes.truncate(at),
            5 => drop(bytes.drain(at..to)),
            6 => bytes.extend_from_within(at..to),
            _ => {
                // A length word, of any size.
                let at = at / 8 * 8;
                let word = random.u64(..) >> random.u32(0..64);
                if let Some(there) = bytes.get_mut(at..at + 8) {
                    there.copy_from_slice(&word.to_le_bytes());
                }
            }
        }
    }
}

fn case(seed: u64) {
    let random = &mut fastrand::Rng::with_seed(seed);
    let mut bytes =
        if random.u8(0..4) == 0 { (0..random.usize(0..3000)).map(|_| random.u8(..)).collect() } else { sound(random) };
    mutate(&mut bytes, random);
    let disk = MemDisk::new();
    disk.create_dir_all(dir()).unwrap();
    disk.write_file(&path(), &bytes).unwrap();
    let _ = Wal::snapshots(&disk, dir());
    let Ok((mut wal, before)) = open(&disk, &sized(16384)) else { return };
    let next = before.entries.len() as u64 + 1;
    wal.append(None, &[entry(9, next, 50)]).unwrap();
    wal.close().unwrap();
    let (_, after) = open(&disk, &sized(16384)).unwrap();
    assert_eq!(after.repaired, None);
    assert_eq!(after.entries[..before.entries.len()], before.entries);
    assert_eq!(after.entries.last(), Some(&entry(9, next, 50)));
}

#[test]
fn fuzz() {
    let run = |seed| {
        let result = std::panic::catch_unwind(|| case(seed));
        assert!(result.is_ok(), "WAL_SEED={seed} replays this");
    };
    let Some(seconds) = std::env::var("WAL_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok()) else {
        return seeds(3000).for_each(run);
    };
    let start = Instant::now();
    let first = fastrand::u64(..);
    let mut count = 0;
    while start.elapsed() < Duration::from_secs(seconds) {
        run(first.wrapping_add(count));
        count += 1;
    }
    println!("{count} cases from seed {first}");
}
