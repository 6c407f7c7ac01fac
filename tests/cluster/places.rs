//! Where members live and die: a disk and settings that outlast each life.

use super::{
    clock::Clock,
    links::Sent,
    member::{Member, config},
    watchers::Watchers,
};
use etcd::{
    apply::Identity,
    clock::Now,
    disk::{
        Disk,
        mem::{Faults, MemDisk, PowerLoss},
    },
    id::{ClusterId, MemberId},
    lease::Checkpoints,
    server::{
        config::{Changes, Config},
        core::Input,
    },
    snap,
};
use fastrand::Rng;
use std::time::Duration;

/// A time in which a member takes no turn.
#[derive(Clone, Copy, Debug)]
pub struct Standstill {
    pub until: Now,
    /// It waits for its disk, and ticks pile up. Otherwise its whole process stands still.
    pub is_stalled: bool,
}

/// Of one member.
pub struct Place {
    pub id: MemberId,
    /// Who it is, if it is not one of the founders.
    pub joins_as: Option<Identity>,
    pub config: Config,
    pub disk: MemDisk,
    pub sent: Sent,
    pub member: Option<Member>,
    /// Questions to the life that it lives now.
    pub asked: Vec<u64>,
    /// Its process does not get on.
    pub standstill: Option<Standstill>,
    /// What comes meanwhile.
    pub mailbox: Vec<Input<u64, u64>>,
    /// Of this life.
    pub clock: Clock,
    /// The next tick, in true time.
    pub tick_at: Now,
    pub last_tick: Now,
    /// Its syncs take up to so long.
    pub sync_ms_max: u64,
    /// It is not started before that.
    pub away_until: Now,
    /// Its disk will fail, or the power, in the midst of something.
    pub is_doomed: bool,
    /// It has heard that it was removed, and ends for good then.
    pub leaves_at: Option<Now>,
    pub is_gone: bool,
    pub last_term: u64,
    /// Clients that watch here.
    pub watchers: Watchers,
}

impl Place {
    /// With an empty disk.
    pub fn new(id: MemberId, joins_as: Option<Identity>, config: Config) -> Self {
        let (disk, at) = (MemDisk::new(), Duration::ZERO);
        Self {
            id,
            joins_as,
            config,
            sent: Sent::by(&disk),
            disk,
            member: None,
            asked: Vec::new(),
            standstill: None,
            mailbox: Vec::new(),
            clock: Clock::sound(at),
            tick_at: at,
            last_tick: at,
            sync_ms_max: 0,
            away_until: at,
            is_doomed: false,
            leaves_at: None,
            is_gone: false,
            last_term: 0,
            watchers: Watchers::default(),
        }
    }

    /// Lets the power go at one of the next `syncs_max` syncs, or at a write before; 0: not at all.
    pub fn doom(&mut self, rng: &mut Rng, syncs_max: u64) {
        if syncs_max == 0 {
            return;
        }
        let ops = self.disk.ops();
        let power_loss = match rng.u32(0..3) {
            0 => PowerLoss::AtWrite(ops.writes + rng.u64(1..=2 * syncs_max)),
            _ => PowerLoss::AtSync(ops.syncs + rng.u64(1..=syncs_max)),
        };
        self.disk.set_faults(Faults { power_loss: Some(power_loss), ..Faults::default() });
        self.is_doomed = true;
    }

    /// Lets the disk fail soon, in one of the ways in which disks do.
    pub fn spoil(&mut self, rng: &mut Rng) -> Faults {
        let ops = self.disk.ops();
        let soon = rng.u64(1..30);
        let faults = match rng.u32(0..5) {
            0 => Faults { failing_sync: Some(ops.syncs + soon), ..Faults::default() },
            1 => Faults { failing_syncs_from: Some(ops.syncs + soon), ..Faults::default() },
            2 => Faults { power_loss: Some(PowerLoss::AtSync(ops.syncs + soon)), ..Faults::default() },
            3 => Faults { power_loss: Some(PowerLoss::AtWrite(ops.writes + 4 * soon)), ..Faults::default() },
            // It may be full already.
            _ => Faults { capacity_bytes: Some(rng.u64(1_500_000..4_000_000)), ..Faults::default() },
        };
        self.disk.set_faults(faults);
        self.is_doomed = true;
        faults
    }

    /// Its process stands still until then.
    pub fn pause(&mut self, until: Now) {
        self.standstill = Some(Standstill { until, is_stalled: false });
    }

    /// Forgets all that had piled up.
    pub fn wake_up(&mut self) {
        self.standstill = None;
        self.mailbox.clear();
    }

    /// Does its process stand still?
    pub fn is_paused(&self, now: Now) -> bool {
        self.standstill.is_some_and(|standstill| standstill.until > now)
    }

    /// What its clock shows.
    pub fn local(&self, now: Now) -> Now {
        self.clock.at(now)
    }

    /// The entries that images in the backend's folder are of.
    pub fn images(&self) -> Vec<u64> {
        snap::images(&self.disk, &self.config.snap_dir()).unwrap_or_default()
    }

    /// Names in the backend's folder.
    pub fn files(&self) -> Vec<String> {
        self.disk.list(&self.config.snap_dir()).unwrap_or_default()
    }
}

/// As every member has it.
pub const LEARNERS_MAX: usize = 2;

pub fn urls(number: usize) -> Vec<String> {
    vec![format!("http://127.0.0.1:{}", 2380 + number)]
}

/// The founders of a cluster. Some let the log go soon, so that who is away for a moment needs a snapshot.
pub fn founders(seed: u64, count: usize) -> Vec<Place> {
    let cluster: Vec<_> = (0..count).map(|number| (format!("m{number}"), urls(number))).collect();
    let place = |number: usize| {
        let config = Config {
            name: format!("m{number}"),
            advertise_peer_urls: urls(number),
            initial_cluster: cluster.clone(),
            catchup_entries: [0, 5, 30][(seed % 3) as usize],
            changes: Changes { learners_max: LEARNERS_MAX, ..Changes::default() },
            lease_checkpoints: match seed % 5 {
                0..3 => Checkpoints::Every(Duration::from_secs(2 + seed % 4)),
                _ => Checkpoints::Off,
            },
            seed: seed * 8 + number as u64,
            ..config(seed)
        };
        Place::new(MemberId::of_founder(&config.advertise_peer_urls, &config.cluster_token), None, config)
    };
    (0..count).map(place).collect()
}

/// One that is to join them.
pub fn joiner(founder: Config, number: usize, cluster_id: ClusterId) -> Place {
    let id = MemberId(0x1000 + number as u64);
    let config = Config {
        name: format!("m{number}"),
        advertise_peer_urls: urls(number),
        seed: founder.seed + number as u64,
        ..founder
    };
    Place::new(id, Some(Identity { cluster_id, member_id: id }), config)
}
