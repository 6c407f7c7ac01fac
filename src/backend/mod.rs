//! The backend: etcd's buckets in one redb file, and the rows that are on their way into it.
//!
//! ```text
//!     apply                     flush task                      readers, any thread
//!       | stage(batch)            | flush()                       | get, get_many, range
//!       v                         v                               v
//!     [active] -- becomes --> [flushing] -- one durable --> [read transaction]
//!                                            transaction       of the last flush
//!     '------------------- overlay ----------------'        '------- redb -------'
//! ```
//!
//! Staging never waits for the disk. The log has every entry whose effects are only staged, so losing them in a crash
//! loses nothing: the file says by `consistent_index` how far it is, and the entries behind that are applied again. The
//! log may be released up to the last *flushed* index only.
//!
//! # What a reader sees
//!
//! The latest state is the read transaction, overlaid with `flushing`, overlaid with `active`. All three change under
//! one write lock, and a reader looks at the two overlays and takes hold of the read transaction under one read lock:
//!
//! 1. `stage` adds to `active`: the state changes by one batch.
//! 2. A flush turns `active` into `flushing`: the state stays the same.
//! 3. The flush writes `flushing` into redb: no reader sees that, their read transaction is older.
//! 4. The flush opens a new read transaction, and in one step puts it in the place of the old one and drops `flushing`:
//!    the state stays the same, since the new one is the old one overlaid with just that generation.
//!
//! So at every moment a reader finds the whole latest state, and none that is older. What it then reads from redb
//! after giving the lock back is still that moment's. Old read transactions live only as long as a read that has
//! begun, so redb reuses their pages two flushes later.
//!
//! # What must hold
//!
//! - The file is always at the end of some batch, never in the middle of one.
//! - A flush that fails is the last one: every later one fails too, and the process stops. What was staged stays
//!   readable until then.
//! - Nothing is waited for under the lock that readers and `stage` share.
//! - At every moment there is one file under the name, and it is whole; see `copy.rs` for how another takes its place.
//!
//! # What it does not do
//!
//! It knows tables and not meanings, encodes and decodes nothing, decides nothing about when to flush (the task does, by
//! [`Backend::staged`]), and starts no thread. Dropping it flushes nothing, as a crash does; redb then still notes in the
//! file that it was closed in order, so a simulated crash stops the disk first.

mod adopt;
mod batch;
mod commit;
mod copy;
mod error;
mod fresh;
mod guard;
mod image;
mod open;
mod overlay;
mod replaced;
mod schema;
mod storage;
mod tables;
#[cfg(test)]
mod tests;
mod usage;

pub use batch::Batch;
pub use error::BackendError;
pub use image::ImageWriter;
pub use overlay::Staged;
pub use replaced::Replaced;
pub use schema::{Bucket, SUPPORTED_STORAGE_VERSION, auth, cluster, meta};
pub use tables::{Frozen, Row};

