//! A file that another has taken the place of: what becomes of its blocks.

use super::{
    guard::{Engine, Rest},
    storage::Storage,
};
use crate::disk::{self, File};
use std::{
    ops::ControlFlow,
    sync::{Arc, Weak},
};

/// How often it is asked whether the last reader has gone. A reader has a moment's business there; one that stays
/// longer gives the file back itself, in one go.
const QUESTIONS: usize = 1000;

/// The old file. It has no name any more.
pub(super) struct Replaced {
    file: Option<Arc<dyn File>>,
    readers: Weak<Rest>,
}

impl Replaced {
    pub fn new(storage: &Storage, engine: &Engine) -> Self {
        Self { file: storage.file(), readers: Arc::downgrade(&engine.rest()) }
    }

    /// Gives the blocks back, piece by piece, once nobody reads there any more. `between` may pause, or end it.
    pub fn give_back(self, between: &mut dyn FnMut() -> ControlFlow<()>) {
        let Some(file) = self.file else { return };
        for _ in 0..QUESTIONS {
            if self.readers.strong_count() == 0 {
                break;
            }
            if between().is_break() {
                return;
            }
        }
        if self.readers.strong_count() == 0 {
            disk::give_back(file.as_ref(), between);
        }
    }
}
