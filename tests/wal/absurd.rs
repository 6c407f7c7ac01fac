//! Logs that ask for too much, as the audit of etcd in 2020 found them (TOB-ETCD-006 and 007, CVE-2020-15106 and 15112): an index
//! or a length that is used before it is looked at ended the process, or asked for all memory. The bytes here are otherwise sound:
//! every checksum is right, since whoever means harm can compute one.

use crate::support::{METADATA, dir, entry, open, sized, snapshot, state};
use etcd::{
    disk::{Disk, mem::MemDisk},
    pb::{raftpb::Entry, walpb},
    wal::{Recovered, Wal, WalError},
};
use prost::Message;
use std::path::PathBuf;

const ENTRY: i64 = 2;

/// A segment in the making.
struct Segment {
    bytes: Vec<u8>,
    crc: u32,
}

impl Segment {
    /// As a new log begins.
    fn begun() -> Self {
        let mut segment = Self { bytes: Vec::new(), crc: 0 };
        segment.frame(4, None);
        segment.record(1, METADATA.to_vec());
        segment.record(5, snapshot(0, 0).encode_to_vec());
        segment
    }

    /// A record that follows those before.
    fn record(&mut self, kind: i64, data: Vec<u8>) {
        self.crc = crc32c::crc32c_append(self.crc, &data);
        self.frame(kind, Some(data));
    }

    fn frame(&mut self, kind: i64, data: Option<Vec<u8>>) {
        let data = data.map(Into::into);
        let record = walpb::Record { r#type: kind, crc: self.crc, data }.encode_to_vec();
        let padding = record.len().next_multiple_of(8) - record.len();
        let high = if padding == 0 { 0 } else { 0x80 | padding as u64 };
        self.bytes.extend((record.len() as u64 | high << 56).to_le_bytes());
        self.bytes.extend(record);
        self.bytes.extend(vec![0; padding]);
    }

    fn open(&self) -> Result<Recovered, WalError> {
        let disk = MemDisk::new();
        disk.create_dir_all(dir()).unwrap();
        let path: PathBuf = dir().join("0000000000000000-0000000000000000.wal");
        disk.write_file(&path, &self.bytes).unwrap();
        let snapshots = Wal::snapshots(&disk, dir());
        let opened = open(&disk, &sized(1 << 20)).map(|(_, recovered)| recovered);
        if let (Ok(recovered), Ok(snapshots)) = (&opened, snapshots) {
            assert_eq!(recovered.snapshots, snapshots);
        }
        opened
    }
}

#[test]
fn an_entry_far_ahead_is_damage() {
    for index in [2, 1 << 20, 1 << 40, u64::MAX / 2, u64::MAX - 1, u64::MAX] {
        let mut segment = Segment::begun();
        segment.record(ENTRY, Entry { index, ..entry(1, 1, 20) }.encode_to_vec());
        segment.record(3, state(1, 0).encode_to_vec());
        assert!(matches!(segment.open(), Err(WalError::Damaged { .. })), "{index}");
    }
    // The first that there can be is none.
    let mut segment = Segment::begun();
    segment.record(ENTRY, entry(1, 1, 20).encode_to_vec());
    segment.record(3, state(1, 1).encode_to_vec());
    assert_eq!(segment.open().unwrap().entries, [entry(1, 1, 20)]);
}

#[test]
fn a_commit_index_far_ahead_is_damage() {
    for commit in [2, 1 << 40, u64::MAX] {
        let mut segment = Segment::begun();
        segment.record(ENTRY, entry(1, 1, 20).encode_to_vec());
        segment.record(3, state(1, commit).encode_to_vec());
        assert!(matches!(segment.open(), Err(WalError::Damaged { .. })), "{commit}");
    }
}

#[test]
fn a_length_that_is_absurd_is_damage_and_not_memory() {
    let begun = Segment::begun();
    let record = walpb::Record { r#type: ENTRY, crc: 0, data: Some(vec![7; 20].into()) }.encode_to_vec();
    for length in [1u64 << 31, 1 << 40, (1 << 56) - 8, 1 << 62, u64::MAX, u64::MAX / 2] {
        let bytes = [&begun.bytes[..], &length.to_le_bytes(), &record, &[9; 4096]].concat();
        let error = Segment { bytes, crc: 0 }.open().unwrap_err();
        assert!(matches!(error, WalError::Damaged { .. }), "{length}: {error}");
    }
    // One that a record may have, in a file that is far shorter.
    for length in [1u64 << 29, 1 << 30] {
        let bytes = [&begun.bytes[..], &length.to_le_bytes(), &record, &[9; 4096]].concat();
        match (Segment { bytes, crc: 0 }).open() {
            Ok(recovered) => assert!(recovered.entries.is_empty(), "{length}"),
            Err(error) => assert!(matches!(error, WalError::Damaged { .. }), "{length}: {error}"),
        }
    }
    // Within a frame that fits, the data claim to be longer.
    for length in [21u8, 22, 60, 127] {
        let mut lying = record.clone();
        let at = lying.len() - 21;
        assert_eq!(lying[at], 20);
        lying[at] = length;
        let padding = lying.len().next_multiple_of(8) - lying.len();
        let high = if padding == 0 { 0 } else { 0x80 | padding as u64 };
        let word = lying.len() as u64 | high << 56;
        let bytes = [&begun.bytes[..], &word.to_le_bytes(), &lying, &vec![0; padding]].concat();
        let error = Segment { bytes, crc: 0 }.open().unwrap_err();
        assert!(matches!(error, WalError::Damaged { .. }), "{length}: {error}");
    }
}
