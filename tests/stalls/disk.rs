//! A disk whose syncs of some files can be held up, and let go.

use crate::support::moments::{Moment, Moments, Visitor};
use etcd::disk::{
    Disk,
    os::{Fsync, OsDisk},
};
use parking_lot::{Condvar, Mutex};
use std::{path::Path, sync::Arc};

/// What holds syncs up. Clones share.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug, Default)]
struct State {
    /// Files below a folder whose name begins so are held up: a folder is made as `<name>.tmp`.
    closed: Option<&'static str>,
    /// Syncs that stand at the gate.
    held: usize,
}

impl Gate {
    /// The machine's disk, with this gate.
    pub fn disk(&self) -> Arc<dyn Disk> {
        Arc::new(Moments::of(OsDisk::new(Fsync::Off), self.clone()))
    }

    /// From here on no sync of a file below that folder comes back; others do.
    pub fn close(&self, folder: &'static str) {
        self.0.0.lock().closed = Some(folder);
        self.0.1.notify_all();
    }

    /// All go on.
    pub fn open(&self) {
        self.0.0.lock().closed = None;
        self.0.1.notify_all();
    }

    /// Does one stand at it?
    pub fn holds(&self) -> bool {
        self.0.0.lock().held > 0
    }
}

impl Visitor for Gate {
    fn visit(&self, moment: Moment, path: &Path) {
        if moment != Moment::Sync {
            return;
        }
        let (state, opened) = &*self.0;
        let is_closed = |state: &mut State| {
            let is_below = |folder| path.iter().any(|part| part.to_string_lossy().starts_with(folder));
            state.closed.is_some_and(is_below)
        };
        let mut state = state.lock();
        state.held += 1;
        opened.wait_while(&mut state, is_closed);
        state.held -= 1;
    }
}
