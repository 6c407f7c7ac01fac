//! Files with certificates, keys and lists, read anew whenever they are needed, and understood anew when they have changed.
//!
//! They are compared by their bytes: times of change are too coarse to trust with who may come in.

use super::error::TlsError;
use crate::disk::{
    Disk, OpenMode,
    os::{Fsync, OsDisk},
};
use parking_lot::Mutex;
use std::{path::Path, sync::Arc};

/// The longest that is read. A list of a million revoked certificates takes some 40 MB.
const FILE_BYTES: u64 = 64 << 20;

/// Reads a whole file.
///
/// # Errors
/// In Go's words.
pub fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    let file = OsDisk::new(Fsync::Off).open(path, OpenMode::Read);
    let file = file.map_err(|error| TlsError::file("open", path, &error))?;
    let length = file.len().map_err(|error| TlsError::file("stat", path, &error))?;
    if length > FILE_BYTES {
        return Err(TlsError::Material(format!("{}: longer than {FILE_BYTES} bytes", path.display())));
    }
    let mut bytes = vec![0; length as usize];
    file.read_exact_at(&mut bytes, 0).map_err(|error| TlsError::file("read", path, &error))?;
    Ok(bytes)
}

/// What some files were understood as, and their bytes then.
#[derive(Debug)]
pub struct Understood<T> {
    // Locked for as long as it takes to understand new files, which is rare.
    last: Mutex<Option<Last<T>>>,
}

/// The bytes, and what they mean.
type Last<T> = (Vec<Vec<u8>>, Arc<T>);

impl<T> Default for Understood<T> {
    fn default() -> Self {
        Self { last: Mutex::default() }
    }
}

impl<T> Understood<T> {
    /// The meaning of these bytes, which is found out once for as long as they stay the same.
    ///
    /// # Errors
    /// What `understand` says. Then what was understood before stays the last.
    pub fn of(
        &self,
        bytes: Vec<Vec<u8>>,
        understand: impl FnOnce(&[Vec<u8>]) -> Result<T, TlsError>,
    ) -> Result<Arc<T>, TlsError> {
        let mut last = self.last.lock();
        if let Some((known, meaning)) = &*last
            && *known == bytes
        {
            return Ok(meaning.clone());
        }
        let meaning = Arc::new(understand(&bytes)?);
        *last = Some((bytes, meaning.clone()));
        Ok(meaning)
    }

    /// What was understood last, if anything was.
    pub fn last(&self) -> Option<Arc<T>> {
        self.last.lock().as_ref().map(|(_, meaning)| meaning.clone())
    }
}
