//! What a process on this machine costs: processor time and memory, as `/proc` tells them.

use crate::{
    cmd::output::BenchCost,
    proc::{Stat, read_text},
};
use rustix::param::clock_ticks_per_second;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::task::AbortHandle;

/// A process as it is now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Processor time spent since it started, in user and kernel together.
    pub cpu: Duration,
    /// Memory held, in bytes.
    pub resident: u64,
    /// The most that it ever held.
    pub resident_peak: u64,
}

impl Look {
    /// Looks at a process. None when there is none, or no `/proc`.
    pub fn at(pid: u32) -> Option<Self> {
        let stat = Stat::parse(&read_text(&format!("/proc/{pid}/stat"))?)?;
        let status = read_text(&format!("/proc/{pid}/status"))?;
        Some(Self {
            cpu: Duration::from_secs_f64(stat.cpu_ticks as f64 / clock_ticks_per_second() as f64),
            resident: kilobytes(&status, "VmRSS:")? * 1024,
            resident_peak: kilobytes(&status, "VmHWM:")? * 1024,
        })
    }
}

fn kilobytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// How often memory is looked at during a run.
const SAMPLE: Duration = Duration::from_millis(50);

/// A process watched over a run.
pub struct Observed {
    pid: u32,
    begin: Look,
    most: Arc<AtomicU64>,
    sampler: AbortHandle,
}

impl Observed {
    /// Begins to watch. None when the process cannot be seen.
    pub fn start(pid: u32) -> Option<Self> {
        let begin = Look::at(pid)?;
        let most = Arc::new(AtomicU64::new(begin.resident));
        let seen = most.clone();
        let sampler = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(SAMPLE);
            loop {
                ticks.tick().await;
                let Some(look) = Look::at(pid) else { return };
                seen.fetch_max(look.resident, Ordering::Relaxed);
            }
        });
        Some(Self { pid, begin, most, sampler: sampler.abort_handle() })
    }

    /// What it cost so far. None when the process has gone.
    pub fn cost(&self) -> Option<BenchCost> {
        let end = Look::at(self.pid)?;
        Some(BenchCost {
            pid: self.pid,
            cpu: end.cpu.saturating_sub(self.begin.cpu),
            resident_begin: self.begin.resident,
            resident_end: end.resident,
            resident_max: self.most.load(Ordering::Relaxed).max(end.resident),
            resident_peak: end.resident_peak,
        })
    }
}

impl Drop for Observed {
    fn drop(&mut self) {
        self.sampler.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found() {
        assert_eq!(kilobytes("VmPeak:\t 9 kB\nVmRSS:\t   123 kB\n", "VmRSS:"), Some(123));
        assert_eq!(kilobytes("", "VmRSS:"), None);
    }

    #[tokio::test]
    async fn this_process_is_seen_and_one_that_is_not_there_is_not() {
        let cost = Observed::start(std::process::id()).unwrap().cost().unwrap();
        assert!(cost.resident_begin > 100_000 && cost.resident_max >= cost.resident_end);
        assert!(cost.resident_peak >= cost.resident_begin);
        // Above what any kernel hands out.
        assert_eq!(Look::at(u32::MAX), None);
    }
}
