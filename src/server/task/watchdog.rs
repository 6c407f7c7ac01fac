//! The watchdog: sees a disk that does not answer. The core then stands and can tell nobody; this task runs beside it.
//!
//! ```text
//!   log, backend --> disk::ObservedDisk --> UnderWay --(every tick)--> Watchdog --> log lines, metrics
//!                                                                          `-----> Progress: nobody leads; Lessor: doubt
//! ```
//!
//! A leader whose log does not come back from the disk sends no heartbeats, since one thread does both: the others elect a
//! new one after an election timeout. From then on this member must not pass for the leader either. Its clients are told
//! that there is none (health, `hasleader`, forwarded questions), and it prolongs no lease, since the new leader would not
//! know of it. The core itself says what is true at its first turn behind the stall, when it has heard the others.
//!
//! An operation of the backend or of a log file made ahead may stand for long while the core goes on: then it is only
//! told of. The core waits for the backend as well once [`STAGED_BYTES`](crate::limits::STAGED_BYTES) wait for it.

use crate::{
    clock::Now,
    disk::observed::{Operation, UnderWay},
    logging::go_duration,
    metrics::metrics,
    server::shared::Shared,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};
use tokio::time::{MissedTickBehavior, interval};

/// Looks every `tick` until the member stops.
pub fn spawn(tick: Duration, under_way: UnderWay, shared: Arc<Shared>) {
    tokio::spawn(async move {
        let mut stop = shared.stop.subscribe();
        let mut ticks = interval(tick);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut watchdog = Watchdog::new(shared.election_timeout);
        loop {
            tokio::select! {
                biased;
                _ = stop.wait_for(|stop| *stop) => return,
                _ = ticks.tick() => {}
            }
            let now = shared.clock.now();
            let ticked = Duration::from_nanos(shared.progress.ticked_ns.load(Ordering::Relaxed));
            let look = watchdog.look(now, under_way.list(), now.saturating_sub(ticked));
            look.news.iter().for_each(|news| news.tell(shared.election_timeout));
            metrics().disk_stalled_seconds.set(look.longest.as_secs_f64());
            if look.core == Core::Waits {
                shared.lessor.lock().doubt();
                shared.progress.leader.store(0, Ordering::Release);
            }
        }
    });
}

/// Which operations stand, and since when.
#[derive(Debug)]
struct Watchdog {
    patience: Duration,
    seen: BTreeMap<u64, Seen>,
}

/// An operation that was under way at the last look.
#[derive(Clone, Debug)]
struct Seen {
    operation: Operation,
    since: Now,
    /// It has stood for too long, and that was told.
    is_stalled: bool,
}

/// What came of a look.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    news: Vec<News>,
    /// How long the longest stall has lasted.
    longest: Duration,
    core: Core,
}

/// How the core fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Core {
    /// It has ticked, or nothing is known that it could wait for.
    GoesOn,
    /// It has not ticked for as long as an election takes, and the disk does not answer.
    Waits,
}

/// What is worth a line.
#[derive(Debug, PartialEq, Eq)]
enum News {
    Stalled(Operation, Duration, Core),
    Over(Operation, Duration),
}

impl Watchdog {
    /// An operation stalls when it takes longer than that.
    fn new(patience: Duration) -> Self {
        Self { patience, seen: BTreeMap::new() }
    }

