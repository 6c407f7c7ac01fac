//! How a life ends, and what goes wrong with the disk before and after.

use super::{
    member::{Member, WAL_DIR},
    world::World,
};
use etcd::disk::{
    Disk,
    mem::{Faults, PowerLoss},
};
use std::{path::Path, time::Duration};

/// Folders whose files are part of the transcript.
const FOLDERS: [&str; 2] = [WAL_DIR, "/data/member/snap"];

impl World {
    /// What will fail, counted from now.
    pub(super) fn plan_faults(&mut self) -> Faults {
        let ops = self.disk.ops();
        let soon = self.rng.u64(1..60);
        match self.rng.u32(0..8) {
            0 => Faults { power_loss: Some(PowerLoss::AtSync(ops.syncs + soon)), ..Faults::default() },
            1 => Faults { power_loss: Some(PowerLoss::AtWrite(ops.writes + soon * 4)), ..Faults::default() },
            2 | 3 => Faults { failing_sync: Some(ops.syncs + soon), ..Faults::default() },
            4 => Faults { capacity_bytes: Some(self.rng.u64(1_500_000..4_000_000)), ..Faults::default() },
            _ => Faults::default(),
        }
    }

    /// A life ends: in order, by `kill -9`, or with the power. The first needs a member and a disk that still work.
    pub(super) fn stop(&mut self, member: Option<Member>, error: Option<String>) {
        if let Some(error) = &error {
            self.report.disk_failures += 1;
            self.note(format_args!("the member stops: {error}"));
        }
        self.orphans.append(&mut self.pending);
        self.reads.clear();
        let way = self.rng.u32(0..8);
        match member {
            Some(member) if way == 0 && error.is_none() => match member.close() {
                Ok(()) => {
                    self.disk.kill();
                    self.note(format_args!("closed in order"));
                }
                Err(error) => {
                    self.note(format_args!("the disk fails at the close: {error}"));
                    self.crash();
                }
            },
            member => {
                // At whatever it was doing, if the plan says so. Before the owners are dropped: what they do then
                // reaches no disk.
                if way < 4 {
                    self.kill()
                } else {
                    self.crash()
                }
                drop(member);
            }
        }
    }

    /// The process alone ends. What was written is there, synced or not; later the power may go after all.
    fn kill(&mut self) {
        self.report.crashes += 1;
        self.disk.kill();
        self.note(format_args!("killed"));
    }

    /// The power goes.
    fn crash(&mut self) {
        self.report.crashes += 1;
        let seed = self.rng.u64(..);
        self.disk.crash(seed);
        self.now += Duration::from_millis(self.rng.u64(1..3_000));
        self.note(format_args!("crash {seed:x}"));
        if self.rng.u32(0..6) == 0 {
            self.flip_a_bit();
        }
    }

    /// A bit of the log turns while the member is down. Either the start says so and names the file, or nothing that
    /// was promised is missing.
    fn flip_a_bit(&mut self) {
        let Ok(names) = self.disk.list(Path::new(WAL_DIR)) else { return };
        let Some(name) = self.rng.choice(names.into_iter().filter(|name| name.ends_with(".wal")).collect::<Vec<_>>())
        else {
            return;
        };
        let path = Path::new(WAL_DIR).join(&name);
        let Ok(bytes) = self.disk.read_file(&path) else { return };
        let Some(end) = bytes.iter().rposition(|byte| *byte != 0) else { return };
        let (offset, bit) = (self.rng.u64(0..=end as u64), self.rng.u8(0..8));
        let before = self.disk.fork();
        if self.disk.flip_bit(&path, offset, bit).is_err() {
            return;
        }
        self.report.bits_flipped += 1;
        match Member::start(&self.disk, self.seed, self.now) {
            Ok(member) => {
                self.note(format_args!("bit {bit} of byte {offset} of {path:?} turned, and was not needed"));
                self.disk.kill();
                drop(member);
            }
            Err(error) => {
                self.note(format_args!("bit {bit} of byte {offset} of {path:?} turned: {error}"));
                assert!(error.contains(&name), "the refusal names the file {name}: {error}");
                self.disk = before;
            }
        }
    }

    /// Puts into the transcript what the disk holds, and what was done to it. No choice that is made differently in a
    /// second run of the seed stays hidden.
    pub(super) fn note_disk(&mut self) {
        for folder in FOLDERS.map(Path::new) {
            for name in self.disk.list(folder).unwrap_or_default() {
                let bytes = self.disk.read_file(&folder.join(&name)).unwrap_or_default();
                self.note(format_args!("{name}: {} bytes, {:08x}", bytes.len(), crc32c::crc32c(&bytes)));
            }
        }
        let (ops, items) = (self.disk.ops(), self.watchers.items_digest);
        self.note(format_args!("{ops:?}, watchers were told {items:08x}"));
    }
}
