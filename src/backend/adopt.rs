//! Another backend's file in the place of this one's: how a member goes by a snapshot from a peer, without a restart.
//!
//! ```text
//!   0000000000001234.snap.db   open, complete, durable   --renamed-->   db
//!   db                         loses its name; who still reads there reads on
//! ```
//!
//! What must hold:
//! - What was staged here goes with the old file: the new one has its effects, or later ones.
//! - No flush and no copy of the old file comes in between, or after.
//! - The name is durable on return. Until then the old file is under it, and after a crash either may be.

use super::{Backend, BackendError, replaced::Replaced};
use std::{mem, path::Path};

impl Backend {
    /// Where its file is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Takes over the file of `image`, which nobody else must have. Readers see the one or the other. A defragmentation
    /// under way ends with [`BackendError::Closed`]. After an error the backend takes no more writes.
    pub fn adopt(&self, image: Self) -> Result<Replaced, BackendError> {
        let inner = &self.inner;
        let mut writer = inner.writer.lock();
        writer.check()?;
        let mut theirs = image.inner.writer.lock();
        theirs.check()?;
        *inner.copy.lock() = None;
        if let Err(error) = inner.rename(&image.inner.path) {
            writer.stopped = Some(error.to_string());
            return Err(error);
        }
        let old_engine = mem::replace(&mut writer.engine, theirs.engine.give_away());
        let old_storage = mem::replace(&mut writer.storage, theirs.storage.clone());
        writer.usage = theirs.usage;
        let tables = image.inner.latest.read().tables.clone();
        let old = {
            let mut latest = inner.latest.write();
            (mem::take(&mut latest.overlay), mem::replace(&mut latest.tables, tables))
        };
        let replaced = Replaced::new(&old_storage, &old_engine);
        old_storage.replaced();
        old_engine.retire();
        inner.measure(&writer)?;
        drop((writer, theirs));
        drop((old_storage, old));
        Ok(replaced)
    }

    /// Closes the file, which nobody else must have, and removes it.
    pub fn discard(self) -> Result<(), BackendError> {
        self.inner.writer.lock().engine.close();
        self.inner.disk.remove_file(&self.inner.path).map_err(|error| BackendError::io(&self.inner.path, error))
    }
}
