//! What befalls the cluster.

use super::{
    cluster::Cluster,
    links::{Cuts, Manner},
};

/// A fault of one member, or of the links around it.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// `kill -9`.
    Kill(usize),
    /// All are killed at once.
    KillAll,
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
}

impl Fault {
    /// A fault of a member: half of the time of the leader.
    pub fn draw(rng: &mut fastrand::Rng, members: usize, leader: Option<usize>) -> Self {
        let member = leader.filter(|_| rng.bool()).unwrap_or_else(|| rng.usize(..members));
        let other = (member + rng.usize(1..members)) % members;
        let manner = if rng.bool() { Manner::Hang } else { Manner::Break };
        match rng.u32(..16) {
            0..4 => Self::Kill(member),
            4 => Self::KillAll,
            5..8 => Self::Pause(member),
            8..11 => Self::CutOff(member, manner),
            11 | 12 => Self::Mute(member, manner),
            13 | 14 => Self::Deaf(member, manner),
            _ => Self::Apart(member, other, manner),
        }
    }

    pub fn begin(self, cluster: &mut Cluster) {
        let members = cluster.members.len();
        let others = |member: usize| (0..members).filter(move |other| *other != member);
        let (ways, manner): (Vec<(usize, usize)>, Manner) = match self {
            Self::Kill(member) => return cluster.kill(member),
            Self::KillAll => return (0..members).for_each(|member| cluster.kill(member)),
            Self::Pause(member) => return cluster.signal(member, "STOP"),
            Self::CutOff(member, manner) => {
                (others(member).flat_map(|other| [(member, other), (other, member)]).collect(), manner)
            }
            Self::Mute(member, manner) => (others(member).map(|other| (member, other)).collect(), manner),
            Self::Deaf(member, manner) => (others(member).map(|other| (other, member)).collect(), manner),
            Self::Apart(one, other, manner) => (vec![(one, other), (other, one)], manner),
        };
        cluster.links.cut(Cuts { ways, manner });
    }

    pub fn end(self, cluster: &mut Cluster) {
        match self {
            Self::Kill(member) => cluster.restart(member),
            Self::KillAll => (0..cluster.members.len()).for_each(|member| cluster.restart(member)),
            Self::Pause(member) => cluster.signal(member, "CONT"),
            _ => cluster.links.cut(Cuts { ways: vec![], manner: Manner::Hang }),
        }
    }
}
