//! A snapshot that goes: the rows of a frozen view as a bbolt file.

use super::SnapError;
use crate::{
    backend::{Bucket, Frozen},
    bbolt::{Layout, PAGE_SIZE, Planner, TakeRows, WriteError, Writer},
};
use std::io::Write;

/// Reads all rows once, to know how large the file will be.
pub fn plan(rows: &Frozen) -> Result<Layout, SnapError> {
    let mut planner = Planner::new(PAGE_SIZE)?;
    give(rows, &mut planner)?;
    Ok(planner.finish()?)
}

/// Reads them again, and writes the file from its first byte to its last. `layout` is of the same rows.
pub fn write<W: Write>(rows: &Frozen, layout: Layout, sink: W) -> Result<W, SnapError> {
    let mut writer = Writer::new(layout, sink)?;
    give(rows, &mut writer)?;
    Ok(writer.finish()?)
}

/// All buckets, those without rows as well: etcd expects them.
fn give(rows: &Frozen, to: &mut impl TakeRows) -> Result<(), SnapError> {
    for bucket in Bucket::ALL {
        to.bucket(bucket.name().as_bytes())?;
        let mut failed: Option<WriteError> = None;
        rows.scan(bucket, b"", None, |key, value| {
            failed = to.row(key, value).err();
            failed.is_none()
        })?;
        if let Some(error) = failed {
            return Err(error.into());
        }
    }
    Ok(())
}
