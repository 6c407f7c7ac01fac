//! What the other files share: a log in one folder, and short ways to write it.

use etcd::{
    disk::{Disk, mem::MemDisk},
    pb::{
        raftpb::{ConfState, Entry, HardState},
        walpb,
    },
    wal::{Position, Recovered, Wal, WalConfig, WalError},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

pub const METADATA: &[u8] = b"\x08\x01\x10\x02";

pub fn dir() -> &'static Path {
    Path::new("/member/wal")
}

pub fn sized(segment_bytes: u64) -> WalConfig {
    WalConfig { segment_bytes, ..WalConfig::default() }
}

/// A disk with a new log.
pub fn create(config: &WalConfig) -> (MemDisk, Wal) {
    let disk = MemDisk::new();
    let wal = Wal::create(Arc::new(disk.clone()), dir(), METADATA, config).unwrap();
    (disk, wal)
}

/// Opens from the beginning.
pub fn open(disk: &MemDisk, config: &WalConfig) -> Result<(Wal, Recovered), WalError> {
    open_from(disk, Position::default(), config)
}

pub fn open_from(disk: &MemDisk, from: Position, config: &WalConfig) -> Result<(Wal, Recovered), WalError> {
    Wal::open(Arc::new(disk.clone()), dir(), from, config)
}

/// An entry with a payload that its place and length determine.
pub fn entry(term: u64, index: u64, len: usize) -> Entry {
    let data: Vec<u8> = (0..len).map(|i| (i as u64 * 7 + index * 13 + term) as u8 | 1).collect();
    Entry { term, index, data: data.into(), ..Entry::default() }
}

pub fn entries(term: u64, indexes: std::ops::Range<u64>, len: usize) -> Vec<Entry> {
    indexes.map(|index| entry(term, index, len)).collect()
}

pub fn state(term: u64, commit: u64) -> HardState {
    HardState { term, vote: 1, commit }
}

pub fn snapshot(index: u64, term: u64) -> walpb::Snapshot {
    let conf_state = (index > 0).then(|| ConfState { voters: vec![1], ..ConfState::default() });
    walpb::Snapshot { index, term, conf_state }
}

/// The segments, oldest first.
pub fn segments(disk: &MemDisk) -> Vec<PathBuf> {
    let names = disk.list(dir()).unwrap_or_default();
    names.iter().filter(|name| name.ends_with(".wal")).map(|name| dir().join(name)).collect()
}

/// The seeds of a random test: `count` of them, or the one in the environment variable `WAL_SEED`.
pub fn seeds(count: u64) -> std::ops::Range<u64> {
    match std::env::var("WAL_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => seed..seed + 1,
        None => 0..count,
    }
}
