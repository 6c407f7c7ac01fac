//! Whatever is written is read again, from a file that is as long as was said before the first byte of it.

use crate::support::{as_entries, entries, feed, for_seeds, nodes, open, plan, random_buckets, write};
use etcd::bbolt::{WriteError, Writer};

const BRANCH: u16 = 1;

#[test]
fn what_is_written_is_read() {
    for_seeds(300, |seed| {
        let random = &mut fastrand::Rng::with_seed(seed);
        let page_size = 1 << random.u32(10..=16);
        let buckets = random_buckets(random);
        let bytes = write(&buckets, page_size);
        let reader = open(&bytes).unwrap();
        assert_eq!(entries(&reader).unwrap(), as_entries(&buckets));
        assert_eq!(reader.size_bytes(), bytes.len() as u64);
        for (flags, count) in nodes(&bytes, page_size as usize) {
            assert!(flags != BRANCH || count >= 2, "bbolt cannot take rows out of a branch with one child");
        }
    });
}

/// A writer that is given other rows than the planner says so, and does not write beyond the size that was promised.
#[test]
fn other_rows_than_planned_are_noticed() {
    for_seeds(100, |seed| {
        let random = &mut fastrand::Rng::with_seed(seed);
        let (planned, other) = (random_buckets(random), random_buckets(random));
        let layout = plan(&planned, 1024);
        let mut written = Vec::new();
        let result = Writer::new(layout, &mut written).and_then(|mut writer| {
            feed(&other, &mut writer)?;
            writer.finish().map(drop)
        });
        assert!(written.len() as u64 <= layout.size_bytes());
        match result {
            Ok(()) => assert_eq!(entries(&open(&written).unwrap()).unwrap(), as_entries(&other)),
            Err(error) => assert!(matches!(error, WriteError::Changed), "{error}"),
        }
    });
}
