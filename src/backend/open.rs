//! From a path to an open database: the lock, what kind of file it is, and its creation.
//!
//! ```text
//!   db absent or empty:  db.tmp.new: lock, tables, sync  ->  rename to db, then as below
//!   db present:          lock  ->  remove leftovers db.tmp.*  ->  magic  ->  sync of the folder  ->  redb  ->  storage version
//! ```
//!
//! What must hold: a crash at any moment leaves either no `db` or a complete one, so a half-made file is never taken
//! for a database and never stands in the way of the next start.

use super::{
    commit,
    error::BackendError,
    guard::{Engine, guarded},
    schema::{Bucket, SUPPORTED_STORAGE_VERSION, USAGE_KEY, USAGE_TABLE, meta},
    storage::Storage,
    tables::Tables,
    usage::Usage,
};
use crate::disk::{Disk, File, OpenMode};
use redb::{Database, ReadableDatabase, TableError, TableHandle};
use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// redb keeps its header in the first page.
const HEADER_BYTES: u64 = 4096;

/// A database that is ready for use.
#[derive(Debug)]
pub(super) struct Opened {
    pub engine: Engine,
    pub storage: Storage,
    pub tables: Tables,
    pub usage: Usage,
}

/// Opens or creates the database at `path`.
pub(super) fn open(disk: &dyn Disk, path: &Arc<Path>, cache_bytes: usize) -> Result<Opened, BackendError> {
    let file = match lock_existing(disk, path)? {
        // An empty file holds nothing that could be lost. etcd begins anew on one, too.
        Some(file) if file.is_empty().map_err(|error| BackendError::io(path, error))? => None,
        other => other,
    };
    remove_leftovers(disk, path)?;
    let file = match file {
        Some(file) => file,
        None => create(disk, path)?,
    };
    check_magic(path, file.as_ref())?;
    sync_name(disk, path)?;
    write_header_again(file.as_ref()).map_err(|error| BackendError::io(path, error))?;
    let storage = Storage::new(file);
    let engine = Engine::open(path, &storage, cache_bytes)?;
    let usage = complete_tables(path, &engine)?;
    let tables = Tables::open(path, &engine)?;
    check_storage_version(path, &tables)?;
    Ok(Opened { engine, storage, tables, usage })
}

/// Makes it durable that this file has the name. The process before may have been killed between the rename and the sync
/// of the folder: a power loss later on would bring back the file that had the name before, without all that was
/// flushed since.
fn sync_name(disk: &dyn Disk, path: &Path) -> Result<(), BackendError> {
    let dir = folder(path);
    disk.sync_dir(dir).map_err(|error| BackendError::io(dir, error))
}

/// Makes the header durable that the page cache shows. The process before may have ended because the sync of a commit's
/// header failed: the disk then still has the header of the commit before, whose pages the next commit overwrites. All
/// else that a commit writes is synced before its header is.
fn write_header_again(file: &dyn File) -> io::Result<()> {
    let mut header = vec![0; HEADER_BYTES.min(file.len()?) as usize];
    file.read_exact_at(&mut header, 0)?;
    file.write_all_at(&header, 0)?;
    file.sync_data()
}

/// `None` when there is no file.
fn lock_existing(disk: &dyn Disk, path: &Path) -> Result<Option<Arc<dyn File>>, BackendError> {
    let file = match disk.open(path, OpenMode::ReadWrite) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(|error| BackendError::io(path, error))?,
    };
    lock(path, file.as_ref())?;
    Ok(Some(file))
}

pub(super) fn lock(path: &Path, file: &dyn File) -> Result<(), BackendError> {
    file.try_lock().map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => BackendError::Locked { path: path.into() },
        _ => BackendError::io(path, error),
    })
}

/// The folder that `path` is in.
pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if dir != Path::new("") => dir,
        _ => Path::new("."),
    }
}

/// `db.tmp.<suffix>` for the database `db`. etcd's name for what its defragmentation writes, removed at every start.
pub(super) fn temporary(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".tmp.");
    name.push(suffix);
    path.with_file_name(name)
}

/// Removes what a crash during creation or defragmentation left behind.
fn remove_leftovers(disk: &dyn Disk, path: &Path) -> Result<(), BackendError> {
    let dir = folder(path);
    if !disk.exists(dir) {
        return Ok(());
    }
    let prefix = temporary(path, "");
    let prefix = prefix.file_name().unwrap_or_default().to_string_lossy();
    for name in disk.list(dir).map_err(|error| BackendError::io(dir, error))? {
        if name.starts_with(prefix.as_ref()) {
            let leftover = dir.join(&name);
            // Not a leftover when another process is just making its database there.
            lock_existing(disk, &leftover)?;
            disk.remove_file(&leftover).map_err(|error| BackendError::io(&leftover, error))?;
        }
    }
    Ok(())
}

