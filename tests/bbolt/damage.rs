//! Bytes of any kind as a file. Whatever they are: no panic, no endless reading, and what is read without an error is in
//! order, so that it can be written again.
//!
//! `BBOLT_FUZZ_SECONDS=600 cargo test --test bbolt fuzz` runs for ten minutes; `BBOLT_SEED=n` replays one case.

use crate::{
    golden::{BBOLT, ETCD},
    support::{Buckets, Entry, Fixed, as_entries, entries, few_buckets, for_seeds, open, write},
};
use etcd::bbolt::Reader;
use std::time::{Duration, Instant};

/// Reads a file that may be damaged, and holds it to what a reader promises.
fn survive(bytes: &[u8]) {
    let len = bytes.len() as u64;
    let file = Fixed::new(bytes.to_vec());
    let Ok(reader) = Reader::open(file.clone()) else { return };
    let read = entries(&reader);
    // Metas are looked for in 25 places. Then each page once; and rows beyond the start of a large node once more.
    assert!(file.bytes_read() <= 2 * len + 8192, "{} bytes read of {len}", file.bytes_read());
    let Ok(read) = read else { return };
    ascends(&read);
    // Contents that nest cannot be written.
    let flat: Option<Buckets> = read
        .iter()
        .map(|entry| match entry {
            Entry::Bucket(name, rows) => Some((name.clone(), rows.iter().map(as_row).collect::<Option<_>>()?)),
            Entry::Row(..) => None,
        })
        .collect();
    let Some(flat) = flat else { return };
    assert_eq!(entries(&open(&write(&flat, 1024)).unwrap()).unwrap(), as_entries(&flat));
}

fn as_row(entry: &Entry) -> Option<(Vec<u8>, Vec<u8>)> {
    match entry {
        Entry::Row(key, value) => Some((key.clone(), value.clone())),
        Entry::Bucket(..) => None,
    }
}

fn ascends(entries: &[Entry]) {
    let key = |entry: &Entry| match entry {
        Entry::Row(key, _) | Entry::Bucket(key, _) => key.clone(),
    };
    assert!(entries.windows(2).all(|pair| key(&pair[0]) < key(&pair[1])));
    for entry in entries {
        if let Entry::Bucket(_, entries) = entry {
            ascends(entries);
        }
    }
}

fn page_size(bytes: &[u8]) -> usize {
    bytes.get(24..28).and_then(|size| size.try_into().ok()).map_or(4096, |size| u32::from_le_bytes(size) as usize)
}

/// The bytes of a file and the size of its pages.
fn sound(random: &mut fastrand::Rng) -> (Vec<u8>, usize) {
    let bytes = match random.u32(0..4) {
        0 => BBOLT.to_vec(),
        1 => ETCD.to_vec(),
        _ => write(&few_buckets(random), 1024),
    };
    let page_size = page_size(&bytes);
    (bytes, page_size)
}

/// Changes something, mostly where it matters: in headers and elements.
fn mutate(bytes: &mut Vec<u8>, page_size: usize, random: &mut fastrand::Rng) {
    let pages = bytes.len() / page_size;
    if pages == 0 {
        return;
    }
    let (page, other) = (random.usize(0..pages) * page_size, random.usize(0..pages) * page_size);
    match random.u32(0..9) {
        0 => {
            let at = random.usize(0..bytes.len());
            bytes[at] ^= 1 << random.u32(0..8);
        }
        1 => {
            // A field of 2, 4 or 8 bytes in the first elements becomes some number, small or of any size.
            let width = [2, 4, 8][random.usize(0..3)];
            let at = page + random.usize(0..16) * width;
            let number =
                if random.bool() { random.u64(0..pages as u64 + 2) } else { random.u64(..) >> random.u32(0..64) };
            bytes[at..at + width].copy_from_slice(&number.to_le_bytes()[..width]);
        }
        2 => {
            let field = page + 16 + random.usize(0..10) * 16 + random.usize(0..4) * 4;
            if let Some(field) = bytes.get_mut(field..field + 4) {
                field[random.usize(0..4)] = random.u8(..);
            }
        }
        3 => bytes.copy_within(page..page + page_size, other),
        4 => {
            // Another page that knows its own number.
            bytes.copy_within(page..page + page_size, other);
            bytes[other..other + 8].copy_from_slice(&((other / page_size) as u64).to_le_bytes());
        }
        5 => bytes[page..page + page_size].fill(0),
        6 => random.fill(&mut bytes[page..page + page_size]),
        7 => bytes.truncate(random.usize(0..bytes.len())),
        _ => bytes.extend_from_within(page..),
    }
}

