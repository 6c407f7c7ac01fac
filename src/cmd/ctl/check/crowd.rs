//! Many clients, each with a connection of its own, that write keys which nobody wrote before.

use crate::{
    client::Client,
    cmd::{ctl::session::Session, failure::Failure},
    pb::etcdserverpb::PutRequest,
};
use bytes::Bytes;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use parking_lot::Mutex;
use std::{
    collections::BTreeMap,
    io::IsTerminal,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{task::JoinSet, time::Instant};

/// When the next write may begin, and when there is none any more.
#[derive(Debug)]
pub struct Pace {
    writes: AtomicU64,
    writes_max: u64,
    gap: Duration,
    next: Mutex<Instant>,
    end: Option<Instant>,
}

impl Pace {
    /// So many writes, as fast as they go.
    pub fn of_writes(writes_max: u64) -> Self {
        Self { writes: AtomicU64::new(0), writes_max, gap: Duration::ZERO, next: Mutex::new(Instant::now()), end: None }
    }

    /// So many a second for so long. What was missed while all clients were busy is not made up for.
    pub fn of_time(rate: u32, time: Duration) -> Self {
        let begin = Instant::now();
        Self {
            writes: AtomicU64::new(0),
            writes_max: u64::MAX,
            gap: Duration::from_secs(1) / rate.max(1),
            next: Mutex::new(begin),
            end: Some(begin + time),
        }
    }

    /// No write begins any more.
    pub fn stop(&self) {
        self.writes.store(u64::MAX, Ordering::Relaxed);
    }

    /// Waits for a turn; false when there is none.
    async fn turn(&self) -> bool {
        let Some(at) = self.slot(Instant::now()) else { return false };
        if !self.gap.is_zero() {
            tokio::time::sleep_until(at).await;
        }
        true
    }

    /// Takes the next turn: when it is, or none when there is none any more.
    fn slot(&self, now: Instant) -> Option<Instant> {
        let mut next = self.next.lock();
        let at = (*next).max(now);
        if self.end.is_some_and(|end| at >= end) {
            return None;
        }
        let before = self.writes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |writes| writes.checked_add(1));
        before.ok().filter(|before| *before < self.writes_max)?;
        *next = at + self.gap;
        Some(at)
    }
}

/// What the clients write.
#[derive(Clone, Debug)]
pub struct Data {
    /// Before every key.
    pub prefix: String,
    /// Bytes of a key, without the prefix: a number of its own, and zeros.
    pub key_bytes: usize,
    /// Bytes of a value: zeros.
    pub value_bytes: usize,
}

impl Data {
    fn put(&self, random: &mut fastrand::Rng) -> PutRequest {
        let mut key = self.prefix.clone().into_bytes();
        key.extend_from_slice(&random.u64(..).to_be_bytes());
        key.resize(self.prefix.len() + self.key_bytes, 0);
        PutRequest { key: key.into(), value: Bytes::from(vec![0; self.value_bytes]), ..PutRequest::default() }
    }
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Of each write that succeeded, in seconds.
    pub latencies: Vec<f64>,
    /// How often each error came.
    pub errors: BTreeMap<String, u64>,
    /// From the first write to the last answer.
    pub took: Duration,
}

/// Clients with a connection each.
pub async fn gather(session: &Session, count: usize) -> Result<Vec<Client>, Failure> {
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        clients.push(session.connect_unbounded().await?);
    }
    Ok(clients)
}

/// Lets the clients write until the pace says that it is enough, or an interrupt does. The bar shows how far they are.
pub async fn write(clients: &[Client], pace: Pace, data: &Data, bar: &ProgressBar) -> Tally {
    let (pace, begin) = (Arc::new(pace), Instant::now());
    let mut writers = JoinSet::new();
    for client in clients {
        let (client, pace, data, bar) = (client.clone(), pace.clone(), data.clone(), bar.clone());
        writers.spawn(async move {
            let (mut random, mut tally) = (fastrand::Rng::new(), Tally::default());
            while pace.turn().await {
                let put = data.put(&mut random);
                let sent = Instant::now();
                match client.put(put).await {
                    Ok(_) => tally.latencies.push(sent.elapsed().as_secs_f64()),
                    Err(error) => *tally.errors.entry(error.to_string()).or_default() += 1,
                }
                bar.inc(1);
            }
            tally
        });
    }
    let mut all = Tally::default();
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    let mut is_interrupted = false;
    loop {
        tokio::select! {
            joined = writers.join_next() => match joined {
                Some(Ok(tally)) => all.add(tally),
                Some(Err(error)) => *all.errors.entry(error.to_string()).or_default() += 1,
                None => break,
            },
            _ = &mut interrupted, if !is_interrupted => {
                is_interrupted = true;
                pace.stop();
            }
        }
    }
    all.took = begin.elapsed();
    bar.finish_and_clear();
    all
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        for (error, count) in other.errors {
            *self.errors.entry(error).or_default() += count;
        }
    }

    /// Lines about what went wrong; none when nothing did.
    pub fn complaints(&self) -> String {
        if self.errors.is_empty() {
            return String::new();
        }
        let lines = self.errors.iter().map(|(error, count)| format!("FAIL: ERROR({error}) -> {count}\n"));
        format!("FAIL: too many errors\n{}", lines.collect::<String>())
    }
}

/// A bar on standard error when that is a terminal; otherwise one that nobody sees.
pub fn bar(total: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    match ProgressStyle::with_template("{pos} / {len} [{bar:40}] {percent}% {per_sec}") {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_come_at_the_rate_and_end_in_time() {
        let pace = Pace::of_time(100, Duration::from_secs(2));
        let begin = *pace.next.lock();
        // Whoever comes at once is told to come later.
        let turns: Vec<Duration> = std::iter::from_fn(|| pace.slot(begin)).map(|at| at - begin).collect();
        assert_eq!((turns.len(), turns[0], turns[199]), (200, Duration::ZERO, Duration::from_millis(1990)));
    }

    #[test]
    fn missed_turns_are_not_made_up_for() {
        let pace = Pace::of_time(10, Duration::from_secs(10));
        let begin = *pace.next.lock();
        assert_eq!(pace.slot(begin), Some(begin));
        let late = begin + Duration::from_secs(9);
        assert_eq!(std::iter::from_fn(|| pace.slot(late)).count(), 10);
    }

    #[test]
    fn so_many_and_no_more_unless_stopped() {
        let pace = Pace::of_writes(3);
        let now = Instant::now();
        assert_eq!(std::iter::from_fn(|| pace.slot(now)).take(10).count(), 3);
        assert_eq!(pace.slot(now), None);
        let pace = Pace::of_writes(3);
        pace.stop();
        assert_eq!(pace.slot(now), None);
    }

    #[test]
    fn keys_have_their_length_and_differ() {
        let data = Data { prefix: "p/".into(), key_bytes: 256, value_bytes: 10 };
        let mut random = fastrand::Rng::with_seed(1);
        let (one, other) = (data.put(&mut random), data.put(&mut random));
        assert!(one.key.starts_with(b"p/") && one.key != other.key);
        assert_eq!((one.key.len(), one.value.len()), (258, 10));
    }

    #[test]
    fn errors_are_told_with_their_number() {
        let mut tally = Tally::default();
        assert_eq!(tally.complaints(), "");
        tally.add(Tally { errors: [("x".to_owned(), 2)].into(), ..Tally::default() });
        tally.add(Tally { errors: [("x".to_owned(), 1)].into(), ..Tally::default() });
        assert_eq!(tally.complaints(), "FAIL: too many errors\nFAIL: ERROR(x) -> 3\n");
    }
}
