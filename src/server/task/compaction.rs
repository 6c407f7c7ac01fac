//! The compaction task: removes old revisions a step at a time, with a flush and a pause behind each, so that nobody waits.

use crate::{
    clock::Now,
    logging::{go_duration, humanize},
    metrics::metrics,
    mvcc::{CompactionStep, Compactor},
    server::shared::Shared,
};
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;

/// See the module.
pub struct Compaction {
    pub shared: Arc<Shared>,
    pub compactor: Compactor,
    pub inbox: mpsc::Receiver<()>,
    pub batch: usize,
    pub pause: Duration,
}

impl Compaction {
    /// Runs until the member stops. A compaction that a crash cut short is taken up first.
    pub fn run(mut self) {
        loop {
            let started = self.shared.clock.now();
            if let Err(error) = self.work() {
                return self.shared.fail(error.to_string());
            }
            if *self.shared.stop.borrow() || self.inbox.blocking_recv().is_none() {
                return;
            }
            tracing::debug!(
                took = go_duration(self.shared.clock.now().saturating_sub(started)),
                "compaction task woken"
            );
        }
    }

    /// Does all that is scheduled, or as much as there is time for before the member stops.
    fn work(&mut self) -> Result<(), crate::backend::BackendError> {
        let mut times = Times::default();
        while !*self.shared.stop.borrow() {
            let (at_rows, step_started) = (self.compactor.is_at_rows(), self.shared.clock.now());
            let step = self.compactor.step(self.batch)?;
            let now = self.shared.clock.now();
            if step == CompactionStep::Idle {
                return Ok(());
            }
            times.note(at_rows.then_some(Rows), step_started, now);
            match step {
                CompactionStep::Idle => {}
                CompactionStep::More => {
                    // As in etcd, at once: gathered, the deletions of many steps would hold up a write's sync for long.
                    if at_rows {
                        self.shared.backend.flush()?;
                    }
                    std::thread::sleep(self.pause);
                }
                CompactionStep::Finished { revision, keys_deleted, hash } => {
                    let took = std::mem::take(&mut times).tell(now, keys_deleted);
                    metrics().db_compaction_last.set((self.shared.clock.unix_ms() / 1000) as i64);
                    let backend = &self.shared.backend;
                    let (size, in_use) = (backend.size(), backend.size_in_use());
                    tracing::info!(
                        "compact-revision" = revision,
                        took = go_duration(took),
                        "number-of-keys-compacted" = keys_deleted,
                        hash,
                        "current-db-size-bytes" = size,
                        "current-db-size" = humanize(size),
                        "current-db-size-in-use-bytes" = in_use,
                        "current-db-size-in-use" = humanize(in_use),
                        "finished scheduled compaction"
                    );
                    self.tell_kept(revision);
                    self.shared.compacted.send_replace(revision);
                }
            }
        }
        Ok(())
    }
}

impl Compaction {
    /// Tells whether the hash of a finished compaction is one that members can compare.
    fn tell_kept(&self, revision: i64) {
        let kept = self.shared.reader.kept_hashes().into_iter().find(|kept| kept.hash_revision == revision);
        match kept {
            Some(kept) => tracing::info!(
                hash = kept.hash,
                revision,
                "compact-revision" = kept.compact_revision,
                "storing new hash"
            ),
            None => tracing::info!("previous compaction was interrupted, skip storing compaction hash value"),
        }
    }
}

/// A step that takes rows.
struct Rows;

/// How long the parts of a compaction take. As in etcd the index comes first and is one pause, however many steps it takes here; then
/// every step that takes rows is one.
#[derive(Default)]
struct Times {
    index: Duration,
    rows_since: Option<Now>,
}

impl Times {
    fn note(&mut self, rows: Option<Rows>, started: Now, ended: Now) {
        let took = ended.saturating_sub(started);
        match rows {
            None => self.index += took,
            Some(Rows) => {
                self.rows_since.get_or_insert(started);
                metrics().db_compaction_pause.observe(whole_ms(took));
            }
        }
    }

    /// The compaction is finished. Returns how long its rows took.
    fn tell(self, now: Now, keys_deleted: u64) -> Duration {
        let took = now.saturating_sub(self.rows_since.unwrap_or(now));
        metrics().index_compaction_pause.observe(whole_ms(self.index));
        metrics().db_compaction_duration.observe(whole_ms(took));
        metrics().db_compaction_keys.inc_by(keys_deleted);
        took
    }
}

/// etcd cuts these off too.
fn whole_ms(duration: Duration) -> f64 {
    duration.as_millis() as f64
}