/// Makes the metas' checksums right again, so that what they say is believed.
fn seal(bytes: &mut [u8], page_size: usize) {
    for meta in [16, page_size + 16] {
        if let Some(meta) = bytes.get_mut(meta..meta + 64) {
            let sum = meta[..56]
                .iter()
                .fold(0xcbf2_9ce4_8422_2325u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
            meta[56..].copy_from_slice(&sum.to_le_bytes());
        }
    }
}

fn case(seed: u64) {
    let random = &mut fastrand::Rng::with_seed(seed);
    let (mut bytes, page_size) = sound(random);
    for _ in 0..random.u32(1..6) {
        mutate(&mut bytes, page_size, random);
    }
    seal(&mut bytes, page_size);
    survive(&bytes);
}

#[test]
fn fuzz() {
    let Some(seconds) = std::env::var("BBOLT_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok()) else {
        return for_seeds(20_000, case);
    };
    let (start, first) = (Instant::now(), fastrand::u64(..));
    let mut count = 0;
    while start.elapsed() < Duration::from_secs(seconds) {
        let seed = first.wrapping_add(count);
        let result = std::panic::catch_unwind(|| case(seed));
        assert!(result.is_ok(), "BBOLT_SEED={seed} replays this");
        count += 1;
    }
    println!("{count} cases from seed {first}");
}

/// Every bit of the headers and the first elements, and a bit of every other byte.
#[test]
fn flipped_bits_are_survived() {
    for at in 0..BBOLT.len() {
        let bits = if at % 1024 < 64 { 0..8 } else { at as u32 % 8..at as u32 % 8 + 1 };
        for bit in bits {
            let mut bytes = BBOLT.to_vec();
            bytes[at] ^= 1 << bit;
            survive(&bytes);
            if at < 2048 {
                seal(&mut bytes, 1024);
                survive(&bytes);
            }
        }
    }
}

#[test]
fn every_cut_is_noticed() {
    for len in (0..BBOLT.len()).step_by(16) {
        assert!(open(&BBOLT[..len]).is_err(), "{len}");
    }
}

/// What a page says of itself and of others, changed in one place each, and what is said about it.
#[test]
fn damage_is_named() {
    let rows = (0..200u8).map(|i| (vec![i, i], vec![i; 20])).collect();
    let small = vec![(b"a".to_vec(), b"1".to_vec())];
    let sound = write(&vec![(b"b".to_vec(), rows), (b"small".to_vec(), small)], 1024);
    let check = |changes: &[(usize, &[u8])]| {
        let mut bytes = sound.clone();
        for (at, new) in changes {
            bytes[*at..at + new.len()].copy_from_slice(new);
        }
        seal(&mut bytes, 1024);
        open(&bytes).and_then(|reader| reader.check()).map_or_else(|error| error.to_string(), |()| "sound".into())
    };
    assert_eq!(check(&[]), "sound");
    let says = |at: usize, new: &[u8], expected: &str| assert_eq!(check(&[(at, new)]), format!("bbolt: {expected}"));

    let leaf = 3 * 1024;
    says(leaf, &[9], "page 3: page number 3 expected in its header, found 9");
    says(leaf + 8, &[3], "page 3: a leaf or branch expected, found flags 0x3");
    says(leaf + 10, &[255, 255], "page 3: room for 63 elements, 65535 counted");
    says(leaf + 10, &[25], "page 3: element 0 expected at 416, up to 1024 at most, found at 432 to 454");
    says(leaf + 10, &[0], "page 3: a leaf without rows below a branch");
    says(leaf + 12, &[255], "page 3: reaches up to page 258, the file has 13");
    says(leaf + 12, &[1], "page 4: is in use twice");
    says(leaf + 16, &[2], "page 3: element 0 has unknown flags");
    says(leaf + 16 + 4, &[0, 0], "page 3: element 0 expected at 432, up to 1024 at most, found at 16 to 38");
    says(leaf + 16 + 8, &[0], "page 3: element 0 has a key of 0 bytes, a value of 20");
    says(leaf + 16 + 12, &[21], "page 3: element 1 expected at 455, up to 1024 at most, found at 454 to 476");
    says(leaf + 432, &[2], "page 3: key 1 (\\x01\\x01) does not come behind \\x02\\x00");

    let branch = 11 * 1024;
    says(branch + 10, &[0], "page 11: a branch without children");
    says(branch + 16 + 8, &[11], "page 11: is in use twice");
    says(branch + 16 + 8, &[4], "page 11: key 1 (\\x1a\\x1a) does not come behind 33");
    says(branch + 16 + 8, &[99], "page 11: leads to page 99, the file has 13");
    says(branch + 16 + 8, &[1], "page 1: a leaf or branch expected, found flags 0x4");

    let names = 12 * 1024;
    says(names + 16, &[0], "page 12: a row among the buckets");
    says(names + 16 + 16 + 12, &[15], "page 12: a bucket's header has 16 bytes, found 15");
    says(names + 16 + 16 + 12, &[16], "page 12: an inline bucket without a page");
    let inline = names + 16 + 2 * 16 + 1 + 16 + 5 + 16;
    says(inline + 8, &[1], "page 12: an inline bucket with a leaf expected, found flags 0x1");
    says(inline + 10, &[3], "page 12: an inline bucket of 34 bytes counts 3 elements");
    says(inline + 16, &[1], "page 12: a bucket within an inline bucket");

    let freelist = 2 * 1024;
    says(freelist + 8, &[2], "page 2: a list of free pages expected, found flags 0x2");
    says(freelist + 10, &[255], "page 2: room for 126 free pages, 255 counted");
    let free = |page| check(&[(freelist + 10, &[1]), (freelist + 16, &[page])]);
    assert_eq!(free(5), "bbolt: page 5: is in the list of free pages, and in use or in the list again");
    assert_eq!(free(13), "bbolt: page 2: page 13 cannot be free, the file has 13");

    let meta = 16;
    says(meta + 16, &[99], "page 0: leads to page 99, the file has 13");
    says(meta + 32, &[99], "page 0: leads to page 99, the file has 13");
    says(meta + 40, &[14], "14336 bytes expected (14 pages), found 13312");
    says(meta + 40, &[255; 8], "18889465931478580853760 bytes expected (18446744073709551615 pages), found 13312");
    // The page behind the last one becomes part of the file, and nobody knows it.
    let mut longer = sound.clone();
    longer.extend([0; 1024]);
    longer[meta + 40] = 14;
    seal(&mut longer, 1024);
    let error = open(&longer).and_then(|reader| reader.check()).unwrap_err();
    assert_eq!(error.to_string(), "bbolt: page 13: is neither in use nor free");
}

/// A bucket of a thousand buckets of a thousand buckets ..., all of them the same few pages: it would be read forever.
#[test]
fn a_page_that_is_used_twice_is_refused() {
    let mut buckets: Buckets = (0..8u8).map(|i| (vec![i], vec![(vec![1], vec![i; 2000])])).collect();
    buckets.push((vec![9], Vec::new()));
    let mut bytes = write(&buckets, 1024);
    // The headers of the first two buckets stand in the last page; the second gets the page of the first.
    let root = open(&bytes).unwrap().meta().root as usize * 1024;
    let element = |index: usize| root + 16 + 16 * index;
    let value = |bytes: &[u8], index| {
        element(index) + u32::from_le_bytes(bytes[element(index) + 4..][..4].try_into().unwrap()) as usize + 1
    };
    let (first, second) = (value(&bytes, 0), value(&bytes, 1));
    bytes.copy_within(first..first + 8, second);
    let error = entries(&open(&bytes).unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "bbolt: page 3: is in use twice");
}
