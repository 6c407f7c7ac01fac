//! What the operating system says of this process, read from `/proc` whenever metrics are asked for.
//!
//! Where there is no `/proc` the values stay as they are: a dashboard without them is better than no dashboard.

use super::family::register;
use crate::proc::{Stat, read_text};
use prometheus::{Counter, Gauge, IntGauge, Registry};
use rustix::{
    fs::{Dir, Mode, OFlags, open},
    param::{clock_ticks_per_second, page_size},
    process::{Resource, getrlimit},
};

/// The families that every Prometheus client has, and etcd's two of its own.
#[derive(Debug)]
pub(super) struct Gauges {
    cpu_seconds: Counter,
    resident_bytes: IntGauge,
    virtual_bytes: IntGauge,
    virtual_bytes_max: Gauge,
    received_bytes: Counter,
    transmitted_bytes: Counter,
    start_time_seconds: Gauge,
    /// Under Prometheus's name and under etcd's.
    open_files: [IntGauge; 2],
    files_max: [IntGauge; 2],
}

impl Gauges {
    pub(super) fn register(registry: &Registry) -> Self {
        let gauge = |name, help| register(registry, IntGauge::new(name, help));
        let counter = |name, help| register(registry, Counter::new(name, help));
        Self {
            cpu_seconds: counter("process_cpu_seconds_total", "Processor time spent, in seconds."),
            resident_bytes: gauge("process_resident_memory_bytes", "Memory held."),
            virtual_bytes: gauge("process_virtual_memory_bytes", "Addresses reserved."),
            virtual_bytes_max: register(
                registry,
                Gauge::new("process_virtual_memory_max_bytes", "The most addresses that may be reserved."),
            ),
            received_bytes: counter("process_network_receive_bytes_total", "Bytes received over networks."),
            transmitted_bytes: counter("process_network_transmit_bytes_total", "Bytes sent over networks."),
            start_time_seconds: register(
                registry,
                Gauge::new("process_start_time_seconds", "When the process started, in seconds since 1970."),
            ),
            open_files: [
                gauge("process_open_fds", "Open file descriptors."),
                gauge("os_fd_used", "Open file descriptors, as etcd counts them."),
            ],
            files_max: [
                gauge("process_max_fds", "The most file descriptors that may be open."),
                gauge("os_fd_limit", "The most file descriptors that may be open, as etcd counts them."),
            ],
        }
    }

    /// Takes a fresh look.
    pub(super) fn read(&self) {
        if let Some(stat) = read_text("/proc/self/stat").as_deref().and_then(Stat::parse) {
            let ticks = clock_ticks_per_second() as f64;
            raise(&self.cpu_seconds, stat.cpu_ticks as f64 / ticks);
            self.virtual_bytes.set(stat.virtual_bytes as i64);
            self.resident_bytes.set(stat.resident_pages as i64 * page_size() as i64);
            if let Some(boot) = read_text("/proc/stat").as_deref().and_then(boot_time) {
                self.start_time_seconds.set(boot as f64 + stat.start_ticks as f64 / ticks);
            }
        }
        // Unlimited is the largest number, as in every Prometheus client.
        self.virtual_bytes_max.set(getrlimit(Resource::As).current.unwrap_or(u64::MAX) as f64);
        if let Some((received, transmitted)) = read_text("/proc/self/net/netstat").as_deref().and_then(ip_bytes) {
            raise(&self.received_bytes, received);
            raise(&self.transmitted_bytes, transmitted);
        }
        if let Some(count) = open_files() {
            self.open_files.iter().for_each(|gauge| gauge.set(count as i64));
        }
        if let Some(limit) = getrlimit(Resource::Nofile).current {
            self.files_max.iter().for_each(|gauge| gauge.set(limit as i64));
        }
    }
}

/// A counter only goes up, so what is new is added.
fn raise(counter: &Counter, to: f64) {
    counter.inc_by((to - counter.get()).max(0.0));
}

/// Bytes received and sent, from a line of names and a line of values.
fn ip_bytes(netstat: &str) -> Option<(f64, f64)> {
    let mut lines = netstat.lines().filter_map(|line| line.strip_prefix("IpExt:"));
    let (names, values) = (lines.next()?, lines.next()?);
    let mut pairs = names.split_ascii_whitespace().zip(values.split_ascii_whitespace());
    let mut value = |wanted: &str| pairs.find(|(name, _)| *name == wanted)?.1.parse().ok();
    Some((value("InOctets")?, value("OutOctets")?))
}

fn boot_time(stat: &str) -> Option<u64> {
    stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

/// File descriptors that this process has open; none where there is no `/proc`.
pub fn open_files() -> Option<u64> {
    let folder = open("/proc/self/fd", OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()).ok()?;
    let names = Dir::new(folder).ok()?.filter_map(Result::ok);
    let count = names.filter(|entry| !entry.file_name().to_bytes().starts_with(b".")).count();
    // One of them is the folder itself, being read.
    Some((count as u64).saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_bytes_stand_below_their_names() {
        let text = "TcpExt: InOctets\nTcpExt: 9\nIpExt: InNoRoutes InOctets OutOctets\nIpExt: 1 20 300\n";
        assert_eq!(ip_bytes(text), Some((20.0, 300.0)));
        assert_eq!(ip_bytes("IpExt: InOctets\n"), None);
    }

    #[test]
    fn the_machine_answers() {
        let gauges = Gauges::register(&Registry::new());
        gauges.read();
        assert!(gauges.resident_bytes.get() > 100_000 && gauges.open_files[0].get() > 2);
        assert!(gauges.start_time_seconds.get() > 1e9 && gauges.files_max[1].get() > 0);
    }
}