/// Puts a complete database without rows at `path`, and returns its file, locked: were the lock given back in between, a
/// child process that is just being started could hold it for a moment.
fn create(disk: &dyn Disk, path: &Path) -> Result<Arc<dyn File>, BackendError> {
    /// Enough for empty tables.
    const CACHE_BYTES: usize = 1 << 20;
    let dir = folder(path);
    disk.create_dir_all(dir).map_err(|error| BackendError::io(dir, error))?;
    let new = temporary(path, "new");
    let file = disk.open(&new, OpenMode::CreateNew).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => BackendError::Locked { path: path.into() },
        _ => BackendError::io(&new, error),
    })?;
    lock(&new, file.as_ref())?;
    let storage = Storage::new(file.clone());
    let mut engine = Engine::open(&new, &storage, CACHE_BYTES)?;
    let database = engine.database()?;
    guarded(&new, || commit::create_tables(database, Usage::default()))?;
    engine.close();
    disk.rename(&new, path).map_err(|error| BackendError::io(&new, error))?;
    Ok(file)
}

/// Tells a file of another kind from a damaged database, before redb gets to see it.
fn check_magic(path: &Path, file: &dyn File) -> Result<(), BackendError> {
    const REDB: &[u8] = b"redb\x1A\x0A\xA9\x0D\x0A";
    /// bbolt's first page: a header of 16 bytes, then this (0xED0CDAED, little-endian).
    const BBOLT: &[u8] = &[0xED, 0xDA, 0x0C, 0xED];
    let len = file.len().map_err(|error| BackendError::io(path, error))?.min(20) as usize;
    let mut head = [0; 20];
    file.read_exact_at(&mut head[..len], 0).map_err(|error| BackendError::io(path, error))?;
    if head.starts_with(REDB) {
        return Ok(());
    }
    let what = if head[16..] == *BBOLT {
        "it looks like a bbolt file, as etcd written in Go keeps; take a snapshot with that etcd and restore it here"
    } else {
        "its first bytes are unknown"
    };
    Err(BackendError::Foreign { path: path.into(), what })
}

/// What is in use, by the file's own account. Completes a file that lacks a table or that account, by a walk over its
/// rows: a later version of this program may add either.
fn complete_tables(path: &Arc<Path>, engine: &Engine) -> Result<Usage, BackendError> {
    let database = engine.database()?;
    if let Some(usage) = guarded(path, || usage_if_complete(database))? {
        return Ok(usage);
    }
    guarded(path, || commit::create_tables(database, Usage::default()))?;
    let mut usage = Usage::default();
    let tables = Tables::open(path, engine)?;
    for bucket in Bucket::ALL {
        tables.scan(bucket, b"", None, |key, value| {
            usage.add(key, value);
            true
        })?;
    }
    guarded(path, || commit::create_tables(database, usage))?;
    Ok(usage)
}

/// The usage row, when it is there and every bucket has its table.
fn usage_if_complete(database: &Database) -> Result<Option<Usage>, redb::Error> {
    let transaction = database.begin_read()?;
    let is_bucket = |name: &str| Bucket::ALL.iter().any(|bucket| bucket.name() == name);
    if transaction.list_tables()?.filter(|table| is_bucket(table.name())).count() < Bucket::COUNT {
        return Ok(None);
    }
    match transaction.open_table(USAGE_TABLE) {
        Ok(table) => Ok(table.get(USAGE_KEY)?.and_then(|row| Usage::from_bytes(row.value()))),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Refuses a file of a newer version (reference 7.6).
fn check_storage_version(path: &Path, tables: &Tables) -> Result<(), BackendError> {
    let Some(found) = tables.get(Bucket::Meta, meta::STORAGE_VERSION)?.filter(|found| !found.is_empty()) else {
        return Ok(());
    };
    let found = String::from_utf8_lossy(&found);
    let mut numbers = found.split('.').map(|number| number.parse::<u64>().ok());
    let (Some(Some(major)), Some(Some(minor))) = (numbers.next(), numbers.next()) else {
        return Err(BackendError::damaged(path, format!("its storage version is {found:?}")));
    };
    let (supported_major, supported_minor) = SUPPORTED_STORAGE_VERSION;
    if (major, minor) > SUPPORTED_STORAGE_VERSION {
        let supported = format!("{supported_major}.{supported_minor}");
        return Err(BackendError::NewerStorage { path: path.into(), found: found.into_owned(), supported });
    }
    Ok(())
}
