//! A snapshot that comes: its bytes into a file, its rows into an image.

use super::{IMAGE, SnapError, TEMPORARY, at, image};
use crate::{
    backend::{Backend, BackendConfig, Bucket, ImageWriter},
    bbolt::{Item, Reader},
    disk::{self, Disk, File, OpenMode},
};
use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Bytes that are written between two syncs. The body itself need not outlast a crash; but what the kernel has gathered of it
/// would hold up the log's syncs when it goes to the disk in one go.
const SYNC_BYTES: u64 = 4 << 20;

/// Of one at a time in a folder: the names say no more than the index.
#[derive(Debug)]
pub struct Incoming {
    disk: Arc<dyn Disk>,
    dir: PathBuf,
    index: u64,
    path: PathBuf,
    body: Arc<dyn File>,
    bytes: u64,
}

impl Incoming {
    /// Begins to store what is said to be the state as of entry `index`.
    pub fn begin(disk: Arc<dyn Disk>, dir: &Path, index: u64) -> Result<Self, SnapError> {
        let image = image(dir, index);
        if disk.exists(&image) {
            return Err(SnapError::Exists(image));
        }
        let path = dir.join(format!("{TEMPORARY}{index:016x}.body"));
        let body = disk.open(&path, OpenMode::Create).map_err(at(&path))?;
        body.set_len(0).map_err(at(&path))?;
        Ok(Self { disk, dir: dir.to_owned(), index, path, body, bytes: 0 })
    }

    /// The next bytes.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), SnapError> {
        self.body.write_all_at(piece, self.bytes).map_err(at(&self.path))?;
        let before = self.bytes / SYNC_BYTES;
        self.bytes += piece.len() as u64;
        if self.bytes / SYNC_BYTES > before {
            self.body.sync_data().map_err(at(&self.path))?;
        }
        Ok(())
    }

    /// How many have come.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// All have come. Reads and checks the file, and makes the image, which is there for good on return, opened. After an
    /// error nothing is left.
    pub fn finish(self, config: &BackendConfig) -> Result<Backend, SnapError> {
        let making = self.dir.join(format!("{TEMPORARY}{:016x}{IMAGE}.new", self.index));
        let (to, disk, dir) = (image(&self.dir, self.index), self.disk.clone(), self.dir.clone());
        let copied = ImageWriter::create(disk.clone(), &making)
            .map_err(SnapError::from)
            .and_then(|mut writer| copy(&self.body, &mut writer).map(|()| writer))
            .and_then(|writer| Ok(writer.finish(&to)?));
        self.abandon();
        // Opening refuses, too: a row may say that the file is of a version which this program does not know.
        let opened = copied.and_then(|()| Ok(Backend::open(disk.clone(), &to, config)?));
        if opened.is_err() {
            // Best effort: the next start removes it, too.
            for path in [making, to] {
                let _ = disk.remove_file(&path);
            }
            let _ = disk.sync_dir(&dir);
        }
        opened
    }

    /// It breaks off: nothing is kept.
    pub fn abandon(self) {
        if self.disk.remove_file(&self.path).is_ok() {
            disk::give_back(self.body.as_ref(), || ControlFlow::Continue(()));
        }
    }
}

/// Copies all rows of etcd's buckets. Another bucket is passed over: etcd's own tests leave one in some files.
fn copy(body: &Arc<dyn File>, writer: &mut ImageWriter) -> Result<(), SnapError> {
    let mut rows = Reader::open(body.clone())?.rows()?;
    let mut current = None;
    loop {
        let is_known = match rows.next()? {
            None => break,
            Some(Item::Enter(name)) => {
                if current.is_some() {
                    return Err(SnapError::Foreign(format!("bucket {} within another", name.escape_ascii())));
                }
                current = Bucket::ALL.into_iter().find(|bucket| bucket.name().as_bytes() == name);
                current.is_some()
            }
            Some(Item::Row(key, value)) => {
                if let Some(bucket) = current {
                    writer.row(bucket, key, value)?;
                }
                true
            }
            Some(Item::Leave) => {
                current = None;
                true
            }
        };
        if !is_known {
            rows.skip_bucket();
        }
    }
    Ok(rows.finish()?)
}