    /// Looks at what is under way now. The core's last tick is `silent` ago.
    fn look(&mut self, now: Now, under_way: Vec<Operation>, silent: Duration) -> Look {
        let mut news = Vec::new();
        let mut before = std::mem::take(&mut self.seen);
        for operation in under_way {
            let number = operation.number;
            let seen = before.remove(&number).unwrap_or(Seen { operation, since: now, is_stalled: false });
            self.seen.insert(number, seen);
        }
        for over in before.into_values().filter(|seen| seen.is_stalled) {
            metrics().disk_stall_duration.observe(now.saturating_sub(over.since).as_secs_f64());
            news.push(News::Over(over.operation, now.saturating_sub(over.since)));
        }
        let lasted = |seen: &Seen| now.saturating_sub(seen.since);
        let longest = self.seen.values().map(lasted).filter(|lasted| *lasted >= self.patience).max();
        let core = if longest.is_some() && silent >= self.patience { Core::Waits } else { Core::GoesOn };
        for seen in self.seen.values_mut().filter(|seen| !seen.is_stalled && lasted(seen) >= self.patience) {
            seen.is_stalled = true;
            metrics().disk_stalls.inc();
            news.push(News::Stalled(seen.operation.clone(), lasted(seen), core));
        }
        Look { news, longest: longest.unwrap_or_default(), core }
    }
}

impl News {
    fn tell(&self, patience: Duration) {
        match self {
            Self::Stalled(operation, lasted, core) => tracing::warn!(
                operation = operation.action.name(),
                path = %operation.path.display(),
                took = go_duration(*lasted),
                "election-timeout" = go_duration(patience),
                consequence = match core {
                    Core::Waits => "the member takes part in nothing, and does not lead, until the disk answers",
                    Core::GoesOn => "the member goes on in memory and in its log, until it has to wait for the disk",
                },
                "disk does not answer"
            ),
            Self::Over(operation, lasted) => tracing::warn!(
                operation = operation.action.name(),
                path = %operation.path.display(),
                took = go_duration(*lasted),
                "disk answers again"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::observed::Action;
    use std::path::Path;

    const S: Duration = Duration::from_secs(1);

    fn sync(number: u64) -> Operation {
        Operation { number, action: Action::Sync, path: Path::new("/wal/0.wal").into() }
    }

    #[test]
    fn a_stall_is_told_once_and_its_end_with_its_whole_length() {
        let mut watchdog = Watchdog::new(S);
        let quiet = |longest, core| Look { news: vec![], longest, core };
        assert_eq!(watchdog.look(S, vec![sync(7)], S / 10), quiet(Duration::ZERO, Core::GoesOn));
        assert_eq!(watchdog.look(S * 19 / 10, vec![sync(7)], S), quiet(Duration::ZERO, Core::GoesOn));
        let stalled = watchdog.look(2 * S, vec![sync(7)], S);
        assert_eq!(stalled.news, [News::Stalled(sync(7), S, Core::Waits)]);
        assert_eq!((stalled.longest, stalled.core), (S, Core::Waits));
        assert_eq!(watchdog.look(5 * S, vec![sync(7)], 4 * S), quiet(4 * S, Core::Waits));
        let over = watchdog.look(6 * S, vec![sync(8)], S / 10);
        assert_eq!((over.news, over.core), (vec![News::Over(sync(7), 5 * S)], Core::GoesOn));
        assert_eq!(watchdog.look(7 * S - S / 10, vec![], S / 10), quiet(Duration::ZERO, Core::GoesOn));
    }

    #[test]
    fn many_short_operations_are_no_stall() {
        let mut watchdog = Watchdog::new(S);
        for round in 0..100 {
            // However late the core is: nothing stands that it could wait for.
            let look = watchdog.look(S / 10 * round, vec![sync(u64::from(round))], 10 * S);
            assert_eq!(look, Look { news: vec![], longest: Duration::ZERO, core: Core::GoesOn });
        }
    }

    #[test]
    fn the_core_does_not_wait_for_what_stands_beside_it() {
        let mut watchdog = Watchdog::new(S);
        watchdog.look(S, vec![sync(1), sync(2)], S / 10);
        let look = watchdog.look(3 * S, vec![sync(1), sync(2)], S / 10);
        assert_eq!(look.news, [1, 2].map(|number| News::Stalled(sync(number), 2 * S, Core::GoesOn)));
        // Until it has to.
        let look = watchdog.look(4 * S, vec![sync(1)], S);
        assert_eq!((look.news, look.core), (vec![News::Over(sync(2), 3 * S)], Core::Waits));
    }
}
