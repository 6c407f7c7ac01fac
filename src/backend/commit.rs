//! The file's side of a flush: one durable transaction.

use super::{
    batch::{RowKey, Slot},
    overlay::Generation,
    schema::{Bucket, USAGE_KEY, USAGE_TABLE},
    usage::Usage,
};
use crate::{clock::Stopwatch, metrics::metrics};
use bytes::Bytes;
use redb::{Database, Durability, ReadableTable, Table, WriteTransaction};
use std::{collections::BTreeMap, ops::Bound};

/// Starts a write transaction whose commit is durable and leaves the file so that it opens at once after a kill: without
/// quick repair redb walks the whole tree to find its free pages again (seconds, instead of 2 ms).
pub(super) fn begin(database: &Database) -> Result<WriteTransaction, redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_quick_repair(true);
    Ok(transaction)
}

/// Writes a generation; returns what is in use after it. After an error the file has all of it or nothing.
///
/// In metrics, what etcd calls spilling is putting the rows into pages, and writing is making them durable. Rebalancing is
/// nothing of its own in redb: it is done as rows go.
pub(super) fn write(
    database: &Database,
    generation: &Generation,
    before: Usage,
    stopwatch: Stopwatch,
) -> Result<Usage, redb::Error> {
    let started = stopwatch.now();
    let transaction = begin(database)?;
    let mut usage = before;
    for bucket in Bucket::ALL {
        let rows = generation.rows(bucket);
        if !rows.is_empty() {
            write_rows(&mut transaction.open_table(bucket.table())?, rows, Part::All, &mut usage)?;
        }
    }
    store_usage(&transaction, usage)?;
    let spilled = stopwatch.now();
    transaction.commit()?;
    let metrics = metrics();
    metrics.backend_spill_duration.observe(spilled.saturating_sub(started).as_secs_f64());
    metrics.backend_write_duration.observe(stopwatch.seconds_since(spilled));
    metrics.backend_commit_duration.observe(stopwatch.seconds_since(started));
    Ok(usage)
}

/// Which rows of a bucket are meant.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    None,
    Below(&'a RowKey),
    All,
}

impl Part<'_> {
    fn has(self, key: &RowKey) -> bool {
        match self {
            Self::None => false,
            Self::Below(end) => key < end,
            Self::All => true,
        }
    }
}

/// Writes the part of a generation that `part` says for each bucket, without waiting for the disk: a later durable
/// commit makes it durable.
pub(super) fn write_part<'a>(
    database: &Database,
    generation: &Generation,
    part: impl Fn(Bucket) -> Part<'a>,
) -> Result<(), redb::Error> {
    let mut transaction = database.begin_write()?;
    transaction.set_durability(Durability::None).map_err(|error| redb::Error::Corrupted(error.to_string()))?;
    for bucket in Bucket::ALL {
        let (rows, part) = (generation.rows(bucket), part(bucket));
        if rows.keys().next().is_some_and(|first| part.has(first)) {
            write_rows(&mut transaction.open_table(bucket.table())?, rows, part, &mut Usage::default())?;
        }
    }
    Ok(transaction.commit()?)
}

/// Appends rows of buckets, each bucket's behind all that it has, in one durable transaction.
pub(super) fn append(database: &Database, buckets: &[(Bucket, Vec<(RowKey, Bytes)>)]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    for (bucket, rows) in buckets {
        let mut table = transaction.open_table(bucket.table())?;
        let mut cursor = table.upper_bound_mut(Bound::<&[u8]>::Unbounded)?;
        for (key, value) in rows {
            cursor.insert_before(key.as_slice(), value.as_ref())?;
        }
        cursor.close()?;
    }
    Ok(transaction.commit()?)
}

/// Creates the tables that are not there yet, and the usage row with `usage`.
pub(super) fn create_tables(database: &Database, usage: Usage) -> Result<(), redb::Error> {
    let transaction = begin(database)?;
    for bucket in Bucket::ALL {
        transaction.open_table(bucket.table())?;
    }
    store_usage(&transaction, usage)?;
    Ok(transaction.commit()?)
}

fn store_usage(transaction: &WriteTransaction, usage: Usage) -> Result<(), redb::Error> {
    transaction.open_table(USAGE_TABLE)?.insert(USAGE_KEY, usage.to_bytes().as_slice())?;
    Ok(())
}

type Rows<'a> = Table<'a, &'static [u8], &'static [u8]>;

/// Rows above the last one in the table are appended through a cursor, which costs a quarter of an insert; revisions
/// ascend, so these are nearly all of them.
fn write_rows(
    table: &mut Rows,
    rows: &BTreeMap<RowKey, Slot>,
    part: Part,
    usage: &mut Usage,
) -> Result<(), redb::Error> {
    let is_meant = |row: &(&RowKey, &Slot)| part.has(row.0);
    let last = table.last()?.map(|(key, _)| RowKey::new(key.value()));
    if let Some(last) = &last {
        for (key, slot) in rows.range::<RowKey, _>((Bound::Unbounded, Bound::Included(last))).take_while(is_meant) {
            overwrite(table, key.as_slice(), slot, usage)?;
        }
    }
    let above = last.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
    let mut cursor = table.upper_bound_mut(Bound::<&[u8]>::Unbounded)?;
    for (key, slot) in rows.range::<RowKey, _>((above, Bound::Unbounded)).take_while(is_meant) {
        // A row that came and went before the flush has nothing to remove here.
        if let Some(value) = slot {
            cursor.insert_before(key.as_slice(), value.as_ref())?;
            usage.add(key.as_slice(), value);
        }
    }
    Ok(cursor.close()?)
}

fn overwrite(table: &mut Rows, key: &[u8], slot: &Slot, usage: &mut Usage) -> Result<(), redb::Error> {
    let old = match slot {
        Some(value) => {
            usage.add(key, value);
            table.insert(key, value.as_ref())?
        }
        None => table.remove(key)?,
    };
    if let Some(old) = old {
        usage.remove(key, old.value());
    }
    Ok(())
}
