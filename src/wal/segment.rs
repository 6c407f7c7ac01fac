//! Segments: their names, and which of a folder's files make up the log.

use super::error::{WalError, at};
use crate::disk::Disk;
use std::path::Path;

/// `<sequence>-<index>.wal`, both as 16 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SegmentName {
    /// Counts the segments of a log, from 0.
    pub sequence: u64,
    /// Entries before this index are in earlier segments; the first entry may have a lower one, when it replaces others.
    pub first_index: u64,
}

impl SegmentName {
    fn parse(name: &str) -> Option<Self> {
        let (sequence, first_index) = name.strip_suffix(".wal")?.split_once('-')?;
        let number = |hex: &str| match hex.len() {
            16 if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => u64::from_str_radix(hex, 16).ok(),
            _ => None,
        };
        Some(Self { sequence: number(sequence)?, first_index: number(first_index)? })
    }
}

impl std::fmt::Display for SegmentName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}-{:016x}.wal", self.sequence, self.first_index)
    }
}

/// The segments of a log, oldest first: the newest and what precedes it without a gap. Older ones beyond a gap are what a
/// power loss left of a purge. Other names are ignored, as etcd does.
pub(super) fn list(disk: &dyn Disk, dir: &Path) -> Result<Vec<SegmentName>, WalError> {
    let names = disk.list(dir).map_err(at(dir))?;
    let mut segments: Vec<SegmentName> = names.iter().filter_map(|name| SegmentName::parse(name)).collect();
    segments.sort_unstable();
    let run = segments.windows(2).rposition(|pair| pair[0].sequence.checked_add(1) != Some(pair[1].sequence));
    Ok(segments.split_off(run.map_or(0, |gap| gap + 1)))
}

/// Does the folder hold a log? One file that ends in `.wal` is enough, as in etcd: a log is never made over the remains
/// of another.
pub(super) fn any(disk: &dyn Disk, dir: &Path) -> bool {
    disk.list(dir).is_ok_and(|names| names.iter().any(|name| name.ends_with(".wal")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::mem::MemDisk;

    #[test]
    fn names() {
        let name = SegmentName { sequence: 26, first_index: 0x1234 };
        assert_eq!(name.to_string(), "000000000000001a-0000000000001234.wal");
        assert_eq!(SegmentName::parse(&name.to_string()), Some(name));
        for wrong in ["0.tmp", "1a-1234.wal", "000000000000001a-000000000000123+.wal", "a.wal.broken", "", "x.wal"] {
            assert_eq!(SegmentName::parse(wrong), None);
        }
    }

    #[test]
    fn a_log_ends_at_the_first_gap_seen_from_its_end() {
        let disk = MemDisk::new();
        for sequence in [0, 1, 3, 4, 5] {
            let name = SegmentName { sequence, first_index: sequence * 10 };
            disk.write_file(&Path::new("/").join(name.to_string()), b"").unwrap();
        }
        let found: Vec<u64> = list(&disk, Path::new("/")).unwrap().iter().map(|name| name.sequence).collect();
        assert_eq!(found, [3, 4, 5]);
    }
}
