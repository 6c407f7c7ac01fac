//! Snapshots as files: the state of one member on its way to another, as a bbolt file, which is what etcd sends and takes.
//!
//! ```text
//!   sender     rows of the backend's file --plan, write--> bytes --> the peer
//!
//!   receiver   bytes --> tmp.<index>.body      what came, a bbolt file
//!                          | rows
//!                          v
//!                        tmp.<index>.image     a backend's file in the making
//!                          | durable, then renamed
//!                          v
//!                        <index>.snap.db       an image: complete; counts once the log has a record of that index
//!                          | renamed, by Backend::adopt or put_in_place
//!                          v
//!                        db
//! ```
//!
//! The index is that of the last entry in it, as 16 hex digits; the last name is etcd's. All are in the backend's folder.
//!
//! What must hold: an image is complete and durable before it has its name. A name that begins with `tmp.` is nobody's after a
//! crash, and an image whose record is not in the log is neither.
//!
//! What it does not do: it knows rows and not their meaning, and starts no thread. Who compares what came with what was
//! said to come is `apply`.

mod incoming;
mod outgoing;

pub use incoming::Incoming;
pub use outgoing::{plan, write};

use crate::{
    backend::BackendError,
    bbolt::{ReadError, WriteError},
    disk::Disk,
};
use std::{
    io,
    path::{Path, PathBuf},
};

/// Why a snapshot cannot be made, stored or found again.
#[derive(Debug, thiserror::Error)]
pub enum SnapError {
    /// The disk refuses.
    #[error("{}: {source}", path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the disk said.
        source: io::Error,
    },
    /// An image of the same entry is there: raft is about to decide whether it wants it.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// What came is no bbolt file, or a damaged one.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It is one, but not of an etcd.
    #[error("not a database of etcd: {0}")]
    Foreign(String),
    /// What goes out cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The backend's file cannot be read, or the image not be written.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

/// Names the file in errors of the disk.
fn at(path: &Path) -> impl FnOnce(io::Error) -> SnapError {
    let path = path.to_owned();
    |source| SnapError::Disk { path, source }
}

const IMAGE: &str = ".snap.db";
const TEMPORARY: &str = "tmp.";

/// The image of entry `index`.
fn image(dir: &Path, index: u64) -> PathBuf {
    dir.join(format!("{index:016x}{IMAGE}"))
}

/// Indexes of the images in a folder, ascending.
pub fn images(disk: &dyn Disk, dir: &Path) -> Result<Vec<u64>, SnapError> {
    let names = disk.list(dir).map_err(at(dir))?;
    let index = |name: &String| name.strip_suffix(IMAGE).and_then(|hex| u64::from_str_radix(hex, 16).ok());
    Ok(names.iter().filter_map(index).collect())
}

/// Makes an image the backend's file, durably. Nobody may have either open.
pub fn put_in_place(disk: &dyn Disk, dir: &Path, index: u64, backend: &Path) -> Result<(), SnapError> {
    let image = image(dir, index);
    disk.rename(&image, backend).map_err(at(&image))?;
    disk.sync_dir(dir).map_err(at(dir))
}

/// Removes what is not needed when a member starts: images that the log does not know, and what was not completed.
/// Returns their names.
pub fn clear(disk: &dyn Disk, dir: &Path) -> Result<Vec<String>, SnapError> {
    let names = disk.list(dir).map_err(at(dir))?;
    let is_left = |name: &String| name.ends_with(IMAGE) || name.starts_with(TEMPORARY);
    let left: Vec<String> = names.into_iter().filter(is_left).collect();
    for name in &left {
        let path = dir.join(name);
        disk.remove_file(&path).map_err(at(&path))?;
    }
    if !left.is_empty() {
        // Or an image that is gone may be there again, beside a log that knows its index by then.
        disk.sync_dir(dir).map_err(at(dir))?;
    }
    Ok(left)
}

#[cfg(test)]
mod tests;
