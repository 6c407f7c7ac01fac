//! What befalls the cluster.

use super::{
    cluster::Cluster,
    links::{Manner, Trouble},
};
use std::time::Duration;

/// A fault of one member, of the links around it, or of the cluster's order.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// `kill -9`.
    Kill(usize),
    /// All are killed at once.
    KillAll,
    /// SIGTERM: a leader hands over first.
    Stop(usize),
    /// SIGSTOP.
    Pause(usize),
    /// Nobody reaches the member, nor it anybody.
    CutOff(usize, Manner),
    /// It hears the others, who do not hear it.
    Mute(usize, Manner),
    /// It does not hear the others, who hear it.
    Deaf(usize, Manner),
    /// Two do not reach each other; both reach the third.
    Apart(usize, usize, Manner),
    /// All to it and from it takes longer.
    Far(usize, Manner),
    /// The leader is told to let this one lead.
    MoveLeader(usize),
    /// It is removed, and comes back as a new member without data: first it learns, then it votes.
    Replace(usize),
}

impl Fault {
    /// A fault of a member: half of the time of the leader.
    pub fn draw(rng: &mut fastrand::Rng, cluster: &Cluster, leader: Option<usize>) -> Self {
        let members = cluster.members.len();
        let member = leader.filter(|_| rng.bool()).unwrap_or_else(|| rng.usize(..members));
        let other = (member + rng.usize(1..members)) % members;
        let manner = if rng.bool() { Manner::Hang } else { Manner::Break };
        // From the next street to the other side of the world.
        let far = Manner::Slow(Duration::from_millis(rng.u64(1..150)));
        match rng.u32(..24) {
            0..4 => Self::Kill(member),
            4 => Self::KillAll,
            5 => Self::Stop(member),
            6 => Self::Stop(leader.unwrap_or(member)),
            7..10 => Self::Pause(member),
            10..13 => Self::CutOff(member, manner),
            13 | 14 => Self::Mute(member, manner),
            15 | 16 => Self::Deaf(member, manner),
            17 => Self::Apart(member, other, manner),
            18..20 => Self::Far(member, far),
            20..22 => Self::MoveLeader(other),
            _ if cluster.could_join(member) => Self::Replace(member),
            _ => Self::Kill(member),
        }
    }

    /// Its name alone.
    pub fn kind(self) -> String {
        let text = format!("{self:?}");
        text.split('(').next().unwrap_or_default().to_owned()
    }

    pub async fn begin(self, cluster: &mut Cluster) {
        let members = cluster.members.len();
        let others = |member: usize| (0..members).filter(move |other| *other != member);
        let around = |member: usize| others(member).flat_map(move |other| [(member, other), (other, member)]).collect();
        let (ways, manner): (Vec<(usize, usize)>, Manner) = match self {
            Self::Kill(member) => return cluster.kill(member),
            Self::KillAll => return (0..members).for_each(|member| cluster.kill(member)),
            Self::Stop(member) => return cluster.stop(member).await,
            Self::Pause(member) => return cluster.signal(member, "STOP"),
            Self::MoveLeader(member) => return cluster.move_leader(member).await,
            Self::Replace(member) => return cluster.remove(member).await,
            Self::CutOff(member, manner) | Self::Far(member, manner) => (around(member), manner),
            Self::Mute(member, manner) => (others(member).map(|other| (member, other)).collect(), manner),
            Self::Deaf(member, manner) => (others(member).map(|other| (other, member)).collect(), manner),
            Self::Apart(one, other, manner) => (vec![(one, other), (other, one)], manner),
        };
        cluster.links.trouble(Trouble { ways, manner });
    }

    pub async fn end(self, cluster: &mut Cluster) {
        match self {
            Self::Kill(member) | Self::Stop(member) => cluster.restart(member),
            Self::KillAll => (0..cluster.members.len()).for_each(|member| cluster.restart(member)),
            Self::Pause(member) => cluster.signal(member, "CONT"),
            Self::MoveLeader(_) => {}
            Self::Replace(member) => cluster.add(member).await,
            _ => cluster.links.trouble(Trouble { ways: vec![], manner: Manner::Hang }),
        }
    }
}
