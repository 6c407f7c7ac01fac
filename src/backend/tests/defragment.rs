//! A defragmentation gives space back, changes no row, disturbs nobody, and may be cut short anywhere.

use super::{super::meta, *};
use crate::disk::mem::{Faults, PowerLoss};
use std::ops::ControlFlow;

/// More rows than one piece holds, so that writes come between.
const ROWS: u64 = 600;
const ROW_BYTES: usize = 8_000;
/// So often can rows be disturbed.
const ROUNDS_MAX: u64 = ROWS / 10 - 1;

type Model = std::collections::BTreeMap<(Bucket, Vec<u8>), Vec<u8>>;

/// A backend beside an obviously right model of it.
struct Pair {
    backend: Backend,
    staged: Model,
    flushed: Model,
    index: u64,
}

impl Pair {
    fn open(disk: &MemDisk) -> Result<Self, BackendError> {
        let backend = open(disk)?;
        Ok(Self { backend, staged: Model::new(), flushed: Model::new(), index: 0 })
    }

    fn stage(&mut self, rows: Vec<(Bucket, Vec<u8>, Option<Vec<u8>>)>) {
        self.index += 1;
        let mut batch = Batch::new();
        let index = (Bucket::Meta, meta::CONSISTENT_INDEX.to_vec(), Some(self.index.to_be_bytes().to_vec()));
        for (bucket, key, value) in rows.into_iter().chain([index]) {
            match value {
                Some(value) => {
                    batch.put(bucket, &key, Bytes::copy_from_slice(&value));
                    self.staged.insert((bucket, key), value);
                }
                None => {
                    batch.delete(bucket, &key);
                    self.staged.remove(&(bucket, key));
                }
            }
        }
        self.backend.stage(batch);
    }

    fn flush(&mut self) -> Result<(), BackendError> {
        self.backend.flush()?;
        self.flushed = self.staged.clone();
        Ok(())
    }

    /// Rows, of which most go again.
    fn fill(&mut self) -> Result<(), BackendError> {
        let key = |row: u64| row.to_be_bytes().to_vec();
        for row in 0..ROWS {
            self.stage(vec![(Bucket::Key, key(row), Some(vec![row as u8; ROW_BYTES]))]);
        }
        self.flush()?;
        for row in (0..ROWS).filter(|row| row % 2 > 0) {
            self.stage(vec![(Bucket::Key, key(row), None)]);
        }
        self.flush()
    }

    /// What goes on between two pieces: rows before, at and behind the position come, change and go.
    fn disturb(&mut self, round: u64) -> Result<(), BackendError> {
        let key = |row: u64| row.to_be_bytes().to_vec();
        self.stage(vec![
            (Bucket::Alarm, b"early".to_vec(), Some(round.to_be_bytes().to_vec())),
            (Bucket::MembersRemoved, key(round), Some(vec![])),
            (Bucket::Key, key(10 * round), None),
            (Bucket::Key, key(ROWS - 2 - 10 * round), Some(vec![9; 10])),
            (Bucket::Key, key(ROWS + round), Some(vec![1; ROW_BYTES])),
        ]);
        if round.is_multiple_of(2) { self.flush() } else { Ok(()) }
    }
}

fn rows_of(backend: &Backend) -> Model {
    let mut rows = Model::new();
    for bucket in Bucket::ALL {
        for (key, value) in backend.range(bucket, b"", None, usize::MAX).unwrap() {
            rows.insert((bucket, key.into()), value.into());
        }
    }
    rows
}