use crate::{clock::Stopwatch, disk::Disk};
use batch::{RowKey, Slot};
use bytes::Bytes;
use copy::Copy;
use guard::{Engine, guarded};
use open::{folder, temporary};
use overlay::{Generation, Overlay};
use parking_lot::{Mutex, RwLock};
use std::{
    io,
    ops::ControlFlow,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use storage::Storage;
use tables::Tables;
use usage::Usage;

/// How the backend is opened.
#[derive(Clone, Debug)]
pub struct BackendConfig {
    /// Bytes of redb's page cache.
    pub cache_bytes: usize,
    /// Tells metrics how long the disk takes.
    pub stopwatch: Stopwatch,
}

impl Default for BackendConfig {
    /// 56 MiB. redb's own default of 1 GiB is memory that the kernel's cache of the same file would use better.
    fn default() -> Self {
        Self { cache_bytes: 56 << 20, stopwatch: Stopwatch::default() }
    }
}

/// How many keys are looked up, or rows collected, while the lock is held once: some 50 microseconds, so that the
/// applier does not feel the readers.
const CHUNK: usize = 256;

/// Room that a defragmentation leaves to others: the log makes its files 64 MB at a time, and the old file may grow.
const HEADROOM_BYTES: u64 = 128 << 20;

/// A handle on the backend; cloning shares it.
#[derive(Clone, Debug)]
pub struct Backend {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: Arc<Path>,
    /// A lock and not an owner's state, because readers on every thread and the applier meet here. Held for memory only.
    latest: RwLock<Latest>,
    /// Held for the whole of a flush: it makes flushes follow one another.
    writer: Mutex<Writer>,
    size: AtomicU64,
    size_in_use: AtomicU64,
    disk: Arc<dyn Disk>,
    cache_bytes: usize,
    /// The file that a defragmentation under way writes. Taken after `writer` and before `latest`, by a flush for as long
    /// as its rows go in here too.
    copy: Mutex<Option<Copy>>,
    /// Held for the whole of a defragmentation: they follow one another.
    defragmenting: Mutex<()>,
}

/// The latest state; see the module.
#[derive(Debug)]
struct Latest {
    overlay: Overlay,
    tables: Arc<Tables>,
}

#[derive(Debug)]
struct Writer {
    engine: Engine,
    storage: Storage,
    usage: Usage,
    stopwatch: Stopwatch,
    /// The failure that ended writing, as text.
    stopped: Option<String>,
}

impl Latest {
    /// Puts the state after a flush in the place of the one before it, overlay and file in one step. What is no longer
    /// needed is handed back, so that thousands of rows and a read transaction are dropped without the lock.
    fn end_flush(&mut self, tables: Arc<Tables>) -> (Option<Arc<Generation>>, Arc<Tables>) {
        (self.overlay.end_flush(), std::mem::replace(&mut self.tables, tables))
    }
}

impl Backend {
    /// Opens the file `path` (`member/snap/db`), or creates it, atomically. Takes the file's lock until the backend is
    /// closed or the last handle dropped. Removes what earlier crashes left (`db.tmp.*`).
    pub fn open(disk: Arc<dyn Disk>, path: &Path, config: &BackendConfig) -> Result<Self, BackendError> {
        let path: Arc<Path> = path.into();
        let opened = open::open(disk.as_ref(), &path, config.cache_bytes)?;
        let latest = Latest { overlay: Overlay::default(), tables: Arc::new(opened.tables) };
        let writer = Writer {
            engine: opened.engine,
            storage: opened.storage,
            usage: opened.usage,
            stopwatch: config.stopwatch,
            stopped: None,
        };
        let inner = Inner {
            path,
            latest: RwLock::new(latest),
            size: AtomicU64::new(0),
            size_in_use: AtomicU64::new(0),
            writer: Mutex::new(writer),
            disk,
            cache_bytes: config.cache_bytes,
            copy: Mutex::new(None),
            defragmenting: Mutex::new(()),
        };
        inner.measure(&inner.writer.lock())?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Makes a batch visible to every reader at once, in memory. Never waits for the disk.
    pub fn stage(&self, batch: Batch) {
        self.inner.latest.write().overlay.stage(batch);
    }

    /// What is staged and not yet durable, a flush under way included.
    pub fn staged(&self) -> Staged {
        self.inner.latest.read().overlay.staged()
    }

    /// Moves all that is staged into the file in one durable transaction; with nothing staged, does nothing. Staging and
    /// reading go on meanwhile. Concurrent calls follow one another; when it returns, all that was staged before the
    /// call is durable.
    ///
    /// An error is final: nothing is lost from memory, but the file takes no more writes.
    pub fn flush(&self) -> Result<(), BackendError> {
        self.inner.flush(&mut self.inner.writer.lock())
    }

    /// Latest value of a key, staged or durable.
    pub fn get(&self, bucket: Bucket, key: &[u8]) -> Result<Option<Bytes>, BackendError> {
        let tables = {
            let latest = self.inner.latest.read();
            if let Some(slot) = latest.overlay.get(bucket, key) {
                return Ok(slot.clone());
            }
            latest.tables.clone()
        };
        tables.get(bucket, key)
    }

    /// Latest values of many keys of one bucket, in the order asked. All are of one moment when there are up to 256; of
    /// more, each 256.
    pub fn get_many(&self, bucket: Bucket, keys: &[impl AsRef<[u8]>]) -> Result<Vec<Option<Bytes>>, BackendError> {
        let mut values = Vec::with_capacity(keys.len());
        for keys in keys.chunks(CHUNK) {
            let (slots, tables) = self.look_up(bucket, keys);
            for (key, slot) in keys.iter().zip(slots) {
                values.push(match slot {
                    Some(slot) => slot,
                    None => tables.get(bucket, key.as_ref())?,
                });
            }
        }
        Ok(values)
    }

    /// Up to `limit` rows of `[from, to)` in key order, latest values; `to` None is open. Call again from behind the
    /// last row. All rows are of one moment when up to 256 rows of the range are staged; of more, each 256.
    pub fn range(
        &self,
        bucket: Bucket,
        from: &[u8],
        to: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<Row>, BackendError> {
        let mut rows = Vec::new();
        let mut from = RowKey::new(from);
        while rows.len() < limit && to.is_none_or(|to| from.as_slice() < to) {
            let (slice, tables) = {
                let latest = self.inner.latest.read();
                (latest.overlay.slice(bucket, from.as_slice(), to, CHUNK.min(limit)), latest.tables.clone())
            };
            let end = slice.next.as_ref().map(RowKey::as_slice).or(to);
            tables.merge((bucket, from.as_slice(), end), slice.rows, limit, &mut rows)?;
            match slice.next {
                Some(next) => from = next,
                None => break,
            }
        }
        Ok(rows)
    }

    /// A view of all that was staged before the call, which later writes do not change (flushes first). Drop it soon,
    /// see [`Frozen`].
    pub fn frozen(&self) -> Result<Frozen, BackendError> {
        self.flush()?;
        Ok(Frozen::new(self.inner.latest.read().tables.clone()))
    }

    /// A view of what is in the file. It waits for nobody, and lacks what is only staged.
    pub fn durable(&self) -> Frozen {
        Frozen::new(self.inner.latest.read().tables.clone())
    }

    /// Bytes that the file took on the disk after the last flush. A removed row's page is used again, as in etcd. redb
    /// cuts the file when half of its last region or more is free at its end, which a compaction of scattered rows
    /// hardly ever brings about: [`Backend::defragment`] is what gives space back.
    pub fn size(&self) -> u64 {
        self.inner.size.load(Ordering::Relaxed)
    }

    /// Bytes that the rows in the file would take when packed: what a defragmentation leaves of [`Backend::size`], about.
    pub fn size_in_use(&self) -> u64 {
        self.inner.size_in_use.load(Ordering::Relaxed)
    }

    /// Rewrites the file without holes and gives the space back to the disk. Staging, reading and flushing go on; peak
    /// memory is 20 MB more, disk space what is in use. Several callers follow one another.
    ///
    /// `between` is called between two pieces, without any lock: to pause there, or to end it early (`Break`, answered
    /// with [`BackendError::Closed`]). An error leaves the old file in its place, as it was; when even the name could
    /// not be made durable at the end, flushes fail from then on.
    pub fn defragment(&self, mut between: impl FnMut() -> ControlFlow<()>) -> Result<(), BackendError> {
        let inner = &self.inner;
        let _one_at_a_time = inner.defragmenting.lock();
        let new: Arc<Path> = temporary(&inner.path, "defrag").into();
        match inner.copy_all(&new, &mut between).and_then(|()| inner.replace(&new)) {
            Ok(replaced) => {
                replaced.give_back(between);
                Ok(())
            }
            Err(error) => {
                *inner.copy.lock() = None;
                // Best effort: the next start removes it, too.
                let _ = inner.disk.remove_file(&new);
                Err(error)
            }
        }
    }

    /// Flushes and closes the file and its lock, whoever still has a handle: reads through those fail with
    /// [`BackendError::Closed`], unless what they ask for is in memory. An error is the flush's; the file is closed
    /// even so, and opens again with what was flushed before.
    pub fn close(self) -> Result<(), BackendError> {
        let mut writer = self.inner.writer.lock();
        let flushed = self.inner.flush(&mut writer);
        writer.engine.close();
        flushed
    }

    /// The slots of up to [`CHUNK`] keys, and where to find those that have none.
    fn look_up(&self, bucket: Bucket, keys: &[impl AsRef<[u8]>]) -> (Vec<Option<Slot>>, Arc<Tables>) {
        let latest = self.inner.latest.read();
        let slots = keys.iter().map(|key| latest.overlay.get(bucket, key.as_ref()).cloned()).collect();
        (slots, latest.tables.clone())
    }
}

impl Inner {
    fn flush(&self, writer: &mut Writer) -> Result<(), BackendError> {
        writer.check()?;
        let generation = self.latest.write().overlay.begin_flush();
        let Some(generation) = generation else { return Ok(()) };
        match writer.write(&self.path, &generation) {
            Ok(tables) => {
                // Held until readers have the new state: who copies between would miss what was just written.
                let mut copy = self.copy.lock();
                copy.iter_mut().for_each(|copy| copy.follow(&generation));
                let old = self.latest.write().end_flush(Arc::new(tables));
                drop(copy);
                drop((generation, old));
                self.measure(writer)
            }
            Err(error) => {
                writer.stopped = Some(error.to_string());
                Err(error)
            }
        }
    }

    fn copy_all(&self, new: &Arc<Path>, between: &mut dyn FnMut() -> ControlFlow<()>) -> Result<(), BackendError> {
        self.flush(&mut self.writer.lock())?;
        *self.copy.lock() = Some(Copy::create(self.disk.as_ref(), new)?);
        loop {
            self.check_space()?;
            {
                let mut copy = self.copy.lock();
                let copy = copy.as_mut().ok_or(BackendError::Closed)?;
                let tables = self.latest.read().tables.clone();
                if copy.piece(&tables)? {
                    return Ok(());
                }
            }
            if between().is_break() {
                return Err(BackendError::Closed);
            }
        }
    }

    /// A full disk would stop the member at the next flush or append: better no defragmentation.
    fn check_space(&self) -> Result<(), BackendError> {
        let dir = folder(&self.path);
        let free = self.disk.free_bytes(dir).map_err(|error| BackendError::io(dir, error))?;
        let in_use = self.size_in_use.load(Ordering::Relaxed);
        let copied = self.copy.lock().as_ref().map_or(0, |copy| copy.bytes);
        if free < in_use.saturating_sub(copied) + HEADROOM_BYTES.min(in_use) {
            return Err(BackendError::io(dir, io::ErrorKind::StorageFull.into()));
        }
        Ok(())
    }

    /// Puts the complete copy in the place of the file, on the disk and for readers.
    fn replace(&self, new: &Path) -> Result<Replaced, BackendError> {
        let mut writer = self.writer.lock();
        writer.check()?;
        let copy = self.copy.lock().take().ok_or(BackendError::Closed)?;
        let opened = copy.finish(&self.path, writer.usage, self.cache_bytes)?;
        if let Err(error) = self.rename(new) {
            writer.stopped = Some(error.to_string());
            return Err(error);
        }
        let old_engine = std::mem::replace(&mut writer.engine, opened.engine);
        let old_storage = std::mem::replace(&mut writer.storage, opened.storage);
        let old_tables = std::mem::replace(&mut self.latest.write().tables, Arc::new(opened.tables));
        let replaced = Replaced::new(&old_storage, &old_engine);
        old_storage.replaced();
        old_engine.retire();
        self.measure(&writer)?;
        drop(writer);
        drop((old_storage, old_tables));
        Ok(replaced)
    }

    fn rename(&self, new: &Path) -> Result<(), BackendError> {
        self.disk.rename(new, &self.path).map_err(|error| BackendError::io(new, error))?;
        let dir = folder(&self.path);
        self.disk.sync_dir(dir).map_err(|error| BackendError::io(dir, error))
    }

    fn measure(&self, writer: &Writer) -> Result<(), BackendError> {
        let size = writer.storage.stored_len().map_err(|error| BackendError::io(&self.path, error))?;
        self.size.store(size, Ordering::Relaxed);
        self.size_in_use.store(writer.usage.packed_bytes().min(size), Ordering::Relaxed);
        Ok(())
    }
}

impl Writer {
    fn check(&self) -> Result<(), BackendError> {
        match &self.stopped {
            Some(reason) => Err(BackendError::Stopped { reason: reason.clone() }),
            None => self.engine.database().map(drop),
        }
    }

    /// Writes a generation and opens the state after it.
    fn write(&mut self, path: &Arc<Path>, generation: &Generation) -> Result<Tables, BackendError> {
        let database = self.engine.database()?;
        self.usage = guarded(path, || commit::write(database, generation, self.usage, self.stopwatch))?;
        Tables::open(path, &self.engine)
    }
}
