//! Random histories against a model: a list of entries. Every end that a history can come to is among its operations: a
//! clean close, a killed process, a power loss. The model knows all states that the log may be found in afterwards.

use crate::support::{METADATA, create, entry, open_from, segments, sized, snapshot, state};
use etcd::{
    disk::mem::MemDisk,
    pb::raftpb::{Entry, HardState},
    wal::{Position, Recovered, Wal, WalConfig},
};
use proptest::prelude::*;

#[derive(Clone, Debug)]
pub enum Op {
    /// Replaces the last `replace` uncommitted entries by `count` of a newer term, and commits some.
    Append {
        replace: u8,
        count: u8,
        len: u16,
        commit: u8,
    },
    /// Commits some more.
    Commit(u8),
    Sync,
    /// A snapshot record at the commit index.
    Snapshot,
    /// Makes the next segment.
    Prepare,
    Purge,
    Close,
    Kill,
    PowerLoss(u64),
}

pub fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        8 => (0u8..4, 0u8..6, prop_oneof![0u16..40, 400u16..700, 0u16..3000], 0u8..4)
            .prop_map(|(replace, count, len, commit)| Op::Append { replace, count, len, commit }),
        2 => (0u8..4).prop_map(Op::Commit),
        4 => Just(Op::Sync),
        1 => Just(Op::Snapshot),
        1 => Just(Op::Prepare),
        1 => Just(Op::Purge),
        1 => Just(Op::Close),
        1 => Just(Op::Kill),
        2 => any::<u64>().prop_map(Op::PowerLoss),
    ];
    proptest::collection::vec(op, 1..60)
}

/// What a log holds.
#[derive(Clone, Debug, Default, PartialEq)]
struct Log {
    entries: Vec<Entry>,
    state: HardState,
}

/// A log beside its model.
pub struct Pair {
    pub disk: MemDisk,
    config: WalConfig,
    wal: Option<Wal>,
    now: Log,
    /// What may be found after a crash, beside all of it: what was synced, and some of the entries since, without the hard
    /// state that comes behind them.
    possible: Vec<Log>,
    /// The newest snapshot record: the log is opened from there.
    from: Position,
    /// Did a call fail? Then only a crash is left.
    pub failed: bool,
}

impl Pair {
    pub fn new(segment_bytes: u64) -> Self {
        let config = sized(segment_bytes);
        let (disk, wal) = create(&config);
        Self {
            disk,
            config,
            wal: Some(wal),
            now: Log::default(),
            possible: vec![Log::default()],
            from: Position::default(),
            failed: false,
        }
    }

    pub fn run(&mut self, op: &Op) {
        if self.failed {
            return;
        }
        match *op {
            Op::Append { replace, count, len, commit } => self.append(replace, count, len, commit),
            Op::Commit(commit) => self.append(0, 0, 0, commit),
            Op::Sync => {
                let done = self.wal().sync();
                self.done(done.is_ok());
                self.synced();
            }
            Op::Snapshot => self.snapshot(),
            Op::Prepare => {
                if let Some(job) = self.wal().next_segment_job() {
                    let made = job.prepare(|| {});
                    self.wal().accept_segment(made);
                }
            }
            Op::Purge => {
                let index = self.from.index;
                self.wal().release_to(index);
                if let Some(job) = self.wal().purge_job(2) {
                    // The disk may have failed; the log does not mind.
                    let _ = job.run(|| {});
                }
            }
            Op::Close => {
                let done = self.wal.take().unwrap().close();
                self.done(done.is_ok());
                self.synced();
                self.reopen();
            }
            Op::Kill => {
                self.wal = None;
                self.reopen();
            }
            Op::PowerLoss(seed) => self.power_loss(seed),
        }
    }

    /// Crashes, opens, and compares.
    pub fn power_loss(&mut self, seed: u64) {
        self.wal = None;
        self.disk.crash(seed);
        self.failed = false;
        self.reopen();
    }

    fn wal(&mut self) -> &mut Wal {
        self.wal.as_mut().unwrap()
    }

    fn done(&mut self, good: bool) {
        self.failed |= !good;
    }

    fn append(&mut self, replace: u8, count: u8, len: u16, commit: u8) {
        let commit_now = self.now.state.commit as usize;
        let keep = self.now.entries.len().saturating_sub(replace as usize).max(commit_now);
        let term = self.now.state.term + u64::from(keep < self.now.entries.len() || self.now.state.term == 0);
        let first = keep as u64 + 1;
        let new: Vec<Entry> = (0..u64::from(count)).map(|i| entry(term, first + i, len as usize)).collect();
        if new.is_empty() && term != self.now.state.term {
            return;
        }
        for entry in &new {
            self.now.entries.truncate(entry.index as usize - 1);
            self.now.entries.push(entry.clone());
            self.possible.push(Log { entries: self.now.entries.clone(), state: self.possible[0].state });
        }
        let commit = (commit_now + commit as usize).min(self.now.entries.len()) as u64;
        self.now.state = state(term, commit);
        let hard_state = self.now.state;
        let segments_before = segments(&self.disk).len();
        let done = self.wal().append(Some(&hard_state), &new);
        self.done(done.is_ok());
        // A segment that was closed is durable.
        if !self.failed && segments(&self.disk).len() > segments_before {
            self.synced();
        }
    }

    fn snapshot(&mut self) {
        let index = self.now.state.commit;
        let Some(at) = index.checked_sub(1) else { return };
        let position = Position { index, term: self.now.entries[at as usize].term };
        let done = self.wal().save_snapshot(&snapshot(position.index, position.term));
        self.done(done.is_ok());
        if !self.failed {
            self.synced();
            self.from = position;
        }
    }

    fn synced(&mut self) {
        if !self.failed {
            self.possible = vec![self.now.clone()];
        }
    }

    fn reopen(&mut self) {
        if self.failed {
            return;
        }
        let (wal, recovered) = match open_from(&self.disk, self.from, &self.config) {
            Ok(opened) => opened,
            // The disk may be the one that fails.
            Err(etcd::wal::WalError::Io { .. }) if self.disk_fails() => {
                self.failed = true;
                return;
            }
            Err(error) => panic!("{error}"),
        };
        self.wal = Some(wal);
        self.now = self.found(recovered);
        self.possible = vec![self.now.clone()];
    }

    fn disk_fails(&self) -> bool {
        use etcd::disk::Disk;
        self.disk.list(std::path::Path::new("/")).is_err()
    }

    /// Which of the possible states was recovered.
    fn found(&self, recovered: Recovered) -> Log {
        assert_eq!(recovered.metadata, METADATA);
        let from = self.from.index as usize;
        let fits =
            |log: &&Log| log.entries.get(from..) == Some(&recovered.entries[..]) && log.state == recovered.hard_state;
        [&self.now].into_iter().chain(&self.possible).find(fits).cloned().unwrap_or_else(|| {
            let terms = |log: &Log| log.entries.iter().map(|e| (e.index, e.term)).collect::<Vec<_>>();
            let possible: Vec<_> =
                [&self.now].into_iter().chain(&self.possible).map(|log| (terms(log), log.state)).collect();
            let found: Vec<_> = recovered.entries.iter().map(|e| (e.index, e.term)).collect();
            panic!("found {found:?} {:?}, possible from {from}: {possible:?}", recovered.hard_state)
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_log_is_found_as_the_model_says(ops in ops(), segment_bytes in prop_oneof![600u64..3000, Just(16384), Just(1 << 20)]) {
        let mut pair = Pair::new(segment_bytes);
        ops.iter().for_each(|op| pair.run(op));
        pair.power_loss(1);
    }
}