/// Fills, defragments with writes between the pieces, writes on.
fn live(pair: &mut Pair) -> Result<(), BackendError> {
    pair.fill()?;
    let backend = pair.backend.clone();
    let mut round = 0;
    let mut failed = Ok(());
    let done = backend.defragment(|| {
        round += 1;
        // The last pauses are those in which a reader of the old file is waited for.
        failed = if round < ROUNDS_MAX { pair.disturb(round) } else { Ok(()) };
        if failed.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    failed.and(done)?;
    assert!(round > 1, "writes came between the pieces");
    pair.disturb(ROUNDS_MAX.min(round + 1))?;
    pair.flush()
}

#[test]
fn space_is_given_back_and_every_row_stays() {
    let disk = MemDisk::new();
    let mut pair = Pair::open(&disk).unwrap();
    pair.fill().unwrap();
    let before = pair.backend.size();
    live(&mut pair).unwrap();
    assert_eq!(rows_of(&pair.backend), pair.staged);
    let Pair { backend, staged, .. } = pair;
    assert!(backend.size() < before * 3 / 4, "{before} bytes became {}", backend.size());
    assert_eq!(disk.list(Path::new("member/snap")).unwrap(), ["db"]);
    assert!(matches!(open(&disk), Err(BackendError::Locked { .. })), "the new file is locked as the old one was");
    // Dropped without a last flush, and opened again; usage as counted anew.
    let in_use = backend.size_in_use();
    drop(backend);
    let backend = open(&disk).unwrap();
    assert_eq!((rows_of(&backend), backend.size_in_use()), (staged, in_use));
    // And again, of a file that was defragmented.
    backend.defragment(|| ControlFlow::Continue(())).unwrap();
    assert_eq!(backend.size_in_use(), in_use);
    backend.close().unwrap();
}

#[test]
fn a_reader_of_the_old_file_reads_on() {
    let disk = MemDisk::new();
    let mut pair = Pair::open(&disk).unwrap();
    pair.fill().unwrap();
    let frozen = pair.backend.frozen().unwrap();
    let moment = pair.flushed.clone();
    live(&mut pair).unwrap();
    pair.backend.defragment(|| ControlFlow::Continue(())).unwrap();
    let mut rows = Model::new();
    for bucket in Bucket::ALL {
        let add = |key: &[u8], value: &[u8]| rows.insert((bucket, key.to_vec()), value.to_vec()).is_none();
        frozen.scan(bucket, b"", None, add).unwrap();
    }
    assert_eq!(rows, moment);
    drop(frozen);
    assert_eq!(rows_of(&pair.backend), pair.staged);
}

#[test]
fn one_that_is_ended_early_changes_nothing() {
    let disk = MemDisk::new();
    let mut pair = Pair::open(&disk).unwrap();
    pair.fill().unwrap();
    let backend = pair.backend.clone();
    assert!(matches!(backend.defragment(|| ControlFlow::Break(())), Err(BackendError::Closed)));
    pair.disturb(2).unwrap();
    assert_eq!(rows_of(&backend), pair.staged);
    assert_eq!(disk.list(Path::new("member/snap")).unwrap(), ["db"]);
}

#[test]
fn a_full_disk_ends_it_and_nothing_else() {
    let disk = MemDisk::new();
    let mut pair = Pair::open(&disk).unwrap();
    pair.fill().unwrap();
    let used = disk.read_file(Path::new(PATH)).unwrap().len() as u64;
    for more in [0, 1 << 16, 1 << 20, 3 << 20] {
        disk.set_faults(Faults { capacity_bytes: Some(used + more), ..Faults::default() });
        let refused = pair.backend.defragment(|| ControlFlow::Continue(()));
        let Err(BackendError::Io { source, .. }) = refused else { panic!("{more} bytes more: {refused:?}") };
        assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
        assert_eq!(disk.list(Path::new("member/snap")).unwrap(), ["db"]);
        pair.stage(vec![(Bucket::Cluster, b"still".to_vec(), Some(more.to_be_bytes().to_vec()))]);
        pair.flush().unwrap();
    }
    // It fills up on the way, and is empty again afterwards.
    let mut pieces = 0;
    disk.set_faults(Faults::default());
    let refused = pair.backend.defragment(|| {
        pieces += 1;
        disk.set_faults(Faults { capacity_bytes: Some(0), ..Faults::default() });
        ControlFlow::Continue(())
    });
    assert!(refused.is_err() && pieces == 1);
    disk.set_faults(Faults::default());
    live(&mut pair).unwrap();
    assert_eq!(rows_of(&pair.backend), pair.staged);
}

/// Lives until the power goes at `moment`; what is found afterwards is what some flush left, none older than the last
/// that returned.
fn live_until(moment: PowerLoss, seed: u64) {
    let disk = MemDisk::new();
    let mut pair = Pair::open(&disk).unwrap();
    disk.set_faults(Faults { power_loss: Some(moment), ..Faults::default() });
    assert!(live(&mut pair).is_err(), "the power went at {moment:?}");
    let Pair { backend, staged, flushed, .. } = pair;
    drop(backend);
    disk.crash(seed);
    let backend = open(&disk).unwrap_or_else(|error| panic!("{moment:?}, seed {seed}: {error}"));
    let found = rows_of(&backend);
    assert!(found == flushed || found == staged, "{moment:?}, seed {seed}: rows of no flush");
    assert_eq!(disk.list(Path::new("member/snap")).unwrap(), ["db"], "{moment:?}, seed {seed}");
    backend.defragment(|| ControlFlow::Continue(())).unwrap();
    assert_eq!(rows_of(&backend), found);
}

#[test]
fn every_sync_and_every_write_may_be_the_last() {
    let seed = seed();
    let whole = MemDisk::new();
    let mut pair = Pair::open(&whole).unwrap();
    let opened = whole.ops();
    live(&mut pair).unwrap();
    let ops = whole.ops();
    drop(pair);
    assert!(ops.syncs > opened.syncs + 12);
    for number in opened.syncs + 1..=ops.syncs {
        for round in 0..4 {
            live_until(PowerLoss::AtSync(number), seed.wrapping_add(round));
        }
    }
    for number in (opened.writes + 1..=ops.writes).step_by(1 + (ops.writes - opened.writes) as usize / 100) {
        live_until(PowerLoss::AtWrite(number), seed.wrapping_add(number));
    }
}
