//! Takes in the state behind a peer's snapshot: from bytes to something that the core can go on from.
//!
//! All of it happens beside the core, which goes on meanwhile: storing, checking, and reading every key as at a start. What
//! is left for the core is to change places.

use crate::{
    apply::{Identity, Image, ImageError, Settings},
    backend::BackendConfig,
    disk::Disk,
    pb::raftpb::{Message, SnapshotMetadata},
    snap::{Incoming, SnapError},
};
use std::{path::PathBuf, sync::Arc};

/// Where and for whom states are taken in. One at a time.
#[derive(Clone, Debug)]
pub struct Receiver {
    /// The disk.
    pub disk: Arc<dyn Disk>,
    /// The backend's folder.
    pub dir: PathBuf,
    /// For the new file.
    pub backend: BackendConfig,
    /// Whose state it becomes.
    pub identity: Identity,
    /// As of the state machine.
    pub settings: Settings,
}

/// Why a state is not taken in. Nothing of it is left.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// There is no snapshot in the message.
    #[error("a snapshot of nothing")]
    Nothing,
    /// It cannot be stored, or is no database.
    #[error(transparent)]
    Snap(#[from] SnapError),
    /// It is not what the message says.
    #[error(transparent)]
    Image(#[from] ImageError),
}

impl Receiver {
    /// A message announces a state; its bytes are about to come.
    pub fn begin(&self, message: &Message) -> Result<Incoming, ReceiveError> {
        Ok(Incoming::begin(self.disk.clone(), &self.dir, metadata(message)?.index)?)
    }

    /// They have come. Takes as long as a start does.
    pub fn finish(&self, message: &Message, incoming: Incoming) -> Result<Image, ReceiveError> {
        let file = incoming.finish(&self.backend)?;
        Ok(Image::open(file, (self.identity, self.settings), metadata(message)?.clone())?)
    }
}

fn metadata(message: &Message) -> Result<&SnapshotMetadata, ReceiveError> {
    let metadata = message.snapshot.as_ref().map(|snapshot| &snapshot.metadata);
    metadata.filter(|metadata| metadata.index > 0).ok_or(ReceiveError::Nothing)
}
