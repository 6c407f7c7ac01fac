//! Where members live and die: a disk and settings that outlast each life.

use super::{
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
    server::config::{Changes, Config},
    snap,
};
use fastrand::Rng;
use std::time::Duration;

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
    /// Its process does not get on: no tick, no turn, until then.
    pub paused_until: Now,
    /// It is not started before that.
    pub away_until: Now,
    /// The power will go in the midst of something.
    pub is_doomed: bool,
    pub last_term: u64,
    /// Clients that watch here.
    pub watchers: Watchers,
}

impl Place {
    /// With an empty disk.
    pub fn new(id: MemberId, joins_as: Option<Identity>, config: Config) -> Self {
        Self {
            id,
            joins_as,
            config,
            disk: MemDisk::new(),
            sent: Sent::default(),
            member: None,
            asked: Vec::new(),
            paused_until: Duration::ZERO,
            away_until: Duration::ZERO,
            is_doomed: false,
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

    /// The entries that images in the backend's folder are of.
    pub fn images(&self) -> Vec<u64> {
        snap::images(&self.disk, &self.config.snap_dir()).unwrap_or_default()
    }

    /// Names in the backend's folder.
    pub fn files(&self) -> Vec<String> {
        self.disk.list(&self.config.snap_dir()).unwrap_or_default()
    }
}

fn urls(number: usize) -> Vec<String> {
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
            changes: Changes { learners_max: 2, ..Changes::default() },
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
