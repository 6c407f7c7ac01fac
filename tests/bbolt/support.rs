//! What the other files share: contents as plain vectors, short ways to write and read them, and random contents.

use etcd::{
    bbolt::{Item, Layout, Planner, ReadError, Reader, TakeRows, WriteError, Writer},
    disk::File,
};
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A bucket's name and rows.
pub type Bucket = (Vec<u8>, Vec<(Vec<u8>, Vec<u8>)>);
/// Buckets and rows, both in order.
pub type Buckets = Vec<Bucket>;

/// What stands in a bucket, or in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    Row(Vec<u8>, Vec<u8>),
    Bucket(Vec<u8>, Vec<Entry>),
}

pub fn as_entries(buckets: &Buckets) -> Vec<Entry> {
    let row = |(key, value): &(Vec<u8>, Vec<u8>)| Entry::Row(key.clone(), value.clone());
    buckets.iter().map(|(name, rows)| Entry::Bucket(name.clone(), rows.iter().map(row).collect())).collect()
}

pub fn feed(buckets: &Buckets, to: &mut dyn TakeRows) -> Result<(), WriteError> {
    for (name, rows) in buckets {
        to.bucket(name)?;
        for (key, value) in rows {
            to.row(key, value)?;
        }
    }
    Ok(())
}

pub fn plan(buckets: &Buckets, page_size: u32) -> Layout {
    let mut planner = Planner::new(page_size).unwrap();
    feed(buckets, &mut planner).unwrap();
    planner.finish().unwrap()
}

pub fn write(buckets: &Buckets, page_size: u32) -> Vec<u8> {
    let layout = plan(buckets, page_size);
    let mut writer = Writer::new(layout, Vec::new()).unwrap();
    feed(buckets, &mut writer).unwrap();
    let bytes = writer.finish().unwrap();
    assert_eq!(bytes.len() as u64, layout.size_bytes());
    bytes
}

/// A file that never changes, and counts what is read of it.
#[derive(Debug)]
pub struct Fixed {
    bytes: Vec<u8>,
    read: AtomicU64,
}

impl Fixed {
    pub fn new(bytes: Vec<u8>) -> Arc<Self> {
        Arc::new(Self { bytes, read: AtomicU64::new(0) })
    }

    /// Bytes that were read so far.
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

impl File for Fixed {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.len() as u64)
    }

    fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> io::Result<()> {
        self.read.fetch_add(buf.len() as u64, Ordering::Relaxed);
        let start = usize::try_from(offset).unwrap();
        let there = self.bytes.get(start..start + buf.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        buf.copy_from_slice(there);
        Ok(())
    }

    fn write_all_at(&self, _: &[u8], _: u64) -> io::Result<()> {
        unreachable!("a file that is read is not written")
    }

    fn set_len(&self, _: u64) -> io::Result<()> {
        unreachable!("a file that is read is not written")
    }

    fn allocate(&self, _: u64) -> io::Result<()> {
        unreachable!("a file that is read is not written")
    }

    fn sync_data(&self) -> io::Result<()> {
        unreachable!("a file that is read is not written")
    }

    fn try_lock(&self) -> io::Result<()> {
        Ok(())
    }
}

pub fn open(bytes: &[u8]) -> Result<Reader, ReadError> {
    Reader::open(Fixed::new(bytes.to_vec()))
}

/// All that a file holds.
pub fn entries(reader: &Reader) -> Result<Vec<Entry>, ReadError> {
    let mut rows = reader.rows()?;
    let mut open: Vec<(Vec<u8>, Vec<Entry>)> = vec![(Vec::new(), Vec::new())];
    while let Some(item) = rows.next()? {
        match item {
            Item::Enter(name) => open.push((name.to_vec(), Vec::new())),
            Item::Row(key, value) => open.last_mut().unwrap().1.push(Entry::Row(key.to_vec(), value.to_vec())),
            Item::Leave => {
                let (name, entries) = open.pop().unwrap();
                open.last_mut().unwrap().1.push(Entry::Bucket(name, entries));
            }
        }
    }
    rows.finish()?;
    let (_, entries) = open.pop().unwrap();
    assert!(open.is_empty(), "every bucket that was entered was left");
    Ok(entries)
}

/// The flags and counts of all nodes that stand in the file behind its metas and freelist, by bbolt's description of a page.
pub fn nodes(bytes: &[u8], page_size: usize) -> Vec<(u16, u16)> {
    let mut nodes = Vec::new();
    let mut at = 3 * page_size;
    while at < bytes.len() {
        let number = |from: usize, len: usize| {
            bytes[at + from..at + from + len].iter().rev().fold(0, |n, b| n << 8 | u64::from(*b))
        };
        assert_eq!(number(0, 8), (at / page_size) as u64);
        nodes.push((number(8, 2) as u16, number(10, 2) as u16));
        at += (1 + number(12, 4) as usize) * page_size;
    }
    nodes
}

/// Random contents of every shape: many small rows, few large ones, long keys, empty buckets and values.
pub fn random_buckets(random: &mut fastrand::Rng) -> Buckets {
    let count = [0, 1, 3, 10, 60][random.usize(0..5)];
    let mut names: Vec<Vec<u8>> = (0..count).map(|_| random_bytes(random, 1, 30)).collect();
    names.sort();
    names.dedup();
    names.into_iter().map(|name| (name, random_rows(random))).collect()
}

fn random_rows(random: &mut fastrand::Rng) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (count, key_max, value_max) = match random.u32(0..7) {
        0 => (0, 1, 1),
        1 => (random.usize(0..8), 10, 40),
        2 => (random.usize(0..3000), 17, 3),
        3 => (random.usize(0..60), 30, 6000),
        4 => (random.usize(0..6), 20, 200_000),
        5 => (random.usize(0..60), 3000, 100),
        _ => (random.usize(0..7), 32768, 9000),
    };
    let mut keys: Vec<Vec<u8>> = (0..count).map(|_| random_bytes(random, 1, key_max)).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter().map(|key| (key, random_bytes(random, 0, value_max))).collect()
}

/// Random contents of a few dozen pages.
pub fn few_buckets(random: &mut fastrand::Rng) -> Buckets {
    (0..random.u8(0..6))
        .map(|name| {
            let (count, value_max) = [(0, 0), (5, 20), (300, 60), (15, 2500)][random.usize(0..4)];
            (
                vec![name + 1],
                (0..count).map(|i: u16| (i.to_be_bytes().to_vec(), random_bytes(random, 0, value_max))).collect(),
            )
        })
        .collect()
}

pub fn random_bytes(random: &mut fastrand::Rng, min: usize, max: usize) -> Vec<u8> {
    let mut bytes = vec![0; random.usize(min..=max)];
    random.fill(&mut bytes);
    bytes
}

/// The seeds of a random test: `count` of them, or the one in the environment variable `BBOLT_SEED`. A failure prints it.
pub fn for_seeds(count: u64, case: impl Fn(u64) + std::panic::RefUnwindSafe) {
    let seeds = match std::env::var("BBOLT_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => seed..seed + 1,
        None => 0..count,
    };
    for seed in seeds {
        let result = std::panic::catch_unwind(|| case(seed));
        assert!(result.is_ok(), "BBOLT_SEED={seed} replays this");
    }
}
