//! Does anybody watch? While nobody does, the core need not wake the hub for every write.
//!
//! ```text
//!   core:  apply, so that the revision shows     then ask   -> publish, or not
//!   hub:   pay                                   then look which revision shows   -> go on from there
//! ```
//!
//! What must hold: no revision is left out that the hub does not see when it looks. Of the two, whoever takes the lock first is
//! seen by the other: if the core asked first, its revision shows when the hub looks; else the core is told to publish.

use parking_lot::Mutex;
use std::sync::Arc;

/// See the module. Clones share.
#[derive(Clone, Debug, Default)]
pub struct Attention(Arc<Mutex<Level>>);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Level {
    #[default]
    Nobody,
    Somebody,
}

impl Attention {
    /// Somebody is about to watch.
    pub fn pay(&self) {
        *self.0.lock() = Level::Somebody;
    }

    /// Nobody watches any more.
    pub fn cease(&self) {
        *self.0.lock() = Level::Nobody;
    }

    /// Must be published what shows by now?
    pub fn is_paid(&self) -> bool {
        *self.0.lock() == Level::Somebody
    }
}
