//! Our files in the hands of real tools: with `ETCDUTL_ORACLE=/path/to/etcdutl` its `snapshot status` checks random files
//! page by page, and hashes what it finds. Without one, only our own reading is compared.

use crate::support::{Buckets, entries, for_seeds, open, random_buckets, random_bytes, write};
use serde_json::Value;
use std::process::Command;

/// A row of etcd's bucket `key`: a revision, and a message with key (field 1) and value (field 5).
fn revision(main: u64, random: &mut fastrand::Rng) -> (Vec<u8>, Vec<u8>) {
    let key = [&main.to_be_bytes()[..], b"_", &0u64.to_be_bytes()].concat();
    let bytes_max = [100, 10_000][random.usize(0..2)];
    let value = random_bytes(random, 0, bytes_max);
    let length = [(value.len() & 0x7f | 0x80) as u8, (value.len() >> 7) as u8];
    (key, [&[0x0a, 1, b'a' + (main % 7) as u8, 0x2a][..], &length, &value].concat())
}

/// Random contents, with what etcd's tools need: a bucket `key` of revisions, and a bucket `meta`.
fn contents(random: &mut fastrand::Rng) -> Buckets {
    let mut buckets = random_buckets(random);
    buckets.retain(|(name, _)| name != b"key" && name != b"meta");
    let rows = (1..random.u64(2..400)).map(|main| revision(main, random)).collect();
    buckets.push((b"key".to_vec(), rows));
    buckets.push((b"meta".to_vec(), Vec::new()));
    buckets.sort();
    buckets
}

/// As etcd's tool hashes a file: CRC-32C over names, keys and values.
fn hash(buckets: &Buckets) -> u32 {
    let mut hash = 0;
    for (name, rows) in buckets {
        hash = crc32c::crc32c_append(hash, name);
        for (key, value) in rows {
            hash = crc32c::crc32c_append(crc32c::crc32c_append(hash, key), value);
        }
    }
    hash
}

#[test]
fn etcds_tool_accepts_our_files() {
    let tool = std::env::var("ETCDUTL_ORACLE").ok();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("snapshot.db");
    for_seeds(40, |seed| {
        let random = &mut fastrand::Rng::with_seed(seed);
        let buckets = contents(random);
        let bytes = write(&buckets, 1 << random.u32(10..=16));
        assert_eq!(entries(&open(&bytes).unwrap()).unwrap().len(), buckets.len());
        let Some(tool) = &tool else { return };
        std::fs::write(&path, &bytes).unwrap();
        let output = Command::new(tool).args(["snapshot", "status", "-w", "json"]).arg(&path).output().unwrap();
        let status: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
        assert_eq!(status["hash"], hash(&buckets));
        assert_eq!(status["totalSize"], bytes.len());
        let revisions = buckets.iter().find(|(name, _)| name == b"key").map_or(0, |(_, rows)| rows.len());
        assert_eq!(status["revision"], revisions);
    });
}
